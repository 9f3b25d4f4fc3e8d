"""Taking over records in wire form."""

import json

import pytest

from msupply.central.integration import integrate_waiting
from msupply.central.wire_import import FileUnreadable, import_file
from msupply.records.items import Item, Unit
from msupply.records.names import Name
from msupply.sync import buffer, here
from msupply.sync.buffer import Arrived
from msupply.sync.clock import now
from msupply.sync.declare.registry import Wire
from msupply.sync.models import ChangelogCentral, Quarantined, SiteState
from msupply.sync.ownership import EditRefused


def unit(key):
    return {"ID": key, "units": f"Unit {key}", "comment": "", "order_number": 1}


@pytest.fixture
def take(connection, admin, tmp_path):
    """Write a file and import it."""

    def take(content):
        path = tmp_path / "country.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return import_file(connection, path)

    return take


def test_records_are_taken_and_logged_as_the_servers_own(connection, take):
    report = take({"v5": {"unit": [unit("u1"), unit("u2")]}, "v6": {"campaign": []}})
    assert (report.read, report.taken, report.refused) == (2, 2, 0)
    assert Unit.objects.using(connection.alias).get(pk="u1").name == "Unit u1"
    row = ChangelogCentral.objects.using(connection.alias).get(record_id="u1")
    assert row.source_site is None


def test_children_may_come_before_their_parents(connection, take):
    name = {"ID": "n1", "name": "N", "code": "N", "type": "store", "customer": True}
    name |= dict.fromkeys(("supplier", "manufacturer", "donor", "hold", "isDeceased"), False)
    name["female"] = False
    store = {"ID": "s1", "name_ID": "n1", "code": "S", "sync_id_remote_site": 9}
    store |= {"store_mode": "dispensary", "disabled": False}
    assert take({"v5": {"store": [store], "name": [name]}}).refused == 0


def test_what_cannot_be_taken_is_listed_with_its_reason(connection, take):
    report = take(
        {
            "v5": {
                "unit": [unit("u1"), {"units": "no id"}, 7, {"ID": "u3", "units": 5}],
                "no_such_table": [{"ID": "x"}],
            }
        }
    )
    assert (report.read, report.taken, report.refused) == (5, 1, 4)
    reasons = {problem.record_id: problem.reason for problem in report.problems}
    assert "no_such_table" in reasons["x"]
    assert "order_number" in reasons["u3"] or "units" in reasons["u3"]
    assert [p.place for p in report.problems if p.place] == [2, 3]


@pytest.mark.parametrize(
    "value",
    ["[" * 3_000 + "]" * 3_000, '{"a":' * 3_000 + "1" + "}" * 3_000, "9" * 5_000, r'"\ud83d"',
     "NaN", r'{"\udc8a": 1}'],
)  # fmt: skip
def test_others_are_taken_beside_a_record_that_cannot_be_read(connection, take, value):
    units = [unit("u1"), unit("u2") | {"comment": 4711}, unit("u3")]
    report = take(json.dumps({"v5": {"unit": units}}).replace("4711", value))
    assert (report.read, report.taken) == (3, 2)
    assert [problem.record_id for problem in report.problems] == ["u2"]
    units = Unit.objects.using(connection.alias).filter(pk__startswith="u")
    assert set(units.values_list("pk", flat=True)) == {"u1", "u3"}


def test_a_deep_record_may_be_longer_than_what_is_read_at_once(connection, take):
    deep = "[" * 3_000 + '"]",' * 400_000 + "1" + "]" * 3_000
    units = [unit("u1"), unit("u2") | {"comment": 4711}, unit("u3")]
    report = take(json.dumps({"v5": {"unit": units}}).replace("4711", deep))
    assert (report.read, report.taken) == (3, 2)


@pytest.mark.parametrize("content", [
    r'{"v5": {"\ud83d": [{"ID": "x1"}], "unit": [%s]}}',
    r'{"v5": {"unit": [{"ID": "x1\ud83d"}, %s]}}',
])  # fmt: skip
def test_names_hold_no_half_of_a_letter(connection, take, content):
    report = take(content % json.dumps(unit("u1")))
    assert (report.read, report.taken) == (2, 1)
    problem = report.problems[0]
    # As it goes to a terminal and into the report.
    assert f"{problem.table} {problem.record_id}".encode()


def test_a_second_import_takes_the_newer_values_and_doubles_nothing(connection, take):
    take({"v5": {"unit": [unit("u1")]}})
    take({"v5": {"unit": [unit("u1") | {"units": "Box"}]}})
    assert Unit.objects.using(connection.alias).get(pk="u1").name == "Box"


