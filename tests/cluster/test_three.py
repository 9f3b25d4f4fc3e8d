"""An mSupply central server, a separate Open mSupply central server, and a site."""

import pytest

from tests.cluster.databases import POSTGRES, central_on
from tests.cluster.instances import PASSWORD, Instance, free_port, start, wait_for
from tests.cluster.work import MOMENT

pytestmark = pytest.mark.slow


@pytest.fixture
def three(country, tmp_path):
    """The three of them, running."""
    central = country[0].copy(tmp_path / "central")
    north = country[1].copy(tmp_path / "north")
    oms = Instance(tmp_path / "oms")
    oms.port = free_port()
    central.set(own_url=central.url, oms_central_url=central.url)
    north.set(central_url=central.url, interval_seconds=3600)
    central.run("site", "add", "oms", "--password", PASSWORD,
                "--store", "OMS=Office", "--oms-central", "--site-url", oms.url)  # fmt: skip
    central.start()
    oms.run("init", "site", "--central", central.url, "--site", "oms", "--password", PASSWORD)
    oms.set(interval_seconds=3600)
    start(oms, north)
    yield central, oms, north
    for instance in (north, oms, central):
        instance.kill()


def has(instance, table, record_id):
    return bool(instance.execute(f"SELECT 1 FROM {table} WHERE id = ?", record_id))


@central_on(POSTGRES)
def test_each_kind_of_record_takes_its_way(three):
    central, oms, north = three
    store = north.execute("SELECT id FROM store WHERE code = 'NOR'")[0][0]
    oms.execute("INSERT INTO asset_class (id, name) VALUES ('class-x', 'Class X')")
    central.execute(
        "INSERT INTO unit (id, name, \"index\", is_active) VALUES ('unit-x', 'Jar', 1, TRUE)"
    )
    north.cycle()
    assert has(north, "asset_class", "class-x")
    assert has(north, "unit", "unit-x")
    assert not has(central, "asset_class", "class-x")
    north.execute(
        "INSERT INTO asset (id, store_id, asset_class_id, created_datetime, modified_datetime)"
        " VALUES ('asset-x', ?, 'class-x', ?, ?)",
        store,
        MOMENT,
        MOMENT,
    )
    north.execute(
        "INSERT INTO location (id, name, code, on_hold, volume, store_id)"
        " VALUES ('place-x', 'Shelf', 'S', FALSE, 0, ?)",
        store,
    )
    north.cycle()
    wait_for(lambda: has(oms, "asset", "asset-x"), 10, "the asset does not arrive")
    wait_for(lambda: has(central, "location", "place-x"), 10, "the location does not arrive")
    assert not has(central, "asset", "asset-x")
    oms.cycle()
    assert has(oms, "unit", "unit-x")


def test_an_unreachable_v6_server_stops_a_cycle_and_loses_nothing(three):
    central, oms, north = three
    oms.kill()
    central.execute(
        "INSERT INTO unit (id, name, \"index\", is_active) VALUES ('unit-y', 'Jar', 1, TRUE)"
    )
    before = north.last_cycle()
    north.request_cycle()
    failed = "SELECT 1 FROM sync_log WHERE id > ? AND error_code = 'CONNECTION_ERROR'"
    wait_for(lambda: north.execute(failed, before), 30, "no failed cycle")
    assert not has(north, "unit", "unit-y")
    oms.start()
    north.cycle()
    assert has(north, "unit", "unit-y")


def test_a_site_follows_the_v6_server_to_another_place(three):
    central, oms, north = three
    north.cycle()
    # The tick moves to the mSupply central server itself.
    central.execute("UPDATE site SET is_oms_central = FALSE")
    central.execute("UPDATE site SET is_oms_central = TRUE, url = ? WHERE site_id = 1", central.url)
    central.set(is_oms_central=True, oms_central_url=central.url)
    central.execute("INSERT INTO asset_class (id, name) VALUES ('class-z', 'Class Z')")
    oms.kill()
    north.cycle()
    assert has(north, "asset_class", "class-z")
    known = north.execute("SELECT value FROM sync_setting WHERE key = 'oms_central_url'")
    assert known == [(f'"{central.url}"',)]
