"""Bad input over the network: a documented error or a kept record, never a 5xx, no good record lost."""

import gzip
import itertools
import json
import secrets
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.blackbox import country, modern_country, wire_rules
from tests.blackbox.processes import msupply
from tests.blackbox.stock_site import StockSite, entries_of, entry, pushed_form, wire_hash

Record = dict[str, Any]

numbers = itertools.count(1)

GARBAGE = {
    "nothing": b"",
    "bytes": b"\xff\xfe\x00{",
    "half": b'{"data": [',
    "null": b"null",
    "number": b"7",
    "text": b'"text"',
    "array": b"[]",
    "deep array": b"[" * 200_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "surrogate": b'{"data": "\\ud800", "queueLength": 0}',
    "huge number": b'{"queueLength": ' + b"9" * 5000 + b', "data": []}',
    "infinity": b'{"queueLength": Infinity, "data": []}',
}
V5_POSTS = ("initialise", "acknowledged_records", "queued_records")
V6_POSTS = ("pull", "push", "patient-pull", "site_status", "download_file")
MEBIBYTE = 2**20
BODIES = ["/sync/v5/queued_records", "/central/sync/push", "/api/v4/login"]


def prefix() -> str:
    """A prefix for the ids of one test."""
    return f"B{next(numbers)}"


@pytest.fixture
def site(site_of: Callable[..., StockSite]) -> StockSite:
    """A site that asks before it has fetched anything."""
    return site_of("clinic-north")


def check_v5_answer(answer: httpx.Response) -> None:
    """Success, or an error of the documented shape that doesn't blame the server."""
    assert answer.status_code < 500, answer.text
    if not answer.is_success:
        error = answer.json()["error"]
        assert isinstance(error["code"], str)
        assert isinstance(error["message"], str)


def still_serves(site: StockSite) -> None:
    """It may hang up after a refusal, so on a new connection."""
    path = f"{site.base}/sync/v5/site_status"
    assert httpx.get(path, headers=site.headers()).json()["code"] == "idle"


# Requests that are no requests.


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_by_v5_is_refused_or_ignored(site: StockSite, kind: str) -> None:
    for endpoint in V5_POSTS:
        path = f"/sync/v5/{endpoint}"
        check_v5_answer(site.http.post(path, content=GARBAGE[kind], headers=site.headers()))


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_by_v6_is_refused(site: StockSite, kind: str) -> None:
    headers = {"content-type": "application/json"}
    for endpoint in V6_POSTS:
        path = f"/central/sync/{endpoint}"
        answer = site.http.post(path, content=GARBAGE[kind], headers=headers)
        assert answer.status_code < 500, answer.text
        assert answer.status_code >= 400 or "error" in answer.json()


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_by_v4_is_refused(site: StockSite, kind: str) -> None:
    auth = (site.name, wire_hash(site.password))
    headers = {"content-type": "application/json"}
    for path in ("/api/v4/login", "/api/v4/name_store_join"):
        answer = site.http.post(path, content=GARBAGE[kind], headers=headers, auth=auth)
        assert 400 <= answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"queueLength": "many", "data": []},
        {"queueLength": -1, "data": []},
        {"queueLength": 1, "data": {}},
        {"queueLength": 1, "data": [7]},
        {"queueLength": 1, "data": [None]},
        {"queueLength": 1, "data": [{}]},
        {"queueLength": 1, "data": [{"tableName": 5, "recordId": [], "action": {}}]},
        {"data": None},
        {"queueLength": 0},
    ],
)
def test_a_push_of_wrong_types_is_no_server_error(site: StockSite, body: Any) -> None:
    check_v5_answer(site.post("queued_records", body))
    site.push([])
    still_serves(site)


@pytest.mark.parametrize("ids", [None, "x", [1], [None], [{}], {"a": 1}, ["x" * 100_000]])
def test_acknowledging_nonsense_is_no_server_error(site: StockSite, ids: Any) -> None:
    length = site.post("initialise", {}).json()["queueLength"]
    check_v5_answer(site.post("acknowledged_records", {"syncIDs": ids}))
    assert site.get("queued_records", limit=1).json()["queueLength"] == length


