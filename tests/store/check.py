#!/usr/bin/env python3
"""Builds with a cache that machines share: over HTTP, S3 and Redis, and with
stores that are damaged, slow, broken or not there. Each machine is a folder of
its own. Servers run here, at addresses of this machine only.

    tests/store/check.py [QUENCH]      a quench with the feature `shared-cache`"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from server import Server

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def module(*constants: int) -> str:
    """With a function for each, which nothing folds."""
    functions = (
        f'(func (export "f{n}") (param i32) (result i32)'
        f" (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const {n})))))"
        f" (i32.load (local.get 0)))"
        for n in constants
    )
    return f'(module (memory (export "memory") 1) {" ".join(functions)} (func (export "_start")))'


class Farm:
    """Machines that build with one store."""

    def __init__(self, quench: Path, folder: Path, url: str, **environment: str):
        self.quench = quench
        self.folder = folder
        self.url = url
        self.environment = environment

    def run(self, machine: str, *words: str, **environment: str) -> subprocess.CompletedProcess:
        folder = self.folder / machine
        folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, **self.environment, **environment, "XDG_CACHE_HOME": str(folder)}
        command = [self.quench, *words]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)

    def build(self, machine: str, source: str, **environment: str) -> tuple[bytes, str]:
        """The executable, and what was said. It is always what it is without a cache."""
        (self.folder / machine).mkdir(parents=True, exist_ok=True)
        (self.folder / machine / "m.wat").write_text(source)
        outputs = {}
        for name, cache in (("with", f"--cache={self.url}"), ("without", "--no-cache")):
            result = self.run(machine, "build", cache, "m.wat", "-o", name, "--disable-pass", "inline", **environment)
            assert result.returncode == 0, result.stderr
            outputs[name] = (self.folder / machine / name).read_bytes(), result.stderr
        assert outputs["with"][0] == outputs["without"][0], "another executable than without the cache"
        return outputs["with"]

    def functions(self, machine: str) -> int:
        """How many the machine's own folder has."""
        lines = self.run(machine, "cache").stdout.splitlines()
        (line,) = (line for line in lines if line.startswith("functions"))
        return int(line.split()[1].rstrip(","))


class Objects:
    """What a store has; of Redis through its own client."""

    def __init__(self, server: Server | None = None, port: int = 0):
        self.server = server
        self.port = port

    def redis(self, *words: str, stdin: bytes | None = None) -> bytes:
        command = ["redis-cli", "-p", str(self.port), *words]
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout

    def all(self) -> dict[str, bytes]:
        if self.server:
            return dict(self.server.objects)
        names = self.redis("--raw", "KEYS", "*").decode().split()
        return {name: self.redis("--raw", "GET", name)[:-1] for name in names}

    def put(self, name: str, content: bytes) -> None:
        if self.server:
            self.server.objects[name] = content
        else:
            self.redis("-x", "SET", name, stdin=content)

    def packs(self) -> dict[str, bytes]:
        return {name: content for name, content in self.all().items() if not name.endswith("/packs")}

    def list(self) -> list[str]:
        (text,) = (content for name, content in self.all().items() if name.endswith("/packs"))
        return text.decode().splitlines()


def check_sharing(farm: Farm, objects: Objects) -> None:
    _, said = farm.build("first", module(*range(3, 20)))
    assert said == "", said
    assert len(objects.packs()) == len(objects.list()) == 1
    farm.build("second", module(*range(3, 20)))
    assert farm.functions("second") == farm.functions("first"), "the pack did not come"
    assert len(objects.packs()) == 1, "what was there was compiled again"
    farm.build("second", module(*range(3, 21)))
    assert len(objects.list()) == 2
    farm.build("third", '(module (func (export "_start") (loop (br_if 0 (i32.const 0)))))')
    assert farm.functions("third") < farm.functions("first"), "packs came that nobody wanted"


def check_read_only(farm: Farm, objects: Objects) -> None:
    farm.build("first", module(3, 5))
    before = objects.all()
    assert len(objects.packs()) == 1
    farm.build("reader", module(3, 5, 11), QUENCH_CACHE_READ_ONLY="1")
    assert objects.all() == before
    assert farm.functions("reader") == 1, "what was compiled now is kept"


