"""One run of the WSGI application (PEP 3333): what it is given, and its answer taken whole."""

import io
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import unquote_to_bytes

from msupply.gateway.bounds import Bounds
from msupply.gateway.receiving import Body, Scope, new_file

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Answers in files are read into memory when they are no larger, and sent at once.
SMALL = 256 * 1024
_BLOCK = 64 * 1024


@dataclass
class Answer:
    """A whole answer: its body stands in memory, or in a file from where it is, to be closed."""

    status: int
    headers: Headers
    body: bytes | IO[bytes] = b""
    length: int = 0


def environ(scope: Scope, body: Body) -> Environ:
    """Return what the application is told of a request."""
    (server, port), (client, _port) = scope["server"], scope["client"]
    found: Environ = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # Bytes, as text that has one letter for each.
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1" if scope["http_version"] == "1.1" else "HTTP/1.0",
        "REMOTE_ADDR": client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body.file,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBlocks,
    }
    found |= _headers(scope["headers"])
    if body.length is not None:
        found["CONTENT_LENGTH"] = str(body.length)
    return found


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    """Yield the headers; those that came more than once are joined."""
    values: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        # "X_Forwarded_For" would pass for "X-Forwarded-For" from here on. The body has been taken
        # out of its chunks, and its length is known.
        if b"_" not in name and name not in (b"content-length", b"transfer-encoding"):
            values.setdefault(name, []).append(value)
    for name, found in values.items():
        if name == b"content-type":
            yield "CONTENT_TYPE", found[0].decode("latin-1")
            continue
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        # A comma may stand within a cookie.
        yield key, (b"; " if name == b"cookie" else b",").join(found).decode("latin-1")


class FileBlocks:
    """`wsgi.file_wrapper`: an answer that is a file from where it stands."""

    def __init__(self, file: IO[bytes], block_size: int = _BLOCK) -> None:
        self.file = file
        self._block_size = block_size

    def __iter__(self) -> Iterator[bytes]:
        """Yield the blocks of the file."""
        while block := self.file.read(self._block_size):
            yield block

    def close(self) -> None:
        """Close the file, and what its owner has bound to that."""
        self.file.close()


class _Started:
    """What the application says before its body."""

    status = 500
    headers: Headers = []

    def __call__(
        self, status: str, headers: Headers, exc_info: object = None
    ) -> Callable[[bytes], None]:
        self.status, self.headers = int(status.partition(" ")[0]), headers
        return _write_nothing


def _write_nothing(block: bytes) -> None:
    raise NotImplementedError("answer with an iterable")


def run(application: Application, environ: Environ, bounds: Bounds) -> Answer:
    """Run the application; what it streams is written to a file that takes no memory.

    Raises whatever the application raises, and OSError when there is no room for its answer.
    """
    started = _Started()
    result = application(environ, started)
    try:
        answer = Answer(started.status, started.headers)
        if environ["REQUEST_METHOD"] == "HEAD" or started.status in (204, 304):
            return answer
        return _taken(answer, result, bounds)
    finally:
        close = getattr(result, "close", None)
        if close:
            close()


def _taken(answer: Answer, result: Iterable[bytes], bounds: Bounds) -> Answer:
    if isinstance(result, FileBlocks):
        file = _opened_again(result.file)
        if file is not None:
            answer.length = os.fstat(file.fileno()).st_size - file.tell()
            return _small_in_memory(answer, file)
    elif not getattr(result, "streaming", True):
        # It is in memory already, mostly in one piece.
        answer.body = b"".join(result)
        answer.length = len(answer.body)
        return answer
    return _written(answer, result, bounds)


def _opened_again(file: IO[bytes]) -> IO[bytes] | None:
    """Return a file that stays open when the application closes its own; None for what is none."""
    try:
        position = file.tell()
        again = os.fdopen(os.dup(file.fileno()), "rb")
    except (AttributeError, io.UnsupportedOperation):
        return None
    again.seek(position)
    return again


def _written(answer: Answer, result: Iterable[bytes], bounds: Bounds) -> Answer:
    file = new_file(SMALL, bounds)
    try:
        for block in result:
            answer.length += file.write(block)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return _small_in_memory(answer, cast(IO[bytes], file))


def _small_in_memory(answer: Answer, file: IO[bytes]) -> Answer:
    if answer.length > SMALL:
        answer.body = file
        return answer
    with file:
        answer.body = file.read()
    answer.length = len(answer.body)
    return answer