@pytest.mark.parametrize("cursor", ["-1", "x", "", "1.5", str(2**31), str(2**63), "9" * 400])
def test_any_central_cursor_gets_an_answer(site: StockSite, cursor: str) -> None:
    answer = site.get("central_records", cursor=cursor, limit=500)
    check_v5_answer(answer)
    if answer.is_success and cursor.isdecimal():
        assert answer.json()["maxCursor"] >= int(cursor)


@pytest.mark.parametrize("limit", ["-1", "0", "x", "", str(2**63)])
@pytest.mark.parametrize("endpoint", ["central_records", "queued_records"])
def test_any_limit_gets_an_answer(site: StockSite, endpoint: str, limit: str) -> None:
    check_v5_answer(site.get(endpoint, cursor=0, limit=limit))


@pytest.mark.parametrize(
    "changes",
    [
        {"cursor": -1},
        {"cursor": "0"},
        {"cursor": 2**63},
        {"cursor": 2**64},
        {"cursor": 10**400},
        {"cursor": None},
        {"batchSize": -1},
        {"batchSize": "many"},
        {"batchSize": 2**63},
        {"isInitialised": "yes"},
        {"syncV6Version": "5"},
        {"syncV6Version": -1},
        {"syncV5Settings": None},
        {"syncV5Settings": {}},
        {"syncV5Settings": {"username": 5, "passwordSha256": []}},
    ],
)
def test_a_pull_of_wrong_types_is_no_server_error(site: StockSite, changes: Record) -> None:
    body = {"cursor": 0, "batchSize": 500, "isInitialised": False} | changes
    answer = site.modern("pull", **body)
    assert answer.status_code < 500, answer.text


def test_a_batch_of_size_0_does_not_loop_a_site_for_ever(site: StockSite) -> None:
    body = {"cursor": 0, "batchSize": 0, "isInitialised": False}
    answer = site.modern("pull", **body)
    assert answer.status_code < 500
    if answer.status_code == 200 and "data" in answer.json():
        batch = answer.json()["data"]
        assert batch["is_last_batch"] or batch["end_cursor"] >= 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sync/v5/initialise"),
        ("POST", "/sync/v5/site"),
        ("PUT", "/sync/v5/queued_records"),
        ("DELETE", "/sync/v5/site"),
        ("GET", "/sync/v5/acknowledged_records"),
        ("GET", "/sync/v5/no_such"),
        ("GET", "/central/sync/pull"),
        ("POST", "/central/sync/upload_file"),
        ("GET", "/central/sync/download_file"),
        ("GET", "/central/name-store-join"),
        ("GET", "/api/v4/login"),
        ("POST", "/api/v4/patient"),
    ],
)
def test_wrong_methods_and_paths_are_refused(site: StockSite, method: str, path: str) -> None:
    answer = site.http.request(method, path, headers=site.headers())
    assert answer.status_code in (400, 401, 403, 404, 405)


@pytest.mark.parametrize(
    "query",
    [
        {"dob": "yesterday"},
        {"dob": "0000-00-00"},
        {"limit": "x"},
        {"offset": "-1"},
        {"limit": "0"},
        {"first_name": "@" * 5000},
        {"code": "a\x00b"},
        {"last_name": "_%\\'\";--"},
    ],
)
def test_strange_patient_searches_are_no_server_error(site: StockSite, query: Record) -> None:
    auth = (site.name, wire_hash(site.password))
    answer = site.http.get("/api/v4/patient", params=query, auth=auth)
    assert answer.status_code < 500, answer.text


def test_a_broken_authorization_header_is_401(central: str) -> None:
    for value in ("Basic", "Basic ???", "Bearer x", "Basic OjpleA==", "Basic " + "A" * 5000):
        headers = {"authorization": value, "version": "14", "msupply-site-uuid": "x"}
        assert httpx.get(f"{central}/sync/v5/site", headers=headers).status_code == 401


def megabytes(count: int) -> Iterator[bytes]:
    yield b'{"queueLength": 0, "data": [], "x": "'
    for _ in range(count):
        yield b"x" * MEBIBYTE
    yield b'"}'


@cache
def bomb() -> bytes:
    """300 megabytes in 1.3."""
    return gzip.compress(b"".join(megabytes(300)), compresslevel=1)


