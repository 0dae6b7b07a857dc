"""A command for WASI 0.3 in Python: waits for several things at a time, counts what it reads, and
writes a stream and a file."""

import asyncio

import wit_world
from wit_world import exports
from wit_world.imports import environment, monotonic_clock, stdin, stdout


async def ring(name: str, milliseconds: int) -> str:
    await monotonic_clock.wait_for(milliseconds * 1_000_000)
    return name


async def count() -> int:
    reader, outcome = stdin.read_via_stream()
    total = 0
    with reader:
        while not reader.writer_dropped:
            total += len(await reader.read(1000))
    with outcome:
        await outcome.read()
    return total


async def write(lines: list[str]) -> None:
    writer, reader = wit_world.byte_stream()
    outcome = stdout.write_via_stream(reader)
    with writer:
        for line in lines:
            await writer.write_all(f"{line}\n".encode())
    with outcome:
        await outcome.read()


class Run(exports.Run):
    async def run(self) -> None:
        names = environment.get_arguments()[1:]
        bells = [ring(name, 20 * place) for place, name in enumerate(names)]
        *rung, total = await asyncio.gather(*bells, count())
        await write([f"{name} rang" for name in rung] + [f"{total} bytes of input"])
        with open("bells", "w") as bells:
            print(*names, sep="\n", file=bells)
        print("all rang")
        if not names:
            raise ValueError("there are no bells")
