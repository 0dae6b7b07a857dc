// Runs a module under node: `node run.mjs FILE`, or its function `run`:
// `node run.mjs FILE ARGUMENT`.
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const wasi = new WASI({ version: "preview1", args: ["program"] });
const [file, argument] = process.argv.slice(2);
const module = await WebAssembly.compile(await readFile(file));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
if (argument === undefined) wasi.start(instance);
else console.log(instance.exports.run(Number(argument)));
