"""What programs cost to compile and to run, and the page that says so,
`docs/REAL.md`. Knows no program and compares nothing."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

PAGE = """\
# Real programs

`make real` writes this page: programs that others wrote, as modules and as components, compiled and run by quench and by
wasmtime, with the same output ([what each does](../tests/programs/README.md)). {machine} It also runs the tests of crates
([which](BUILD_SYSTEMS.md#crates-whose-tests-pass)).

`module` is the size of the WebAssembly file, `compile` the wall time from it to the executable (to the `.cwasm`), with as
many threads as there are processors; `memory` the peak resident size of the compiler; `size` that of the file with names and
lines, which is all that an executable needs to run; `run` the wall time of all that is done with the program, its start
included. Everything was measured once, so small times vary. MB are 1,000,000 bytes.

{main}

For {other}, compiled here too (and run under qemu, which says nothing of speed):

{cross}

## Levels

`-O0` compiles fast, `-O2` is the default, `-Os` puts no function in place of
its calls, which makes smaller code.

{levels}
"""


@dataclass
class Figures:
    """Of one program, from one compiler."""

    #: Seconds from the module to what can be run.
    compile: float
    #: Bytes.
    memory: int
    size: int
    #: Seconds, of all steps.
    run: float = 0.0


def compiled(command: list, output: Path) -> tuple[subprocess.CompletedProcess, Figures | None]:
    """Runs a compiler; there are figures if it succeeded."""
    with tempfile.NamedTemporaryFile("r") as report:
        launcher = [sys.executable, "-SE", HERE / "peak.py", report.name]
        result = subprocess.run([*launcher, *command], capture_output=True)
        if result.returncode != 0:
            return result, None
        seconds, memory = report.read().split()
    return result, Figures(float(seconds), int(memory), output.stat().st_size)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown, aligned so that it reads as plain text too."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells: list[str]) -> str:
        return f"| {' | '.join([cells[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(cells[1:], widths[1:])])} |"

    rule = f"| {'-' * widths[0]} | {' | '.join('-' * (width - 1) + ':' for width in widths[1:])} |"
    return "\n".join([line(head), rule, *map(line, rows)])


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}" if size < 100e6 else f"{size / 1e6:.0f}"


def cells(figures: Figures | None) -> list[str]:
    """Compile, memory, size, run."""
    if not figures:
        return [""] * 4
    run = f"{figures.run:.2f}" if figures.run else ""
    return [f"{figures.compile:.2f}", megabytes(figures.memory), megabytes(figures.size), run]


def main_table(modules: dict[str, int], ours: dict[str, Figures], theirs: dict[str, Figures]) -> str:
    head = ["program", "module, MB"]
    head += [f"{what}{by}" for what in ("compile, s", "memory, MB", "size, MB", "run, s") for by in ("", " (wasmtime)")]
    rows = []
    for name, size in modules.items():
        pairs = zip(cells(ours.get(name)), cells(theirs.get(name)))
        rows.append([name, megabytes(size), *(cell for pair in pairs for cell in pair)])
    return table(head, rows)


def cross_table(figures: dict[str, Figures]) -> str:
    head = ["program", "compile, s", "memory, MB", "size, MB"]
    return table(head, [[name, *cells(row)[:3]] for name, row in figures.items()])


def levels_table(levels: dict[str, dict[str, Figures]]) -> str:
    """By level, then by program."""
    head = ["program"] + [f"{what} {level}" for what in ("compile, s", "size, MB", "run, s") for level in levels]
    names = list(dict.fromkeys(name for figures in levels.values() for name in figures))
    rows = []
    for name in names:
        columns = [cells(figures.get(name)) for figures in levels.values()]
        rows.append([name] + [column[at] for at in (0, 2, 3) for column in columns])
    return table(head, rows)
