"""A script that knows the protocol references only plays stock remote sites, by V5.

The server is ours: `msupply serve` on SQLite. V4 and V6 are in files of their own.
"""

import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.blackbox import country, wire_rules
from tests.blackbox.central_server import moved_over
from tests.blackbox.processes import msupply
from tests.blackbox.stock_site import StockSite, entries_of, pushed_form

Sites = Callable[..., StockSite]

numbers = itertools.count(1)


def prefix() -> str:
    """A prefix for the ids of one test."""
    return f"P{next(numbers)}"


def error_code(answer: httpx.Response) -> str:
    """The code of a V5 error of the documented shape."""
    error = answer.json()["error"]
    assert isinstance(error["message"], str)
    assert "data" in error
    return str(error["code"])


REQUESTS: list[Callable[[StockSite], httpx.Response]] = [
    lambda site: site.get("site"),
    lambda site: site.get("site_status"),
    lambda site: site.get("central_records", cursor=0, limit=500),
    lambda site: site.get("queued_records", limit=500),
    lambda site: site.post("initialise", {}),
    lambda site: site.post("acknowledged_records", {"syncIDs": []}),
    lambda site: site.post("queued_records", {"queueLength": 0, "data": []}),
]


def taken_over(central_directory: Path, v5: dict[str, Any]) -> None:
    """Import central data while the server runs."""
    path = central_directory / f"{prefix()}.json"
    path.write_text(json.dumps({"v5": v5, "v6": {}}))
    run = msupply(central_directory / "central", "import", "wire", str(path))
    assert run.returncode == 0, run.stdout + run.stderr


# Who may speak.


def test_site_info_has_every_key_with_its_type(site_of: Sites, central: str) -> None:
    info = site_of("clinic-north").get("site").json()
    types = {"id": str, "siteId": int, "initialisationStatus": str, "mSupplyCentralSiteId": int}
    types |= {"isOmSupplyCentralServer": bool, "omSupplyCentralServerUrl": str}
    assert {key: type(info[key]) for key in types} == types
    assert info["isOmSupplyCentralServer"] is False
    assert info["omSupplyCentralServerUrl"] == central
    assert info["initialisationStatus"] in ("new", "started", "completed", "error")


def test_the_site_uuid_stays_the_same(site_of: Sites) -> None:
    site = site_of("clinic-north")
    assert site.get("site").json()["id"] == site.get("site").json()["id"]


@pytest.mark.parametrize(
    ("name", "changes", "status", "code"),
    [
        ("clinic-north", {"hardware_id": "HW-other"}, 401, "site_incorrect_hardware_id"),
        # Its own: refusals of one name add up, whichever test has asked for them.
        ("guessed-at", {"password": "guessed"}, 401, "site_incorrect_password"),
        ("nowhere-{}", {"password": "guessed"}, 401, "site_name_not_found"),
        ("lonely", {}, 403, "site_has_no_store"),
    ],
)
def test_every_request_of_a_stranger_is_refused_with_its_code(
    site_of: Sites, name: str, changes: dict[str, str], status: int, code: str
) -> None:
    good = site_of("clinic-north")
    for ask in REQUESTS:
        assert good.get("site").status_code == 200  # Binds its device.
        answer = ask(site_of(name.format(next(numbers)), **changes))
        assert (answer.status_code, error_code(answer)) == (status, code)


def test_many_wrong_passwords_do_not_lock_the_site_itself_out(site_of: Sites) -> None:
    assert site_of("clinic-south").get("site").status_code == 200
    stranger = site_of("clinic-south", password="guessed")
    codes = {error_code(stranger.get("site")) for _ in range(20)}
    assert codes <= {"site_incorrect_password", "site_auth_timeout"}
    assert site_of("clinic-south").get("site").status_code == 200


@pytest.mark.parametrize("version", ["10000", "15", "0", "-1"])
def test_an_unknown_version_is_refused_with_what_is_spoken(site_of: Sites, version: str) -> None:
    site = site_of("clinic-north")
    answer = site.http.get("/sync/v5/site", headers=site.headers(version=version))
    assert (answer.status_code, error_code(answer)) == (409, "api_version_incompatible")
    assert isinstance(answer.json()["error"]["data"], dict)


def test_an_older_version_is_welcome(site_of: Sites) -> None:
    site = site_of("clinic-north")
    assert site.http.get("/sync/v5/site", headers=site.headers(version="1")).status_code == 200


def test_an_android_site_with_an_empty_hardware_id_is_served(site_of: Sites) -> None:
    site = site_of("clinic-south")
    assert site.get("site").status_code == 200
    answer = site.http.get("/sync/v5/site", headers=site.headers(**{"msupply-site-uuid": ""}))
    assert error_code(answer) == "site_incorrect_hardware_id"


