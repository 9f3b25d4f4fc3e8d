"""The demonstration's processes: started, watched, and stopped together."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from msupply.cli.failures import Failure
from msupply.cli.words import _

START_SECONDS = 90
STOP_SECONDS = 15


@dataclass
class Processes:
    """Servers that run until `stop`; use it as a context."""

    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """End on every signal that ends a program, the closing of the terminal included.

        Ctrl-C too: what a shell has started in the background ignores it otherwise.
        """
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _interrupt)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all."""
        self.stop()

    def serve(self, name: str, data: Path, port: int) -> None:
        """Start a server; its output goes to server.log in its directory."""
        log = data / "server.log"
        with log.open("ab") as out:
            self.running[name] = subprocess.Popen(
                [*_PROGRAM, "serve", "--data", str(data), "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=environment(),
            )
        self._wait_until_ready(name, port, log)

    def watch(self) -> None:
        """Wait; return when one of them has ended by itself."""
        while True:
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise Failure(
                        _("The process “{name}” has ended; the others are stopped.").format(
                            name=name
                        ),
                        _("Its server.log says why. Start the demonstration again."),
                    )
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop all, by force what does not end in time."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def _wait_until_ready(self, name: str, port: int, log: Path) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.running[name].poll() is not None:
                break
            if _answers(port):
                return
            time.sleep(0.2)
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        last = lines[-1] if lines else ""
        raise Failure(
            _("The process “{name}” did not start: {text}").format(name=name, text=last),
            _("See {file}.").format(file=log),
        )


_PROGRAM = [sys.executable, "-m", "msupply.cli"]


def run_command(*arguments: str, password: str) -> None:
    """Run a command of this program. Raises Failure with what it said when it fails."""
    done = subprocess.run(
        [*_PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        # Arguments can be seen by every user of the machine.
        env=environment() | {"MSUPPLY_SITE_PASSWORD": password},
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failure(" ".join(said[-2:]) or _("A command failed."), _("Try again with --reset."))


def in_own_process(function: Callable[..., None], *arguments: Any) -> None:
    """Call a function in a fresh process: a process works on one instance only."""
    child = get_context("spawn").Process(target=_call, args=(function, arguments))
    child.start()
    child.join()
    if child.exitcode:
        raise Failure(
            _("{step} failed, see above.").format(step=function.__name__.replace("_", " ")),
            _("Try again with --reset."),
        )


def _call(function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    for name in ("DATABASE_URL", "MSUPPLY_DATA"):
        os.environ.pop(name, None)
    function(*arguments)


def environment() -> dict[str, str]:
    """Return the environment for an instance that has a SQLite database of its own."""
    return {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "MSUPPLY_DATA")}


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
