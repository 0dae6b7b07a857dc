#!/usr/bin/env python3
"""Has cargo test known crates of the registry as modules, with `quench run` as its runner, for
x86_64 and aarch64: `CARGO_TARGET_WASM32_WASIP1_RUNNER`. Their own tests and those in their
documentation have to pass.

    tests/programs/crates.py [--target NAME] [CRATE…]

Knows how to fetch and to run them; which there are, `crates/Cargo.toml` says. What these need
for their tests is pinned in `crates/tests.lock`."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from guests import HERE, has_library
from packages import ROOT, WORK

CRATES = WORK / "crates"
WASM = "wasm32-wasip1"
TARGETS = ["x86_64", "aarch64"]
#: Seconds for the tests of one crate, under an emulator too.
PATIENCE = 1200


def fetch() -> list[str]:
    """The crates, as members of one workspace; their names."""
    shutil.rmtree(CRATES / "sources", ignore_errors=True)
    command = ["cargo", "vendor", "--quiet", "--locked", "--manifest-path", HERE / "crates/Cargo.toml"]
    subprocess.run([*command, CRATES / "sources"], check=True, stdout=subprocess.DEVNULL)
    names = sorted(path.name for path in (CRATES / "sources").iterdir())
    for name in names:
        (CRATES / "sources" / name / "Cargo.lock").unlink(missing_ok=True)
    members = ", ".join(f'"{name}"' for name in names)
    (CRATES / "sources/Cargo.toml").write_text(f'[workspace]\nresolver = "2"\nmembers = [{members}]\n')
    shutil.copyfile(HERE / "crates/tests.lock", CRATES / "sources/Cargo.lock")
    return names


def rustc() -> str:
    candidates = [os.environ.get("RUSTC"), shutil.which("rustc"), "/usr/bin/rustc"]
    for compiler in candidates:
        if compiler and Path(compiler).exists() and has_library(compiler, WASM):
            return compiler
    sys.exit(f"there is no Rust library for {WASM}: rustup target add {WASM}")


def test(name: str, target: str) -> tuple[int, str]:
    """How many tests passed, and what is wrong, if anything is."""
    environment = {
        **os.environ,
        "RUSTC": rustc(),
        "PATH": f"{ROOT / 'target/release'}:{os.environ['PATH']}",
        "CARGO_TARGET_DIR": str(CRATES / "target"),
        "CARGO_TARGET_WASM32_WASIP1_RUNNER": f"quench run --target {target}",
        "XDG_CACHE_HOME": str(CRATES / "cache"),
    }
    command = ["cargo", "test", "--locked", "--target", WASM]
    folder = CRATES / "sources" / name
    try:
        result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return 0, f"still running after {PATIENCE} s"
    passed = sum(map(int, re.findall(r"^test result: ok\. (\d+) passed", result.stdout, re.MULTILINE)))
    if result.returncode != 0:
        return passed, f"status {result.returncode}\n{result.stdout[-2000:]}{result.stderr[-2000:]}"
    return passed, "" if passed else "no test was run"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--target", choices=TARGETS, action="append", help="default: all")
    parser.add_argument("name", nargs="*", help="crates; default: all")
    options = parser.parse_args()
    names = fetch()
    if unknown := set(options.name) - set(names):
        parser.error(f"{', '.join(unknown)} is none of {', '.join(names)}")
    # Each is compiled, not found where an earlier compiler put it.
    shutil.rmtree(CRATES / "cache", ignore_errors=True)
    outcomes = []
    for target in options.target or TARGETS:
        for name in options.name or names:
            start = time.monotonic()
            passed, wrong = test(name, target)
            seconds = time.monotonic() - start
            print(f"FAIL  {target}/{name}: {wrong}" if wrong else f"ok    {target}/{name}: {passed} tests, {seconds:.1f} s")
            outcomes.append(not wrong)
    print(f"{outcomes.count(True)} passed, {outcomes.count(False)} failed, 0 skipped")
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
