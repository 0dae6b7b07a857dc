"""What components cost: hello beside the module that does the same, in the
text format and in C, and CPython, each beside wasmtime. Knows these programs
and what is told of them; `measure.py` measures."""

from pathlib import Path

import measure
import sources
from catalogue import HELLO_PYTHON
from components import wrap
from packages import wasmtime

HEAD = ["", "module", "component", "component / module", "component, wasmtime", "component / wasmtime"]


def make(quench: Path, name: str, module: Path) -> tuple[Path, Path]:
    """The executable, and what wasmtime makes."""
    folder = sources.WORK / "components"
    folder.mkdir(parents=True, exist_ok=True)
    executable, compiled = folder / name, folder / f"{name}.cwasm"
    sources.run(sources.quench_command(quench, module, executable))
    sources.run(sources.wasmtime_command(module, compiled))
    return executable, compiled


def row(what: str, unit: str, digits: int, module: float | None, component: float, peer: float) -> list[str]:
    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.{digits}f}{unit}"

    ratios = [f"{component / other:.2f}" if other else "" for other in (module, peer)]
    return [what, number(module), number(component), ratios[0], number(peer), ratios[1]]


def rows(quench: Path, rounds: int) -> list[list[str]]:
    modules = sources.make_hello(quench)
    names = {"hello (one WASI call)": "quench", "hello (C, `puts`)": "quench-c"}
    made = {
        "hello (one WASI call)": make(quench, "hello", sources.HERE / "hello_component.wat"),
        "hello (C, `puts`)": make(quench, "hello-c", wrap(sources.WORK / "hello/hello.wasm")),
        "hello (CPython)": make(quench, "hello-python", HELLO_PYTHON.module()),
    }
    commands = {}
    for name, (executable, compiled) in made.items():
        commands[name, "component"] = [executable]
        commands[name, "wasmtime"] = [wasmtime(), "run", "--allow-precompiled", compiled]
    for name, module in names.items():
        commands[name, "module"] = [modules[module]]
    spawn = sources.make_spawn()

    def times(chosen: list, count: int) -> dict:
        return dict(zip(chosen, measure.exec_to_exit(spawn, [commands[one] for one in chosen], count)))

    # Starting CPython takes long enough to be measured in fewer rounds.
    slow = [key for key in commands if key[0] == "hello (CPython)"]
    time = times([key for key in commands if key not in slow], 100 * rounds) | times(slow, 10 * rounds)
    result = []
    for name, (executable, compiled) in made.items():
        module = modules[names[name]].stat().st_size if name in names else None
        scale, unit = (1e6, " MB") if module is None else (1024, " KB")
        size = [file and file / scale for file in (module, executable.stat().st_size, compiled.stat().st_size)]
        result.append(row(f"size of {name}", unit, 1, *size))
    for name in made:
        figures = [time.get((name, one)) for one in ("module", "component", "wasmtime")]
        result.append(row(f"exec to exit of {name}", " ms", 2, *(figure and figure / 1000 for figure in figures)))
    name = "hello (CPython)"
    memory = [measure.peak_memory(commands[name, one]) / 1e6 for one in ("component", "wasmtime")]
    result.append(row(f"resident memory of {name}", " MB", 1, None, *memory))
    folder, module = sources.WORK / "components", HELLO_PYTHON.module()
    build = measure.compile_times(
        {
            "component": sources.quench_command(quench, module, folder / "again"),
            "wasmtime": sources.wasmtime_command(module, folder / "again.cwasm"),
        },
        min(rounds, 3),
    )
    result.append(row(f"build {name}", " s", 2, None, build["component"], build["wasmtime"]))
    return result