@pytest.mark.slow
@pytest.mark.parametrize("path", BODIES)
def test_100_megabytes_are_refused_and_the_server_lives_on(site: StockSite, path: str) -> None:
    try:
        answer = site.http.post(path, content=megabytes(100), headers=site.headers())
    except httpx.TransportError:
        pass  # It hung up: also a refusal.
    else:
        assert answer.status_code in (400, 413), answer.text
    still_serves(site)


@pytest.mark.slow
@pytest.mark.parametrize("path", BODIES)
def test_a_small_body_that_unfolds_to_300_megabytes_is_refused(site: StockSite, path: str) -> None:
    headers = site.headers(**{"content-encoding": "gzip", "content-type": "application/json"})
    answer = site.http.post(path, content=bomb(), headers=headers)
    assert answer.status_code in (400, 413, 415), answer.text
    still_serves(site)


def test_broken_gzip_is_refused(site: StockSite) -> None:
    headers = site.headers(**{"content-encoding": "gzip"})
    for content in (b"no gzip", gzip.compress(b'{"queueLength":0,"data":[]}')[:-9]):
        answer = site.http.post("/sync/v5/queued_records", content=content, headers=headers)
        assert answer.status_code in (400, 413, 415)


# Bad records beside good ones.


def a_shelf(**values: Any) -> Record:
    return country.location("?", "ST-NOR") | values


BAD_SHELVES: dict[str, Record] = {
    "a number as text": {"Volume": "1.5"},
    "text as a number": {"code": 7},
    "a flag as a number": {"hold": 0},
    "no code": {"code": None},
    "a list": {"Description": ["x"]},
    "an object": {"store_ID": {"ID": "ST-NOR"}},
    "an unknown store": {"store_ID": "ST-NONE"},
    "another site's store": {"store_ID": "ST-SOU"},
    "a huge number": {"Volume": 10**400},
    "no store": {"store_ID": None},
}
BAD_ENTRIES: dict[str, Record] = {
    "unknown table": {"tableName": "no_such_table"},
    "table of the next version": {"tableName": "temperature_probe"},
    "no data": {"recordData": None},
    "absent data": {"recordData": ...},
    "data is a list": {"recordData": [1, 2]},
    "data is text": {"recordData": "{}"},
    "empty data": {"recordData": {}},
    "unknown action": {"action": "Explode"},
    "merge": {"action": "Merge", "recordData": {"mergeIdToKeep": "a", "mergeIdToDelete": "b"}},
    "no id": {"recordId": ...},
    "empty id": {"recordId": ""},
    "id is a number": {"recordId": 5},
    "another id than its data": {"recordData": a_shelf(ID="OTHER-ID")},
    "endless id": {"recordId": "x" * 10_000},
    "endless random id": {"recordId": secrets.token_urlsafe(9_000)},
    "endless table": {"tableName": secrets.token_urlsafe(9_000)},
    "endless action": {"action": secrets.token_urlsafe(9_000)},
    "endless reference": {"recordData": a_shelf(store_ID=secrets.token_urlsafe(9_000))},
    "id with a zero byte": {"recordId": "a\x00b", "recordData": a_shelf(ID="a\x00b")},
    "central table": {"tableName": "item", "recordData": country.item("?", "Own item")},
    "pulled only": {"tableName": "unit", "recordData": country.CENTRAL["unit"][0]},
}


def sandwich(own: str, bad: Record) -> list[Record]:
    """A bad record between two good ones."""
    good = [country.location(f"{own}-{n}", "ST-NOR") for n in ("GOOD1", "GOOD2")]
    first, last = entries_of({"Location": good}, "Update")
    return [first, bad, last]


def good_ones(own: str, site: StockSite) -> set[str]:
    site.initialise()
    return {f"{own}-GOOD1", f"{own}-GOOD2"} & set(site.tables["Location"])


@pytest.mark.parametrize("kind", BAD_SHELVES)
def test_a_bad_record_by_v5_harms_itself_only(north: StockSite, kind: str) -> None:
    own = prefix()
    shelf = a_shelf(ID=f"{own}-BAD", **BAD_SHELVES[kind])
    north.push(sandwich(own, entry("Location", f"{own}-BAD", "Update", shelf)))
    assert len(good_ones(own, north)) == 2
    assert f"{own}-BAD" not in north.tables["Location"]


