"""Builds the guests that are written here, in C, Rust and Go, to modules under
`target/programs/guests`. Knows compilers, not what is done with the modules.

C needs Debian's clang, lld, wasi-libc and libclang-rt-dev-wasm32; Rust a
toolchain with the target's standard library or its sources (Debian's
rust-web-src serves); Go comes as a package."""

import os
import shutil
import subprocess
from pathlib import Path

from packages import GO, WORK

HERE = Path(__file__).resolve().parent
GUESTS = WORK / "guests"
WASI_LIBRARIES = Path("/usr/lib/wasm32-wasi")


def first_program(*names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    raise FileNotFoundError(f"install one of these programs: {', '.join(names)}")


def newest(folder: Path) -> float:
    return max(path.stat().st_mtime for path in folder.rglob("*") if path.is_file())


def clang() -> str:
    return first_program("clang-16", "clang-19", "clang-18", "clang-17", "clang-15", "clang")


def build_c(name: str) -> Path:
    """`c/NAME.c` for wasm32-wasi."""
    source, output = HERE / "c" / f"{name}.c", GUESTS / f"{name}.wasm"
    if not output.exists() or output.stat().st_mtime < source.stat().st_mtime:
        GUESTS.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [clang(), "--target=wasm32-wasi", "-O2", "-Wall", "-Wextra", "-Werror", "-o", output, source],
            check=True,
        )
    return output


def build_host(name: str, target: str) -> Path:
    """`c/NAME.c` as an object for a machine, without a C library."""
    source, output = HERE / "c" / f"{name}.c", GUESTS / f"{name}.{target}.o"
    GUESTS.mkdir(parents=True, exist_ok=True)
    options = [f"--target={target}-linux-gnu", "-O2", "-ffreestanding", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([clang(), *options, "-c", source, "-o", output], check=True)
    return output


def has_library(rustc: str, target: str) -> bool:
    command = [rustc, "--print", "target-libdir", "--target", target]
    result = subprocess.run(command, capture_output=True, text=True)
    return result.returncode == 0 and Path(result.stdout.strip()).is_dir()


def has_sources(rustc: str) -> bool:
    root = subprocess.run([rustc, "--print", "sysroot"], capture_output=True, text=True).stdout.strip()
    return (Path(root) / "lib/rustlib/src/rust/library/Cargo.lock").exists()


def build_rust(folder: str, crate: str, target: str) -> Path:
    """The crate in `folder`. With a standard library that is already built if a
    compiler has one, else with one made from the compiler's sources."""
    output = GUESTS / (f"{crate}-wasip2.wasm" if target == "wasm32-wasip2" else f"{crate}.wasm")
    if output.exists() and output.stat().st_mtime > newest(HERE / folder):
        return output
    environment = {**os.environ, "CARGO_TARGET_DIR": str(GUESTS / "rust")}
    command = ["cargo", "build", "--quiet", "--release", "--target", target]
    candidates = [os.environ.get("RUSTC"), shutil.which("rustc"), "/usr/bin/rustc"]
    compilers = [c for c in candidates if c and Path(c).exists()]
    if ready := [c for c in compilers if has_library(c, target)]:
        environment["RUSTC"] = ready[0]
    elif sources := [c for c in compilers if has_sources(c)]:
        environment |= {"RUSTC": sources[0], "RUSTC_BOOTSTRAP": "1"}
        command.append("-Zbuild-std=std,panic_abort")
        flags = ["-Clinker=" + first_program("rust-lld", "wasm-ld-16", "wasm-ld-19", "wasm-ld")]
        if "wasi" in target:
            flags += ["-Clink-self-contained=no", f"-L{WASI_LIBRARIES}"]
            flags += [f"-Clink-arg={WASI_LIBRARIES}/crt1-command.o"]
        environment["RUSTFLAGS"] = " ".join(flags)
    else:
        raise FileNotFoundError(f"no Rust library for {target}: rustup target add {target}, or install rust-web-src")
    subprocess.run(command, cwd=HERE / folder, env=environment, check=True)
    shutil.copyfile(GUESTS / "rust" / target / "release" / f"{crate}.wasm", output)
    return output


def build_go(name: str) -> Path:
    """The module in `go/`, for wasip1."""
    output = GUESTS / f"{name}.wasm"
    if output.exists() and output.stat().st_mtime > newest(HERE / "go"):
        return output
    root = GO.file("go")
    # The wheel does not mark Go's programs as such.
    for program in [*root.glob("bin/*"), *root.glob("pkg/tool/*/*")]:
        program.chmod(0o755)
    environment = {
        **os.environ,
        "GOROOT": str(root),
        "GOPATH": str(WORK / "go"),
        "GOCACHE": str(WORK / "go" / "cache"),
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
        "GOOS": "wasip1",
        "GOARCH": "wasm",
    }
    command = [root / "bin/go", "build", "-trimpath", "-o", output, "."]
    subprocess.run(command, cwd=HERE / "go", env=environment, check=True)
    return output
