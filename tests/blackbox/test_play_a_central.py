"""A script that knows the protocol references only plays the central servers of a remote site.

The site is ours: `msupply init site`, then `msupply sync`: once with nothing to do, once with all
sorts of work, once more after that. What goes wrong is in `test_play_a_central_in_trouble.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.blackbox import country, modern_country, wire_rules
from tests.blackbox.played_site import (
    Initialised,
    Record,
    after_initialisation,
    edit,
    initialised,
    rows,
    sync,
)
from tests.blackbox.processes import msupply
from tests.blackbox.stock_central import (
    SITE_NAME,
    WIRE_HASH,
    Answer,
    Request,
    StockCentral,
    central_data,
)

__all__ = ["initialised"]

LEGACY_HEADERS = {
    "msupply-site-uuid",
    "app-version",
    "app-name",
    "version",
    "authorization",
    "accept-encoding",
}
EDITED = {
    "transact": ("invoice", "TR"),
    "trans_line": ("invoice_line", "TL"),
    "item_line": ("stock_line", "SL"),
    "requisition": ("requisition", "RQ"),
    "Stock_take": ("stocktake", "STK"),
    "Stock_take_lines": ("stocktake_line", "STL"),
    "location_movement": ("location_movement", "LM"),
    "name": ("name", "PAT"),
    "name_store_join": ("name_store_join", "NSJ"),
    "clinician": ("clinician", "CLI"),
    "clinician_store_join": ("clinician_store_join", "CSJ"),
    "barcode": ("barcode", "BAR"),
    "om_activity_log": ("activity_log", "LOG"),
}
NEW_SHELVES = 2500
LAST_CENTRAL_ID = 7 + 2 * (sum(map(len, central_data().values())) - 1)


@dataclass(frozen=True)
class Cycle:
    """One cycle as the server saw it, and the site after it."""

    data: Path
    requests: list[Request]
    pushed: list[Record]
    pushed_modern: list[Record]
    acknowledged_before: list[str]

    def to(self, path: str, method: str | None = None) -> list[Request]:
        return [r for r in self.requests if r.path == path and method in (None, r.method)]

    def calls(self) -> list[str]:
        """Methods and paths in the order of their first use."""
        return list(dict.fromkeys(f"{r.method} {r.path}" for r in self.requests))

    def record(self, record_id: str) -> Record:
        """What was pushed by V5 under this id, once."""
        (one,) = [entry for entry in self.pushed if entry["recordId"] == record_id]
        return dict(one)


def cycle(central: StockCentral, data: Path) -> Cycle:
    """Run one cycle that must succeed."""
    queued = [entry["syncOutId"] for entry in central.queue]
    run = sync(data)
    assert run.returncode == 0, run.stdout + run.stderr
    return Cycle(data, central.requests, central.pushed, central.pushed_modern, queued)


@pytest.fixture(scope="module")
def idle(initialised: Initialised, tmp_path_factory: pytest.TempPathFactory) -> Cycle:
    """A cycle without anything to do."""
    data = tmp_path_factory.mktemp("idle") / "site"
    central = after_initialisation(initialised, data)
    return cycle(central, data)


@pytest.fixture(scope="module")
def busy(initialised: Initialised, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cycle, Cycle]:
    """A cycle with all sorts of work in both directions, and the one after it."""
    data = tmp_path_factory.mktemp("busy") / "site"
    central = after_initialisation(initialised, data)
    people_edit(data)
    send_down(central)
    central.status_codes = ["integration_in_progress", "sync_is_running"]
    central.changed["/central/sync/site_status"] = integrating_twice()
    central.changed["/sync/v5/central_records"] = hiding_the_last(central.central[-1]["ID"])
    first = cycle(central, data)
    central.forget()
    return first, cycle(central, data)


def people_edit(data: Path) -> None:
    """Change something in every table, remove a line, and set up many shelves."""
    columns = [c for (c,) in rows(data, "SELECT name FROM pragma_table_info('location')")]
    chosen = ", ".join("'MY-' || i" if c == "id" else f'"{c}"' for c in columns)
    edit(
        data,
        *(f"UPDATE {table} SET id = id WHERE id = 'OLD-{kind}'" for table, kind in EDITED.values()),
        "UPDATE name SET phone = '4711' WHERE id = 'OLD-PAT'",
        "UPDATE asset SET notes = 'cleaned' WHERE id = 'old-asset'",
        "DELETE FROM requisition_line WHERE id = 'OLD-RL'",
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {NEW_SHELVES}) "
        f"INSERT INTO location SELECT {chosen} FROM location, n WHERE id = 'OLD-LOC'",
    )


def send_down(central: StockCentral) -> None:
    """Put good and bad records, changes and removals on every channel."""
    central.add_queue({"Location": [country.location(f"NEW-{n}", "ST-NOR") for n in range(1200)]})
    central.add_queue({"Location": bad_shelves()})
    central.add_queue({"no_such_table": [{"ID": "BAD-TABLE"}]})
    central.add_queue({"clinician_store_join": [{"ID": "OLD-CSJ"}]}, action="delete")
    central.add_queue({"item_line": [stock_without_anything()]})
    central.add_central({"item": [country.item("BAD-IT", "x") | {"type_of": "liquid"}]})
    central.add_central({"item": [country.item("IT-ZINC", "Zinc, renamed")]})
    bad = modern_country.asset("bad-asset", "ST-NOR", created_datetime="2025-03-01T08:15:00Z")
    central.add_modern({"asset": [bad, modern_country.asset("good-asset", "ST-NOR")]})
    central.add_modern({"campaign": [modern_country.CENTRAL["campaign"][0] | {"name": "Round 3"}]})
    removal = {"tableName": "asset_internal_location", "recordId": "old-ail", "action": "Delete"}
    cursor = central.modern[-1]["cursor"] + 1
    central.modern.append({"cursor": cursor, "record": removal | {"recordData": None}})


def bad_shelves() -> list[Record]:
    changes: dict[str, Record] = {
        "BAD-KEY": {"code": ...},
        "BAD-TYPE": {"Volume": "big"},
        "BAD-STORE": {"store_ID": "ST-NONE"},
    }
    shelves = [country.location(i, "ST-NOR") | values for i, values in changes.items()]
    return [{k: v for k, v in shelf.items() if v is not ...} for shelf in shelves]


def stock_without_anything() -> Record:
    stock = country.remote_data("NEW", "ST-NOR", "NM-SUP")["item_line"][0]
    return stock | {"expiry_date": "0000-00-00", "batch": "", "barcodeID": "", "note": ""}


def integrating_twice() -> Callable[[Request], Answer | None]:
    left = [True, True]

    def answer(_: Request) -> Answer | None:
        return Answer.of({"data": {"is_integrating": left.pop()}}) if left else None

    return answer


def hiding_the_last(last: int) -> Callable[[Request], Answer | None]:
    """Rows above `last` that this site can't see."""

    def answer(request: Request) -> Answer | None:
        if last <= int(request.query["cursor"]) < last + 3:
            return Answer.of({"maxCursor": last + 3})
        return None

    return answer


