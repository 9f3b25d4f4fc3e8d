"""Instances as real processes, and what they cost."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psycopg

MSUPPLY = [str(Path(sys.executable).parent / "msupply")]
PASSWORD = "bench-password"


@dataclass
class Instance:
    """One instance: its directory, its database (SQLite in the directory when None), its port."""

    folder: Path
    database: str | None = None
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    peaks: dict[str, float] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        extra = {"MSUPPLY_DATA": str(self.folder), "DJANGO_SETTINGS_MODULE": "msupply.settings"}
        if self.database:
            extra["DATABASE_URL"] = self.database
        return {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | extra

    def run(self, *command: str) -> str:
        """Run a `msupply` command on this instance and return what it printed."""
        return self.execute([*MSUPPLY, *command, "--data", str(self.folder)])

    def python(self, module: str, *arguments: str) -> str:
        """Run a module in this instance's environment and return what it printed."""
        return self.execute([sys.executable, "-m", module, *arguments])

    def execute(self, command: list[str]) -> str:
        """Run a command, watch its memory, and return what it printed."""
        with subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            watcher = Watch([process.pid])
            with watcher:
                output = process.communicate()[0].decode()
        self.peaks[" ".join(command[1:3])] = watcher.peak_mb
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{output}")
        return output

    @contextmanager
    def serving(self) -> Iterator["Watch"]:
        """Serve this instance for a while; yields the watch over all its processes."""
        self.port = self.port or free_port()
        command = [*MSUPPLY, "serve", "--data", str(self.folder), "--port", str(self.port)]
        said = self.folder / "serve.log"
        log = said.open("wb")
        process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        try:
            if not _answers(self.url):
                raise SystemExit(f"{self.url} does not answer:\n{said.read_text()}")
            watch = Watch([process.pid])
            with watch:
                yield watch
        finally:
            process.terminate()
            process.wait(30)
            log.close()


class Watch:
    """The highest memory of some processes and of all that they started."""

    def __init__(self, pids: list[int]) -> None:
        self.pids = pids
        self.peaks: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def peak_mb(self) -> float:
        """The highest peak of a single process."""
        return max(self.peaks.values(), default=0.0)

    def _look(self) -> None:
        while not self._stop.wait(0.25):
            for pid in _family(self.pids):
                with suppress(OSError, TypeError):  # it may have ended just now
                    status = Path(f"/proc/{pid}/status").read_text()
                    name = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
                    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
                    label = f"{pid} {' '.join(part for part in name[1:4] if len(part) < 60)}"
                    self.peaks[label] = max(peak, self.peaks.get(label, 0.0))


def _family(pids: list[int]) -> list[int]:
    found = list(pids)
    for pid in found:
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(url: str) -> bool:
    """Wait until a server answers; on a busy machine it may take a while to start."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url + "/sync/v5/site", timeout=2)
        except urllib.error.HTTPError:
            return True  # It asks who we are, so it is there.
        except OSError:
            time.sleep(0.1)
    return False


@contextmanager
def fresh(database: str | None) -> Iterator[str | None]:
    """Yield the URL of a new, empty database on the server of this URL; it is dropped at the end."""
    if database is None:
        yield None
        return
    name = f"msupply_bench_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(database, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{database.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def central(folder: Path, database: str | None, port: int) -> Instance:
    """Set up a central server with one site, `bench`, that has number 2."""
    instance = Instance(folder, database, port)
    instance.run(
        "init", "central", "--url", instance.url, "--admin", "admin", "--password", PASSWORD
    )
    instance.run("site", "add", "bench", "--password", PASSWORD, "--store", "SMALL=Small store")
    return instance


def init_site(site: Instance, server: Instance) -> None:
    """Initialise a site from a serving central server."""
    site.run("init", "site", "--central", server.url, "--site", "bench", "--password", PASSWORD)
