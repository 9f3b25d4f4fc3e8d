"""A script that knows the protocol references only plays stock remote sites, by V6.

The server is ours: `msupply serve` on SQLite. V5 and V4 are in files of their own.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.blackbox import country, modern_country, wire_rules
from tests.blackbox.central_server import moved_over
from tests.blackbox.stock_site import (
    StockSite,
    check_batch,
    entries_of,
    entry,
    pushed_form,
)

Sites = Callable[..., StockSite]
Record = dict[str, Any]

numbers = itertools.count(1)


def prefix() -> str:
    """A prefix for the ids of one test."""
    return f"m{next(numbers)}"


def a_batch(*records: Record, last: bool = True) -> Record:
    return {
        "end_cursor": len(records),
        "total_records": len(records),
        "is_last_batch": last,
        "records": [{"cursor": n, "record": one} for n, one in enumerate(records, 1)],
    }


BODIES: dict[str, Record] = {
    "pull": {"cursor": 0, "batchSize": 500, "isInitialised": True},
    "push": {"batch": a_batch()},
    "patient-pull": {"cursor": 0, "batchSize": 500, "fetchPatientId": "OLD-PAT"},
    "site_status": {},
}


def every_request(site: StockSite, **envelope: Any) -> dict[str, httpx.Response]:
    """Each V6 request with a JSON answer once."""
    return {name: site.modern(name, **body, **envelope) for name, body in BODIES.items()}


def pull(site: StockSite, cursor: int = 0, size: int = 500, initialised: bool = False) -> Record:
    answer = site.modern("pull", cursor=cursor, batchSize=size, isInitialised=initialised)
    assert answer.status_code == 200
    batch: Record = answer.json()["data"]
    return batch


def pushed(own: str) -> dict[str, list[Record]]:
    """One record of each table that a site pushes, with what V5 must bring first."""
    return modern_country.remote_data(own, "ST-NOR", f"{own}-LOC", "OLD-PAT")


def shelf(own: str) -> dict[str, list[Record]]:
    return {"Location": [country.location(f"{own}-LOC", "ST-NOR")]}


# Who may speak.


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("clinic-north", {"hardware_id": "HW-other"}, "site_incorrect_hardware_id"),
        # Ten mistakes in a row lock a name out for a while: other tests guess at other sites.
        ("lonely", {"password": "guessed"}, "site_incorrect_password"),
        ("nowhere-{}", {"password": "guessed"}, "site_name_not_found"),
        ("lonely", {}, "site_has_no_store"),
    ],
)
def test_every_request_of_a_stranger_is_refused_with_200_and_the_legacy_code(
    site_of: Sites, name: str, changes: dict[str, str], code: str
) -> None:
    for endpoint, body in BODIES.items():
        site_of("clinic-north").get("site")  # Binds its device.
        answer = site_of(name.format(next(numbers)), **changes).modern(endpoint, **body)
        assert answer.status_code == 200
        ((kind, detail),) = answer.json()["error"].items()
        assert (kind, detail["code"]) == ("legacyServerError", code)
        assert isinstance(detail["message"], str)


@pytest.mark.parametrize("version", [6, 10000])
def test_an_unknown_version_is_refused_before_anything_else(site_of: Sites, version: int) -> None:
    site = site_of("clinic-north", password="guessed")
    for answer in every_request(site, syncV6Version=version).values():
        assert answer.status_code == 200
        assert answer.json() == {"error": {"syncVersionMismatch": [0, 5, version]}}


def test_an_unknown_v5_version_is_refused(site_of: Sites) -> None:
    site = site_of("clinic-north")
    changed = site.settings(syncVersion="10000")
    error = site.modern("site_status", syncV5Settings=changed).json()["error"]
    assert error["legacyServerError"]["code"] == "api_version_incompatible"


@pytest.mark.parametrize("version", [0, 1, 5])
def test_older_versions_are_welcome(site_of: Sites, version: int) -> None:
    for answer in every_request(site_of("clinic-north"), syncV6Version=version).values():
        assert "data" in answer.json()


def test_an_absent_version_counts_as_0(site_of: Sites) -> None:
    site = site_of("clinic-north")
    body = {"syncV5Settings": site.settings()}
    answer = site.http.post("/central/sync/site_status", json=body)
    assert answer.json() == {"data": {"is_integrating": False}}


# Pull.


def test_initialisation_brings_every_table_a_site_can_receive(north: StockSite) -> None:
    received = {one["tableName"] for one in north.last.modern}
    expected = {t for t, fact in wire_rules.V6.items() if fact["direction"] in ("pull", "both")}
    assert received == expected


def test_no_received_record_would_be_rejected_by_a_stock_site(north: StockSite) -> None:
    faults = [
        fault
        for one in north.last.modern
        if one["action"] != "Delete"
        for fault in wire_rules.faults_v6(one["tableName"], one["recordData"])
    ]
    assert faults == []


def test_whole_numbers_are_integers_without_decimals(north: StockSite) -> None:
    (dose,) = north.tables["vaccine_course_dose"].values()
    assert type(dose["min_interval_days"]) is int


def test_what_was_moved_over_arrives_unchanged(north: StockSite) -> None:
    for table, records in moved_over()["v6"].items():
        for record in records:
            assert same(north.tables[table][record["id"]], record), table


def same(got: Record, sent: Record) -> bool:
    """Equal values; the number of a moment's decimals doesn't matter."""
    return without_fraction_zeros(got) == without_fraction_zeros(sent)


def without_fraction_zeros(record: Record) -> Record:
    trimmed = dict(record)
    for key, value in record.items():
        if key.endswith("_datetime") and value and "." in value:
            trimmed[key] = value.rstrip("0").rstrip(".")
    return trimmed


def test_what_hangs_on_seeded_equipment_keeps_the_known_ids(north: StockSite) -> None:
    assert "fad280b6-8384-41af-84cf-c7b6b4526ef0" in north.tables["asset_class"]
    seeded = {
        "b7eea921-5a14-44cc-b5e0-ea59f2e9cb8d",
        "02cbea92-d5bf-4832-863b-c04e093a7760",
        "7db32eb6-5929-4dd1-a5e9-01e36baa73ad",
    }
    assert seeded <= set(north.tables["asset_category"])


def test_unique_columns_of_the_receiver_stay_unique(north: StockSite) -> None:
    columns = {
        "asset_class": ("name",),
        "asset_category": ("class_id", "name"),
        "asset_catalogue_type": ("category_id", "name"),
        "asset_catalogue_item": ("code",),
        "asset_internal_location": ("location_id",),
    }
    for table, keys in columns.items():
        values = [tuple(r[key] for key in keys) for r in north.tables[table].values()]
        assert len(values) == len(set(values)), table


def pulled(site: StockSite, cursor: int = 0, size: int = 500) -> tuple[list[Record], int]:
    """All records from a cursor on, in batches of a size, and the cursor to go on with."""
    records: list[Record] = []
    while True:
        batch = pull(site, cursor, size)
        assert len(batch["records"]) <= size
        assert batch["total_records"] >= len(batch["records"])
        assert batch["is_last_batch"] is (batch["total_records"] <= size)
        assert batch["end_cursor"] >= cursor - 1
        records += batch["records"]
        cursor = batch["end_cursor"] + 1
        if batch["is_last_batch"]:
            return records, cursor


def test_small_batches_bring_the_same_as_big_ones_and_end_where_they_do(north: StockSite) -> None:
    assert pulled(north, size=7) == pulled(north)


def test_the_cursor_asked_for_is_included(north: StockSite) -> None:
    whole, _end = pulled(north)
    assert pulled(north, whole[2]["cursor"])[0] == whole[2:]


def test_a_pull_beyond_the_end_moves_no_cursor_back(north: StockSite) -> None:
    for cursor in (north.modern_cursor, north.modern_cursor + 1, 2**31 - 2):
        batch = pull(north, cursor)
        check_batch(batch, cursor)
        assert (batch["records"], batch["is_last_batch"]) == ([], True)


# Push.


def test_all_pushed_tables_come_back_to_a_reinstalled_site(north: StockSite) -> None:
    own = prefix()
    records = pushed(own)
    north.cycle(push=shelf(own))
    north.cycle(push_modern=records)
    north.initialise()
    for table, (record,) in records.items():
        assert same(north.tables[table][record["id"]], record), table
        assert wire_rules.faults_v6(table, north.tables[table][record["id"]]) == []


def test_a_sites_own_changes_are_not_sent_back(north: StockSite) -> None:
    own = prefix()
    received = [north.cycle(push=shelf(own)), north.cycle(push_modern=pushed(own)), north.cycle()]
    ids = [one["recordId"] for r in received for one in [*r.modern, *r.queue, *r.central]]
    assert [one for one in ids if one.startswith(f"{own}-")] == []


def test_what_a_store_owns_stays_with_its_site(north: StockSite, south: StockSite) -> None:
    own = prefix()
    north.cycle(push=shelf(own))
    north.cycle(push_modern=pushed(own))
    received = [*south.cycle().modern, *south.initialise().modern]
    assert [one for one in received if one["recordId"].startswith(f"{own}-")] == []


def test_shared_records_reach_the_other_sites(north: StockSite, south: StockSite) -> None:
    own = prefix()
    fields = {"id": "NM-NOR", "properties": f'{{"road_access":"{own}"}}'}
    north.cycle(push_modern={"name_oms_fields": [fields]})
    assert south.cycle().modern_data("name_oms_fields", "NM-NOR") == fields


def test_what_has_no_owner_is_not_a_sites_to_say(north: StockSite, south: StockSite) -> None:
    own = prefix()
    for_all: Record = pushed(own)["plugin_data"][0] | {"store_id": None}
    others = {"id": "NM-SUP", "properties": f'{{"road_access":"{own}"}}'}
    north.cycle(push_modern={"plugin_data": [for_all], "name_oms_fields": [others]})
    received = south.cycle()
    assert f"{own}-pd" not in [one["recordId"] for one in received.modern]
    # The true record is told again, to all.
    assert own not in received.modern_data("name_oms_fields", "NM-SUP")["properties"]


def test_a_vaccination_reaches_each_site_that_sees_the_patient(
    north: StockSite, south: StockSite
) -> None:
    own = prefix()
    data = country.remote_data(own, "ST-NOR", "NM-SUP")
    patient = pushed_form({table: data[table] for table in ("name", "name_store_join")})
    join = country.visible(f"{own}-NSJ-S", "ST-SOU", f"{own}-PAT")
    north.cycle(push=patient, push_modern=patient)
    south.cycle(push={"name_store_join": [join]}, push_modern={"name_store_join": [join]})
    dose = modern_country.vaccination(f"{own}-vax", "ST-NOR", f"{own}-PAT")
    north.cycle(push_modern={"vaccination": [dose]})
    assert south.cycle().modern_data("vaccination", f"{own}-vax") == dose


def test_names_and_joins_pushed_by_v6_are_never_sent_out_by_v6(north: StockSite) -> None:
    received = {one["tableName"] for one in north.last.modern}
    assert not received & {"name", "name_store_join", "contact_form", "system_log"}


def test_central_only_and_central_bound_records_are_taken(north: StockSite) -> None:
    own = prefix()
    form = {
        "id": f"{own}-cf",
        "reply_email": "nurse@example.org",
        "body": "Printer does not work",
        "created_datetime": "2025-07-03T04:05:06",
        "user_id": "US-3",
        "username": "maria",
        "store_id": "ST-NOR",
        "contact_type": "SUPPORT",
    }
    line = {
        "id": f"{own}-sl",
        "type": "ServerStatus",
        "sync_site_id": 2,
        "datetime": "2025-07-03T00:00:01",
        "message": "Server started",
        "is_error": False,
    }
    for _ in range(2):
        north.cycle(push_modern={"contact_form": [form], "system_log": [line]})
    assert [r for r in north.initialise().modern if r["recordId"].startswith(f"{own}-")] == []


def test_a_removed_internal_location_is_removed_at_a_reinstalled_site(north: StockSite) -> None:
    own = prefix()
    north.cycle(push=shelf(own))
    north.cycle(push_modern=pushed(own))
    north.push_modern([entry("asset_internal_location", f"{own}-ail", "Delete", None)])
    north.initialise()
    assert f"{own}-ail" not in north.tables["asset_internal_location"]
    assert f"{own}-asset" in north.tables["asset"]


def test_an_asset_removed_by_delete_is_marked_deleted(north: StockSite) -> None:
    own = prefix()
    north.cycle(push_modern={"asset": [modern_country.asset(f"{own}-asset", "ST-NOR")]})
    north.push_modern([entry("asset", f"{own}-asset", "Delete", None)])
    north.initialise()
    assert north.tables["asset"][f"{own}-asset"]["deleted_datetime"]


def test_lower_case_actions_and_absent_data_are_read(north: StockSite) -> None:
    own = prefix()
    asset = modern_country.asset(f"{own}-asset", "ST-NOR")
    removal = {"tableName": "asset", "recordId": f"{own}-asset", "action": "delete"}
    north.push_modern([entry("asset", f"{own}-asset", "insert", asset)])
    north.push_modern([removal])
    north.initialise()
    assert north.tables["asset"][f"{own}-asset"]["deleted_datetime"]


def test_absent_nullable_keys_mean_null(north: StockSite) -> None:
    own = f"{prefix()}-asset"
    moments = {
        "created_datetime": "2025-03-01T08:15:00",
        "modified_datetime": "2025-03-02T09:00:00",
    }
    north.cycle(push_modern={"asset": [{"id": own, "store_id": "ST-NOR", **moments}]})
    north.initialise()
    assert north.tables["asset"][own]["serial_number"] is None


def test_children_may_be_pushed_before_their_parents(north: StockSite) -> None:
    own = prefix()
    north.cycle(push=shelf(own))
    entries = list(reversed(entries_of(pushed(own), "Update")))
    north.push_modern(entries)
    north.initialise()
    assert {e["recordId"] for e in entries} <= {i for t in north.tables.values() for i in t}


def test_nothing_is_integrated_before_the_last_batch(north: StockSite) -> None:
    own = f"{prefix()}-asset"
    asset = entry("asset", own, "Update", modern_country.asset(own, "ST-NOR"))
    answer = north.modern("push", batch=a_batch(asset, last=False))
    assert answer.json() == {"data": {"records_pushed": 1}}
    assert north.modern("site_status").json() == {"data": {"is_integrating": False}}
    north.push_modern([])
    north.initialise()
    assert own in north.tables["asset"]


def test_a_push_repeated_after_a_lost_answer_changes_nothing(north: StockSite) -> None:
    own = prefix()
    north.cycle(push=shelf(own))
    for _ in range(3):
        north.push_modern(entries_of(pushed(own), "Update"))
    ids = [one["recordId"] for one in north.initialise().modern]
    assert {ids.count(e["recordId"]) for e in entries_of(pushed(own), "Update")} == {1}


def test_older_keys_are_understood(north: StockSite) -> None:
    own = prefix()
    north.cycle(push=shelf(own))
    records = pushed(own)
    form, dose = records["rnr_form"][0], records["vaccination"][0]
    form["name_link_id"] = form.pop("name_id")
    dose["patient_link_id"] = dose.pop("patient_id")
    dose["facility_name_link_id"] = dose.pop("facility_name_id")
    north.cycle(push_modern={"rnr_form": [form], "vaccination": [dose]})
    north.initialise()
    assert north.tables["rnr_form"][f"{own}-rnr"]["name_id"] == "NM-SUP"
    assert north.tables["vaccination"][f"{own}-vax"]["patient_id"] == "OLD-PAT"


def test_only_the_integrating_site_is_locked_and_soon_free(
    south: StockSite, north: StockSite
) -> None:
    own = prefix()
    note = pushed(own)["plugin_data"][0] | {"store_id": "ST-SOU"}
    records = [note | {"id": f"{own}-{n}"} for n in range(3000)]
    batch = a_batch(*entries_of({"plugin_data": records}, "Update"))
    assert south.modern("push", batch=batch).json() == {"data": {"records_pushed": 3000}}
    statuses = [south.modern("site_status").json()["data"]["is_integrating"]]
    locked = every_request(south)
    statuses.append(south.modern("site_status").json()["data"]["is_integrating"])
    if all(statuses):  # Else integration was quicker than the questions.
        for endpoint in ("pull", "push", "patient-pull"):
            assert locked[endpoint].status_code == 200
            assert locked[endpoint].json() == {"error": "integrationInProgress"}
    assert all("data" in answer.json() for answer in every_request(north).values())
    south.wait_modern()
    assert "data" in every_request(south)["pull"].json()


# Patients.


def test_a_patient_pull_brings_the_vaccinations_of_that_patient(north: StockSite) -> None:
    body = {"cursor": 0, "batchSize": 500, "fetchPatientId": "OLD-PAT"}
    batch = north.modern("patient-pull", **body).json()["data"]
    check_batch(batch, 0)
    assert {one["record"]["tableName"] for one in batch["records"]} == {"vaccination"}
    assert "old-vax" in {one["record"]["recordId"] for one in batch["records"]}


def test_a_patient_pull_brings_nothing_where_the_patient_is_invisible(south: StockSite) -> None:
    body = {"cursor": 0, "batchSize": 500, "fetchPatientId": "OLD-PAT"}
    batch = south.modern("patient-pull", **body).json()["data"]
    assert (batch["records"], batch["is_last_batch"]) == ([], True)


def register_join(site: StockSite, join_id: str, patient_id: str, store_id: str) -> httpx.Response:
    body = {"id": join_id, "nameId": patient_id, "storeId": store_id}
    settings = {"syncV5Settings": site.settings()}
    return site.http.post("/central/name-store-join", json=body | settings)


def test_a_registered_join_opens_the_patients_vaccinations(
    north: StockSite, south: StockSite
) -> None:
    own = prefix()
    data = country.remote_data(own, "ST-NOR", "NM-SUP")
    patient = pushed_form({table: data[table] for table in ("name", "name_store_join")})
    north.cycle(push=patient, push_modern=patient)
    dose = modern_country.vaccination(f"{own}-vax", "ST-NOR", f"{own}-PAT")
    north.cycle(push_modern={"vaccination": [dose]})
    for _ in range(2):
        answer = register_join(south, f"{own}-NSJ-S", f"{own}-PAT", "ST-SOU")
        assert (answer.status_code, answer.content) == (200, b"")
    body = {"cursor": 0, "batchSize": 500, "fetchPatientId": f"{own}-PAT"}
    batch = south.modern("patient-pull", **body).json()["data"]
    assert [one["record"]["recordData"] for one in batch["records"]] == [dose]


def test_a_stranger_cannot_register_a_join(site_of: Sites) -> None:
    site = site_of("clinic-north", password="guessed")
    assert register_join(site, "x", "OLD-PAT", "ST-NOR").status_code in (401, 500)


# Files.


def file_of(site: StockSite, own: str, content: bytes) -> str:
    """A pushed reference to a photo that isn't uploaded yet."""
    asset = modern_country.asset(f"{own}-asset", "ST-NOR")
    reference = modern_country.file_reference(f"{own}-file", f"{own}-asset", len(content))
    site.cycle(push_modern={"asset": [asset], "sync_file_reference": [reference]})
    return f"{own}-file"