def check_damage(farm: Farm, objects: Objects) -> None:
    damaged = module(*range(3, 20))
    farm.build("first", damaged)
    assert len(objects.packs()) == 1
    ((name, pack),) = objects.packs().items()
    list_name = name.rsplit("/", 1)[0] + "/packs"
    listed = objects.all()[list_name]
    damages = [pack[:100] + b"????" + pack[104:], pack[:-60] + b"????" + pack[-56:], pack[:-1], pack[10:], b"", None]
    for number, damage in enumerate(damages):
        line = listed
        if damage is None:
            words = listed.split()
            numbers = [b"99999999999999999999", b"9" * 18, b"1", b"0", b"x"]
            line = b"\xff../../x 1 1\n" + b"".join(b" ".join([*words[:2], n]) + b"\n" for n in numbers)
        objects.put(list_name, line)
        objects.put(name, pack if damage is None else damage)
        farm.build(f"damaged{number}", damaged)
        farm.build(f"damaged{number}", damaged)


def check_many(farm: Farm, objects: Objects) -> None:
    """Small packs become one, and builds at the same time do no harm."""
    with ThreadPoolExecutor(4) as builders:
        list(builders.map(lambda n: farm.build(f"builder{n % 4}-{n}", module(n)), range(1, 41)))
    farm.build("last", module(50))
    assert 1 <= len(objects.list()) < 40, objects.list()
    names = {line.split()[0] for line in objects.list()}
    assert names <= {name.rsplit("/", 1)[1] for name in objects.packs()}


def check_trouble(quench: Path, folder: Path) -> None:
    server = Server()
    farm = Farm(quench, folder, f"http://{server.address}/builds")
    for mood, wanted in (("broken", "out of order"), ("silent", "no answer within 5s")):
        server.mood = mood
        start = time.monotonic()
        _, said = farm.build(mood, module(3))
        assert said.startswith(f"warning: cannot use the cache `{farm.url}`: "), said
        assert wanted in said and said.count("\n") == 1, said
        assert time.monotonic() - start < 8, "one waited for longer than once"
    nobody = f"http://127.0.0.1:{free_port()}/builds"
    for url in (nobody, nobody.replace("http", "redis"), "s3://bucket/x?region=here&endpoint=" + nobody):
        secrets = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"}
        _, said = Farm(quench, folder, url, **secrets).build("nobody", module(3))
        assert said.startswith("warning: cannot use the cache") and said.count("\n") == 1, said
        assert "endpoint" not in said
    result = farm.run("wrong", "build", "--cache=ftp://farm/x", folder / "nobody/m.wat", "-o", "m")
    assert result.returncode == 1 and "`ftp` is not http" in result.stderr, result.stderr


def check_password(quench: Path, folder: Path) -> None:
    server = Server()
    farm = Farm(quench, folder, f"http://me:hidden@{server.address}/builds")
    server.mood = "broken"
    _, said = farm.build("first", module(3))
    assert server.address in said and "hidden" not in said, said


CHECKS = [check_sharing, check_read_only, check_damage, check_many]


def stores(folder: Path):
    """A name, a URL without its last part, the environment for it, and its objects."""
    http, s3 = Server(), Server()
    yield "http", f"http://{http.address}/farm", "", {}, Objects(http)
    keys = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"}
    yield "s3", "s3://bucket/farm", f"?region=here&endpoint=http://{s3.address}", keys, Objects(s3)
    if not shutil.which("redis-server"):
        raise SystemExit("there is no redis-server; tests/store/install-deps installs it")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    redis = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    try:
        while subprocess.run(["redis-cli", "-p", str(port), "PING"], capture_output=True).returncode != 0:
            time.sleep(0.05)
        yield "redis", f"redis://127.0.0.1:{port}/0/farm", "", {}, Objects(port=port)
    finally:
        redis.terminate()
        redis.wait()


def main() -> int:
    quench = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/store/release/quench").resolve()
    counts = {"passed": 0, "failed": 0}

    def attempt(label: str, check, *arguments) -> None:
        try:
            check(*arguments)
        except AssertionError as failure:
            counts["failed"] += 1
            print(f"FAIL  {label}\n      line {failure.__traceback__.tb_next.tb_lineno}: {failure}", flush=True)
        else:
            counts["passed"] += 1
            print(f"ok    {label}", flush=True)

    with tempfile.TemporaryDirectory() as scratch:
        for store, url, query, environment, objects in stores(Path(scratch)):
            for check in CHECKS:
                name = check.__name__.removeprefix("check_")
                folder = Path(scratch) / store / name
                farm = Farm(quench, folder, f"{url}/{name}{query}", **environment)
                for old in objects.all():
                    objects.server.objects.pop(old) if objects.server else objects.redis("DEL", old)
                attempt(f"{store}/{name}", check, farm, objects)
        attempt("trouble", check_trouble, quench, Path(scratch) / "trouble")
        attempt("password", check_password, quench, Path(scratch) / "password")
    print(f"{counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