@pytest.mark.parametrize("kind", BAD_ENTRIES)
def test_a_bad_entry_by_v5_harms_itself_only(north: StockSite, kind: str) -> None:
    own = prefix()
    plain = entry("Location", f"{own}-BAD", "Update", a_shelf(ID=f"{own}-BAD"))
    bad = {key: value for key, value in (plain | BAD_ENTRIES[kind]).items() if value is not ...}
    north.push(sandwich(own, bad))
    assert len(good_ones(own, north)) == 2


@pytest.mark.parametrize("kind", BAD_ENTRIES)
def test_a_bad_entry_by_v6_harms_itself_only(north: StockSite, kind: str) -> None:
    own = prefix()
    asset = modern_country.asset
    plain = entry("asset", f"{own}-BAD", "Update", asset(f"{own}-BAD", "ST-NOR"))
    bad = {key: value for key, value in (plain | BAD_ENTRIES[kind]).items() if value is not ...}
    good = [asset(f"{own}-{n}", "ST-NOR") for n in (1, 2)]
    first, last = entries_of({"asset": good}, "Update")
    batch = {"end_cursor": 3, "total_records": 3, "is_last_batch": True}
    records = [{"cursor": n, "record": one} for n, one in enumerate((first, bad, last), 1)]
    answer = north.modern("push", batch=batch | {"records": records})
    assert answer.status_code < 500
    if answer.status_code == 200 and "data" in answer.json():
        north.wait_modern()
        north.initialise()
        assert {f"{own}-1", f"{own}-2"} <= set(north.tables["asset"])


BAD_ASSETS: dict[str, Record] = {
    "unknown enum elsewhere": {"needs_replacement": "perhaps"},
    "zone in a moment": {"created_datetime": "2025-03-01T08:15:00Z"},
    "no moment": {"created_datetime": None},
    "impossible date": {"installation_date": "2025-02-30"},
    "text for a date": {"installation_date": "soon"},
    "number for text": {"serial_number": 17},
    "unknown store": {"store_id": "ST-NONE"},
    "another site's store": {"store_id": "ST-SOU"},
}


@pytest.mark.parametrize("kind", BAD_ASSETS)
def test_a_bad_record_by_v6_harms_itself_only(north: StockSite, kind: str) -> None:
    own = prefix()
    asset = modern_country.asset
    bad = asset(f"{own}-BAD", "ST-NOR") | BAD_ASSETS[kind]
    good = [asset(f"{own}-{n}", "ST-NOR") for n in (1, 2)]
    north.push_modern(entries_of({"asset": [good[0], bad, good[1]]}, "Update"))
    north.initialise()
    assert {f"{own}-1", f"{own}-2"} <= set(north.tables["asset"])
    assert f"{own}-BAD" not in north.tables["asset"]


def test_what_no_database_can_hold_stops_nothing_that_comes_later(north: StockSite) -> None:
    own = prefix()
    endless = secrets.token_urlsafe(9_000)
    shelf = a_shelf(ID=endless)
    for bad in (
        entry("Location", endless, "Update", shelf),
        entry(endless, f"{own}-BAD", "Update", shelf),
        entry("Location", f"{own}-BAD", "Update", a_shelf(ID=f"{own}-BAD", store_ID=endless)),
    ):
        north.push([bad])
    north.push(sandwich(own, entry("Location", endless, "Delete", None)))
    assert len(good_ones(own, north)) == 2


def test_numbers_instead_of_records_are_refused_and_good_ones_come_later(north: StockSite) -> None:
    own = prefix()
    numbers_alone = {"queueLength": 100_000, "data": list(range(100_000))}
    answer = north.post("queued_records", numbers_alone)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"
    north.push(
        sandwich(own, entry("Location", f"{own}-GOOD3", "Update", a_shelf(ID=f"{own}-GOOD3")))
    )
    assert len(good_ones(own, north)) == 2