def test_an_uploaded_file_comes_down_as_it_went_up(north: StockSite, south: StockSite) -> None:
    own, content = prefix(), bytes(range(256)) * 4000
    file_id = file_of(north, own, content)
    answer = north.upload(file_id, "lamp.jpg", content)
    assert (answer.status_code, answer.json()) == (200, {"data": None})
    got = north.download(file_id, "asset", f"{own}-asset")
    assert (got.status_code, got.content) == (200, content)
    assert got.headers["content-disposition"].startswith("inline")
    # The equipment of another site's store is nobody's business there.
    elsewhere = south.download(file_id, "asset", f"{own}-asset")
    assert elsewhere.json() == {"otherServerError": "File not found"}


def test_a_reference_goes_to_every_site_once_its_file_is_there(
    north: StockSite, south: StockSite
) -> None:
    own, content = prefix(), b"12345"
    file_id = file_of(north, own, content)
    south.cycle()
    north.upload(file_id, "lamp.jpg", content)
    sent = modern_country.file_reference(file_id, f"{own}-asset", 5)
    for site in (north, south):
        got = site.cycle().modern_data("sync_file_reference", file_id)
        assert got == sent
        assert wire_rules.faults_v6("sync_file_reference", got) == []


def test_an_upload_may_be_repeated(north: StockSite) -> None:
    own, content = prefix(), b"12345"
    file_id = file_of(north, own, content)
    answers = [north.upload(file_id, "lamp.jpg", content) for _ in range(2)]
    assert [one.json() for one in answers] == [{"data": None}] * 2
    assert north.download(file_id, "asset", f"{own}-asset").content == content


