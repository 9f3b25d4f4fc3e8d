"""Moving a store between sites: what it waits for, who may edit, and what is left behind."""

import json

import pytest
from django.core.exceptions import ValidationError

from msupply.central import drained, sites, store_move, store_sync
from msupply.records.activity import ActivityLog
from msupply.records.sites import ClientType, InitialisationStatus
from msupply.records.stock import Location
from msupply.records.store_moves import MoveState, StoreMove
from msupply.services import edit
from msupply.services.permissions import PermissionMissing
from msupply.services.stores import create_store
from msupply.services.users import give_all_permissions
from msupply.sync import buffer, changelog, here, orders, queue
from msupply.sync.declare.registry import Channel, Wire
from msupply.sync.integrate import Origin, integrate
from msupply.sync.models import BufferChunk, Quarantined, StoreSettings
from msupply.sync.ownership import EditRefused
from msupply.sync.placement import SyncType
from msupply.wire import move_marks
from tests.central import country
from tests.central.country import add_sight, find, make_site, settle, types
from tests.services import people


@pytest.fixture
def two(connection, admin):
    """Two initialised sites; the one to be moved from has a second store that sees the first."""
    made = make_site(connection, "north", "N1"), make_site(connection, "south", "S1", "S2")
    add_sight(connection, "S2", "S1")
    for code, name in (("S1", "shelf"), ("S1", "fridge"), ("CMS", "yard")):
        Location.objects.using(connection.alias).create(
            name=name, code=name, store=find(connection, code)
        )
    settle(connection)
    for site in made:
        country.acknowledge_all(connection, site)
    return made


def begin(connection, code="S1", to=2, **options):
    return store_move.start(connection, find(connection, code).pk, to, **options)


def add_administrator(connection):
    """Let somebody administer the central server from another of its stores."""
    store = create_store(connection, "CMS2", "Second store", 1)
    people.make_user(connection, "bo", store, "SERVER_ADMIN")


def push_after_freeze(connection, site_id=3):
    """What a cycle of the old site does: it is told of the freeze, and pushes."""
    move_marks.told(
        connection, site_id, orders.for_site(connection, here.load(connection), site_id)
    )
    move_marks.pushed(connection, site_id)


def state(connection, move):
    move.refresh_from_db(using=connection.alias)
    return move.state


def switched(connection, two, **options):
    """Return a move that has been switched."""
    move = begin(connection, **options)
    push_after_freeze(connection)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    return move


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        ("same", "already"),
        ("mobile", "one store at most"),
        ("initialising", "being initialised"),
        ("kept home", "stay at its site"),
        ("suppressed", "left out of synchronisation"),
        ("collector", "cannot keep a full copy"),
    ],
)
def test_what_stands_against_a_move_is_told_and_nothing_is_frozen(connection, two, prepare, said):
    store, to, keep = find(connection, "S1"), 2, False
    if prepare == "same":
        to = 3
    elif prepare == "mobile":
        two[0].client_type = ClientType.MOBILE
        two[0].save(using=connection.alias)
    elif prepare == "initialising":
        two[0].initialisation_status = InitialisationStatus.STARTED
        two[0].save(using=connection.alias)
    elif prepare == "kept home":
        store_sync.set_sync_type(connection, store.pk, 1, SyncType.TRANSFER)
    elif prepare == "suppressed":
        store_sync.set_include_transactions(connection, store.pk, False)
    else:
        store, keep = find(connection, "S2"), True
    problems = store_move.check(connection, store.pk, to, keep_collector=keep).problems
    assert any(said in problem for problem in problems)
    with pytest.raises(ValidationError, match=said):
        store_move.start(connection, store.pk, to, keep_collector=keep)
    assert not StoreMove.objects.using(connection.alias).exists()
    frozen = StoreSettings.objects.using(connection.alias).exclude(frozen_since=None)
    assert not frozen.exists()


def test_a_store_moves_once_at_a_time(connection, two):
    begin(connection)
    with pytest.raises(ValidationError, match="being moved already"):
        begin(connection)


def test_only_server_administrators_move_stores(connection, two, store):
    user = people.make_user(connection, "bob", store, "EDIT_CENTRAL_DATA")
    with pytest.raises(PermissionMissing):
        begin(connection, user=user)


def test_sync_settings_wait_for_the_end_of_the_move(connection, two):
    begin(connection)
    with pytest.raises(ValidationError, match="being moved"):
        store_sync.set_sync_type(connection, find(connection, "S1").pk, 1, SyncType.TRANSFER)


def test_a_frozen_store_is_told_to_its_site_and_edited_nowhere(connection, two, admin):
    give_all_permissions(connection, admin, find(connection, "S1"))
    move = begin(connection)
    told = orders.for_site(connection, here.load(connection), 3)
    assert told.frozen_stores == (move.store_id,)
    with pytest.raises(EditRefused):
        edit.save(
            connection, admin, None, Location, {"name": "y", "code": "y", "store_id": move.store_id}
        )


