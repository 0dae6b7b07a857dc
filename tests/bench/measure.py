"""Measures: processor time of runs, wall time of compilations, sizes of code.
All contenders take turns, so that what else the machine does hits all alike;
a figure is the median of the rounds. Knows no program and prints only what it
leaves out."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


#: Runs a program and tells how much memory it had.
PEAK = Path(__file__).resolve().parents[1] / "programs/peak.py"


class Wrong(Exception):
    """A contender failed or computed something else than the others."""


class Crashed(Wrong):
    """A signal ended it."""


#: Contenders without which there is no comparison.
OURS = ("native", "quench")


def run_time(command: list, system: bool = False) -> tuple[float, bytes]:
    """Seconds of user time, or of that and the system's, and what was printed."""
    # Peers warn there.
    with tempfile.TemporaryFile("w+", errors="replace") as messages:
        command = list(map(str, command))
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=messages)
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.stdout.close()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            messages.seek(0)
            kind = Crashed if child.returncode < 0 else Wrong
            raise kind(f"{' '.join(command)}: exit status {child.returncode}\n{messages.read()}")
    return usage.ru_utime + (usage.ru_stime if system else 0), output


def run_times(commands: dict[str, list], rounds: int, system: bool = False) -> dict[str, float]:
    """Median user time of each contender, or of that and the system's. They must
    print the same. A peer that crashes is left out."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    first = None
    for _ in range(rounds):
        for name in list(times):
            try:
                seconds, output = run_time(commands[name], system)
            except Crashed as crashed:
                if name in OURS:
                    raise
                print(f"bench: left out: {crashed}", file=sys.stderr)
                del times[name]
                continue
            times[name].append(seconds)
            first = first if first is not None else output
            if output != first or not output:
                raise Wrong(f"{name} prints something else: {output[:200]!r} instead of {first[:200]!r}")
    return {name: statistics.median(values) for name, values in times.items()}


def compile_times(commands: dict[str, list], rounds: int) -> dict[str, float]:
    """Median wall time of each contender, with the tool's own choice of jobs:
    as many as there are processors."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            start = time.monotonic()
            subprocess.run(list(map(str, command)), check=True)
            times[name].append(time.monotonic() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def exec_to_exit(spawn: Path, commands: list[list], rounds: int) -> list[float]:
    """Median microseconds from starting each program to its exit."""
    programs = ["\t".join(map(str, command)) for command in commands]
    result = subprocess.run([spawn, str(rounds), *programs], check=True, capture_output=True, text=True)
    return [float(line) for line in result.stdout.split()]


def peak_memory(command: list) -> int:
    """The most bytes of memory that a program had."""
    with tempfile.NamedTemporaryFile("r") as report:
        launcher = [sys.executable, "-SE", PEAK, report.name]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*launcher, *map(str, command)], check=True, **quiet)
        return int(report.read().split()[1])


def text_size(file: Path) -> int:
    """Bytes of machine code in an ELF file."""
    lines = subprocess.run(["readelf", "-SW", file], check=True, capture_output=True, text=True).stdout
    total = 0
    for line in lines.splitlines():
        words = line.replace("[ ", "[").split()
        if len(words) > 8 and words[1].startswith(".text") and words[2] == "PROGBITS":
            total += int(words[5], 16)
    return total


def geometric_mean(values: list[float]) -> float:
    return statistics.geometric_mean(values)