def test_an_empty_file_can_be_uploaded(north: StockSite) -> None:
    own = prefix()
    file_id = file_of(north, own, b"")
    assert north.upload(file_id, "empty.txt", b"").json() == {"data": None}
    got = north.download(file_id, "asset", f"{own}-asset")
    assert (got.status_code, got.content) == (200, b"")


def test_the_upload_of_an_unknown_file_is_told(north: StockSite) -> None:
    answer = north.upload("no-such", "x.jpg", b"123")
    assert (answer.status_code, answer.json()) == (200, {"error": {"syncFileNotFound": "no-such"}})


def test_a_missing_file_is_a_bare_error(north: StockSite) -> None:
    own = prefix()
    waiting = file_of(north, own, b"123")
    for file_id, record_id in ((waiting, f"{own}-asset"), ("no-such", "old-asset")):
        answer = north.download(file_id, "asset", record_id)
        assert not answer.is_success
        assert list(answer.json()) == ["otherServerError"]


def test_strangers_get_and_give_no_file(north: StockSite, site_of: Sites) -> None:
    own = prefix()
    file_id = file_of(north, own, b"123")
    north.upload(file_id, "lamp.jpg", b"123")
    stranger = site_of("clinic-north", password="guessed")
    up = stranger.upload(file_id, "lamp.jpg", b"666")
    assert (up.status_code, list(up.json())) == (200, ["error"])
    down = stranger.download(file_id, "asset", f"{own}-asset")
    assert not down.is_success
    assert "error" not in down.json()
    assert north.download(file_id, "asset", f"{own}-asset").content == b"123"


def test_an_old_version_gets_no_file(north: StockSite) -> None:
    body = {"id": "old-file", "tableName": "asset", "recordId": "old-asset"}
    answer = north.modern("download_file", **body, syncV6Version=6)
    assert not answer.is_success
    assert answer.json() == {"syncVersionMismatch": [0, 5, 6]}


def test_integration_takes_seconds_not_minutes(north: StockSite) -> None:
    own = prefix()
    started = time.monotonic()
    north.cycle(push=shelf(own))
    north.cycle(push_modern=pushed(own))
    assert time.monotonic() - started < 15
