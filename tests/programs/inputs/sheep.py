# Python as MicroPython has it: classes, generators, closures, exceptions, big
# integers, floats, strings, sorting, JSON.
import json


class Sheep:
    def __init__(self, name, wool):
        self.name = name
        self.wool = wool

    def __repr__(self):
        return "Sheep(%r, %.3f)" % (self.name, self.wool)


def flock(count):
    for n in range(count):
        yield Sheep(chr(97 + n % 26) * (1 + n % 3), (n * 7919 % 101) / 7)


sheep = sorted(flock(40), key=lambda s: (-s.wool, s.name))
print(sheep[:3], sum(s.wool for s in sheep))
print(2**300 % 1000003, 10**40 // 7)
print(json.dumps({"first": [1, 2.5, None, True], "text": "a\nb"}))
counts = {}
for s in sheep:
    counts[s.name] = counts.get(s.name, 0) + 1
print(sorted(counts.items())[:5])
for bad in (lambda: 1 // 0, lambda: [][1], lambda: {}["missing"], lambda: int("x")):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


print(depth(100))
blocks = [bytearray(1000 + n) for n in range(500)]
print(sum(len(b) for b in blocks))
