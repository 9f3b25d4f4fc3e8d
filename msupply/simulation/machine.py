"""One machine: an instance with its database, which may lose power at any commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.settings import database
from msupply.sync import here
from msupply.sync.here import Here

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class PowerCut(BaseException):
    """A machine has lost power: whatever it was doing ends here, without any clean-up."""


class _Dead:
    """Stands where the database connection of a dead machine was."""

    def __getattr__(self, name: str) -> Any:
        raise PowerCut

    def __setattr__(self, name: str, value: Any) -> None:
        raise PowerCut


class Machine:
    """The disk of one instance, and its present life: the memory that a power cut wipes."""

    def __init__(self, folder: Path, name: str, site_id: int, disk: bytes) -> None:
        self.name, self.site_id = name, site_id
        self.alias = f"simulated_{folder.name}_{name.replace(' ', '_')}"
        self.path = folder / f"{self.alias}.sqlite3"
        self.path.write_bytes(disk)
        # How many times it was started; who began something in an earlier life is dead.
        self.life = 0
        self._until_cut: int | None = None
        self._cut_before = False
        self._register()

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """The connection to its database."""
        return connections[self.alias]

    @property
    def here(self) -> Here:
        """What this instance is."""
        return here.load(self.connection)

    def cut_power_at(self, commit: int | None, *, before: bool = False) -> None:
        """Let the power fail at a commit to come (1 is the next), before or after it holds."""
        self._until_cut, self._cut_before = commit, before

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Let the power fail later, if it is about to."""
        until, self._until_cut = self._until_cut, None
        try:
            yield
        finally:
            self._until_cut = until

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let this machine's process be the one that runs: its database is the default one."""
        usual = connections["default"]
        connections["default"] = self.connection
        try:
            yield
        finally:
            connections["default"] = usual

    def start_again(self) -> None:
        """Start after a power cut: what was committed is there, all else is forgotten."""
        self.cut_power_at(None)
        self.close()
        self.life += 1

    def put_disk(self, disk: bytes) -> None:
        """Start with another disk."""
        self.close()
        self.path.write_bytes(disk)
        self.start_again()

    def disk(self) -> bytes:
        """Return what is on the disk; nobody may be writing."""
        self.close()
        return self.path.read_bytes()

    def close(self) -> None:
        """Close the database."""
        wrapper = connections[self.alias]
        if isinstance(wrapper.connection, _Dead):
            wrapper.connection = None
        wrapper.close()
        del connections[self.alias]

    def remove(self) -> None:
        """Throw the machine away."""
        self.close()
        del connections.settings[self.alias]
        for path in self.path.parent.glob(f"{self.alias}.*"):
            path.unlink()

    def _register(self) -> None:
        settings = database(f"sqlite:///{self.path}")
        # One process uses it, and what was committed need not outlive that.
        settings["OPTIONS"]["init_command"] = "PRAGMA journal_mode=MEMORY;PRAGMA cache_size=-8192;"
        settings = connections.configure_settings({"default": {}, self.alias: settings})[self.alias]
        connections.settings[self.alias] = settings

    def watch(self) -> None:
        """Look at every commit of this life from now on."""
        wrapper: Any = self.connection
        wrapper.ensure_connection()
        commit = wrapper._commit  # noqa: SLF001  (Django has no hook before a commit)

        def watched_commit() -> None:
            self._before()
            commit()
            self._after()

        def watched(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            if isinstance(wrapper.connection, _Dead):
                raise PowerCut
            alone = not wrapper.in_atomic_block and sql.lstrip()[:7].upper().startswith(_WRITES)
            if alone:
                self._before()
            result = execute(sql, parameters, many, context)
            if alone:
                self._after()
            return result

        wrapper._commit = watched_commit  # noqa: SLF001
        wrapper.execute_wrappers.append(watched)

    def _before(self) -> None:
        if self._until_cut is not None:
            self._until_cut -= 1
            if self._until_cut <= 0 and self._cut_before:
                self._lose_power()

    def _after(self) -> None:
        if self._until_cut is not None and self._until_cut <= 0:
            self._lose_power()

    def _lose_power(self) -> None:
        self.cut_power_at(None)
        wrapper = self.connection
        raw = wrapper.connection
        assert isinstance(raw, sqlite3.Connection)
        # Closing rolls back what was not committed, as starting after a power cut does.
        raw.close()
        wrapper.connection = _Dead()
        raise PowerCut

    @property
    def is_dead(self) -> bool:
        """True from a power cut until it is started again."""
        return isinstance(connections[self.alias].connection, _Dead)
