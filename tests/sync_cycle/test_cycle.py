"""A cycle against scripted servers: its order, what it keeps, and how it ends."""

import secrets
from dataclasses import replace

import msgspec
import pytest
from django.db import DatabaseError

from msupply.records.assets import Asset, AssetClass
from msupply.records.items import Unit
from msupply.records.stock import Location
from msupply.sync import buffer, cursors, here, log, push, quarantine
from msupply.sync.buffer import Arrived
from msupply.sync.cycle import run_cycle
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.failure import FailureCode, StillIntegrating
from msupply.sync.log import StepName
from msupply.sync.models import Quarantined, SiteState, SyncLog
from msupply.sync.peer import InitialisationStatus, ServerStatus
from tests.examples import all_examples
from tests.sync_cycle.servers import LOST, refuse


def error_of(status):
    return status.error[0] if status.error else None


def contents(remote):
    """Every synced row, as it stands."""
    found = {}
    with remote.cursor() as cursor:
        for kind in registry().synced:
            cursor.execute(f'SELECT * FROM "{kind.table}" ORDER BY id')
            found[kind.name] = cursor.fetchall()
    return found


def location(record_id, name, store):
    """A location as a central server sends it."""
    data = {"ID": record_id, "Description": name, "code": "S", "hold": False, "store_ID": store}
    data |= {"type_ID": "", "Volume": 0}
    return Arrived("Location", record_id, "update", msgspec.json.encode(data))


def test_the_first_cycle_brings_the_whole_country(remote, servers):
    status = run_cycle(remote, servers)
    assert status.error is None
    assert Quarantined.objects.count() == 0
    examples = {(e.wire, e.table, e.record_id) for e in all_examples()}
    for wire, table, record_id in examples:
        kind = registry().by_wire[wire][table]
        assert kind.model.objects.filter(id=record_id).exists(), (table, record_id)


def test_the_first_cycle_asks_in_the_documented_order(remote, servers):
    run_cycle(remote, servers)
    order = list(dict.fromkeys(servers.calls))
    assert order == ["site", "initialise", "central", "queue", "acknowledge", "pull_v6"]
    assert servers.asked_urls == ["http://oms.example.org"]
    assert set(servers.oms.initialised) == {False}


def test_site_info_is_remembered(remote, servers):
    run_cycle(remote, servers)
    known = here.load(remote)
    assert (known.site_id, known.site_uuid, known.central_site_id) == (2, "uuid-2", 1)
    assert known.oms_central_url == "http://oms.example.org"
    assert known.prepared
    assert known.initialised


def test_nothing_received_is_sent_back(site, servers):
    run_cycle(site, servers)
    assert servers.legacy.pushed == []
    assert servers.oms.pushed == []
    assert push.waiting_to_push(site) == 0


def test_initialise_is_not_asked_for_while_the_server_is_at_it(remote, servers):
    servers.legacy.initialise()
    servers.calls.clear()
    servers.legacy.info = replace(
        servers.legacy.info, initialisation_status=InitialisationStatus.STARTED
    )
    servers.legacy.statuses = [ServerStatus(idle=False), ServerStatus(idle=True)]
    assert run_cycle(remote, servers).error is None
    assert "initialise" not in servers.calls
    assert servers.calls.count("status") == 2


def test_a_lost_answer_to_initialise_is_waited_for(remote, servers):
    servers.script.after["initialise"] = [LOST]
    assert run_cycle(remote, servers).error is None
    assert servers.calls[:3] == ["site", "initialise", "status"]


def test_a_refused_initialise_is_asked_again_next_time(remote, servers):
    servers.script.before["initialise"] = [refuse(FailureCode.SITE_HAS_NO_STORE)]
    assert error_of(run_cycle(remote, servers)) is FailureCode.SITE_HAS_NO_STORE
    assert not here.load(remote).prepared
    assert run_cycle(remote, servers).error is None


def test_an_interrupted_initialisation_goes_on_where_it_was(remote, servers):
    servers.script.before["queue"] = [None, None, LOST]
    assert error_of(run_cycle(remote, servers)) is FailureCode.CONNECTION_ERROR
    left = len(servers.legacy.queue)
    assert 0 < left < len(servers.legacy.everything)
    servers.calls.clear()
    assert run_cycle(remote, servers).error is None
    assert "initialise" not in servers.calls
    assert servers.calls.count("central") == 1


def test_an_idle_cycle_makes_few_requests(site, servers):
    run_cycle(site, servers)
    assert servers.calls == [
        "site", "status_v6", "end_push", "status", "central", "queue", "pull_v6",
    ]  # fmt: skip
    assert servers.oms.initialised == [True]


