"""Compiles `kotlin/NAME.kt` to modules under `target/programs/guests`, as its
compiler leaves them and as Binaryen's optimiser makes them, the way Kotlin's
own build tool does. Knows these tools, not what is done with the modules.

The compiler and the optimiser are packages; the former needs Java 17, and
the latter a newer node than Debian's, which is a package too."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from guests import GUESTS, HERE
from packages import BINARYEN, KOTLIN, node

#: What Kotlin's build tool gives the optimiser, but for `--traps-never-happen`
#: and `--fast-math`, with which a module may do something else than before.
FEATURES = ("gc", "reference-types", "exception-handling", "bulk-memory", "multivalue", "nontrapping-float-to-int")
PASSES = ["--closed-world", "--inline-functions-with-loops", "--type-ssa"]
PASSES += ["-O3", "-O3", "--gufa", "-O3", "--type-merging", "-O3", "-Oz"]


def build_kotlin(name: str, rounds: int = 1) -> Path:
    """The source with a constant ROUNDS, which says how often it does its work."""
    source = HERE / "kotlin" / f"{name}.kt"
    output = GUESTS / (f"{name}-kotlin.wasm" if rounds == 1 else f"{name}-kotlin-{rounds}.wasm")
    if not output.exists() or output.stat().st_mtime < source.stat().st_mtime:
        GUESTS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=GUESTS) as folder:
            constant = Path(folder) / "rounds.kt"
            constant.write_text(f"const val ROUNDS = {rounds}\n")
            compile_program(folder, name, [source, constant], [], output)
    return output


def build_with_lines(source: Path, output: Path) -> Path:
    """With DWARF, which Kotlin's compiler writes for the program's own functions, not for its library's."""
    if not output.exists() or output.stat().st_mtime < source.stat().st_mtime:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent) as folder:
            compile_program(folder, source.stem, [source], ["-Xwasm-generate-dwarf"], output)
    return output


def compile_program(folder: str, name: str, sources: list[Path], options: list[str], output: Path) -> None:
    # To a library, and from that to a module.
    compile_kotlin(folder, name, *sources)
    library = f"-Xinclude={folder}/{name}.klib"
    compile_kotlin(folder, name, "-Xir-produce-js", library, "-main", "call", *options)
    shutil.move(Path(folder) / f"{name}.wasm", output)


def compile_kotlin(folder: str, name: str, *inputs) -> None:
    library = KOTLIN.file("package/lib/kotlin-stdlib-wasm-wasi.klib")
    command = ["bash", KOTLIN.file("package/bin/kotlinc-wasm"), "-Xwasm-target=wasm-wasi", "-libraries", library]
    subprocess.run([*command, "-ir-output-dir", folder, "-ir-output-name", name, *inputs], check=True)


def optimised(module: Path) -> Path:
    output = module.with_name(f"{module.stem}-opt.wasm")
    if not output.exists() or output.stat().st_mtime < module.stat().st_mtime:
        command = [node(), BINARYEN.file("package/bin/wasm-opt"), module, "-o", output]
        subprocess.run([*command, *(f"--enable-{feature}" for feature in FEATURES), *PASSES], check=True)
    return output
