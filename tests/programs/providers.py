"""Makes modules that provide what another imports besides functions, for one
that is compiled but never runs: strings that JavaScript would give it as
globals, its memory, its tag. Knows the binary format as far as imports go."""

import re
from collections import defaultdict
from pathlib import Path

FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)
TYPE_SECTION, IMPORT_SECTION = 1, 2
#: `(ref extern)`, `(global (ref extern) (extern.convert_any (ref.i31 N)))` and
#: `(type (func (param externref)))`.
REFERENCE_TO_HOST = b"\x64\x6f"
NUMBER_FOR_HOST = b"\x00\x41%s\xfb\x1c\xfb\x1b\x0b"
TAKES_REFERENCE = b"\x60\x01\x6f\x00"


def number(value: int) -> bytes:
    """LEB128, unsigned."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def constant(value: int) -> bytes:
    """The same for a positive number where it is signed."""
    encoded = number(value)
    return encoded if encoded[-1] < 0x40 else encoded[:-1] + bytes([encoded[-1] | 0x80, 0])


def sized(content: bytes) -> bytes:
    return number(len(content)) + content


class Reader:
    def __init__(self, content: bytes):
        self.content = content
        self.at = 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self.content[self.at - count : self.at]

    def number(self) -> int:
        result = shift = 0
        while True:
            byte = self.take(1)[0]
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result

    def sized(self) -> bytes:
        return self.take(self.number())

    def value_type(self) -> bytes:
        start = self.at
        if self.take(1)[0] in (0x63, 0x64):
            self.number()
        return self.content[start : self.at]

    def limits(self) -> bytes:
        start = self.at
        if self.number() & 1:
            self.number()
        self.number()
        return self.content[start : self.at]

    def import_(self) -> tuple[bytes, bytes, int, bytes]:
        """Names, kind, and type."""
        module, name, kind = self.sized(), self.sized(), self.take(1)[0]
        start = self.at
        if kind == TABLE:
            self.value_type()
        if kind in (TABLE, MEMORY):
            self.limits()
        elif kind == GLOBAL:
            self.value_type()
            self.take(1)
        else:
            self.at += kind == TAG
            self.number()
        return module, name, kind, self.content[start : self.at]


def imports(module: bytes) -> list[tuple[bytes, bytes, int, bytes]]:
    sections = Reader(module)
    sections.take(8)
    while (section := sections.take(1)[0]) != IMPORT_SECTION:
        sections.sized()
    reader = Reader(sections.sized())
    return [reader.import_() for _ in range(reader.number())]


def provider(wanted: dict[bytes, tuple[int, bytes]]) -> bytes:
    """A module that exports a global, memory or tag for each of the names."""
    defined: dict[int, list[bytes]] = defaultdict(list)
    exports = []
    for name, (kind, wanted_type) in wanted.items():
        exports.append(sized(name) + bytes([kind]) + number(len(defined[kind])))
        if kind == GLOBAL:
            assert wanted_type == REFERENCE_TO_HOST + b"\x00", wanted_type
            defined[GLOBAL].append(REFERENCE_TO_HOST + NUMBER_FOR_HOST % constant(len(exports)))
        elif kind == TAG:
            defined[TAG].append(b"\x00\x00")
        else:
            assert kind == MEMORY, kind
            defined[MEMORY].append(wanted_type)
    sections = [(TYPE_SECTION, [TAKES_REFERENCE] if TAG in defined else [])]
    sections += [(5, defined[MEMORY]), (13, defined[TAG]), (6, defined[GLOBAL]), (7, exports)]
    content = b"".join(bytes([at]) + sized(number(len(some)) + b"".join(some)) for at, some in sections if some)
    return b"\0asm\1\0\0\0" + content


def make_providers(module: Path, folder: Path) -> dict[str, Path]:
    """By the name of the module that is imported."""
    wanted: dict[bytes, dict] = defaultdict(dict)
    for of, name, kind, import_type in imports(module.read_bytes()):
        if kind != FUNCTION:
            wanted[of][name] = (kind, import_type)
    made = {}
    folder.mkdir(parents=True, exist_ok=True)
    for of, names in wanted.items():
        name = of.decode()
        made[name] = folder / f"{re.sub('[^a-zA-Z0-9]', '_', name) or 'unnamed'}.wasm"
        made[name].write_bytes(provider(names))
    return made
