"""A small server of objects over HTTP, for `check.py`: GET with ranges, PUT and
DELETE, in memory. Who asks is not looked at, so that it serves those who speak
to S3 as well."""

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] = {}) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_request(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.split("?")[0]
        self.server.requests.append(f"{self.command} {path}")
        if self.server.mood == "silent":
            time.sleep(60)
        if self.server.mood == "broken":
            return self.answer(500, b"out of order")
        getattr(self, f"on_{self.command.lower()}")(path, body)

    do_GET = do_PUT = do_DELETE = handle_request

    def on_get(self, path: str, _: bytes) -> None:
        content = self.server.objects.get(path)
        if content is None:
            return self.answer(404)
        if wanted := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")):
            start, end = int(wanted[1]), min(int(wanted[2]) + 1, len(content))
            if start >= end:
                return self.answer(416)
            place = {"Content-Range": f"bytes {start}-{end - 1}/{len(content)}"}
            return self.answer(206, content[start:end], place)
        self.answer(200, content)

    def on_put(self, path: str, body: bytes) -> None:
        self.server.objects[path] = body
        self.answer(200, headers={"ETag": '"none"'})

    def on_delete(self, path: str, _: bytes) -> None:
        self.server.objects.pop(path, None)
        self.answer(204)

    def log_message(self, *_) -> None:
        pass


class Server(ThreadingHTTPServer):
    """At a free port of this machine, on a thread of its own."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        #: Else `silent`, which never answers, or `broken`, which cannot.
        self.mood = "well"
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server_port}"
