#!/usr/bin/env python3
"""Counts the instructions that programs for aarch64 execute, made by quench and by
peers, prints a table and writes it to `docs/PERFORMANCE.md`, whose last section
it is.

    tests/bench/aarch64.py [PROGRAM…]

An emulator runs them, which says how many instructions there are and nothing of
the time they take."""

import argparse
import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import measure
import sources
from bench import AARCH64_HEADING, REPORT, table
from packages import ROOT, WASMTIME_AARCH64, wasmtime

WORK = sources.WORK / "aarch64"
#: Less work for what would run for many minutes: the emulator computes floats in
#: software.
TURNS = {"matmul": 2, "jacobi": 200}
#: The cross compiler's C library.
LIBRARY = Path("/usr/aarch64-linux-gnu/lib")

TEMPLATE = """{heading}

`make bench-aarch64` writes this section: how many instructions each program
executes under qemu, in millions for {compiler} with `-O3`, as a ratio to that for
quench and Wasmtime (`wasmtime compile --target aarch64`, run by the library of
that version, without what starting that takes). How long they take is another
question, which only a machine can answer. `matmul` and `jacobi` do about a tenth of
their work here: the emulator computes floats in software.

{rows}
"""


def make_counter() -> Path:
    output = WORK / "count.so"
    sources.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", sources.HERE / "c/count.c", "-o", output])
    return output


def make_host() -> list:
    """The command that runs a compiled module with Wasmtime."""
    folder, output = WASMTIME_AARCH64.file("wasmtime/linux-aarch64"), WORK / "wasmtime"
    warnings = ["-Wall", "-Wextra", "-Werror"]
    sources.run(
        ["aarch64-linux-gnu-gcc", "-O2", *warnings, sources.HERE / "c/wasmtime.c", folder / "_libwasmtime.so"]
        + [f"-Wl,-rpath,{folder}", "-o", output]
    )
    return [LIBRARY / "ld-linux-aarch64.so.1", "--library-path", LIBRARY, output]


def with_less_work(source: sources.Source) -> sources.Source:
    turns = TURNS.get(source.name)
    flags = [f"-DTURNS={turns}"] if turns else []
    return dataclasses.replace(source, flags=(*source.flags, *flags))


def compile_with_wasmtime(module: Path, output: Path) -> Path:
    # The library's choice of collector, which the artifact has to have.
    options = ["-C", "collector=drc", "--target", "aarch64-unknown-linux-gnu"]
    sources.run([wasmtime(), "compile", *options, module, "-o", output])
    return output


def count(counter: Path, command: list) -> tuple[int, bytes]:
    """Instructions, and what was printed."""
    words = ["qemu-aarch64", "-plugin", counter, *command]
    done = subprocess.run(list(map(str, words)), capture_output=True, check=False)
    executed = re.search(rb"^executed (\d+)$", done.stderr, re.MULTILINE)
    if done.returncode != 0 or not executed:
        raise measure.Wrong(f"{' '.join(map(str, words))}: exit status {done.returncode}: {done.stderr!r}")
    return int(executed[1]), done.stdout


def program_counts(source: sources.Source, quench: Path, counter: Path, host: list, start: int) -> dict[str, int]:
    source = with_less_work(source)
    module = sources.make_module(source, WORK)
    native, executable = WORK / source.name, WORK / f"{source.name}.quench"
    command = source.command(native)
    # What WebAssembly computes: no product is added before it is rounded.
    sources.run(["aarch64-linux-gnu-gcc", "-static", "-ffp-contract=off", *command[1:]])
    sources.run(sources.quench_command(quench, module, executable, "--target", "aarch64"))
    compiled = compile_with_wasmtime(module, WORK / f"{source.name}.cwasm")
    commands = {"native": [native], "quench": [executable], "wasmtime": [*host, compiled]}
    counts, outputs = {}, {}
    for name, command in commands.items():
        counts[name], outputs[name] = count(counter, command)
    if len(set(outputs.values())) != 1:
        raise measure.Wrong(f"{source.name}: {outputs} differ")
    counts["wasmtime"] -= start
    return counts


def rows(counts: dict[str, dict[str, int]]) -> list[list[str]]:
    def ratios(one: dict[str, int]) -> list[float]:
        return [one["quench"] / one["native"], one["wasmtime"] / one["native"], one["quench"] / one["wasmtime"]]

    lines = [[name, f"{one['native'] / 1e6:.0f}", *(f"{ratio:.2f}" for ratio in ratios(one))] for name, one in counts.items()]
    means = [measure.geometric_mean(list(column)) for column in zip(*map(ratios, counts.values()))]
    return [*lines, ["geometric mean", "", *(f"{mean:.2f}" for mean in means)]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quench", type=Path, default=ROOT / "target/release/quench", help="the compiler")
    parser.add_argument("name", nargs="*", help="programs; default: all, and the report is written")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    sources.vendor()
    counter, host = make_counter(), make_host()
    hello = sources.make_hello(options.quench.resolve())
    empty = compile_with_wasmtime(hello["quench-c"].with_name("hello.wasm"), WORK / "hello.cwasm")
    start, _ = count(counter, [*host, empty])
    counts = {}
    for source in sources.SOURCES:
        if not options.name or source.name in options.name:
            counts[source.name] = program_counts(source, options.quench.resolve(), counter, host, start)
            print(f"{source.name}: {counts[source.name]}", file=sys.stderr, flush=True)
    compiler = subprocess.run(["aarch64-linux-gnu-gcc", "--version"], check=True, capture_output=True, text=True)
    head = ["", "gcc, millions", "quench", "wasmtime", "quench / wasmtime"]
    section = TEMPLATE.format(heading=AARCH64_HEADING, compiler=compiler.stdout.splitlines()[0], rows=table(head, rows(counts)))
    print(section)
    if not options.name:
        rest = REPORT.read_text().partition(AARCH64_HEADING)[0].rstrip("\n")
        REPORT.write_text(f"{rest}\n\n{section}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except measure.Wrong as wrong:
        sys.exit(f"bench: {wrong}")