# Initialisation.


def test_initialisation_calls_in_the_order_of_a_stock_site(initialised: Initialised) -> None:
    calls = [f"{r.method} {r.path}" for r in initialised.requests]
    assert list(dict.fromkeys(calls)) == [
        "GET /sync/v5/site",
        "POST /sync/v5/initialise",
        "GET /sync/v5/central_records",
        "GET /sync/v5/queued_records",
        "POST /sync/v5/acknowledged_records",
        "POST /central/sync/pull",
    ]


def test_every_legacy_request_carries_the_headers(initialised: Initialised) -> None:
    legacy = [r for r in initialised.requests if r.path.startswith("/sync/v5/")]
    for request in legacy:
        names = {name.lower() for name in request.headers}
        assert names >= LEGACY_HEADERS
        assert request.headers["version"] == "14"
        assert request.headers["app-name"] in ("Open mSupply Desktop", "Open mSupply Android")
        assert request.headers["accept-encoding"] == "gzip"
        assert "content-type" not in names
        assert "content-encoding" not in names


def test_initialise_has_an_empty_object_as_body(initialised: Initialised) -> None:
    (request,) = [r for r in initialised.requests if r.path == "/sync/v5/initialise"]
    assert request.json == {}


def test_central_records_are_asked_until_none_is_left(initialised: Initialised) -> None:
    asked = [r.query for r in initialised.requests if r.path.endswith("central_records")]
    cursors = [int(query["cursor"]) for query in asked]
    assert (cursors[0], cursors[1:]) == (0, [LAST_CENTRAL_ID])
    assert {query["limit"] for query in asked} == {"500"}