def test_nothing_happens_before_the_old_site_has_learnt_and_pushed(connection, two):
    move = begin(connection)
    # The end of a push that began before the freeze says nothing.
    move_marks.pushed(connection, 3)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.WAITING
    unmet = [c.text for c in drained.conditions(connection, move) if not c.is_met]
    assert len(unmet) == 2
    push_after_freeze(connection)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING


def test_what_was_pushed_must_be_integrated(connection, two):
    move = begin(connection)
    push_after_freeze(connection)
    record = buffer.Arrived("Location", "L9", BufferChunk.UPSERT, b"{}")
    buffer.store(connection, 3, Wire.V5, [record])
    store_move.advance(connection)
    assert state(connection, move) == MoveState.WAITING


@pytest.mark.parametrize(("code", "blocks"), [("missing_parent", True), ("not_owner", False)])
def test_records_kept_back_block_unless_they_are_not_the_sites(connection, two, code, blocks):
    move = begin(connection)
    push_after_freeze(connection)
    Quarantined.objects.using(connection.alias).create(
        source_site=3,
        wire="v5",
        table_name="location",
        record_id="L9",
        action="upsert",
        data="{}",
        code=code,
        reason="",
        received_at=move.started_at,
    )
    store_move.advance(connection)
    assert (state(connection, move) == MoveState.WAITING) is blocks


def test_both_sites_must_have_received_what_waited_for_them(connection, two):
    Location.objects.using(connection.alias).create(
        name="y", code="y", store=find(connection, "S2")
    )
    move = begin(connection)
    push_after_freeze(connection)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.WAITING
    country.acknowledge_all(connection, two[1])
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING


def test_a_cancelled_move_leaves_everything_as_it_was(connection, two, admin):
    before = types(connection, "S1")
    move = begin(connection)
    store_move.cancel(connection, move.pk, admin)
    push_after_freeze(connection)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.CANCELLED
    assert types(connection, "S1") == before
    assert orders.for_site(connection, here.load(connection), 3).frozen_stores == ()
    begin(connection)


def test_the_new_site_is_sent_the_whole_history(connection, two):
    country.add_patient(connection, "S1", "Ana")
    for site in two:
        country.acknowledge_all(connection, site)
    move = switched(connection, two)
    found = {record.table for record in queue.first(connection, 2, 1000).records}
    assert {"Location", "name", "name_store_join"} <= found
    shown = store_move.progress(connection, move)
    assert shown.left == shown.total > 0
    assert not shown.can_cancel


def test_the_store_is_free_when_the_new_site_has_acknowledged(connection, two, admin):
    move = switched(connection, two, user=admin)
    assert store_move.advance(connection) is False
    first = queue.first(connection, 2, 1).records
    queue.acknowledge(connection, 2, [str(first[0].cursor)])
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    country.acknowledge_all(connection, two[0])
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE
    assert store_move.progress(connection, move).left == 0
    assert orders.for_site(connection, here.load(connection), 2).frozen_stores == ()
    kinds = ActivityLog.objects.using(connection.alias).filter(user_id=admin.pk)
    assert set(kinds.values_list("type", flat=True)) == {
        "STORE_MOVE_STARTED",
        "STORE_ACTIVE_SITE_CHANGED",
        "STORE_MOVE_FINISHED",
    }


def push_from_another_make(connection, site_id=3):
    """What a cycle of an old site of another make does up to the end of its push."""
    decided = orders.for_site(connection, here.load(connection), site_id)
    move_marks.told(connection, site_id, decided, takes_orders=False)
    move_marks.pushed(connection, site_id)


def test_people_are_told_of_sites_that_cannot_be_frozen(connection, two):
    store = find(connection, "S1")
    assert not store_move.check(connection, store.pk, 2).warnings
    push_from_another_make(connection)
    check = store_move.check(connection, store.pk, 2)
    assert any("Have its users log out" in text for text in check.warnings)
    assert not any("has learnt that the store is frozen" in wait.text for wait in check.waits)
    push_from_another_make(connection, 2)
    assert any("must wait" in w for w in store_move.check(connection, store.pk, 2).warnings)


def late_location(connection, site_id, store_id):
    """Let a site send a shelf of a store; return whether it was taken."""
    data = {"ID": "late", "Description": "late", "code": "late", "store_ID": store_id}
    data |= {"hold": False, "type_ID": "", "Volume": 0.0}
    body = json.dumps(data).encode()
    record = buffer.Arrived("Location", "late", BufferChunk.UPSERT, body)
    buffer.store(connection, site_id, Wire.V5, [record])
    integrate(connection, Origin(site_id, site_id, here.load(connection).served))
    return Location.objects.using(connection.alias).filter(pk="late").exists()


