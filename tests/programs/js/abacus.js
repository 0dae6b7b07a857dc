// Sums of all sorts in JavaScript, of a file below the first directory and of
// the program's own; the results go to standard output and to a file.
import { getArguments, getEnvironment } from "wasi:cli/environment@0.2.12";
import { getStderr } from "wasi:cli/stderr@0.2.12";
import { getStdout } from "wasi:cli/stdout@0.2.12";
import { now } from "wasi:clocks/monotonic-clock@0.2.12";
import { getDirectories } from "wasi:filesystem/preopens@0.2.12";

// A 64-bit number for WASI, which only one of the engines makes a BigInt.
const wide = (number) => (typeof now() === "bigint" ? BigInt(number) : number);

// UTF-8 by what every engine has.
const decode = (bytes) => decodeURIComponent(bytes.map((byte) => "%" + byte.toString(16).padStart(2, "0")).join(""));
const encode = (text) => Uint8Array.from(unescape(encodeURIComponent(text)), (byte) => byte.charCodeAt(0));

class Rational {
  #above;
  #below;
  constructor(above, below = 1n) {
    if (below === 0n) throw new RangeError("nothing below the line");
    const common = Rational.#divisor(above, below);
    [this.#above, this.#below] = [above / common, below / common];
  }
  static #divisor(a, b) {
    while (b) [a, b] = [b, a % b];
    return a < 0n ? -a : a;
  }
  plus({ above, below }) {
    return new Rational(this.#above * below + above * this.#below, this.#below * below);
  }
  get above() { return this.#above; }
  get below() { return this.#below; }
  [Symbol.toPrimitive](hint) {
    return hint === "number" ? Number(this.#above) / Number(this.#below) : `${this.#above}/${this.#below}`;
  }
}

function* primes() {
  const known = [];
  for (let n = 2; ; n++) {
    if (known.every((p) => p * p > n || n % p)) {
      known.push(n);
      yield n;
    }
  }
}

function take(count, values) {
  const taken = [];
  for (const value of values) {
    if (taken.length === count) break;
    taken.push(value);
  }
  return taken;
}

// The rows of a table of transfers, "giver -> taker: amount".
function balances(text) {
  const sums = new Map();
  for (const { groups } of text.matchAll(/^(?<giver>[a-z ]+?) -> (?<taker>[a-z ]+?): (?<amount>\d+)$/gm)) {
    const { giver, taker, amount } = groups;
    sums.set(giver, (sums.get(giver) ?? 0) - Number(amount));
    sums.set(taker, (sums.get(taker) ?? 0) + Number(amount));
  }
  return Object.fromEntries([...sums].sort(([a, x], [b, y]) => x - y || a.localeCompare(b)));
}

// All bytes of a file, read in small pieces until the stream says that it ends.
function read(folder, path) {
  const file = folder.openAt({ symlinkFollow: true }, path, {}, { read: true });
  const stream = file.readViaStream(wide(0));
  const bytes = [];
  try {
    for (;;) bytes.push(...stream.blockingRead(wide(50)));
  } catch (error) {
    if ((error.payload ?? error).tag !== "closed") throw error;
  }
  return decode(bytes);
}

function write(folder, path, text) {
  const file = folder.openAt({}, path, { create: true, truncate: true }, { write: true });
  const stream = file.writeViaStream(wide(0));
  stream.blockingWriteAndFlush(encode(text));
  return Number(file.stat().size);
}

function refusals(folder) {
  return ["nothing", "../outside", "/absolute"].map((path) => {
    try {
      read(folder, path);
    } catch (error) {
      return `${path}: ${error.payload ?? error}`;
    }
  });
}

export const run = {
  run() {
    const [, ...words] = getArguments();
    const environment = Object.fromEntries(getEnvironment());
    const start = now();
    const lines = [];
    const say = (...values) => lines.push(values.join(" "));
    say("arguments", JSON.stringify(words), environment.BEADS);

    let harmonic = new Rational(0n);
    for (let n = 1n; n <= 60n; n++) harmonic = harmonic.plus(new Rational(1n, n));
    say("harmonic", `${harmonic}`, +harmonic);
    say("primes", take(1500, primes()).slice(-3));
    say("power", 3n ** 200n, BigInt.asIntN(64, -(7n ** 99n)), (255).toString(2), (0.1 + 0.2).toFixed(20));
    say("numbers", 1e21, 1 / 3, 5e-324, -0 === 0, Math.fround(0.1), Math.hypot(3, 4), Math.imul(0xffffffff, 5));
    say("sorted", ["pear", "Apple", "fig", "äpple"].sort(), [10, 9, 1].toSorted(), [3, 1, 2].sort((a, b) => b - a));
    say("strings", "straße".toUpperCase(), "a-b-c".replaceAll("-", "+"), "🐑".length, [..."🐑🐐"].length, "ab".padStart(5, "*"));
    say("typed", new Float32Array([1.1, 2.5]).map((x) => x * 2), new Uint8Array(new Uint32Array([0x01020304]).buffer));
    say("json", JSON.stringify({ deep: [{ a: 1, b: null, c: undefined }], text: "\u2028\n" }), JSON.parse("[1e3]"));
    say("proxy", new Proxy({}, { get: (_, name) => name.toUpperCase() }).quiet, Reflect.ownKeys({ b: 1, 2: 1, a: 1 }));
    try {
      new Rational(1n, 0n);
    } catch (error) {
      say("caught", error.name, error.message, error instanceof RangeError);
    }

    const [[folder]] = getDirectories();
    say("balances", JSON.stringify(balances(read(folder, `${words[0]}/january.transfers`))));
    say("refused", refusals(folder).join(", "));
    try {
      folder.createDirectoryAt("abacus");
    } catch (error) {
      say("not made", error.payload ?? error);
    }
    say("written", write(folder, "abacus/sums.json", JSON.stringify({ harmonic: String(harmonic) }, null, 2)));
    say("clock", now() >= start);
    getStdout().blockingWriteAndFlush(encode(lines.join("\n") + "\n"));
    globalThis.console?.log("said by the console");
    write(folder, "abacus/lines", lines.join("\n"));
    getStderr().blockingWriteAndFlush(encode("done\n"));
    if (words.includes("fail")) throw undefined;
  },
};