def test_a_v6_envelope_is_written_letter_by_letter(initialised: Initialised) -> None:
    request = next(r for r in initialised.requests if r.path == "/central/sync/pull")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] is None
    settings = request.json["syncV5Settings"]
    body = {key: value for key, value in request.json.items() if key != "syncV5Settings"}
    assert body == {"cursor": 0, "batchSize": 500, "isInitialised": False, "syncV6Version": 5}
    device = settings.pop("siteUuid")
    assert settings == {
        "serverUrl": initialised.central.url,
        "username": SITE_NAME,
        "passwordSha256": WIRE_HASH,
        "appVersion": "2.20.0",
        "appName": "Open mSupply Desktop",
        "syncVersion": "14",
    }
    legacy = next(r for r in initialised.requests if r.path == "/sync/v5/site")
    assert device == legacy.headers["msupply-site-uuid"]


def test_everything_received_is_integrated(initialised: Initialised) -> None:
    data = initialised.data
    assert rows(data, "SELECT count(*) FROM sync_quarantine") == [(0,)]
    assert rows(data, "SELECT count(*) FROM sync_buffer") == [(0,)]
    assert rows(data, "SELECT count(*) FROM invoice_line") == [(1,)]
    assert rows(data, "SELECT count(*) FROM asset") == [(1,)]


def test_one_hardware_id_is_sent_for_ever(initialised: Initialised, idle: Cycle) -> None:
    asked = [*initialised.requests, *idle.requests]
    legacy = {r.headers["msupply-site-uuid"] for r in asked if r.path.startswith("/sync/v5")}
    modern = {r.json["syncV5Settings"]["siteUuid"] for r in asked if r.path.startswith("/central")}
    assert len(legacy | modern) == 1
    assert legacy != {""}


# A cycle without anything to do.


def test_an_idle_cycle_asks_in_the_order_of_a_stock_site(idle: Cycle) -> None:
    assert idle.calls() == [
        "GET /sync/v5/site",
        "POST /central/sync/site_status",
        "POST /sync/v5/queued_records",
        "GET /sync/v5/site_status",
        "GET /sync/v5/central_records",
        "GET /sync/v5/queued_records",
        "POST /central/sync/pull",
    ]


def test_nothing_received_at_initialisation_is_pushed_back(idle: Cycle) -> None:
    assert (idle.pushed, idle.pushed_modern) == ([], [])


def test_an_idle_push_is_one_empty_request(idle: Cycle) -> None:
    (push,) = idle.to("/sync/v5/queued_records", "POST")
    assert push.json == {"queueLength": 0, "data": []}
    assert push.headers["content-type"] is None


def test_a_v6_pull_goes_on_behind_the_last_cursor(initialised: Initialised, idle: Cycle) -> None:
    (request,) = idle.to("/central/sync/pull")
    (first,) = [r for r in initialised.requests if r.path == "/central/sync/pull"]
    assert request.json["cursor"] > first.json["cursor"]
    assert request.json["isInitialised"] is True


# What people changed goes up.


