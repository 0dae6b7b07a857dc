"""Reads what lies below the directories that its arguments name, and writes an
almanac: text, JSON and CSV. Uses much of Python's library and of its ways."""

import base64
import collections
import csv
import dataclasses
import datetime
import decimal
import enum
import functools
import hashlib
import heapq
import itertools
import json
import os
import pathlib
import re
import shutil
import struct
import sys
import tempfile
import traceback
import unicodedata
import zlib
from typing import Iterator

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import environment, monotonic_clock

TRANSFER = re.compile(r"^(?P<giver>[a-z ]+?)\s*->\s*(?P<taker>[a-z ]+?):\s*(?P<amount>\d+)$", re.MULTILINE)


class Soil(enum.Enum):
    SHADE = "shade"
    OTHER = "other"


@dataclasses.dataclass(frozen=True, order=True)
class Plant:
    kind: str
    height: float


@dataclasses.dataclass
class Garden:
    name: str
    rows: int
    dug: datetime.datetime
    plants: list[Plant] = dataclasses.field(default_factory=list)
    soil: Soil = Soil.OTHER

    @classmethod
    def read(cls, path: pathlib.Path) -> "Garden":
        match json.loads(path.read_text("utf-8")):
            case {"name": name, "rows": int(rows), "dug": dug, "plants": plants, **more}:
                soil = Soil.SHADE if "shade" in more.get("tags", []) else Soil.OTHER
                dug = datetime.datetime.fromisoformat(dug)
                return cls(name, rows, dug, sorted(Plant(**plant) for plant in plants), soil)
            case {"name": name}:
                raise ValueError(f"{name} is no garden")