def test_changes_made_here_go_up_by_both_ways(site, servers):
    Location.objects.create(id="loc-new", name="Shelf", code="S", store_id="store-north")
    Asset.objects.filter(id="asset-1").update(notes="Moved")
    assert push.waiting_to_push(site) == 2
    assert run_cycle(site, servers).error is None
    assert ("Location", "loc-new") in servers.legacy.pushed
    assert ("asset", "asset-1") in servers.oms.pushed
    assert push.waiting_to_push(site) == 0


def test_v6_goes_first(site, servers):
    Location.objects.create(id="loc-new", name="Shelf", code="S", store_id="store-north")
    Asset.objects.filter(id="asset-1").update(notes="Moved")
    run_cycle(site, servers)
    order = list(dict.fromkeys(servers.calls))
    assert order[:6] == ["site", "push_v6", "status_v6", "push", "end_push", "status"]


def test_deletes_go_up(site, servers):
    location = Location.objects.create(id="loc", name="S", code="S", store_id="store-north")
    run_cycle(site, servers)
    location.delete()
    servers.legacy.pushed.clear()
    run_cycle(site, servers)
    assert servers.legacy.pushed == [("Location", "loc")]


def test_many_changes_go_in_batches_that_count_down(site, servers):
    Location.objects.bulk_create(
        Location(id=f"loc-{n}", name="S", code="S", store_id="store-north") for n in range(25)
    )
    run_cycle(site, servers)
    assert servers.legacy.push_lengths == [25, 15, 5]
    assert len(servers.legacy.pushed) == 25


def test_only_the_last_v6_batch_is_marked(site, servers):
    Asset.objects.bulk_create(
        Asset(id=f"a-{n}", store_id="store-north", created_datetime="2025-01-01 00:00:00",
              modified_datetime="2025-01-01 00:00:00") for n in range(25)
    )  # fmt: skip
    run_cycle(site, servers)
    assert servers.oms.last_flags == [False, False, True]


def test_records_of_other_stores_are_not_pushed(site, servers):
    Location.objects.create(id="loc-other", name="S", code="S", store_id="store-south")
    run_cycle(site, servers)
    assert servers.legacy.pushed == []


def test_a_push_whose_answer_is_lost_is_sent_again(site, servers):
    Location.objects.create(id="loc-new", name="Shelf", code="S", store_id="store-north")
    servers.script.after["push"] = [LOST]
    assert error_of(run_cycle(site, servers)) is FailureCode.CONNECTION_ERROR
    assert push.waiting_to_push(site) == 1
    assert run_cycle(site, servers).error is None
    assert servers.legacy.pushed == [("Location", "loc-new")] * 2


def test_a_lost_acknowledgement_doubles_nothing(remote, servers):
    servers.script.before["acknowledge"] = [LOST]
    assert error_of(run_cycle(remote, servers)) is FailureCode.CONNECTION_ERROR
    assert run_cycle(remote, servers).error is None
    first = contents(remote)
    assert all(len({row[0] for row in rows}) == len(rows) for rows in first.values())


def test_repeated_batches_change_nothing(site, servers):
    before = contents(site)
    cursors.set_to(site, cursors.PULL_CENTRAL, 0)
    cursors.set_to(site, cursors.PULL_V6, 0)
    servers.legacy.initialise()
    assert run_cycle(site, servers).error is None
    assert contents(site) == before


def test_a_change_made_after_the_push_is_not_overwritten(site, servers):
    Location.objects.create(id="loc", name="old", code="S", store_id="store-north")
    run_cycle(site, servers)
    stale = location("loc", "from central", "store-north")

    def edit_meanwhile(ids):
        Location.objects.filter(id="loc").update(name="edited here")

    servers.legacy.queue = {"1": stale}
    servers.legacy.acknowledge = edit_meanwhile
    assert run_cycle(site, servers).error is None
    assert Location.objects.get(id="loc").name == "edited here"


def test_what_an_interrupted_cycle_left_does_not_overwrite_later_edits(site, servers):
    Location.objects.create(id="loc", name="old", code="S", store_id="store-north")
    run_cycle(site, servers)
    stale = location("loc", "from central", "store-north")
    servers.legacy.queue = {"1": stale}
    servers.script.before["pull_v6"] = [LOST]
    assert run_cycle(site, servers).error is not None
    assert buffer.waiting(site, None) == 1
    Location.objects.filter(id="loc").update(name="edited since")
    assert run_cycle(site, servers).error is None
    assert Location.objects.get(id="loc").name == "edited since"