def test_what_a_site_of_another_make_still_sends_is_taken_until_it_has_learnt(connection, two):
    move = begin(connection)
    push_from_another_make(connection)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    assert late_location(connection, 3, move.store_id)
    country.acknowledge_all(connection, two[0])
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    assert [wait.is_met for wait in store_move.progress(connection, move).waits] == [False, True]
    move_marks.fetched(connection, 3, 0)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    move_marks.fetched(connection, 3, changelog.head(connection, Channel.CENTRAL))
    country.acknowledge_all(connection, two[0])
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE


def test_after_the_move_the_old_site_of_another_make_owns_nothing_of_the_store(connection, two):
    move = begin(connection)
    push_from_another_make(connection)
    store_move.advance(connection)
    move_marks.fetched(connection, 3, changelog.head(connection, Channel.CENTRAL))
    country.acknowledge_all(connection, two[0])
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE
    assert not late_location(connection, 3, move.store_id)


def test_an_old_site_of_another_make_that_is_no_more_holds_up_nothing(connection, two):
    move = begin(connection)
    push_from_another_make(connection)
    store_move.advance(connection)
    country.acknowledge_all(connection, two[0])
    sites.reset_hardware_id(connection, two[1].name)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE


def test_new_changes_do_not_hold_up_the_end(connection, two):
    move = switched(connection, two)
    country.acknowledge_all(connection, two[0])
    Location.objects.using(connection.alias).create(
        name="z", code="z", store=find(connection, "N1")
    )
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE


@pytest.mark.parametrize(("keep", "kept"), [(True, "COLLECTOR"), (False, "TRANSFER")])
def test_the_old_site_keeps_what_was_chosen(connection, two, keep, kept):
    switched(connection, two, keep_collector=keep)
    found = types(connection, "S1")
    assert (found["north"], found["south"]) == ("ACTIVE", kept)


def test_a_move_cannot_be_cancelled_after_the_switch(connection, two):
    move = switched(connection, two)
    with pytest.raises(ValidationError, match="no longer"):
        store_move.cancel(connection, move.pk)


def test_a_move_to_a_site_that_never_began_can_be_cancelled_after_the_switch(
    connection, two, admin
):
    before = types(connection, "S1")
    country.make_site(connection, "new", initialised=False)
    move = begin(connection, to=4)
    push_after_freeze(connection)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    assert store_move.progress(
        connection, store_move.open_move(connection, move.store_id)
    ).can_cancel
    store_move.cancel(connection, move.pk, admin)
    assert state(connection, move) == MoveState.CANCELLED
    assert types(connection, "S1") == before
    assert orders.for_site(connection, here.load(connection), 3).frozen_stores == ()


def test_a_store_moves_to_the_central_server(connection, two):
    move = begin(connection, to=1)
    push_after_freeze(connection)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE
    assert types(connection, "S1") == {"central": "ACTIVE", "south": "TRANSFER"}


def test_a_store_of_the_central_server_moves_away_at_once(connection, two):
    add_administrator(connection)
    move = begin(connection, code="CMS", to=2, keep_collector=True)
    assert state(connection, move) == MoveState.SENDING
    assert types(connection, "CMS") == {"north": "ACTIVE", "central": "COLLECTOR"}
    country.acknowledge_all(connection, two[0])
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE


def test_a_new_site_ends_the_move_when_it_has_initialised(connection, two):
    west = make_site(connection, "west", initialised=False)
    move = begin(connection, to=west.site_id)
    push_after_freeze(connection)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    assert store_move.advance(connection) is False
    country.initialise(connection, west)
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE


class Crash(Exception):
    """The process died here."""


@pytest.mark.parametrize(
    "place", ["active_site.switch", "active_site.send_history", "active_site.note"]
)
def test_a_crash_during_the_switch_leaves_nothing_half_done(connection, two, monkeypatch, place):
    before = types(connection, "S1")
    move = begin(connection)
    push_after_freeze(connection)

    def crash(*args, **kwargs):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(f"msupply.central.{place}", crash)
        with pytest.raises(Crash):
            store_move.advance(connection)
    assert state(connection, move) == MoveState.WAITING
    assert types(connection, "S1") == before
    store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING


def test_a_crash_between_the_steps_is_taken_up_again(connection, two, monkeypatch):
    def crash(*args, **kwargs):
        raise Crash

    move = begin(connection)
    push_after_freeze(connection)
    with monkeypatch.context() as patch:
        patch.setattr(store_move, "_measure", crash)
        with pytest.raises(Crash):
            store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    assert move.backlog_up_to is None
    country.acknowledge_all(connection, two[0])
    with monkeypatch.context() as patch:
        patch.setattr(store_move, "_free", crash)
        with pytest.raises(Crash):
            store_move.advance(connection)
    assert state(connection, move) == MoveState.SENDING
    store_move.advance(connection)
    assert state(connection, move) == MoveState.DONE


def test_a_server_keeps_somebody_who_administers_it(connection, two, admin):
    # Rights over a server count in its own stores (services/permissions.py).
    with pytest.raises(ValidationError, match="Nobody could administer"):
        begin(connection, "CMS")
    add_administrator(connection)
    begin(connection, "CMS")
