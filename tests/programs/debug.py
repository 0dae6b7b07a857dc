#!/usr/bin/env python3
"""Drives gdb over programs that quench compiled with `-g`, on each machine, and
looks at what it prints: lines, callers, variables, and what pointers point to.

    tests/programs/debug.py [--target NAME] [--kotlin]

With --kotlin it is a program in Kotlin, whose compiler `make test` does not need, and the backtraces
of exceptions that nobody catches are looked at too. The other machine's programs run under qemu, whose stub gdb talks to. Needs
gdb, gdb-multiarch and the compilers that tests/programs/install-deps brings."""

import argparse
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from guests import GUESTS, clang, has_library
from kotlin import build_with_lines
from packages import ROOT

HERE = Path(__file__).resolve().parent / "debug"
QUENCH = ROOT / "target/release/quench"
TARGETS = ["x86_64", "aarch64"]
#: Seconds for one session of gdb.
PATIENCE = 120


class Failure(Exception):
    """What is wrong, for people."""


@dataclass(frozen=True)
class Look:
    """A command for gdb, and a pattern for what it prints, in one line."""

    command: str
    prints: str


@dataclass(frozen=True)
class Session:
    source: str
    #: Of the guest's compiler.
    level: str
    #: Words in the line to stop at, or a function.
    stop: str
    looks: list[Look]
    #: Of `quench build`.
    options: tuple = ("-g",)


C_VARIABLES = [
    Look("bt", r"#0 +sum \(list=0x\w+, factor=2\) at .*list\.c:LINE.*#1 .* in main \(|#1 .*__main_argc_argv"),
    Look("info locals", r"product = 10 at = 0x\w+ result = 0"),
    Look("info args", r"list = 0x\w+ factor = 2"),
    Look("print *list", r"\{next = 0x\w+, value = 5, name = 0x\w+\}"),
    Look("print *list->next", r"\{next = 0x0, value = 7, name = 0x\w+\}"),
    Look("print list->next->value", r"= 7\b"),
    Look("x/s *at->name", r'"first"'),
    Look("step", r"at = at->next"),
    Look("step", r"int product = at->value \* factor"),
    Look("print result", r"= 10\b"),
    Look("print at->value", r"= 7\b"),
    Look("up", r"int answer = sum\(&first, argc \+ 1\)"),
    Look("print numbers", r"\{10, 20, 30\}"),
    Look("print *middle", r"= 20\b"),
    Look("print middle[1]", r"= 30\b"),
    Look("print text", r'"hello"'),
    Look("print ratio", r"= 1\.5\b"),
    Look("print first.next->value", r"= 7\b"),
    Look("print total", r"= 100\b"),
    Look("print argc", r"= 1\b"),
    Look("down", r"#0 +sum"),
    Look("delete", ""),
    Look("finish", r"int answer = sum"),
]

RUST_VARIABLES = [
    Look("bt", r"#0 +shapes::area \(shape=0x\w+, times=42\) at .*shapes\.rs:LINE.*#1 .* in shapes::main \(\) at .*shapes\.rs"),
    Look("print *shape", r"shapes::Shape::Named\{point: shapes::Point \{x: 2, y: 3\}, scale: 4\}"),
    Look("print base", r"= 24\b"),
    Look("print sum", r"= 0\b"),
    Look("next", r"for value in"),
    Look("print sum", r"= 1008\b"),
    Look("up", r"area\(&named, \*boxed as usize\)"),
    Look("print *boxed", r"= 42\b"),
    Look("print named", r"Named\{point: shapes::Point \{x: 2, y: 3\}, scale: 4\}"),
]

#: Somewhere inside a function of WASI.
INSIDE = Look("stepi 60", "")
WRITE = "wasi_snapshot_preview1.fd_write"