def test_without_credentials_nobody_is_served(central: str) -> None:
    answer = httpx.get(f"{central}/sync/v5/site", headers={"version": "14"})
    assert answer.status_code == 401
    assert error_code(answer) in ("site_name_not_found", "site_incorrect_password")


# Initialisation.


def test_initialisation_brings_every_table_a_site_can_receive(north: StockSite) -> None:
    received = {entry["tableName"] for entry in north.last.legacy()}
    assert received == set(wire_rules.V5)


def test_no_received_record_would_be_rejected_by_a_stock_site(north: StockSite) -> None:
    faults = [
        fault
        for entry in north.last.legacy()
        for fault in wire_rules.faults_v5(entry["tableName"], entry["recordData"])
    ]
    assert faults == []


def test_each_record_arrives_with_its_parents(north: StockSite) -> None:
    known = {table: set(records) for table, records in north.tables.items()}
    missing = [
        parent
        for entry in north.last.legacy()
        for parent in wire_rules.missing_parents(entry["tableName"], entry["recordData"], known)
    ]
    assert missing == []


def test_no_two_records_share_an_id(north: StockSite) -> None:
    entries = [*north.last.central, *north.last.queue, *north.last.modern]
    suffixes = {"name_oms_fields": "NameOmsFields"}
    ids = Counter(e["recordId"] + suffixes.get(e["tableName"], "") for e in entries)
    assert [one for one, count in ids.items() if count > 1] == []


def test_wrappers_name_the_record_that_they_carry(north: StockSite) -> None:
    for entry in north.last.legacy():
        assert entry["recordData"].get("ID", entry["recordId"]) == entry["recordId"]
        assert entry["action"] in ("insert", "update")


def test_there_is_one_home_currency(north: StockSite) -> None:
    homes = [c for c in north.tables["currency"].values() if c["is_home_currency"]]
    assert len(homes) == 1


def test_the_system_names_arrive(north: StockSite) -> None:
    names = north.tables["name"].values()
    assert {n["code"] for n in names if n["type"] in ("invad", "repack", "build")} == {
        "invad",
        "repack",
        "build",
    }


def test_every_site_gets_all_stores_with_their_names(south: StockSite) -> None:
    stores = south.tables["store"].values()
    assert {"NOR", "SOU", "CENTRAL"} <= {store["code"] for store in stores}
    assert {store["name_ID"] for store in stores} <= set(south.tables["name"])


def test_the_sites_own_store_carries_its_number(site_of: Sites, north: StockSite) -> None:
    number = north.get("site").json()["siteId"]
    assert north.tables["store"]["ST-NOR"]["sync_id_remote_site"] == number


def test_what_was_moved_over_arrives_with_the_same_meaning(north: StockSite) -> None:
    differing = []
    for table, records in moved_over()["v5"].items():
        if table in ("store", "name"):  # They get a site, and a creation moment.
            continue
        for record in records:
            got = wire_rules.meaning(table, north.tables[table][record["ID"]])
            sent = wire_rules.meaning(table, record)
            keys = sent.keys() | got.keys()
            differing += [
                (table, key, sent.get(key), got.get(key))
                for key in keys
                if sent.get(key) != got.get(key)
            ]
    assert differing == []


def test_stock_of_another_store_stays_away(south: StockSite) -> None:
    stores = {entry["recordData"].get("store_ID") for entry in south.last.queue}
    assert "ST-NOR" not in stores
    assert south.last.of("item_store_join") == []


def test_patients_of_another_store_stay_away(south: StockSite) -> None:
    assert "OLD-PAT" not in south.tables["name"]


def test_after_initialisation_the_site_counts_as_complete(north: StockSite) -> None:
    assert north.get("site").json()["initialisationStatus"] == "completed"
    status = north.get("site_status").json()
    assert status["code"] == "idle"
    assert isinstance(status["message"], str)


def test_a_reinstalled_site_gets_everything_again(north: StockSite) -> None:
    first = {e["recordId"] for e in north.last.queue}
    assert {e["recordId"] for e in north.initialise().queue} == first


def test_the_queue_stays_until_it_is_acknowledged(north: StockSite) -> None:
    north.post("initialise", {})
    first, again = (north.get("queued_records", limit=500).json() for _ in range(2))
    assert [e["syncOutId"] for e in first["data"]] == [e["syncOutId"] for e in again["data"]]


