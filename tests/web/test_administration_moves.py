"""Moving a store in the browser: where to, what stands against it, how far it is, giving it up."""

import pytest
from django.db import connection

from msupply.records.sites import Site
from msupply.records.store_moves import StoreMove
from msupply.records.stores import Store
from msupply.sync import here as here_module
from msupply.sync.clock import now
from msupply.sync.models import StoreSettings, StoreSync
from msupply.sync.site_orders import SiteOrders
from tests.web.conftest import ALL, log_in
from tests.web.test_administration_stores import unlock

MOVE = "/stores/move/store-north"


@pytest.fixture
def country(admin):
    """The store north works at its site; the site south is initialised and empty."""
    Site.objects.filter(pk="site-2").update(initialisation_status="completed")
    Site.objects.create(
        id="site-3", site_id=3, name="far", initialisation_status="completed",
        last_connection_datetime=now(),
    )  # fmt: skip
    StoreSync.objects.create(store_id="store-north", site_id=1, sync_with="COLLECTOR")
    unlock(admin, where=MOVE)
    return admin


def start(client, to="site-3", **more):
    return client.post("/stores/move-start/store-north", {"to": to} | more, follow=True)


def test_the_plan_shows_what_stands_against_a_move_and_what_it_waits_for(country):
    page = country.get(MOVE, {"to": "site-3"}).text
    assert "Nothing stands against the move." in page
    assert "The old site has learnt that the store is frozen." in page
    assert "Move the store to far" in page


def test_the_checklist_is_redrawn_alone(country):
    page = country.get(
        "/stores/move-checklist/store-north", {"to": "site-3", "part": "conditions"}
    ).text
    assert "<html" not in page
    assert "3. Start" not in page
    assert "Nothing stands against" in page


def test_a_problem_is_shown_before_and_refused_at_the_start(country):
    StoreSync.objects.filter(store_id="store-north", site_id=1).update(sync_with="TRANSFER")
    assert "have a full copy first" in country.get(MOVE, {"to": "site-3"}).text
    refused = start(country)
    assert refused.status_code == 422
    assert refused.text.count("have a full copy first") == 1
    assert not StoreMove.objects.exists()


def test_a_move_can_be_started_only_while_nothing_stands_against_it(country):
    asked = {"to": "site-3", "part": "conditions"}
    button = '<button class="btn btn-primary" id="move-start" type="submit"'
    assert f"{button}>" in country.get(MOVE, {"to": "site-3"}).text
    StoreSync.objects.filter(store_id="store-north", site_id=1).update(sync_with="TRANSFER")
    assert f"{button} disabled>" in country.get(MOVE, {"to": "site-3"}).text
    redrawn = country.get("/stores/move-checklist/store-north", asked).text
    assert f'{button} disabled hx-swap-oob="true">' in redrawn


def test_a_move_freezes_the_store_and_says_so_on_its_pages(country):
    page = start(country)
    assert "From north to far" in page.text
    assert StoreSettings.objects.get(store_id="store-north").frozen_since
    for tab in ("show", "synchronisation", "visibility"):
        assert "being moved" in country.get(f"/stores/{tab}/store-north").text
    assert "Being moved" in country.get("/stores?q=NOR").text


def test_the_progress_is_there_again_in_another_browser(country):
    start(country)
    other = log_in("bo", "store-central", *ALL)
    page = other.get(MOVE).text
    assert "The old site has sent everything since." in page
    assert "Click to unlock" in page


def test_the_live_part_asks_for_a_new_page_when_the_state_changes(country):
    start(country)
    live = country.get("/stores/move-progress/store-north", {"state": "WAITING"})
    assert "<html" not in live.text
    assert 'data-step="active"' in live.text
    StoreMove.objects.update(state="SENDING", backlog_up_to=0, backlog_total=0)
    changed = country.get("/stores/move-progress/store-north", {"state": "WAITING"})
    assert changed["HX-Refresh"] == "true"
    assert "belongs to the new site now" in country.get(MOVE).text


def test_a_waiting_move_is_cancelled(country):
    start(country)
    page = country.post("/stores/move-cancel/store-north", follow=True)
    assert "The move is cancelled." in page.text
    assert StoreSettings.objects.get(store_id="store-north").frozen_since is None
    assert "Cancelled" in page.text


def test_a_move_that_sends_is_not_cancelled(country):
    start(country)
    StoreMove.objects.update(state="SENDING", backlog_up_to=0, backlog_total=0)
    page = country.post("/stores/move-cancel/store-north", follow=True)
    assert "can no longer be cancelled" in page.text


def test_an_unused_store_arrives_at_once(admin):
    unlock(admin, where=MOVE)
    page = start(admin, "site-1")
    assert Store.objects.get(pk="store-north").site_id == 1
    assert "Done" in page.text


@pytest.mark.parametrize("form", [{}, {"to": "mars\0"}, {"to": "site-2"}, {"keep": "everything"}])
def test_nonsense_is_refused_at_its_field(country, form):
    assert country.post("/stores/move-start/store-north", form).status_code == 422
    assert country.get(MOVE, form).status_code == 200
    assert not StoreMove.objects.exists()


def test_starting_and_cancelling_need_the_padlock(admin):
    assert admin.post("/stores/move-start/store-north", {"to": "site-1"}).status_code == 403
    assert admin.post("/stores/move-cancel/store-north").status_code == 403


def test_moves_are_for_server_administrators(central):
    client = log_in("bo", "store-central", *sorted(set(ALL) - {"SERVER_ADMIN"}))
    assert client.get(MOVE).status_code == 403


def test_the_users_of_a_store_that_is_moved_are_told_on_every_page(nurse):
    assert "is being moved" not in nurse.get("/").text
    here_module.change(connection, orders=SiteOrders(frozen_stores=("store-north",)))
    assert "is being moved" in nurse.get("/").text
