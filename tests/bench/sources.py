"""The benchmark programs and how each is made: native, as a module, and from
the module by quench and by its peers. Made files are under `target/bench`.
Knows compilers and sources, measures nothing."""

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "programs"))

from guests import clang  # noqa: E402
from packages import ROOT, wasmtime  # noqa: E402

WORK = ROOT / "target" / "bench"
VENDOR = WORK / "vendor"


@dataclass(frozen=True)
class Source:
    """A program in C: `c/NAME.c`, and what of a vendored library it is made of."""

    name: str
    #: Folder under `vendor/` that holds headers.
    headers: str | None = None
    #: Patterns of files in `vendor/`, and of those to leave out.
    files: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    #: A program that people use, not a kernel. With an argument it works on
    #: something else than without.
    real: bool = False
    #: The module may use vectors.
    simd: bool = False

    def command(self, output: Path) -> list:
        """Compiles it whole. Not our warnings in a library; all of ours in ours."""
        own = HERE / "c"
        inputs = [own / f"{self.name}.c"]
        for pattern in self.files:
            found = [path for path in sorted(VENDOR.glob(pattern)) if path.stem not in self.without]
            inputs += found or [own / pattern]
        flags = [*self.flags, *([f"-I{VENDOR / self.headers}"] if self.headers else [])]
        warnings = ["-w"] if self.files else ["-Wall", "-Wextra", "-Werror"]
        return [clang(), "-O3", *warnings, *flags, "-o", output, *inputs, "-lm"]


#: Native code is for x86-64 as it was; wasmtime and node use what there is.
FOR_THIS_MACHINE = ("--cpu", "native")

SQLITE_FLAGS = ("-DSQLITE_OS_OTHER=1", "-DSQLITE_THREADSAFE=0", "-DSQLITE_TEMP_STORE=3")

SOURCES = [
    *map(Source, ("nbody", "mandelbrot", "spectral", "fannkuch", "queens", "sort", "dispatch", "regex", "hash", "sha256")),
    *map(Source, ("base64", "json", "trees", "interpreter")),
    Source("matmul", simd=True),
    Source("jacobi", simd=True),
    Source(
        "zlib",
        "libz-sys/src/zlib",
        ("libz-sys/src/zlib/*.c",),
        without=("gzclose", "gzlib", "gzread", "gzwrite"),
        real=True,
    ),
    Source(
        "bzip2",
        "bzip2-sys/bzip2-1.0.8",
        tuple(
            f"bzip2-sys/bzip2-1.0.8/{name}.c"
            for name in ("blocksort", "huffman", "crctable", "randtable", "compress", "decompress", "bzlib")
        ),
        flags=("-DBZ_NO_STDIO",),
        real=True,
    ),
    Source(
        "zstd",
        "zstd-sys/zstd/lib",
        tuple(f"zstd-sys/zstd/lib/{name}/*.c" for name in ("common", "compress", "decompress")),
        # The same source for all: a module has no SSE2 intrinsics.
        flags=("-DZSTD_DISABLE_ASM=1", "-DZSTD_NO_INTRINSICS", "-DZSTD_LEGACY_SUPPORT=0"),
        real=True,
    ),
    Source(
        "lua",
        "lua-src/lua-5.4.9",
        ("lua-src/lua-5.4.9/l*.c",),
        without=("lua", "luac", "linit", "loslib", "liolib", "loadlib", "ldblib"),
        # A `switch` in the interpreter's loop: WebAssembly has no computed goto,
        # and natively one is as fast as the other.
        flags=("-include", str(HERE / "c/lua_config.h"), f"-I{HERE / 'c/include'}", "-DLUA_USE_JUMPTABLE=0"),
        real=True,
    ),
    Source(
        "sqlite",
        "libsqlite3-sys/sqlite3",
        ("libsqlite3-sys/sqlite3/sqlite3.c", "sqlite_vfs.c"),
        flags=(*SQLITE_FLAGS, "-DSQLITE_OMIT_LOAD_EXTENSION"),
        real=True,
    ),
]


@dataclass
class Made:
    """A program, ready to run by each of the contenders."""

    source: Source
    module: Path
    #: Contender: command.
    commands: dict[str, list] = field(default_factory=dict)
    #: Contender: file with its machine code.
    code: dict[str, Path] = field(default_factory=dict)


def run(command: list, **options) -> None:
    subprocess.run(list(map(str, command)), check=True, **options)


def newer(path: Path, other: Path) -> bool:
    return path.exists() and path.stat().st_mtime >= other.stat().st_mtime