def test_an_asset_may_name_what_only_sites_have_built_in(north: StockSite) -> None:
    own = prefix()
    built_in = modern_country.asset(f"{own}-BUILT", "ST-NOR") | {"asset_class_id": "built-in"}
    north.push_modern(entries_of({"asset": [built_in]}, "Update"))
    north.initialise()
    assert f"{own}-BUILT" in north.tables["asset"]


def test_an_unknown_enum_harms_its_record_only(north: StockSite) -> None:
    own = prefix()
    data = country.remote_data(own, "ST-NOR", "NM-SUP")
    data["requisition"][0]["om_status"] = "ON_FIRE"
    north.cycle(push=pushed_form(data))
    north.initialise()
    assert f"{own}-TL" in north.tables["trans_line"]
    assert f"{own}-RQ" not in north.tables["requisition"]


def test_impossible_dates_and_times_harm_their_record_only(north: StockSite) -> None:
    own = prefix()
    data = pushed_form(country.remote_data(own, "ST-NOR", "NM-SUP"))
    data["item_line"][0]["expiry_date"] = "2025-02-30T00:00:00"
    data["Stock_take"][0]["stock_take_time"] = "25:61:00"
    data["om_activity_log"][0]["datetime"] = "yesterday"
    north.cycle(push=data)
    north.initialise()
    for entry_ in north.last.legacy():
        assert wire_rules.faults_v5(entry_["tableName"], entry_["recordData"]) == []
    assert f"{own}-TR" in north.tables["transact"]


def test_a_record_without_its_parent_comes_in_when_the_parent_does(north: StockSite) -> None:
    own = prefix()
    data = pushed_form(country.remote_data(own, "ST-NOR", "NM-SUP"))
    north.cycle(push={"trans_line": data["trans_line"]})
    north.initialise()
    assert f"{own}-TL" not in north.tables["trans_line"]
    parents = ("barcode", "Location", "item_line", "transact")
    north.cycle(push={table: data[table] for table in parents})
    north.initialise()
    assert f"{own}-TL" in north.tables["trans_line"]


def test_a_bad_record_is_listed_with_its_reason(north: StockSite, central_directory: Path) -> None:
    own = prefix()
    shelf = country.location(f"{own}-BAD", "ST-NONE")
    north.push(entries_of({"Location": [shelf]}, "Update"))
    run = msupply(central_directory / "central", "explain", "Location", f"{own}-BAD", "--json")
    assert "ST-NONE" in run.stdout, run.stdout + run.stderr


# Records of others.


def test_a_site_cannot_change_another_sites_record(north: StockSite, south: StockSite) -> None:
    own = prefix()
    shelf = country.location(f"{own}-L", "ST-SOU", Description="ours")
    south.cycle(push={"Location": [shelf]})
    for store in ("ST-SOU", "ST-NOR"):
        stolen = shelf | {"Description": "stolen", "store_ID": store}
        north.push(entries_of({"Location": [stolen]}, "Update"))
    north.push([entry("Location", f"{own}-L", "Delete", None)])
    south.initialise()
    assert south.tables["Location"][f"{own}-L"]["Description"] == "ours"
    assert f"{own}-L" not in {e["recordId"] for e in north.initialise().queue}


def test_a_site_cannot_add_lines_to_another_sites_invoice(
    north: StockSite, south: StockSite
) -> None:
    own = prefix()
    invoice = country.invoice(f"{own}-TR", "ST-SOU", "NM-SUP")
    south.cycle(push=pushed_form({"transact": [invoice]}))
    line = country.invoice_line(f"{own}-TL", f"{own}-TR", "", "")
    north.push(entries_of(pushed_form({"trans_line": [line]}), "Update"))
    south.initialise()
    assert f"{own}-TL" not in south.tables["trans_line"]


def test_a_site_cannot_change_another_sites_asset(north: StockSite, south: StockSite) -> None:
    own = prefix()
    asset = modern_country.asset(f"{own}-a", "ST-SOU", notes="ours")
    south.cycle(push_modern={"asset": [asset]})
    for store in ("ST-SOU", "ST-NOR"):
        stolen = asset | {"notes": "stolen", "store_id": store}
        north.push_modern(entries_of({"asset": [stolen]}, "Update"))
    north.push_modern([entry("asset", f"{own}-a", "Delete", None)])
    log = modern_country.remote_data(own, "ST-NOR", "?", "OLD-PAT")["asset_log"][0]
    north.push_modern(entries_of({"asset_log": [log | {"asset_id": f"{own}-a"}]}, "Update"))
    south.initialise()
    got = south.tables["asset"][f"{own}-a"]
    assert (got["notes"], got["deleted_datetime"], got["store_id"]) == ("ours", None, "ST-SOU")
    assert f"{own}-alog" not in south.tables["asset_log"]


