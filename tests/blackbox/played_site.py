"""A remote site of ours, beside the central servers that a test plays to it."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.blackbox.processes import free_port, msupply
from tests.blackbox.stock_central import (
    PASSWORD,
    SITE_NAME,
    WIRE_HASH,
    Request,
    StockCentral,
    playing,
)

Record = dict[str, Any]
Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Initialised:
    """A site after its first cycle, and what it asked for in it."""

    central: StockCentral
    data: Path
    requests: list[Request]


def init_site(data: Path, central: StockCentral, **changed: str) -> Done:
    known = {"central": central.url, "site": SITE_NAME, "password": PASSWORD} | changed
    flags = [word for key, value in known.items() for word in (f"--{key}", value)]
    return msupply(data, "init", "site", *flags)


def sync(data: Path) -> Done:
    return msupply(data, "sync")


def rows(data: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Look into the site's database."""
    with closing(sqlite3.connect(f"file:{data / 'msupply.sqlite3'}?mode=ro", uri=True)) as db:
        return db.execute(sql, values).fetchall()


def edit(data: Path, *statements: str) -> None:
    """Change the site's data as people do: triggers log it as they log what screens change."""
    with closing(sqlite3.connect(data / "msupply.sqlite3")) as db, db:
        for statement in statements:
            db.execute(statement)


def told(run: Done) -> str:
    """What the command told the user: some words, no traceback, no secret."""
    text = run.stdout + run.stderr
    assert text.strip()
    assert "Traceback" not in text
    assert PASSWORD not in text
    assert WIRE_HASH not in text
    return text


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Initialised]:
    """A played central server, and a site that was initialised from it."""
    data = tmp_path_factory.mktemp("played") / "site"
    with playing(free_port()) as central:
        run = init_site(data, central)
        assert run.returncode == 0, run.stdout + run.stderr
        yield Initialised(central, data, list(central.requests))


def after_initialisation(initialised: Initialised, data: Path) -> StockCentral:
    """Copy the site to `data`; the server as it was when the site had been initialised."""
    shutil.copytree(initialised.data, data)
    initialised.central.reset()
    initialised.central.site["initialisationStatus"] = "completed"
    return initialised.central