def test_an_acknowledged_part_shortens_the_queue(north: StockSite) -> None:
    length = north.post("initialise", {}).json()["queueLength"]
    part = north.get("queued_records", limit=3).json()
    assert (len(part["data"]), part["queueLength"]) == (3, length)
    ids = [entry["syncOutId"] for entry in part["data"]]
    assert north.post("acknowledged_records", {"syncIDs": ids}).is_success
    rest = north.get("queued_records", limit=500).json()
    assert rest["queueLength"] == length - 3
    assert not {e["recordId"] for e in rest["data"]} & {e["recordId"] for e in part["data"]}


def test_acknowledging_twice_or_unknown_ids_does_no_harm(north: StockSite) -> None:
    length = north.post("initialise", {}).json()["queueLength"]
    first = north.get("queued_records", limit=1).json()["data"][0]["syncOutId"]
    for ids in ([first], [first], ["never-heard-of"], []):
        assert north.post("acknowledged_records", {"syncIDs": ids}).is_success
    assert north.get("queued_records", limit=1).json()["queueLength"] == length - 1


def test_central_records_come_in_batches_of_the_asked_size(north: StockSite) -> None:
    whole = [entry["recordId"] for entry in north.last.central]
    cursor, pieces = 0, []
    while batch := north.get("central_records", cursor=cursor, limit=7).json()["data"]:
        assert len(batch) <= 7
        pieces += [entry["recordId"] for entry in batch]
        cursor = batch[-1]["ID"]
    assert pieces == whole


def test_max_cursor_is_never_below_the_asked_cursor(north: StockSite) -> None:
    answer = north.get("central_records", cursor=2**31 - 1, limit=500).json()
    assert answer.get("data", []) == []
    assert answer["maxCursor"] >= 2**31 - 1


def test_an_idle_cycle_brings_nothing(north: StockSite) -> None:
    north.cycle()
    received = north.cycle()
    assert (received.central, received.queue, received.modern) == ([], [], [])


# Push.


def test_all_pushed_tables_come_back_to_a_reinstalled_site(north: StockSite) -> None:
    data = country.remote_data(prefix(), "ST-NOR", "NM-SUP")
    data["message"] = [country.message(f"{prefix()}-MSG", "ST-NOR", "ST-SOU")]
    north.cycle(push=pushed_form(data))
    north.initialise()
    faults = [
        fault
        for entry in north.last.legacy()
        for fault in wire_rules.faults_v5(entry["tableName"], entry["recordData"])
    ]
    assert faults == []
    for table, records in data.items():
        for record in records:
            got = wire_rules.meaning(table, north.tables[table][record["ID"]])
            assert got == wire_rules.meaning(table, record), table


def test_fields_unknown_to_the_server_come_back(north: StockSite) -> None:
    own = prefix()
    shelf = country.location(f"{own}-L", "ST-NOR", Comment="near the door", Colour=7)
    north.cycle(push={"Location": [shelf]})
    north.initialise()
    got = north.tables["Location"][f"{own}-L"]
    assert (got["Comment"], got["Colour"]) == ("near the door", 7)


def test_pushed_values_that_break_when_echoed_are_converted(north: StockSite) -> None:
    own = prefix()
    invoice = wire_rules.pushed("transact", country.invoice(f"{own}-T", "ST-NOR", "NM-SUP"))
    assert invoice["entry_date"] == "2025-03-04T00:00:00"
    assert invoice["entry_time"] == "09:30:00"
    assert invoice["insuranceDiscountAmount"] is None
    north.cycle(push={"transact": [invoice]})
    north.initialise()
    got = north.tables["transact"][f"{own}-T"]
    assert (got["entry_date"], got["entry_time"]) == ("2025-03-04", 34200)
    assert got["insuranceDiscountAmount"] == 0
    assert got["finalised_date"] in ("0000-00-00", "", None)


def test_times_with_fractions_are_understood(north: StockSite) -> None:
    own = prefix()
    invoice = wire_rules.pushed("transact", country.invoice(f"{own}-T", "ST-NOR", "NM-SUP"))
    invoice |= {
        "entry_time": "09:30:00.123456",
        "om_created_datetime": "2025-03-04T09:30:00.123456789",
    }
    north.cycle(push={"transact": [invoice]})
    north.initialise()
    got = north.tables["transact"][f"{own}-T"]
    assert got["entry_time"] == 34200
    assert got["om_created_datetime"].startswith("2025-03-04T09:30:00.123456")


def test_a_sites_own_changes_are_not_sent_back(north: StockSite) -> None:
    own = prefix()
    data = pushed_form(country.remote_data(own, "ST-NOR", "NM-SUP"))
    received = [north.cycle(push=data), north.cycle()]
    entries = [e for r in received for e in [*r.central, *r.queue, *r.modern]]
    assert [e["recordId"] for e in entries if e["recordId"].startswith(f"{own}-")] == []


