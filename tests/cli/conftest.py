"""Real processes of the command line, each on an instance of its own."""

import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "correct horse"
PROGRAM = [sys.executable, "-m", "msupply.cli"]


def environment(**more):
    """Return the environment without anything of the tests' own instance."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("MSUPPLY", "DJANGO", "DATABASE"))
    }
    return kept | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "LANGUAGE": ""} | more


@dataclass
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON object that it printed."""
        return json.loads(self.out)


def run(*arguments, **env):
    """Run a command to its end."""
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(**env),
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return probe.getsockname()[1]


class Server:
    """`msupply serve` in a process group of its own."""

    def __init__(self, data: Path, port: int, *options):
        self.port = port
        self.url = f"http://localhost:{port}"
        self.log = data.with_suffix(".log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*PROGRAM, "serve", "--data", str(data), "--port", str(port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(),
            )
        until = time.monotonic() + 60
        while not answers(self.url):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def children(self):
        """Return the ids of its processes below the first."""
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in found.stdout.split()]

    def stop(self, number=signal.SIGTERM):
        """End it with a signal; return its exit code."""
        self.process.send_signal(number)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()


def answers(url):
    """Tell whether a server speaks HTTP, or https, at an address."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except (urllib.error.HTTPError, http.client.BadStatusLine):
        return True
    except OSError:
        return False
    return True


def is_alive(pid):
    """Tell whether a process runs (one that has ended and was not waited for does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def init_central(data, url="http://localhost:8000"):
    """Make a central server."""
    done = run(
        "init",
        "central",
        *("--data", data, "--url", url, "--admin", "ada", "--json"),
        MSUPPLY_ADMIN_PASSWORD=PASSWORD,
    )
    assert done.code == 0, done.err
    return done


def set_address(data, url):
    """Tell a central server at which address it is reached."""
    database = sqlite3.connect(data / "msupply.sqlite3")
    with database:
        for key in ("own_url", "oms_central_url"):
            row = (json.dumps(url), key)
            database.execute("UPDATE sync_setting SET value = ? WHERE key = ?", row)
    database.close()


@pytest.fixture(scope="session")
def pattern(tmp_path_factory):
    """Make a central server once; every test has a copy of its own."""
    data = tmp_path_factory.mktemp("pattern") / "central"
    init_central(data)
    return data


@pytest.fixture
def central(pattern, tmp_path):
    """Return the directory of a central server that does not run."""
    shutil.copytree(pattern, tmp_path / "central")
    return tmp_path / "central"


@pytest.fixture(scope="session")
def tables(tmp_path_factory):
    """Make an instance with tables and no role: a site whose initialisation failed."""
    data = tmp_path_factory.mktemp("tables") / "blank"
    options = ("--data", data, "--central", "nonsense", "--site", "x", "--password", "x")
    assert run("init", "site", *options).code == 1
    return data


@pytest.fixture
def blank(tables, tmp_path):
    """Return the directory of an instance that has no role yet."""
    shutil.copytree(tables, tmp_path / "blank")
    return tmp_path / "blank"


@pytest.fixture(scope="module")
def served(pattern, tmp_path_factory):
    """Run a central server that knows the site `north`; yield it with its directory."""
    data = tmp_path_factory.mktemp("served") / "central"
    shutil.copytree(pattern, data)
    port = free_port()
    set_address(data, f"http://localhost:{port}")
    options = ("--data", data, "--store", "N1=North hospital")
    done = run("site", "add", "north", *options, MSUPPLY_SITE_PASSWORD=PASSWORD)
    assert done.code == 0, done.err
    server = Server(data, port)
    server.data = data
    yield server
    server.stop()
