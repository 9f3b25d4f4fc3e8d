"""The driver: when cycles run, and what starts them."""

import threading
import time

import pytest
from django.db import connection as default_connection

from msupply.sync import driver, here, log
from msupply.sync.failure import FailureCode, SyncFailure
from msupply.sync.models import SyncLog
from tests.sync_cycle.servers import LOST


@pytest.fixture
def network(servers, monkeypatch):
    """The network of this site: the scripted servers."""
    network = Network(servers)
    monkeypatch.setattr("msupply.sync.driver.network", lambda: network)
    monkeypatch.setattr("msupply.sync.cycle.network", lambda: network)
    monkeypatch.setattr(driver, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(driver, "_NO_FILE_SECONDS", 0.05)
    return network


class Network:
    def __init__(self, servers):
        self.servers = servers
        self.connected = []
        self.uploads = 0

    def connect(self, site):
        self.connected.append(site)
        return self.servers

    def upload_next(self, _):
        self.uploads += 1
        return False

    def line_is_back(self, _):
        pass


def drive(connection, until, seconds=20):
    """Run the driver until something has happened."""
    deadline = time.monotonic() + seconds

    class Stop(threading.Event):
        def wait(self, timeout=None):
            if until() or time.monotonic() > deadline:
                self.set()
            return super().wait(timeout)

    driver.run(connection, Stop())
    assert time.monotonic() < deadline


def cycles():
    return SyncLog.objects.count()


def test_a_site_that_is_set_up_starts_at_once(remote, network, servers):
    drive(remote, lambda: cycles() >= 1)
    assert log.last_success(remote)
    assert here.load(remote).initialised


def test_nothing_happens_before_the_site_is_set_up(remote, network):
    here.change(remote, central_url="")
    ends = time.monotonic() + 0.2
    drive(remote, lambda: time.monotonic() > ends)
    assert network.connected == []


def test_the_next_cycle_comes_after_the_interval(remote, network):
    here.change(remote, interval_seconds=0)
    drive(remote, lambda: cycles() >= 3)


def test_a_failed_cycle_is_followed_by_the_next(remote, network, servers):
    here.change(remote, interval_seconds=0)
    servers.script.before["site"] = [LOST, LOST]
    drive(remote, lambda: log.last_success(remote) is not None)
    assert cycles() >= 3


def test_a_request_starts_a_cycle(remote, network):
    here.change(remote, interval_seconds=3600)

    def ask_once_then_see_two_cycles():
        if cycles() == 1:
            driver.request_cycle(remote)
        return cycles() >= 2

    drive(remote, ask_once_then_see_two_cycles)


def test_requests_made_together_become_one_cycle(remote, network, servers):
    drive(remote, lambda: cycles() >= 1)
    for _ in range(5):
        driver.request_cycle(remote)
    assert driver._read_request(remote)[1]
    drive(remote, lambda: driver._read_request(remote)[1] is None)


def test_every_patient_asked_for_is_fetched(remote, network, servers):
    drive(remote, lambda: cycles() >= 1)
    driver.request_cycle(remote, "patient-1")
    driver.request_cycle(remote, "patient-2")
    driver.request_cycle(remote)
    drive(remote, lambda: len(servers.oms.patients) >= 2)
    assert servers.oms.patients == ["patient-1", "patient-2"]


def test_a_request_made_during_a_cycle_brings_another(remote, network, servers):
    drive(remote, lambda: cycles() >= 1)
    driver.request_cycle(remote)
    usual = servers.legacy.site_info

    def ask():
        if len(asked) == 0:
            driver.request_cycle(remote)
        asked.append(1)
        return usual()

    asked = []
    servers.legacy.site_info = ask
    drive(remote, lambda: len(asked) >= 2)


def test_an_error_outside_a_cycle_does_not_end_the_driver(remote, network, monkeypatch):
    failures = [RuntimeError("the database went away")]
    usual = driver.run_cycle

    def run_cycle(*arguments, **options):
        if failures:
            raise failures.pop()
        return usual(*arguments, **options)

    monkeypatch.setattr(driver, "run_cycle", run_cycle)
    monkeypatch.setattr(remote, "close", lambda: None)
    here.change(remote, interval_seconds=0)
    drive(remote, lambda: cycles() >= 1)


def test_files_are_uploaded_between_cycles(remote, network, monkeypatch):
    # The uploader has a connection of its own, which does not see this test's transaction.
    monkeypatch.setattr(
        driver.instance, "load", lambda _: here.Here(central_url="x", initialised=True)
    )
    monkeypatch.setattr(driver, "run_cycle", lambda *_, **__: log.CycleStatus(log.now()))
    drive(remote, lambda: network.uploads >= 1)


def test_initialising_stores_nothing_when_the_server_refuses(db, network, servers):
    from msupply.sync.cycle import initialise_site

    servers.script.before["site"] = [SyncFailure(FailureCode.INCORRECT_PASSWORD, "no")]
    with pytest.raises(SyncFailure):
        initialise_site(default_connection, "http://c.example.org", "north", "wrong")
    known = here.load(default_connection)
    assert not known.is_set_up
    assert known.site_name == known.password_hash == ""


def test_the_hardware_id_outlives_a_refusal(db, network, servers):
    from msupply.sync.cycle import initialise_site

    servers.script.before["site"] = [SyncFailure(FailureCode.SITE_HAS_NO_STORE, "no")]
    with pytest.raises(SyncFailure):
        initialise_site(default_connection, "http://c.example.org", "north", "tide-42")
    initialise_site(default_connection, "http://c.example.org", "north", "tide-42")
    first, second = network.connected
    assert first.hardware_id == second.hardware_id != ""


def test_initialising_stores_the_hash_and_never_the_password(db, network):
    from msupply.sync.cycle import initialise_site
    from msupply.sync.models import Setting

    initialise_site(default_connection, "http://c.example.org", "north", "tide-42")
    stored = "".join(Setting.objects.values_list("value", flat=True))
    assert "tide-42" not in stored
    assert "971f77ccf09cc634c1d98ee51c2539bf3fc78d68cd07c7c6a8b511bfe9e38ad2" in stored
    assert here.load(default_connection).site_id == 2


def test_settings_of_another_site_are_refused(remote, network):
    from msupply.sync.cycle import initialise_site

    here.change(remote, site_uuid="uuid-of-another")
    with pytest.raises(SyncFailure) as caught:
        initialise_site(remote, "http://c.example.org", "south", "tide-42")
    assert caught.value.code is FailureCode.SITE_UUID_IS_BEING_CHANGED
    assert here.load(remote).site_name == "north"
