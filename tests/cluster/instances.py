"""Instances of the program as real processes, each with its own data."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.databases import Database, SQLite

PROGRAM = Path(sys.executable).with_name("msupply")
PASSWORD = "tide-4242"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*arguments: object, database_url: str = "", **more: str) -> str:
    """Run one command of the program to its end."""
    done = _ended(arguments, database_url, more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _ended(
    arguments: Sequence[object], database_url: str, more: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env=environment(database_url) | more,
    )


def environment(database_url: str = "") -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MSUPPLY", "DJANGO", "DATAB"))}
    kept |= {"NO_PROXY": "127.0.0.1", "MSUPPLY_LOG": "WARNING"}
    return kept | {"DATABASE_URL": database_url} if database_url else kept


class Instance:
    """One instance: its directory, and its group of processes while it runs."""

    def __init__(self, data: Path, database: Database | None = None) -> None:
        self.data = data
        self.database = database or SQLite(data)
        self.port = free_port()
        self.workers = 1
        # Further options of `serve`, and what the environment holds beside the usual.
        self.options: list[str] = []
        self.environment: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def copy(self, to: Path) -> "Instance":
        shutil.copytree(self.data, to)
        return Instance(to, self.database.copy(to))

    def run(self, *arguments: object) -> str:
        """Run one command of the program on this instance."""
        url = self.database.url
        return run(*arguments, "--data", self.data, database_url=url, **self.environment)

    def fail(self, *arguments: object) -> str:
        """Run one command that must fail; return what it says."""
        data = ("--data", self.data)
        done = _ended((*arguments, *data), self.database.url, self.environment)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self) -> None:
        """Start `msupply serve`; return when it answers."""
        self.launch()
        self.await_start()

    def await_start(self) -> None:
        """Wait until the server answers."""
        wait_for(self._answers, 60, f"{self.data} does not start")

    def launch(self) -> None:
        """Start `msupply serve` without waiting for it."""
        options = ["--port", str(self.port), "--workers", str(self.workers), *self.options]
        with (self.data / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "serve", "--data", self.data, *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=environment(self.database.url) | self.environment,
            )

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.data / "serve.log").read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.2).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End every process of this instance at once, as a power cut would."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        # The port is free as soon as the last of them is gone.
        wait_for(lambda: not self._listens(), 10, "a killed process lives")

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.2).close()
        except OSError:
            return False
        return True

    def python(self, code: str) -> str:
        """Run some lines in this instance's environment."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            check=False,
            capture_output=True,
            text=True,
            env=environment(self.database.url)
            | {"MSUPPLY_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "msupply.settings"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def execute(self, sql: str, *values: object) -> list[tuple]:
        """Run one statement in the database, as an administrator would by hand."""
        return self.database.execute(sql, values)

    def set(self, **settings: object) -> None:
        for key, value in settings.items():
            self.execute(
                "INSERT INTO sync_setting (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                key,
                json.dumps(value),
            )

    def request_cycle(self) -> None:
        self.set(cycle_request={"patients": [], "request": str(time.time_ns())})

    def last_cycle(self) -> int:
        return int(self.execute("SELECT COALESCE(max(id), 0) FROM sync_log")[0][0])

    def has_synchronised(self) -> bool:
        """True after the first good cycle."""
        return bool(self.execute("SELECT 1 FROM sync_log WHERE finished_at IS NOT NULL"))

    def cycle(self, seconds: float = 60) -> None:
        """Have the background worker run one good cycle that begins now."""
        before = self.last_cycle()
        self.request_cycle()

        def done() -> bool:
            rows = self.execute(
                "SELECT finished_at, error_code, error_message FROM sync_log WHERE id > ?", before
            )
            failed = [row for row in rows if row[1]]
            if failed and not any(row[0] for row in rows):
                self.request_cycle()
            return any(row[0] for row in rows)

        wait_for(done, seconds, f"no good cycle: {self.errors()}")

    def errors(self) -> list[tuple]:
        return self.execute(
            "SELECT id, error_code, error_message FROM sync_log ORDER BY id DESC LIMIT 3"
        )


def start(*instances: Instance) -> None:
    """Start some instances at the same time."""
    for instance in instances:
        instance.launch()
    for instance in instances:
        instance.await_start()


def wait_for(condition, seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.1)