class Draft:
    """A file that is there only if all went well."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.draft = path.with_suffix(".draft")

    def __enter__(self):
        self.file = self.draft.open("w", encoding="utf-8", newline="\n")
        return self.file

    def __exit__(self, kind, value, trace) -> bool:
        self.file.close()
        if kind:
            self.draft.unlink()
        else:
            self.draft.rename(self.path)
        return False


def walk(top: str) -> Iterator[pathlib.Path]:
    for folder, folders, files in os.walk(top):
        folders.sort()
        yield from (pathlib.Path(folder, name) for name in sorted(files))


def balances(texts: Iterator[str]) -> dict[str, decimal.Decimal]:
    sums = collections.defaultdict(decimal.Decimal)
    for found in itertools.chain.from_iterable(map(TRANSFER.finditer, texts)):
        amount = decimal.Decimal(found["amount"]) / 100
        sums[found["giver"]] -= amount
        sums[found["taker"]] += amount
    return dict(sorted(sums.items(), key=lambda item: (item[1], item[0])))


@functools.cache
def ways(steps: int) -> int:
    return 1 if steps < 2 else ways(steps - 1) + ways(steps - 2)


def primes() -> Iterator[int]:
    found = {}
    for number in itertools.count(2):
        if step := found.pop(number, None):
            following = next(n for n in itertools.count(number + step, step) if n not in found)
            found[following] = step
        else:
            found[number * number] = number
            yield number


def arithmetic(out) -> None:
    print("ways", ways(300), "primes", list(itertools.islice(primes(), 2000))[-3:], file=out)
    print("power", pow(7, 10**40, 10**30 + 57), hex(3**100), f"{2**0.5:.15f} {1e22!r} {0.1 + 0.2!r}", file=out)
    with decimal.localcontext(prec=50):
        print("root", decimal.Decimal(2).sqrt(), file=out)
    print("sorted", heapq.nsmallest(3, range(1000), key=lambda n: (n * 7919) % 1009), file=out)


def words(path: pathlib.Path, out) -> None:
    data = path.read_bytes()
    counts = collections.Counter(re.findall(r"\w+", data.decode().lower()))
    packed = zlib.compress(data, 9)
    assert zlib.decompress(packed) == data
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
    print(path.as_posix(), len(data), hashlib.sha256(data).hexdigest()[:16], zlib.crc32(data), common, file=out)


def errors(out) -> None:
    """What the system refuses, and how Python says so."""
    attempts = {
        "missing": lambda: open("nothing/here"),
        "directory": lambda: open("almanac", "w"),
        "full": lambda: os.rmdir("garden"),
        "again": lambda: os.mkdir("almanac"),
        "outside": lambda: open("../outside", "w"),
        "text": lambda: b"\xff".decode("utf-8"),
        "deep": lambda: wonder(100000),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except Exception as error:
            print(name, type(error).__name__, getattr(error, "errno", None), file=out)


def files(out) -> None:
    with open("almanac/numbers", "w+b") as file:
        for number in range(1000):
            file.write(struct.pack("<Id", number, number / 8))
        file.seek(12 * 500)
        print("read back", struct.unpack("<Id", file.read(12)), file.tell(), file=out)
        file.truncate(12 * 10)
    print("size", os.stat("almanac/numbers").st_size, os.path.isdir("almanac"), file=out)
    os.symlink("numbers", "almanac/link")
    print("link", os.readlink("almanac/link"), os.path.samefile("almanac/link", "almanac/numbers"), file=out)
    with tempfile.TemporaryDirectory(dir="almanac") as folder:
        for name in "cab":
            pathlib.Path(folder, name).touch()
        print("temporary", sorted(os.listdir(folder)), file=out)
    print("left", sorted(os.listdir("almanac")), file=out)
    with open("almanac/log", "a") as log:
        print("first", file=log)
    with open("almanac/log", "a") as log:
        print("second", unicodedata.name("ä"), file=log)


def report(gardens: list[Garden], out) -> None:
    plain = functools.partial(json.dumps, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    with Draft(pathlib.Path("almanac/gardens.json")) as file:
        file.write(plain([dataclasses.asdict(garden) for garden in gardens]))
    with Draft(pathlib.Path("almanac/plants.csv")) as file:
        rows = csv.writer(file)
        rows.writerows([garden.name, *dataclasses.astuple(plant)] for garden in gardens for plant in garden.plants)
    try:
        with Draft(pathlib.Path("almanac/never")) as file:
            file.write("not to be seen")
            raise ExceptionGroup("several", [KeyError("one"), OSError(28, "two")])
    except* KeyError as group:
        print("keys", group.exceptions, file=out)
    except* OSError as group:
        print("system", group.exceptions, file=out)
    print(base64.b85encode(plain(gardens[0].soil.name).encode()).decode(), file=out)


def wonder(depth: int):
    if depth:
        return wonder(depth - 1)
    try:
        return {}["nothing"]
    except KeyError as error:
        raise RuntimeError("the almanac wonders") from error


class Run(exports.Run):
    def run(self) -> None:
        out = sys.stdout
        command, *tops = environment.get_arguments()
        print(sys.implementation.name, sys.version_info >= (3, 12), sys.argv[1:] == tops, os.environ["MOON"], file=out)
        before = monotonic_clock.now()
        if os.path.exists("almanac"):
            shutil.rmtree("almanac")
        os.mkdir("almanac")
        gardens = []
        found = sorted(itertools.chain.from_iterable(map(walk, tops)))
        for path in found:
            if path.suffix == ".json":
                try:
                    gardens.append(Garden.read(path))
                except ValueError as error:
                    print(path.as_posix(), "refused:", error, file=out)
            else:
                words(path, out)
        transfers = [path.read_text() for path in found if path.suffix == ".transfers"]
        transfers += sys.stdin.readlines()
        for name, sum in balances(transfers).items():
            print(f"{name:>15} {sum:+10.2f}", file=out)
        arithmetic(out)
        errors(out)
        files(out)
        if gardens:
            report(gardens, out)
        print("time", before <= monotonic_clock.now(), datetime.date(2026, 2, 28) + datetime.timedelta(days=1), file=out)
        try:
            wonder(3)
        except RuntimeError:
            traceback.print_exc()
            pathlib.Path("almanac/traceback").write_text(traceback.format_exc())
        if not gardens:
            raise Err(None)
