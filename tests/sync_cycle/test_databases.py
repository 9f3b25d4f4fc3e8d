"""The same cycle on both databases, with real commits, from the first to the last step."""

import subprocess
import sys
import threading
import time

import pytest
from django.db import connections

from msupply.records.assets import Asset
from msupply.records.stock import Location
from msupply.sync import push
from msupply.sync.cycle import run_cycle
from msupply.sync.failure import FailureCode
from msupply.sync.models import Quarantined
from msupply.sync.sql import cycle_lock
from tests.sync_cycle.conftest import set_up
from tests.sync_cycle.servers import LOST
from tests.sync_cycle.test_cycle import location


def test_cycles_run_on_this_database(connection, servers):
    set_up(connection)
    servers.script.before["acknowledge"] = [None, LOST]
    assert run_cycle(connection, servers).error
    assert run_cycle(connection, servers).error is None
    assert Quarantined.objects.count() == 0
    Location.objects.create(id="loc", name="Shelf", code="S", store_id="store-north")
    assert push.waiting_to_push(connection) == 1
    servers.script.after["push"] = [LOST]
    assert run_cycle(connection, servers).error
    assert run_cycle(connection, servers).error is None
    assert servers.legacy.pushed == [("Location", "loc")] * 2
    assert push.waiting_to_push(connection) == 0


def test_a_record_that_is_too_large_is_named_and_tried_again(connection, servers):
    set_up(connection)
    assert run_cycle(connection, servers).error is None
    for name in ("a", "giant", "z"):
        Location.objects.create(id=name, name="Shelf", code="S", store_id="store-north")
    Asset.objects.filter(id="asset-1").update(notes="Much")
    servers.legacy.too_large, servers.oms.too_large = {"giant"}, {"asset-1"}
    servers.legacy.queue = {"1": location("from-central", "Shelf", "store-north")}
    for _ in range(2):
        code, detail = run_cycle(connection, servers).error
        assert code is FailureCode.RECORD_TOO_LARGE
        assert "Location giant (0.0 MB)" in detail
        assert "asset asset-1" in detail
        # What has not been sent is still shown as waiting.
        assert push.waiting_to_push(connection) == 2
    assert servers.legacy.unsent == [0, 2, 2][-len(servers.legacy.unsent) :]
    # The rest was exchanged, both ways.
    assert servers.legacy.pushed == [("Location", "a"), ("Location", "z")]
    assert Location.objects.filter(pk="from-central").exists()
    servers.legacy.too_large, servers.oms.too_large = set(), set()
    assert run_cycle(connection, servers).error is None
    assert ("Location", "giant") in servers.legacy.pushed
    assert ("asset", "asset-1") in servers.oms.pushed
    assert push.waiting_to_push(connection) == 0


def test_one_cycle_runs_at_a_time(connection):
    taken, seen = threading.Event(), []

    def other():
        mine = connections.create_connection(connection.alias)
        with pytest.raises(cycle_lock.CycleRunning), cycle_lock.hold(mine, taken.is_set):
            seen.append("both at once")
        mine.close()

    with cycle_lock.hold(connection):
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.3)
        taken.set()
        thread.join(10)
    assert seen == []
    with cycle_lock.hold(connection, lambda: True):
        pass


_HOLD = """
import sys, time, django
django.setup()
from django.db import connection
from msupply.sync.sql import cycle_lock
with cycle_lock.hold(connection):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_holds_nothing(connection, monkeypatch):
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else _url(connection.settings_dict)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "msupply.settings")
    holder = subprocess.Popen([sys.executable, "-c", _HOLD], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(cycle_lock.CycleRunning), cycle_lock.hold(connection, lambda: True):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    deadline = time.monotonic() + 10
    with cycle_lock.hold(connection, lambda: time.monotonic() > deadline):
        pass


def _url(settings):
    place = f"{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{place}"