SESSIONS = [
    Session("list.c", "0", "in the loop", C_VARIABLES),
    Session("list.c", "0", "in the loop", C_VARIABLES, ("-g", "--fuel", "1000000000")),
    Session("list.c", "0", "in the loop", C_VARIABLES, ("-g", "--memory-checks", "explicit")),
    # Another module of the program, with lines and functions of its own, whose
    # memory is the first.
    Session("list.c", "0", "in the loop", C_VARIABLES, ("-g", "--preload", f"other={ROOT / 'tests/fixtures/lines.wasm'}")),
    # At this level clang keeps less; what is there is right.
    Session(
        "list.c",
        "1",
        "in the loop",
        [
            Look("bt", r"#0 .*list\.c:LINE"),
            Look("info locals", r"product = "),
        ],
    ),
    Session(
        "list.c",
        "1",
        "the end",
        [
            Look("print first.value", r"= 5\b"),
            Look("print first.next->value", r"= 7\b"),
            Look("print ratio", r"= 1\.5\b"),
        ],
    ),
    # Callers across quench's own functions; their names only with -g.
    Session(
        "list.c",
        "0",
        WRITE,
        [
            Look("bt", rf"#0 .*{WRITE}.* in printf \(fmt=.* in (main|__main_argc_argv) \(argc=1"),
            INSIDE,
            Look("bt", rf"#\d.* {WRITE} .* in printf \(fmt=.* in (main|__main_argc_argv) \(argc=1"),
            Look("info functions quench_wasi_shim::.*Descriptors::find_terminals", r"\w+ +quench_wasi_shim::descriptors::Descriptors::find_terminals"),
        ],
    ),
    Session(
        "list.c",
        "0",
        WRITE,
        [INSIDE, Look("bt", rf"#\d.* {WRITE} .* in __stdio_write .* in (main|__main_argc_argv) \(\)")],
        (),
    ),
    Session("shapes.rs", "0", "in the loop", RUST_VARIABLES),
    Session(
        "shapes.rs",
        "1",
        "the end",
        [
            Look("bt", r"#0 +shapes::area \(.*shapes\.rs:LINE.*#1 .*shapes::main"),
            Look("info locals", r"sum = "),
        ],
    ),
]


#: The command `object`, as docs/DEBUGGING.md has it.
OBJECT_COMMAND = GUESTS / "object.gdb"

KOTLIN_SESSIONS = [
    Session(
        "berth.kt",
        "kotlin",
        "in the loop",
        [
            Look("bt", r"#0 +moor \(\) at .*berth\.kt:LINE #1 .* in enter \(\) at .*berth\.kt:\d+ #2 .* in main \(\) at .*berth\.kt"),
            # The type, its number, the fields.
            Look(f"source {OBJECT_COMMAND}", ""),
            Look("object 0x20000000", r"^`\w+` 0x20000000: 0x0\w+ 0x"),
            Look("step", r"for \(round in"),
            Look("step", r"in the loop"),
            Look("up", r"return moor\(pier, depth\)"),
            Look("down", r"#0 +moor"),
            Look("delete", ""),
            Look("finish", r"\benter \(\) at .*berth\.kt"),
        ],
    ),
]

#: Programs in Kotlin, and what their last messages say in one line. `{words}` is the number of the line that
#: ends in these words.
KOTLIN_TRAPS = {
    "berth.kt": r"uncaught exception .*`moor` at berth\.kt:{a cast}:\d+, passed on by .* at berth\.kt:{not a ship}:\d+",
    "reef.kt": r"uncaught exception .*`sound` at reef\.kt:{by zero}:\d+, .* `cross` at reef\.kt:{in the loop}:\d+, "
    r"passed on by .* at reef\.kt:{too many}:\d+",
}


def program(*names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    raise Failure(f"{names[0]} is not installed; tests/programs/install-deps quick does it")


def rustc() -> str:
    for compiler in [program("rustc"), "/usr/bin/rustc"]:
        if Path(compiler).exists() and has_library(compiler, "wasm32-wasip1"):
            return compiler
    raise Failure("no Rust library for wasm32-wasip1: rustup target add wasm32-wasip1")


def module(session: Session) -> Path:
    source = HERE / session.source
    output = GUESTS / f"debug-{source.stem}-{session.level}.wasm"
    output.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".kt":
        return build_with_lines(source, output)
    if source.suffix == ".c":
        command = [clang(), "--target=wasm32-wasi", f"-O{session.level}", "-g"]
    else:
        command = [rustc(), "--target=wasm32-wasip1", f"-Copt-level={session.level}", "-g"]
    subprocess.run([*command, source, "-o", output], check=True)
    return output


def build(session: Session, target: str) -> Path:
    executable = GUESTS / f"debug-{target}"
    command = [QUENCH, "build", "--target", target, module(session), "-o", executable, *session.options]
    subprocess.run(command, check=True)
    return executable


def line_of(source: str, words: str) -> int | None:
    """None if no line ends in them."""
    lines = (HERE / source).read_text().splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.endswith(f"// {words}")), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def gdb(executable: Path, target: str, commands: list[str]) -> str:
    """What gdb prints."""
    emulator = None
    if target == platform.machine():
        command, start = [program("gdb")], ["run"]
    else:
        port = free_port()
        emulator = subprocess.Popen(
            [program(f"qemu-{target}"), "-g", str(port), executable],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        command = [program("gdb-multiarch"), "-ex", f"set architecture {target.replace('x86_64', 'i386:x86-64')}"]
        start = ["set tcp connect-timeout 30", f"target remote 127.0.0.1:{port}", "continue"]
    # Breakpoints stand before what runs, but behind the connection.
    steps = [*start[:-1], commands[0], start[-1], *commands[1:]]
    command += ["-nx", "-batch", *(part for step in steps for part in ("-ex", step)), str(executable)]
    try:
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            cwd=HERE,
        )
    except subprocess.TimeoutExpired as error:
        raise Failure(f"gdb does not end: {error.stdout}") from error
    finally:
        if emulator:
            emulator.kill()
            emulator.wait()
    return result.stdout + result.stderr