def test_an_old_copy_in_quarantine_does_not_overwrite_what_was_pushed(site, servers):
    Location.objects.create(id="loc", name="old", code="S", store_id="store-north")
    run_cycle(site, servers)
    waits = location("loc", "from central", "store-new")
    servers.legacy.queue = {"1": waits}
    run_cycle(site, servers)
    assert Quarantined.objects.filter(record_id="loc").count() == 1
    Location.objects.filter(id="loc").update(name="edited since")
    run_cycle(site, servers)
    assert not Quarantined.objects.filter(record_id="loc").exists()


def test_a_line_that_breaks_under_large_batches_gets_smaller_ones(remote, servers):
    servers.legacy.batch_limit = 1000
    servers.script.before["queue"] = [LOST]
    asked = []
    usual = servers.legacy.queued_records

    def ask(limit, after=None):
        asked.append(limit)
        return usual(limit, after)

    servers.legacy.queued_records = ask
    assert run_cycle(remote, servers).error is None
    assert asked[:2] == [1000, 125]


def test_a_record_with_an_unknown_action_is_kept_aside(site, servers):
    servers.legacy.queue = {"1": Arrived("unit", "U-1", "explode", b"{}")}
    assert run_cycle(site, servers).error is None
    kept = Quarantined.objects.get()
    assert "explode" in quarantine.in_words(kept.reason, kept.reason_values)
    assert servers.legacy.queue == {}
    # Somebody may try it again: it is kept again.
    quarantine.requeue(site, [kept.pk])
    assert run_cycle(site, servers).error is None
    assert Quarantined.objects.get().record_id == "U-1"


def test_a_record_that_no_index_can_hold_does_not_stop_the_site(remote, servers):
    jar = b'{"ID":"%s","units":"Jar","comment":"","order_number":1}'
    long = secrets.token_urlsafe(9_000)
    bad = [
        Arrived("unit", long, "insert", jar % long.encode()),
        Arrived(long, "U-bad", "insert", jar % b"U-bad"),
        Arrived("unit", long, "delete", b"null"),
    ]
    servers.legacy.central[:0] = bad
    servers.oms.log.append(Arrived("asset_class", long, "Update", b"{}"))
    for _ in range(2):
        good = Arrived("unit", "U-new", "insert", jar % b"U-new")
        servers.legacy.central.append(good)
        assert run_cycle(remote, servers).error is None
    assert Unit.objects.using(remote.alias).filter(id="U-new").exists()
    assert Quarantined.objects.using(remote.alias).count() == 4


def test_the_log_of_another_v6_server_is_read_from_its_start(site, servers):
    servers.legacy.info = replace(servers.legacy.info, oms_central_url="http://new.example.org")
    servers.oms.log = [Arrived("asset_class", "c-new", "Update", b'{"id":"c-new","name":"N"}')]
    assert run_cycle(site, servers).error is None
    assert AssetClass.objects.filter(id="c-new").exists()


def test_a_patient_cycle_pulls_that_patient(site, servers):
    assert run_cycle(site, servers, patient_id="patient-1").error is None
    assert servers.oms.patients == ["patient-1"]
    assert "pull_v6" not in servers.calls


def test_deletes_and_new_records_come_down(site, servers):
    servers.legacy.central.append(
        Arrived(
            "unit", "U-new", "insert", b'{"ID":"U-new","units":"Jar","comment":"","order_number":1}'
        )
    )
    servers.oms.log.append(Arrived("asset_class", "c-new", "Update", b'{"id":"c-new","name":"N"}'))
    assert run_cycle(site, servers).error is None
    assert Unit.objects.filter(id="U-new").exists()
    assert AssetClass.objects.filter(id="c-new").exists()


def test_a_server_that_gets_on_is_waited_for(site, servers, monkeypatch):
    servers.legacy.statuses = [ServerStatus(False, left) for left in range(200, 0, -1)]
    assert run_cycle(site, servers).error is None
    assert servers.calls.count("status") == 201


def test_a_server_that_does_not_get_on_is_given_up(site, servers):
    servers.legacy.statuses = [ServerStatus(False, 7)] * 10_000
    status = run_cycle(site, servers)
    assert error_of(status) is FailureCode.INTEGRATION_TIMEOUT_REACHED
    assert "central" not in servers.calls


def test_a_busy_v6_server_is_waited_for(site, servers):
    Asset.objects.filter(id="asset-1").update(notes="Moved")
    servers.script.before["push_v6"] = [StillIntegrating(FailureCode.UNKNOWN, "busy")]
    assert run_cycle(site, servers).error is None
    assert servers.oms.pushed == [("asset", "asset-1")]


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        *(("site", code) for code in FailureCode),
        *(
            (verb, FailureCode.CONNECTION_ERROR)
            for verb in ["status_v6", "end_push", "status", "central", "queue", "pull_v6"]
        ),
    ],
)
def test_each_failure_ends_the_cycle_with_its_code(site, servers, verb, code):
    servers.script.before[verb] = [refuse(code)]
    status = run_cycle(site, servers)
    assert status.error == (code, f"scripted: {code.value}")
    assert status.finished_at is None
    assert servers.calls[-1] == verb
    assert run_cycle(site, servers).error is None