def test_every_pushed_table_has_the_pushed_form(busy: tuple[Cycle, Cycle]) -> None:
    received = country.remote_data("OLD", "ST-NOR", "NM-SUP")
    received["name"][0]["phone"] = "4711"
    for wire, (_, kind) in EDITED.items():
        got = busy[0].record(f"OLD-{kind}")
        assert (got["tableName"], got["action"]) == (wire, "Update")
        assert got["syncOutId"].isdecimal()
        expected = wire_rules.pushed(wire, received[wire][0])
        differing = {
            key: (value, got["recordData"].get(key, "absent"))
            for key, value in expected.items()
            if not alike(got["recordData"].get(key, "absent"), value)
        }
        assert differing == {}, wire


def alike(got: Any, expected: Any) -> bool:
    """Equal; an absent object may be null or an object of nulls."""
    if isinstance(expected, dict) or isinstance(got, dict):
        return no_nulls(got) == no_nulls(expected)
    return bool(got == expected)


def no_nulls(value: Any) -> Record:
    return {k: v for k, v in (value or {}).items() if v not in (None, "")}


def test_a_patient_is_pushed_to_both_servers(busy: tuple[Cycle, Cycle]) -> None:
    modern = {one["record"]["recordId"]: one["record"] for one in busy[0].pushed_modern}
    for record_id in ("OLD-PAT", "OLD-NSJ"):
        legacy, same = busy[0].record(record_id), modern[record_id]
        table = legacy["tableName"]
        assert same["tableName"] == table
        meant = [wire_rules.meaning(table, one["recordData"]) for one in (legacy, same)]
        assert meant[0] == meant[1]
    assert modern["OLD-PAT"]["recordData"]["phone"] == "4711"
    assert wire_rules.faults_v6("name_store_join", modern["OLD-NSJ"]["recordData"]) == []
    assert set(modern) == {"OLD-PAT", "OLD-NSJ", "old-asset"}


def test_a_deleted_line_is_pushed_as_a_removal(busy: tuple[Cycle, Cycle]) -> None:
    pushed = busy[0].record("OLD-RL")
    pushed.pop("syncOutId")
    assert pushed == {
        "tableName": "requisition_line",
        "recordId": "OLD-RL",
        "action": "Delete",
        "recordData": None,
    }


def test_a_v6_push_is_written_letter_by_letter(busy: tuple[Cycle, Cycle]) -> None:
    (request,) = busy[0].to("/central/sync/push")
    assert set(request.json) == {"batch", "syncV6Version", "syncV5Settings"}
    batch = request.json["batch"]
    assert set(batch) == {"end_cursor", "total_records", "is_last_batch", "records"}
    assert batch["is_last_batch"] is True
    assert batch["total_records"] >= len(batch["records"]) == 3
    for one in batch["records"]:
        assert set(one) == {"cursor", "record"}
        assert set(one["record"]) == {"tableName", "recordId", "action", "recordData"}
        assert one["record"]["action"] == "Update"
    assert batch["end_cursor"] >= max(one["cursor"] for one in batch["records"])


def test_a_pushed_v6_record_has_every_key(busy: tuple[Cycle, Cycle]) -> None:
    (got,) = [
        one["record"]["recordData"]
        for one in busy[0].pushed_modern
        if one["record"]["recordId"] == "old-asset"
    ]
    expected = modern_country.asset("old-asset", "ST-NOR", notes="cleaned")
    assert wire_rules.faults_v6("asset", got) == []
    assert got.pop("modified_datetime").startswith(expected.pop("modified_datetime"))
    assert got == expected


def test_v6_is_pushed_before_v5_and_before_any_pull(busy: tuple[Cycle, Cycle]) -> None:
    assert busy[0].calls() == [
        "GET /sync/v5/site",
        "POST /central/sync/push",
        "POST /central/sync/site_status",
        "POST /sync/v5/queued_records",
        "GET /sync/v5/site_status",
        "GET /sync/v5/central_records",
        "GET /sync/v5/queued_records",
        "POST /sync/v5/acknowledged_records",
        "POST /central/sync/pull",
    ]