def check(session: Session, target: str) -> None:
    line = line_of(session.source, session.stop)
    commands = [f"break {session.source}:{line}" if line else f"break {session.stop}"]
    for number, look in enumerate(session.looks):
        commands += [f"echo <{number}>\\n", look.command]
    said = gdb(build(session, target), target, [*commands, "echo <end>\\n"])
    if "internal-error" in said:
        raise Failure(f"gdb fails:\n{said}")
    if target == "aarch64" and "Value returned" in said:
        raise Failure(f"gdb takes something for a result:\n{said}")
    for number, look in enumerate(session.looks):
        match = re.search(rf"<{number}>\n(.*?)<(?:{number + 1}|end)>", said, re.DOTALL)
        printed = " ".join(match[1].split()) if match else ""
        pattern = look.prints.replace("LINE", str(line))
        if not re.search(pattern, printed):
            raise Failure(f"`{look.command}` prints `{printed}`, not `{pattern}`; all of it:\n{said}")


def valgrind() -> None:
    """A program that reserves nothing runs under it, and it knows functions and lines."""
    session = Session("list.c", "0", "in the loop", [], ("-g", "--memory-checks", "explicit", "--no-lockdown"))
    executable = build(session, platform.machine())
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        command = [program("valgrind"), "--tool=callgrind", f"--callgrind-out-file={counts}", executable]
        alone = subprocess.run([executable], capture_output=True, timeout=PATIENCE)
        result = subprocess.run(command, capture_output=True, timeout=PATIENCE)
        if (alone.returncode, alone.stdout) != (result.returncode, result.stdout):
            raise Failure(f"it does something else: {result}")
        text = counts.read_text()
    for name in r"fn=\(\d+\) sum\b", r"f[li]=\(\d+\) .*list\.c\b":
        if not re.search(name, text):
            raise Failure(f"no `{name}` in the counts:\n{text[:2000]}")


def write_object_command() -> None:
    text = (ROOT / "docs/DEBUGGING.md").read_text()
    OBJECT_COMMAND.parent.mkdir(parents=True, exist_ok=True)
    OBJECT_COMMAND.write_text(re.search(r"^    define object\n.*?\n    end\n", text, re.DOTALL | re.MULTILINE)[0])


def kotlin_trap(source: str, target: str) -> None:
    """A program without debug information names lines of Kotlin when it traps."""
    executable = build(Session(source, "kotlin", "", [], ()), target)
    command = [executable] if target == platform.machine() else [program(f"qemu-{target}"), executable]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    said = " ".join(result.stderr.split())
    line = lambda words: str(line_of(source, words[1]))
    pattern = re.sub(r"\{([a-z ]+)\}", line, KOTLIN_TRAPS[source])
    if result.returncode != 134 or not re.search(pattern, said):
        raise Failure(f"it ends with {result.returncode} and says `{said}`, not `{pattern}`")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("--kotlin", action="store_true", help="programs in Kotlin instead of the others")
    arguments = parser.parse_args()
    only, kotlin = arguments.target, arguments.kotlin
    passed = failed = 0
    tests = [("valgrind", valgrind)] if only in (None, platform.machine()) and not kotlin else []
    for target in [only] if only else TARGETS:
        if kotlin:
            write_object_command()
            tests += [(f"trap, {source}, {target}", kotlin_trap, source, target) for source in KOTLIN_TRAPS]
        for session in KOTLIN_SESSIONS if kotlin else SESSIONS:
            options = " ".join([f"-O{session.level}", *(Path(option).name for option in session.options)])
            name = f"gdb, {session.source} {options}, {session.stop}, {target}"
            tests.append((name, check, session, target))
    for name, test, *arguments in tests:
        try:
            test(*arguments)
            passed += 1
            print(f"{name}: ok", flush=True)
        except (Failure, FileNotFoundError, subprocess.SubprocessError) as error:
            failed += 1
            print(f"{name}: {error}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
