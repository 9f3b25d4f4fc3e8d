"""A record that nobody foresaw harms itself only, wherever it makes a statement or the program fail."""

import secrets
from contextlib import contextmanager

import msgspec
import pytest
from django.db import Error

from msupply.sync import buffer, door, upserts
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.integrate import Origin, integrate
from tests.engine.conftest import ALL_LOGS, rows

THINGS = 250
BAD = "T77"
# Random: PostgreSQL would compress anything else.
LONG = secrets.token_urlsafe(9_000)


def thing(record_id, title="Drill", action="update"):
    data = msgspec.json.encode({"ID": record_id, "Title": title, "grams": 9})
    return Arrived("thing", record_id, action, data)


def arrive(connection, *records, site=None):
    """Store one message, as any message that comes by a wire."""
    door.store(connection, site, Wire.V5, door.sort_out(records))


def take(connection, site=None):
    return integrate(connection, Origin(site, site, ALL_LOGS, trusted=True))


def things(connection):
    return dict(rows(connection, "SELECT id, name FROM toy_thing"))


def kept(connection):
    return rows(connection, "SELECT record_id, code FROM sync_quarantine ORDER BY record_id")


@contextmanager
def refused(connection, table, value):
    """Let the database refuse a row of a table with this record id."""
    column = "id" if table == "toy_thing" else "record_id"
    if connection.vendor == "sqlite":
        on = f"CREATE TRIGGER refused BEFORE INSERT ON {table} WHEN NEW.{column} = '{value}'"
        on += " BEGIN SELECT RAISE(ABORT, 'no'); END"
        off = "DROP TRIGGER refused"
    else:
        # Rows that are there already are left alone.
        on = f"ALTER TABLE {table} ADD CONSTRAINT refused CHECK ({column} <> '{value}') NOT VALID"
        off = f"ALTER TABLE {table} DROP CONSTRAINT refused"
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


@pytest.mark.parametrize("table", ["toy_thing", "changelog_central"])
def test_what_the_database_refuses_is_kept_back_alone(connection, table):
    """The table of the record itself, and one that is written because of it."""
    arrive(connection, *(thing(f"T{n}") for n in range(THINGS)))
    arrive(connection, thing("T3", "newer"), thing("T300"))
    with refused(connection, table, BAD):
        summary = take(connection)
    assert kept(connection) == [(BAD, "database")]
    found = things(connection)
    assert len(found) == THINGS
    assert (BAD in found, found["T3"]) == (False, "newer")
    assert (summary.taken, summary.kept_back) == (THINGS + 1, 1)
    assert buffer.waiting(connection, None) == 0


def test_what_the_program_fails_on_is_kept_back_alone(connection, monkeypatch):
    written = upserts.changelog.log_upserts

    def fail(connection, kind, staged, *rest):
        if rows(connection, f"SELECT 1 FROM stage_toy_thing WHERE id = '{BAD}'"):
            raise KeyError(BAD)
        written(connection, kind, staged, *rest)

    monkeypatch.setattr(upserts.changelog, "log_upserts", fail)
    arrive(connection, *(thing(f"T{n}") for n in range(THINGS)))
    take(connection)
    assert kept(connection) == [(BAD, "defect")]
    assert len(things(connection)) == THINGS - 1


def test_a_delete_that_is_refused_is_kept_back_alone(connection):
    arrive(connection, *(thing(f"T{n}") for n in range(THINGS)))
    take(connection)
    arrive(connection, *(thing(f"T{n}", action="delete") for n in range(60, 90)))
    with refused(connection, "changelog_central", BAD):
        take(connection)
    assert kept(connection) == [(BAD, "database")]
    in_use = {i for (i,) in rows(connection, "SELECT id FROM toy_thing WHERE is_active")}
    assert len(in_use) == THINGS - 29
    assert BAD in in_use


@pytest.mark.parametrize("missing", ["changelog_central", "toy_thing"])
def test_a_database_without_its_tables_blames_no_record(connection, missing):
    arrive(connection, thing("T1"))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {missing} RENAME TO away")
    try:
        with pytest.raises(Error):
            take(connection)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {missing}")
    assert (kept(connection), buffer.waiting(connection, None)) == ([], 1)
    take(connection)
    assert things(connection) == {"T1": "Drill"}


def test_quarantine_takes_the_others_when_it_cannot_hold_one(connection):
    nowhere = b'{"ID": "%s", "person_ID": "P", "shop_ID": "S"}'
    arrive(connection, *(Arrived("person_shop", i, "update", nowhere % i.encode()) for i in "ABC"))
    with refused(connection, "sync_quarantine", "B"):
        take(connection)
    ids = [record_id for record_id, _code in kept(connection)]
    assert [i for i in ids if not i.startswith("#")] == ["A", "C"]
    assert len(ids) == 3


LONG_ONES = {
    "an id": Arrived("thing", LONG, "update", b'{"ID": "%s"}' % LONG.encode()),
    "a table": Arrived(LONG, "T1", "update", b"{}"),
    "an id that is deleted": Arrived("thing", LONG, "delete", b"null"),
    "an action": Arrived("thing", "T1", LONG, b"{}"),
    "another id inside": Arrived("thing", "T1", "update", b'{"ID": "%s"}' % LONG.encode()),
    "a reference": Arrived(
        "person_shop",
        "PS1",
        "update",
        b'{"ID": "PS1", "person_ID": "%s", "shop_ID": "S"}' % LONG.encode(),
    ),
    "a loose reference": Arrived(
        "shop",
        "S1",
        "update",
        b'{"ID": "S1", "Title": "X", "site": 1, "owner": "%s"}' % LONG.encode(),
    ),
}


@pytest.mark.parametrize("what", LONG_ONES)
@pytest.mark.parametrize("site", [None, 7])
def test_what_no_index_can_hold_is_kept_back(connection, what, site):
    """From a central server, and from a site; a repeated delivery is kept once."""
    for _ in range(2):
        arrive(connection, LONG_ONES[what], thing("T2"), site=site)
        take(connection, site)
    assert list(things(connection)) == ["T2"]
    ((record_id, code),) = kept(connection)
    assert code == "invalid"
    assert len(record_id) < 256


def test_long_text_that_no_index_holds_is_no_fault(connection):
    arrive(connection, thing("T1", LONG))
    take(connection)
    assert things(connection) == {"T1": LONG}
