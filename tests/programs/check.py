#!/usr/bin/env python3
"""Compiles real programs with quench, runs them, and compares all they do with
a run of the same module or component under wasmtime: standard output, exit
status, and every file afterwards, byte for byte. Prints what that costs on both
sides.

    tests/programs/check.py [--quick] [--target NAME] [--page FILE] [NAME…]

A name may be a pattern, such as `*-kotlin`.

Knows how to run and compare; what is run, `catalogue.py` says."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import catalogue
import figures
from catalogue import Hosted, Invocation, Object, Program, Scenario, Step
from figures import Figures, compiled
from guests import build_host
from packages import ROOT, WORK, wasmtime
from providers import make_providers

INPUTS = Path(__file__).resolve().parent / "inputs"
TARGETS = ["x86_64", "aarch64"]
#: Options of the reference, for WASI 0.3 or not.
WASI_3 = {True: ["-Wcomponent-model-async=y", "-Sp3=y"], False: []}
#: Seconds for one step, under an emulator too.
PATIENCE = 600


class Failure(Exception):
    """What is wrong, for people."""


@dataclass(frozen=True)
class Outcome:
    """All that a step did which must not depend on who runs it."""

    status: int
    stdout: bytes
    #: Path in the scratch directory: content; directories end in `/`.
    files: dict[str, bytes]
    #: Not compared: diagnostics of a trap differ.
    stderr: bytes
    seconds: float


def snapshot(folder: Path) -> dict[str, bytes]:
    files = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            files[name] = b"-> " + os.readlink(path).encode()
        elif path.is_dir():
            files[name + "/"] = b""
        else:
            files[name] = path.read_bytes()
    return files


def run(command: list, scratch: Path, stdin: str | None = None) -> Outcome:
    source = open(scratch / stdin, "rb") if stdin else subprocess.DEVNULL
    start = time.monotonic()
    try:
        result = subprocess.run(command, cwd=scratch, stdin=source, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failure(f"still running after {PATIENCE} s: {printable(command)}")
    finally:
        if stdin:
            source.close()
    seconds = time.monotonic() - start
    return Outcome(result.returncode, result.stdout, snapshot(scratch), result.stderr, seconds)


def printable(command: list) -> str:
    return " ".join(str(word) for word in command)


def fresh_scratch(name: str, inputs: list[str]) -> Path:
    scratch = WORK / "scratch" / name
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for path in map(INPUTS.joinpath, inputs):
        if path.is_dir():
            shutil.copytree(path, scratch / path.name, symlinks=True)
        else:
            shutil.copy(path, scratch / path.name)
    return scratch


def excerpt(text: bytes) -> str:
    lines = text.decode("utf-8", "backslashreplace").splitlines()
    return "\n".join(f"        {line}" for line in lines[-12:])


def first_difference(expected: bytes, got: bytes) -> str:
    at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b), min(len(expected), len(got)))
    around = slice(max(0, at - 30), at + 30)
    return f"at byte {at} of {len(expected)}, {len(got)}: {expected[around]!r}, {got[around]!r}"


def compare(expected: Outcome, got: Outcome) -> None:
    if got.status != expected.status:
        raise Failure(f"exit status {got.status} instead of {expected.status}\n{excerpt(got.stderr)}")
    if got.stdout != expected.stdout:
        raise Failure(f"other output (wanted, got) {first_difference(expected.stdout, got.stdout)}")
    for path in sorted(expected.files.keys() | got.files.keys()):
        if path not in got.files:
            raise Failure(f"{path} is missing")
        if path not in expected.files:
            raise Failure(f"{path} should not be there")
        if got.files[path] != expected.files[path]:
            difference = first_difference(expected.files[path], got.files[path])
            raise Failure(f"{path} differs (wanted, got) {difference}")


def permissions(program: Program, read_only: str) -> list:
    """Options that both compilers understand; `read_only` is what one of them
    adds to a directory."""
    options = []
    for guest in program.scratch:
        options += ["--dir", f".::{guest}"]
    for guest, directory in program.resources.items():
        if program.embeds and read_only:
            options += ["--embed", f"{directory()}::{guest}"]
        else:
            options += ["--dir", f"{directory()}::{guest}{read_only}"]
    for name, value in program.environment.items():
        options += ["--env", f"{name}={value}"]
    if program.invoke:
        options += ["--invoke", program.invoke]
    return options


def preloads(program: Program) -> list:
    return [word for name, module in program.preloads.items() for word in ("--preload", f"{name}={module}")]


class Wasmtime:
    """The reference. Compiles each module once."""

    def __init__(self):
        self.program = wasmtime()
        #: By the program's name; so for quench.
        self.figures: dict[str, Figures] = {}

    def compiled(self, program: Program) -> Path:
        module = program.module()
        output = WORK / "reference" / f"{module.stem}.cwasm"
        if program.name not in self.figures:
            output.parent.mkdir(parents=True, exist_ok=True)
            result, cost = compiled([self.program, "compile", *WASI_3[program.wasi_3], module, "-o", output], output)
            if not cost:
                raise Failure(f"wasmtime compile {module}: {excerpt(result.stderr)}")
            self.figures[program.name] = cost
        return output

    def command(self, program: Program) -> list:
        options = ["--allow-precompiled", *WASI_3[program.wasi_3], *permissions(program, ""), *preloads(program)]
        return [self.program, "run", *options, self.compiled(program)]

    def invoke(self, invocation: Invocation) -> str:
        """What a call prints."""
        command = [self.program, "run", "--invoke", invocation.function, invocation.program.module()]
        outcome = run([*command, *invocation.arguments], fresh_scratch(invocation.name, []))
        if outcome.status != 0:
            raise Failure(f"{printable(command)}: status {outcome.status}\n{excerpt(outcome.stderr)}")
        return outcome.stdout.decode()


class Quench:
    """The compiler under test, for one target, at one level."""

    def __init__(self, program: Path, target: str, level: str = "-O2"):
        self.program = program
        self.target = target
        self.level = level
        self.label = target if level == "-O2" else f"{target}{level}"
        self.folder = WORK / "build" / self.label
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.figures: dict[str, Figures | None] = {}

    def emulator(self) -> list:
        return [] if platform.machine() == self.target else [f"qemu-{self.target}"]

    def build_command(self, program: Program, output: Path) -> list:
        command = [self.program, "build", program.module(), "-o", output, "--target", self.target, self.level]
        host = ["--link", build_host(program.host, self.target)] if program.host else preloads(program)
        parts = [word for name, module in program.parts.items() for word in ("--preload", f"{name}={module()}")]
        return [*command, *permissions(program, ":ro"), *host, *parts]

    def executable(self, program: Program) -> Path:
        output = self.folder / program.name
        if program.name not in self.figures:
            command = self.build_command(program, output)
            result, self.figures[program.name] = compiled(command, output)
            if result.returncode != 0:
                raise Failure(f"{printable(command)}: status {result.returncode}\n{excerpt(result.stderr)}")
        if not self.figures[program.name]:
            raise Failure("its module was not compiled, see above")
        return output

    def command(self, program: Program) -> list:
        return [*self.emulator(), self.executable(program)]


def timed(compiler: Wasmtime | Quench, step: Step, scratch: Path) -> Outcome:
    """A step, whose time is added to what its program takes."""
    outcome = run([*compiler.command(step.program), *step.arguments], scratch, step.stdin)
    compiler.figures[step.program.name].run += outcome.seconds
    return outcome


def perform(scenario: Scenario, reference: Wasmtime) -> list[tuple[Step, Outcome]]:
    scratch = fresh_scratch(f"{scenario.name}-reference", scenario.inputs)
    return [(step, timed(reference, step, scratch)) for step in scenario.steps]


def check_scenario(scenario: Scenario, expected: list[tuple[Step, Outcome]], quench: Quench) -> None:
    scratch = fresh_scratch(f"{scenario.name}-{quench.label}", scenario.inputs)
    for step, outcome in expected:
        got = timed(quench, step, scratch)
        try:
            compare(outcome, got)
        except Failure as failure:
            raise Failure(f"{step.program.name} {printable(step.arguments)}: {failure}")


def check_reference(scenario: Scenario, expected: list[tuple[Step, Outcome]]) -> None:
    """The comparison must not be one of two failures."""
    if scenario.makes:
        name, beginning = scenario.makes
        content = expected[-1][1].files.get(name, b"")
        if not content.startswith(beginning):
            raise Failure(f"the reference made no {name}\n{excerpt(expected[-1][1].stderr)}")
    if not any(outcome.stdout or scenario.makes for _, outcome in expected):
        raise Failure("the reference printed nothing")


def check_invocation(invocation: Invocation, quench: Quench, reference: Wasmtime) -> None:
    expected = invocation.prints or reference.invoke(invocation)
    module = invocation.program.module()
    output = quench.folder / f"{invocation.name}-invoke"
    call = ["--invoke", invocation.function]
    scratch = fresh_scratch(invocation.name, [])
    target = ["--target", quench.target]
    ways = [
        [[quench.program, "run", *target, module, *call, *invocation.arguments]],
        [[quench.program, "build", *target, module, "-o", output, *call], [*quench.emulator(), output, *invocation.arguments]],
    ]
    for commands in ways:
        for command in commands:
            outcome = run(command, scratch)
            if outcome.status != 0:
                raise Failure(f"{printable(command)}: status {outcome.status}\n{excerpt(outcome.stderr)}")
        if outcome.stdout.decode() != expected:
            raise Failure(f"{printable(command)}: printed {outcome.stdout!r} instead of {expected!r}")


def check_hosted(hosted: Hosted, quench: Quench) -> None:
    outcome = run([*quench.command(hosted.program), *hosted.arguments], fresh_scratch(hosted.name, []))
    if outcome.status != 0 or outcome.stdout.decode() != hosted.prints:
        raise Failure(f"status {outcome.status}, printed {outcome.stdout!r}\n{excerpt(outcome.stderr)}")


def check_object(made: Object, quench: Quench) -> None:
    program = made.program
    module, output = program.module(), quench.folder / f"{program.name}.o"
    command = [quench.program, "build", module, "-o", output, "--target", quench.target, quench.level]
    command += ["--emit", "obj", "--stub-imports"]
    for name, provider in make_providers(module, WORK / "providers" / program.name).items():
        command += ["--preload", f"{name}={provider}"]
    result, quench.figures[program.name] = compiled(command, output)
    if result.returncode != 0:
        raise Failure(f"{printable(command)}: status {result.returncode}\n{excerpt(result.stderr[-2000:])}")


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, label: str, check, *arguments) -> None:
        start = time.monotonic()
        try:
            check(*arguments)
        except (Failure, subprocess.TimeoutExpired, OSError) as failure:
            self.failed += 1
            print(f"FAIL  {label}\n      {failure}", flush=True)
        else:
            self.passed += 1
            print(f"ok    {label:32} {time.monotonic() - start:7.2f} s", flush=True)


def check_target(
    quench: Quench, chosen: "Choice", reference: Wasmtime, references: dict, tally: Tally
) -> None:
    for scenario in chosen.scenarios:
        label = f"{quench.label}/{scenario.name}"
        tally.check(label, check_scenario, scenario, references[scenario.name], quench)
    for invocation in chosen.invocations:
        tally.check(f"{quench.label}/{invocation.name}", check_invocation, invocation, quench, reference)
    for hosted in chosen.hosted:
        tally.check(f"{quench.label}/{hosted.name}", check_hosted, hosted, quench)
    for made in chosen.objects:
        tally.check(f"{quench.label}/{made.name}", check_object, made, quench)


def check_levels(ours: Quench, chosen: "Choice", references: dict, tally: Tally) -> dict[str, dict[str, Figures]]:
    """The scenarios that are for that, at the other levels; the figures of all
    three, by level and program."""
    scenarios = [scenario for scenario in chosen.scenarios if scenario.levels]
    names = [step.program.name for scenario in scenarios for step in scenario.steps]
    of_level = {}
    for level in ("-O0", "-O2", "-Os"):
        quench = ours
        if level != ours.level:
            quench = Quench(ours.program, ours.target, level)
            for scenario in scenarios:
                label = f"{quench.label}/{scenario.name}"
                tally.check(label, check_scenario, scenario, references[scenario.name], quench)
        of_level[level] = {name: row for name, row in quench.figures.items() if row and name in names}
    return of_level


class Choice:
    """What of the catalogue is to be done."""

    def __init__(self, quick: bool, names: list[str]):
        def chosen(item) -> bool:
            named = not names or any(fnmatchcase(item.name, name) for name in names)
            return named and (not quick or item.quick)

        self.scenarios = list(filter(chosen, catalogue.SCENARIOS))
        self.invocations = list(filter(chosen, catalogue.INVOCATIONS))
        self.hosted = list(filter(chosen, catalogue.HOSTED))
        self.objects = list(filter(chosen, catalogue.OBJECTS))

    def programs(self) -> list[Program]:
        programs = [step.program for scenario in self.scenarios for step in scenario.steps]
        programs += [one.program for one in (*self.hosted, *self.objects)]
        return list({program.name: program for program in programs}.values())

    def count(self) -> int:
        return len(self.scenarios) + len(self.invocations) + len(self.hosted) + len(self.objects)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="only what is quick to fetch, build and run")
    parser.add_argument("--target", choices=TARGETS, action="append", help="default: all")
    parser.add_argument("--quench", type=Path, default=ROOT / "target/release/quench", help="the compiler")
    parser.add_argument("--page", type=Path, help="where the figures are written, if all was done and nothing failed")
    parser.add_argument("name", nargs="*", help="scenarios, or patterns of them; default: all")
    options = parser.parse_args()
    chosen = Choice(options.quick, options.name)
    if chosen.count() == 0:
        parser.error("nothing in the catalogue has such a name")
    if not options.quench.exists():
        parser.error(f"{options.quench} does not exist; `make build` makes it")
    # `quench run` must compile, not find what an earlier compiler made.
    os.environ["XDG_CACHE_HOME"] = str(WORK / "cache")
    shutil.rmtree(WORK / "cache", ignore_errors=True)
    WORK.mkdir(parents=True, exist_ok=True)

    tally = Tally()
    reference = Wasmtime()
    references = {}
    for scenario in chosen.scenarios:
        references[scenario.name] = perform(scenario, reference)
        tally.check(f"reference/{scenario.name}", check_reference, scenario, references[scenario.name])
    compilers = {target: Quench(options.quench.resolve(), target) for target in options.target or TARGETS}
    for quench in compilers.values():
        check_target(quench, chosen, reference, references, tally)
    show(compilers, reference, chosen, references, tally, options)
    print(f"{tally.passed} passed, {tally.failed} failed, 0 skipped")
    return 1 if tally.failed else 0


def module_size(program: Program) -> int:
    return sum(module().stat().st_size for module in (program.module, *program.parts.values()))


def show(compilers: dict[str, Quench], reference: Wasmtime, chosen: Choice, references: dict, tally: Tally, options):
    """Prints what things cost, and writes the page if one is wanted."""
    host = platform.machine()
    tables = dict.fromkeys(("main", "cross", "levels"), "")
    for target, quench in compilers.items():
        rows = {name: row for name, row in quench.figures.items() if row}
        if target == host:
            sizes = {program.name: module_size(program) for program in chosen.programs()}
            tables["main"] = figures.main_table(sizes, rows, reference.figures)
            levels = {} if options.quick else check_levels(quench, chosen, references, tally)
            tables["levels"] = figures.levels_table(levels) if levels else ""
        else:
            tables["cross"] = figures.cross_table(rows)
    print("\n" + "\n\n".join(filter(None, tables.values())) + "\n")
    if options.page and not options.name and all(tables.values()) and not tally.failed:
        (other,) = (target for target in TARGETS if target != host)
        version = subprocess.run([reference.program, "--version"], capture_output=True, text=True).stdout.strip()
        machine = f"Linux on {host}, {os.cpu_count()} processors; {version}."
        options.page.write_text(figures.PAGE.format(machine=machine, other=other, **tables))


if __name__ == "__main__":
    sys.exit(main())