def test_children_may_be_pushed_before_their_parents(north: StockSite) -> None:
    own = prefix()
    entries = entries_of(pushed_form(country.remote_data(own, "ST-NOR", "NM-SUP")), "Update")
    north.push(list(reversed(entries)), batch_size=2)
    north.initialise()
    pushed = {(e["tableName"], e["recordId"]) for e in entries}
    back = {(t, i) for t, records in north.tables.items() for i in records}
    assert pushed <= back


def test_a_push_repeated_after_a_lost_answer_changes_nothing(north: StockSite) -> None:
    own = prefix()
    entries = entries_of(pushed_form(country.remote_data(own, "ST-NOR", "NM-SUP")), "Update")
    for _ in range(3):
        north.push(entries)
    north.initialise()
    counts = Counter(e["recordId"] for e in north.last.queue)
    assert {counts[entry["recordId"]] for entry in entries} == {1}


def test_intermediate_batches_may_be_empty(north: StockSite) -> None:
    answer = north.post("queued_records", {"queueLength": 40, "data": []})
    assert answer.status_code == 200
    assert isinstance(answer.json()["integrationStarted"], bool)
    north.push([])


def test_the_latest_of_two_versions_of_a_record_wins(north: StockSite) -> None:
    own = prefix()
    versions = [country.location(f"{own}-L", "ST-NOR", Description=d) for d in ("old", "new")]
    entries = [e for v in versions for e in entries_of({"Location": [v]}, "Update")]
    north.push(entries, batch_size=1)
    north.initialise()
    assert north.tables["Location"][f"{own}-L"]["Description"] == "new"


def test_a_pushed_removal_removes(north: StockSite) -> None:
    own = prefix()
    north.cycle(push=pushed_form(country.remote_data(own, "ST-NOR", "NM-SUP")))
    removed = [("trans_line", "TL"), ("requisition_line", "RL"), ("requisition", "RQ")]
    for table, kind in removed:
        north.delete(table, f"{own}-{kind}")
    north.initialise()
    assert [kind for table, kind in removed if f"{own}-{kind}" in north.tables[table]] == []
    assert f"{own}-TR" in north.tables["transact"]


def test_a_removal_of_what_was_never_known_does_no_harm(north: StockSite) -> None:
    own = prefix()
    removal = {"tableName": "trans_line", "recordId": f"{own}-X", "action": "Delete"}
    good = entries_of({"Location": [country.location(f"{own}-L", "ST-NOR")]}, "Update")
    north.push([removal | {"recordData": None}, *good])
    north.initialise()
    assert f"{own}-L" in north.tables["Location"]


def test_a_pushed_stocktake_can_be_removed(north: StockSite) -> None:
    own = prefix()
    north.cycle(push=pushed_form(country.remote_data(own, "ST-NOR", "NM-SUP")))
    north.delete("Stock_take_lines", f"{own}-STL")
    north.delete("Stock_take", f"{own}-STK")
    north.initialise()
    assert f"{own}-STK" not in north.tables["Stock_take"]
    assert f"{own}-STL" not in north.tables["Stock_take_lines"]


# From site to site.


def test_a_barcode_reaches_the_other_sites(north: StockSite, south: StockSite) -> None:
    own = prefix()
    barcodes = country.remote_data(own, "ST-NOR", "NM-SUP")["barcode"]
    north.cycle(push=pushed_form({"barcode": barcodes}))
    assert south.cycle().of("barcode") == [f"{own}-BAR"]


def test_a_message_reaches_the_site_of_its_store(north: StockSite, south: StockSite) -> None:
    own = f"{prefix()}-MSG"
    sent = country.message(own, "ST-NOR", "ST-SOU")
    north.cycle(push=pushed_form({"message": [sent]}))
    got = south.cycle().data(own)
    assert wire_rules.faults_v5("message", got) == []
    assert wire_rules.meaning("message", got) == wire_rules.meaning("message", sent)


# Changes on the central server.


def test_a_changed_item_arrives_once_in_the_next_cycle(
    north: StockSite, central_directory: Path
) -> None:
    own = f"{prefix()}-IT"
    taken_over(central_directory, {"item": [country.item(own, "Soap")]})
    assert north.cycle().of("item") == [own]
    taken_over(central_directory, {"item": [country.item(own, "Green soap")]})
    assert north.cycle().data(own)["item_name"] == "Green soap"
    assert north.cycle().central == []