def test_a_site_cannot_change_central_data(north: StockSite, south: StockSite) -> None:
    own = prefix()
    store = country.store("ST-SOU", "SOU", "NM-SOU", "store") | {"sync_id_remote_site": 2}
    legacy = {
        "item": [country.item("IT-ZINC", "stolen")],
        "store": [store],
        "name": [country.name("NM-SUP", "stolen", "facility")],
        "user": [country.CENTRAL["user"][0] | {"name": "stolen"}],
    }
    modern: dict[str, list[Record]] = {
        "asset_class": [{"id": "acl-1", "name": f"stolen {own}"}],
        "preference": [{"id": "x", "key": "days_in_month", "value": "1", "store_id": None}],
        "name": pushed_form({"name": [country.name("NM-SUP", "stolen", "facility")]})["name"],
    }
    north.cycle(push=legacy, push_modern=modern)
    north.push(
        [entry(table, records[0]["ID"], "Delete", None) for table, records in legacy.items()]
    )
    south.initialise()
    assert south.tables["item"]["IT-ZINC"]["item_name"].startswith("Zinc")
    assert south.tables["store"]["ST-SOU"]["store_mode"] == "dispensary"
    assert south.tables["name"]["NM-SUP"]["name"] == "Acme Supplies"
    assert south.tables["user"]["US-3"]["name"] == "maria"
    assert south.tables["asset_class"]["acl-1"]["name"] == "Laboratory equipment"
    assert "x" not in south.tables["preference"]


def test_a_site_cannot_open_patients_for_another_sites_store(
    north: StockSite, south: StockSite
) -> None:
    own = prefix()
    join = country.visible(f"{own}-NSJ", "ST-NOR", "OLD-PAT")
    south.cycle(push={"name_store_join": [join]}, push_modern={"name_store_join": [join]})
    north.initialise()
    assert f"{own}-NSJ" not in north.tables["name_store_join"]


def test_a_files_name_leads_nowhere_else(north: StockSite, central_directory: Path) -> None:
    own = prefix()
    asset = modern_country.asset(f"{own}-a", "ST-NOR")
    names = {f"{own}-f1": "../../../../evil.txt", f"../../{own}-f2": "x", f"{own}-f3": "/evil.txt"}
    references = [
        modern_country.file_reference(file_id, f"{own}-a", 3) | {"file_name": file_name}
        for file_id, file_name in names.items()
    ]
    north.cycle(push_modern={"asset": [asset], "sync_file_reference": references})
    for file_id, file_name in names.items():
        answer = north.upload(file_id, file_name, b"123")
        assert answer.status_code < 500
        if answer.json() == {"data": None}:
            assert north.download(file_id, "asset", f"{own}-a").content == b"123"
    outside = [p for p in central_directory.rglob("*evil*") if p.parent == central_directory]
    assert outside == []
    assert not list(central_directory.parent.glob("*evil*"))
    assert not Path("/evil.txt").exists()


@pytest.mark.parametrize(
    "parts",
    [
        {"json_part": (None, "{", "application/json"), "file_part": ("a", b"1")},
        {"json_part": (None, "{}", "application/json"), "file_part": ("a", b"1")},
        {"file_part": ("a", b"1")},
        {"json_part": (None, json.dumps({"file_id": "x"}), "application/json")},
    ],
)
def test_a_broken_upload_is_no_server_error(site: StockSite, parts: Any) -> None:
    answer = site.http.put("/central/sync/upload_file", files=parts)
    assert answer.status_code < 500, answer.text


def test_an_upload_that_is_no_form_is_no_server_error(site: StockSite) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "text/plain"):
        headers = {"content-type": kind}
        answer = site.http.put("/central/sync/upload_file", content=b"\xff" * 9, headers=headers)
        assert answer.status_code < 500, answer.text
