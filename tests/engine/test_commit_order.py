"""PostgreSQL: a reader never passes a cursor that an open transaction may still fill."""

import threading

import pytest
from django.conf import settings
from django.db import connections, transaction

from msupply.sync import changelog, routing
from msupply.sync.declare.registry import Channel
from msupply.sync.routing import Reader
from msupply.sync.sql.postgres import Postgres
from tests.engine.conftest import empty
from tests.engine.toyapp.models import Thing

pytestmark = pytest.mark.skipif(
    "postgres" not in settings.DATABASES, reason="no PostgreSQL server here"
)


@pytest.fixture
def connection(tables, django_db_blocker):
    with django_db_blocker.unblock():
        connection = connections["postgres"]
        empty(connection)
        yield connection


def thing(name):
    Thing.objects.using("postgres").create(id=name, name=name)


def read_all(connection, after):
    head = changelog.head(connection, Channel.CENTRAL)
    return head, routing.read(connection, Channel.CENTRAL, Reader(2, ()), after, head, 1000)


def in_another_thread(work):
    def run():
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def late_commit(connection):
    """One writer takes a cursor and stays open while a second one commits; read; let it commit."""
    written, may_commit = threading.Event(), threading.Event()

    def slow_writer():
        with transaction.atomic(using="postgres"):
            thing("slow")
            written.set()
            may_commit.wait(10)

    slow = in_another_thread(slow_writer)
    assert written.wait(10)
    in_another_thread(lambda: thing("quick")).join(10)
    head, seen = read_all(connection, 0)
    may_commit.set()
    slow.join(10)
    _, later = read_all(connection, head)
    return {change.record_id for change in [*seen, *later]}


def test_a_change_that_commits_late_is_not_skipped(connection):
    assert late_commit(connection) == {"slow", "quick"}


def test_without_the_guard_it_would_be_skipped(connection, monkeypatch):
    def unguarded(self, connection, channel):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(cursor) FROM {channel.value}")
            return cursor.fetchone()[0] or 0

    monkeypatch.setattr(Postgres, "safe_head", unguarded)
    assert late_commit(connection) == {"quick"}


@pytest.mark.slow
def test_many_writers_and_a_reader_agree(connection):
    writers, each = 6, 40

    def write(number):
        for n in range(each):
            with transaction.atomic(using="postgres"):
                thing(f"{number}-{n}-a")
                thing(f"{number}-{n}-b")

    threads = [in_another_thread(lambda number=number: write(number)) for number in range(writers)]
    seen, after = set(), 0
    while any(thread.is_alive() for thread in threads):
        after, found = read_all(connection, after)
        seen |= {change.record_id for change in found}
    _, found = read_all(connection, after)
    seen |= {change.record_id for change in found}
    assert len(seen) == writers * each * 2