def test_another_sites_identity_stops_everything(site, servers):
    servers.legacy.info = replace(servers.legacy.info, uuid="uuid-3")
    status = run_cycle(site, servers)
    assert error_of(status) is FailureCode.SITE_UUID_IS_BEING_CHANGED
    assert servers.calls == ["site"]


@pytest.mark.parametrize("part", ["cycle.integrate", "pull.door.store", "push.cursors.set_to"])
def test_a_database_that_fails_is_told(site, servers, monkeypatch, part):
    def fail(*_):
        raise DatabaseError("disk full")

    monkeypatch.setattr(f"msupply.sync.{part}", fail)
    assert error_of(run_cycle(site, servers)) is FailureCode.INTEGRATION_ERROR


def test_an_unforeseen_error_is_told_and_leaves_no_cycle_running(site, servers):
    servers.script.before["central"] = [RuntimeError("boom")]
    status = run_cycle(site, servers)
    assert status.error == (FailureCode.UNKNOWN, "RuntimeError: boom")
    assert not log.latest(site).is_running


def test_on_the_oms_central_server_the_v6_steps_do_not_exist(remote, servers):
    servers.legacy.info = replace(servers.legacy.info, is_oms_central=True, oms_central_url="")
    assert run_cycle(remote, servers).error is None
    assert run_cycle(remote, servers).error is None
    assert not {"push_v6", "status_v6", "pull_v6"} & set(servers.calls)
    assert here.load(remote).is_oms_central
    steps = {step.name: step for step in log.latest(remote).steps}
    assert steps["pull_v6"].started_at is None
    assert steps["push"].finished_at


def test_records_of_sites_that_waited_for_central_data_are_handed_over(remote, servers):
    servers.legacy.info = replace(servers.legacy.info, is_oms_central=True, oms_central_url="")
    asset = next(e for e in all_examples() if e.table == "asset")
    row = {"source_site": 3, "wire": Wire.V6.value, "table_name": "asset", "action": "upsert"}
    Quarantined.objects.create(
        **row, record_id=asset.record_id, data="{}", code="missing_parent", reason="",
        waits_table="store", waits_id="store-north", received_at="2025-01-01 00:00:00",
    )  # fmt: skip
    assert run_cycle(remote, servers).error is None
    assert SiteState.objects.get(site_id=3).waiting_since


def test_steps_are_logged_in_order(remote, servers):
    status = run_cycle(remote, servers)
    assert [step.name for step in status.steps] == [name.value for name in StepName]
    ran = [step.name for step in status.steps if step.started_at]
    assert ran == ["prepare", "pull_central", "pull_remote", "pull_v6", "integrate"]
    steps = {step.name: step for step in status.steps}
    assert steps["pull_central"].done == steps["pull_central"].total == len(servers.legacy.central)
    assert steps["integrate"].done == steps["integrate"].total
    assert log.latest(remote) == status


def test_a_failed_step_stays_active(site, servers):
    servers.script.before["queue"] = [LOST]
    run_cycle(site, servers)
    steps = {step.name: step for step in log.latest(site).steps}
    assert steps["pull_central"].finished_at
    assert steps["pull_remote"].started_at
    assert steps["pull_remote"].finished_at is None


def test_the_watcher_sees_the_cycle_advance(remote, servers):
    seen = []
    run_cycle(remote, servers, progress=seen.append)
    assert seen[0].is_running
    assert not seen[-1].is_running
    assert len(seen) > 5


def test_the_last_success_outlives_failures(site, servers):
    good = log.last_success(site)
    assert good
    servers.script.before["site"] = [LOST]
    run_cycle(site, servers)
    assert log.last_success(site) == good


def test_a_cycle_of_a_dead_process_is_closed_by_the_next(site, servers):
    dead = SyncLog.objects.create(started_at="2025-01-01 00:00:00")
    run_cycle(site, servers)
    dead.refresh_from_db()
    assert dead.error_code == "UNKNOWN"


def test_old_cycles_are_forgotten_but_the_last_success(site, servers, monkeypatch):
    monkeypatch.setattr(log, "KEPT_CYCLES", 3)
    good = log.last_success(site)
    for _ in range(8):
        servers.script.before["site"] = [LOST]
        run_cycle(site, servers)
    assert log.last_success(site) == good
    assert SyncLog.objects.count() <= 6
