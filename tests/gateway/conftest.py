"""Real servers of the gateway, and lines on which bytes are sent one by one."""

import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


class Running:
    """A server of `program.py`."""

    def __init__(self, log, **options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = log
        scheme = "https" if "certificate" in options else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.gateway.program", str(self.port)),
                    json.dumps(options, default=str),
                ],
                cwd=ROOT,
                stdout=said,
                stderr=said,
            )
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)

    def get(self, path, **options):
        return httpx.get(self.url + path, timeout=60, **options)

    def post(self, path, **options):
        return httpx.post(self.url + path, timeout=60, **options)

    @contextmanager
    def line(self, sent=b"", receive_buffer=None):
        """Yield a connection on which the caller says each byte."""
        with socket.socket() as line:
            if receive_buffer:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            line.settimeout(60)
            line.connect(("127.0.0.1", self.port))
            line.sendall(sent)
            yield line

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()


def until_closed(line, seconds=60):
    """Return what comes on a line until the server closes it."""
    line.settimeout(seconds)
    received = b""
    try:
        while block := line.recv(65536):
            received += block
    except ConnectionResetError:
        pass
    return received


@pytest.fixture
def serve(tmp_path):
    """Start servers with options; all end with the test."""
    running = []

    def start(**options):
        running.append(Running(tmp_path / f"server-{len(running)}.log", **options))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run one server for the tests of a module that leave it as it was."""
    running = Running(tmp_path_factory.mktemp("gateway") / "server.log")
    yield running
    running.stop()