def test_pushes_are_cut_into_batches_that_a_stock_server_takes(busy: tuple[Cycle, Cycle]) -> None:
    pushes = [request.json for request in busy[0].to("/sync/v5/queued_records", "POST")]
    sizes = [len(one["data"]) for one in pushes]
    everything = NEW_SHELVES + len(EDITED) + 1
    assert sum(sizes) == everything
    assert (sizes[:2], sizes[-1], len(sizes)) == ([1024, 1024], 0, 4)
    left = [everything - sum(sizes[:n]) for n in range(4)]
    assert [one["queueLength"] for one in pushes] == left


def test_the_site_polls_until_the_server_is_idle(busy: tuple[Cycle, Cycle]) -> None:
    assert len(busy[0].to("/sync/v5/site_status")) == 3


def test_the_site_polls_until_v6_has_integrated(busy: tuple[Cycle, Cycle]) -> None:
    assert len(busy[0].to("/central/sync/site_status")) == 3


# What the servers have comes down.


def test_each_queue_batch_is_acknowledged_before_the_next(busy: tuple[Cycle, Cycle]) -> None:
    acknowledged = [r.json["syncIDs"] for r in busy[0].to("/sync/v5/acknowledged_records")]
    assert [len(one) for one in acknowledged] == [500, 500, 206]
    assert [one for batch in acknowledged for one in batch] == busy[0].acknowledged_before


def test_an_empty_batch_below_max_cursor_moves_the_cursor_on(busy: tuple[Cycle, Cycle]) -> None:
    cursors = [int(r.query["cursor"]) for r in busy[0].to("/sync/v5/central_records")]
    last = cursors[-1] - 3
    assert cursors[1:] == [last, last + 1, last + 2, last + 3]


def test_received_changes_and_removals_are_applied(busy: tuple[Cycle, Cycle]) -> None:
    data = busy[0].data
    assert rows(data, "SELECT name FROM item WHERE id = 'IT-ZINC'") == [("Zinc, renamed",)]
    assert rows(data, "SELECT name FROM campaign WHERE id = 'cam-1'") == [("Round 3",)]
    assert rows(data, "SELECT count(*) FROM asset_internal_location") == [(0,)]
    assert rows(data, "SELECT count(*) FROM clinician_store_join") == [(0,)]


def test_good_records_go_in_beside_bad_ones(busy: tuple[Cycle, Cycle]) -> None:
    data = busy[0].data
    assert rows(data, "SELECT count(*) FROM location WHERE id LIKE 'NEW-%'") == [(1200,)]
    assert rows(data, "SELECT id FROM asset ORDER BY id") == [("good-asset",), ("old-asset",)]


def test_bad_records_are_kept(busy: tuple[Cycle, Cycle]) -> None:
    kept = {one for (one,) in rows(busy[0].data, "SELECT record_id FROM sync_quarantine")}
    assert kept >= {"BAD-KEY", "BAD-TYPE", "BAD-STORE", "BAD-IT", "bad-asset"}
    assert rows(busy[0].data, "SELECT count(*) FROM location WHERE id LIKE 'BAD-%'") == [(0,)]


def test_a_kept_record_is_explained(busy: tuple[Cycle, Cycle]) -> None:
    run = msupply(busy[0].data, "explain", "Location", "BAD-STORE")
    assert "ST-NONE" in run.stdout, run.stdout + run.stderr


def test_zero_dates_and_empty_texts_mean_nothing(busy: tuple[Cycle, Cycle]) -> None:
    sql = "SELECT expiry_date, batch, note, barcode_id FROM stock_line WHERE id = 'NEW-SL'"
    assert rows(busy[0].data, sql) == [(None, None, None, None)]


def test_neither_received_nor_pushed_records_are_pushed_again(busy: tuple[Cycle, Cycle]) -> None:
    assert (busy[1].pushed, busy[1].pushed_modern) == ([], [])