def vendor() -> None:
    """The libraries' sources, by name from the registry."""
    lock = HERE / "crates/Cargo.lock"
    if newer(VENDOR / "stamp", lock):
        return
    shutil.rmtree(VENDOR, ignore_errors=True)
    manifest = HERE / "crates/Cargo.toml"
    run(["cargo", "vendor", "--quiet", "--locked", "--manifest-path", manifest, VENDOR], stdout=subprocess.DEVNULL)
    (VENDOR / "stamp").touch()


def quench_command(quench: Path, module: Path, output: Path, *options: str) -> list:
    return [quench, "build", "--quiet", *options, module, "-o", output]


def wasmtime_command(module: Path, output: Path) -> list:
    return [wasmtime(), "compile", module, "-o", output]


def make(source: Source, quench: Path, peers: bool) -> Made:
    """For all contenders, or only for the first four."""
    folder = WORK / "programs"
    folder.mkdir(parents=True, exist_ok=True)
    native, module = folder / source.name, folder / f"{source.name}.wasm"
    executable, compiled = folder / f"{source.name}.quench", folder / f"{source.name}.cwasm"
    own = HERE / "c" / f"{source.name}.c"
    if not newer(native, own):
        run(source.command(native))
    make_module(source, folder)
    run(quench_command(quench, module, executable, *FOR_THIS_MACHINE))
    trained = make_trained(source, quench, module)
    if not newer(compiled, module):
        run(wasmtime_command(module, compiled))
    made = Made(
        source,
        module,
        {"native": [native], "quench": [executable], "quench+pgo": [trained], "wasmtime": [wasmtime(), "run", "--allow-precompiled", compiled]},
        {"native": native, "quench": executable, "quench+pgo": trained, "wasmtime": compiled},
    )
    if peers:
        # Debian's wasm2c knows no vectors.
        if not source.simd:
            made.commands["wasm2c"] = [make_wasm2c(source, module)]
        made.commands["node"] = [shutil.which("node"), "--no-warnings", HERE / "run.mjs", module]
    return made


def make_module(source: Source, folder: Path) -> Path:
    module = folder / f"{source.name}.wasm"
    if not newer(module, HERE / "c" / f"{source.name}.c"):
        command = source.command(module)
        vectors = ["-msimd128"] if source.simd else []
        run([command[0], "--target=wasm32-wasi", *vectors, *command[1:]])
    return module


def make_trained(source: Source, quench: Path, module: Path) -> Path:
    """Built for what it did on another input, if it has one."""
    folder = WORK / "programs"
    counting, profile = folder / f"{source.name}.counting", folder / f"{source.name}.profile"
    trained = folder / f"{source.name}.trained"
    run(quench_command(quench, module, counting, f"--profile-generate={profile}"))
    run([counting, *(["train"] if source.real else [])], stdout=subprocess.DEVNULL)
    run(quench_command(quench, module, trained, *FOR_THIS_MACHINE, "--profile-use", profile))
    return trained


def make_wasm2c(source: Source, module: Path) -> Path:
    """The module as C, and that compiled: what the C compiler makes of it."""
    output, folder = WORK / "programs" / f"{source.name}.wasm2c", WORK / "wasm2c" / source.name
    if newer(output, module):
        return output
    folder.mkdir(parents=True, exist_ok=True)
    run(["wasm2c", "-n", "m", module, "-o", folder / "m.c"])
    runtime = Path("/usr/share/wabt/wasm2c")
    inputs = [folder / "m.c", HERE / "c/wasm2c.c", runtime / "wasm-rt-impl.c"]
    run([clang(), "-O3", "-w", f"-I{folder}", f"-I{runtime}", *inputs, "-lm", "-o", output])
    return output


def make_hello(quench: Path) -> dict[str, Path]:
    """The smallest program, in the ways that start-up is compared."""
    folder = WORK / "hello"
    folder.mkdir(parents=True, exist_ok=True)
    source, module = HERE / "c/hello.c", folder / "hello.wasm"
    made = {name: folder / name for name in ("glibc", "quench-c", "quench")}
    run([clang(), "-O2", "-static", source, "-o", made["glibc"]])
    run([clang(), "--target=wasm32-wasi", "-O2", source, "-o", module])
    run(quench_command(quench, module, made["quench-c"]))
    run(quench_command(quench, HERE / "hello.wat", made["quench"]))
    return made


def make_spawn() -> Path:
    """Starts programs and measures how long they take to exit."""
    output = WORK / "spawn"
    WORK.mkdir(parents=True, exist_ok=True)
    run([clang(), "-O2", "-Wall", "-Wextra", "-Werror", HERE / "c/spawn.c", "-o", output])
    return output
