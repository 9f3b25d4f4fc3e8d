"""The real command line and the real server processes, as an operator starts them."""

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

MSUPPLY = Path(sys.executable).with_name("msupply")


def free_port() -> int:
    """A port above 18000 that nobody listens on."""
    while True:
        port = random.SystemRandom().randint(18001, 29999)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def environment() -> dict[str, str]:
    """The surroundings without what tests or developers set for themselves."""
    foreign = ("MSUPPLY_", "DATABASE_URL", "DJANGO_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def msupply(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on an instance, whatever it answers."""
    return subprocess.run(
        [MSUPPLY, *arguments, "--data", str(data)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def done(data: Path, *arguments: str) -> Any:
    """Run a command that must succeed; its JSON answer."""
    run = msupply(data, *arguments, "--json")
    assert run.returncode == 0, f"{arguments}: {run.stdout}{run.stderr}"
    return json.loads(run.stdout.splitlines()[-1]) if run.stdout.strip() else None


@contextmanager
def serving(data: Path, port: int) -> Iterator[str]:
    """`msupply serve` while the block runs; its address."""
    base = f"http://127.0.0.1:{port}"
    with (data / "serve.log").open("w") as log:
        command = [str(MSUPPLY), "serve", "--data", str(data), "--port", str(port)]
        process = subprocess.Popen(command, env=environment(), stdout=log, stderr=log)
        try:
            _wait_until_it_answers(base, process)
            yield base
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)


def _wait_until_it_answers(base: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server has ended"
        try:
            httpx.get(f"{base}/sync/v5/site", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server doesn't answer")