def test_what_lacked_its_parent_is_taken_when_that_comes(connection, take):
    join = {"ID": "j1", "name_ID": "n1", "list_master_ID": "l1"}
    assert take({"v5": {"list_master_name_join": [join]}}).refused == 1
    lists = {"ID": "l1", "description": "L", "code": "L", "note": "", "isProgram": False}
    name = {"ID": "n1", "name": "N", "code": "N", "type": "facility", "customer": True}
    name |= dict.fromkeys(
        ("supplier", "manufacturer", "donor", "hold", "isDeceased", "female"), False
    )
    report = take({"v5": {"list_master": [lists], "name": [name]}})
    assert report.refused == 0
    assert not Quarantined.objects.using(connection.alias).exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "was expected"),
        ("[]", "“{” was expected"),
        ('{"v7": {}}', "v7"),
        ('{"v5": {"unit": {}}}', "“\\[” was expected"),
        ('{"v5": {"unit": [{"ID": "u1"', "no JSON"),
        ('{"v5": {}} x', "behind the end"),
        ('{"v5": {5: []}}', "name was expected|no JSON"),
        ('{"v5": {"unit": [' + "[" * 100_000 + "]}}", "deep|no JSON"),
    ],
)
def test_a_broken_file_says_where(take, content, said):
    with pytest.raises(FileUnreadable, match=said):
        take(content)


def test_what_came_before_the_break_is_taken(connection, take):
    with pytest.raises(FileUnreadable):
        take('{"v5": {"unit": [' + json.dumps(unit("u1")) + ', {"ID"')
    assert Unit.objects.using(connection.alias).filter(pk="u1").exists()


def test_text_that_is_no_json_number_harms_its_record_only(connection, take):
    good, bad = json.dumps(unit("u1")), '{"ID": "u2", "units": "x", "order_number": NaN}'
    report = take(f'{{"v5": {{"unit": [{bad}, {good}]}}}}')
    assert (report.taken, report.refused) == (1, 1)


def test_a_file_larger_than_what_is_read_at_once_is_read_whole(connection, take, monkeypatch):
    monkeypatch.setattr("msupply.central.wire_import._PIECE", 7)
    monkeypatch.setattr("msupply.central.wire_import.BATCH", 10)
    report = take(json.dumps({"v5": {"unit": [unit(f"u{n}") for n in range(25)]}}, indent=3))
    assert report.taken == 25


def test_v6_records_are_refused_where_another_server_is_open_msupply_central(connection, take):
    here.change(connection, is_oms_central=False)
    report = take({"v6": {"campaign": [{"id": "c1", "name": "Polio"}]}})
    assert (report.taken, report.refused) == (0, 1)
    assert "Open mSupply central" in report.problems[0].reason


def test_a_remote_site_takes_nothing(connection, take):
    here.change(connection, is_central=False, is_oms_central=False, central_url="http://c.test")
    with pytest.raises(EditRefused):
        take({"v5": {}})


def push(connection, site_id, *records):
    arrived = [Arrived(t, r["ID"], "update", json.dumps(r).encode()) for t, r in records]
    buffer.store(connection, site_id, Wire.V5, arrived)
    SiteState.objects.using(connection.alias).update_or_create(
        site_id=site_id, defaults={"waiting_since": now()}
    )


def test_a_finished_push_is_integrated_and_no_longer_waits(connection, admin, store):
    store.site_id = 7
    store.save(using=connection.alias)
    location = {"ID": "l1", "Description": "Shelf", "code": "S", "hold": False, "Volume": 0}
    push(connection, 7, ("Location", location | {"store_ID": store.id}))
    assert integrate_waiting(connection)
    assert not integrate_waiting(connection)
    assert SiteState.objects.using(connection.alias).get(site_id=7).waiting_since is None


def test_a_site_cannot_push_central_data(connection, admin):
    push(connection, 7, ("unit", unit("u1")))
    integrate_waiting(connection)
    assert not Unit.objects.using(connection.alias).filter(pk="u1").exists()
    assert Quarantined.objects.using(connection.alias).get().code == "not_owner"


def test_an_import_brings_in_what_a_sites_record_had_waited_for(connection, admin, store, take):
    store.site_id = 7
    store.save(using=connection.alias)
    line = {"ID": "b1", "barcode": "123", "itemID": "i1", "manufacturerID": "", "packSize": 1}
    push(connection, 7, ("barcode", line | {"parentID": ""}))
    integrate_waiting(connection)
    assert Quarantined.objects.using(connection.alias).count() == 1
    item = {"ID": "i1", "item_name": "I", "code": "i", "type_of": "general", "doses": 0}
    item |= {"default_pack_size": 1, "is_vaccine": False, "VEN_category": "", "volume_per_pack": 0}
    take({"v5": {"item": [item]}})
    assert Item.objects.using(connection.alias).filter(pk="i1").exists()
    assert not Quarantined.objects.using(connection.alias).exists()


def test_names_of_the_file_do_not_lose_unknown_fields(connection, take):
    name = {"ID": "n1", "name": "N", "code": "N", "type": "facility", "customer": True, "zone": 3}
    name |= dict.fromkeys(
        ("supplier", "manufacturer", "donor", "hold", "isDeceased", "female"), False
    )
    take({"v5": {"name": [name]}})
    assert json.loads(Name.objects.using(connection.alias).get(pk="n1").extra) == {"zone": 3}
