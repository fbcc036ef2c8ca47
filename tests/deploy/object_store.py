#!/usr/bin/env python3
"""Keeps what ccache has compiled inside image builds, which themselves keep nothing: object_store.py HOST:PORT FOLDER

Speaks the little HTTP that ccache's remote storage does. At the start it forgets what was not asked for longest, beyond 1 GiB.
"""
import http.server
import os
import pathlib
import re
import sys

MAX_BYTES = 1 << 30


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = None

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def object(self):
        name = self.path.lstrip("/")
        return self.folder / name if re.fullmatch(r"[0-9a-z]{16,64}", name) else None

    def do_GET(self):
        found = self.object()
        try:
            body = found.read_bytes() if found else b""
        except FileNotFoundError:
            found = None
        if not found:
            return self.answer(404)
        os.utime(found)
        return self.answer(200, body)

    do_HEAD = do_GET

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        target = self.object()
        if not target:
            return self.answer(400)
        part = target.with_name(f"{target.name}.{id(body)}.part")
        part.write_bytes(body)
        part.replace(target)
        return self.answer(201)

    def log_message(self, *_):
        pass


def forget(folder):
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    kept = 0
    for path in files:
        kept += path.stat().st_size
        if kept > MAX_BYTES or path.suffix == ".part":
            path.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Handler.folder = pathlib.Path(sys.argv[2])
    Handler.folder.mkdir(parents=True, exist_ok=True)
    forget(Handler.folder)
    host, port = sys.argv[1].split(":")
    http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
