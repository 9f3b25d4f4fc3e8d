"""A server of the gateway with an application that tells what it was given.

    python -m tests.gateway.program PORT '{"silent_seconds": 3, ...}'

With `{"plain": true}` it is Granian's own WSGI server instead, to compare with.
"""

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs

from msupply.gateway.application import Gateway
from msupply.gateway.bounds import Bounds, Most, Pace
from msupply.gateway.server import Listening, new_server

OPTIONS = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
# Requests that have been given to the application.
begun: list[str] = []
closed: list[int] = []


def application(environ, start_response):
    begun.append(environ["PATH_INFO"])
    query = {key: values[0] for key, values in parse_qs(environ["QUERY_STRING"]).items()}
    respond = globals().get("on_" + environ["PATH_INFO"].strip("/"), on_environ)
    status, headers, body = respond(environ, query)
    start_response(status, headers)
    return body


def on_environ(environ, query):
    body = b""
    while block := environ["wsgi.input"].read(65536):
        body += block
    told = {key: value for key, value in environ.items() if isinstance(value, str)}
    told = {key: value for key, value in told.items() if key not in os.environ}
    text = json.dumps(told | {"body": body.decode("latin-1")}).encode()
    return "200 OK", [("Content-Type", "application/json")], [text]


def on_size(environ, query):
    size = 0
    while block := environ["wsgi.input"].read(65536):
        size += len(block)
    return "200 OK", [("X-Length", environ.get("CONTENT_LENGTH", ""))], [str(size).encode()]


class Stream:
    streaming = True

    def __init__(self, size, broken):
        self.left, self.broken = size, broken

    def __iter__(self):
        while self.left > 0:
            self.left -= 10_000
            yield b"x" * 10_000
        if self.broken:
            raise ValueError("broken stream")

    def close(self):
        closed.append(threading.get_ident())


def on_stream(environ, query):
    return "200 OK", [], Stream(int(query["n"]), "broken" in query)


def on_file(environ, query):
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the server closes it
    size = int(query["n"])
    file.write((bytes(range(251)) * (size // 251 + 1))[:size])
    file.seek(int(query.get("from", 0)))
    headers = [("Content-Length", query["told"])] if "told" in query else []
    return "200 OK", headers, environ["wsgi.file_wrapper"](file)


def on_nothing(environ, query):
    return f"{query['status']} X", [("Content-Length", query.get("told", "0"))], [b""]


def on_twice(environ, query):
    return "200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], [b"one", b"two"]


def on_fail(environ, query):
    raise ValueError("failed")


def on_full(environ, query):
    import errno

    raise OSError(errno.ENOSPC, "full")


def on_sleep(environ, query):
    time.sleep(float(query["s"]))
    return "200 OK", [], [b"slept"]


def on_count(environ, query):
    paths = [path for path in begun if path != "/count"]
    text = json.dumps({"begun": paths, "closed": len(closed), "process": os.getpid()})
    return "200 OK", [], [text.encode()]


def bounds():
    found = {"folder": Path(OPTIONS["folder"]) if "folder" in OPTIONS else None}
    if "pace" in OPTIONS:
        found["pace"] = Pace(**OPTIONS["pace"])
    for name in ("in_all", "of_address"):
        if name in OPTIONS:
            found[name] = Most(**OPTIONS[name])
    if "largest" in OPTIONS:
        found["largest"] = lambda path: OPTIONS["largest"]
    return Bounds(**found)


def load(target):
    if OPTIONS.get("plain"):
        return application
    return Gateway(application, bounds(), threads=4)


def main():
    names = ("silent_seconds", "untaken_seconds", "workers", "certificate", "key")
    options = {name: OPTIONS[name] for name in names if name in OPTIONS}
    options |= {name: Path(options[name]) for name in ("certificate", "key") if name in options}
    server = new_server(
        "tests.gateway.program", Listening("127.0.0.1", int(sys.argv[1]), **options)
    )
    if OPTIONS.get("plain"):
        from granian.constants import Interfaces

        server.interface, server.blocking_threads = Interfaces.WSGI, 4
    server.serve(target_loader=load)


if __name__ == "__main__":
    main()
