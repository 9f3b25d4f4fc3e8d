"""What the screens say in French while something is going on: moves, merges, imports, the wizard."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from msupply.central import failing, log_marks
from msupply.records.items import Item
from msupply.records.log_marks import LogMark
from msupply.records.sites import Site
from msupply.records.stock import Location
from msupply.sync import here as here_module
from msupply.sync import quarantine
from msupply.sync.clock import now
from msupply.sync.models import SiteState, StoreSync
from msupply.sync.site_orders import SiteOrders
from tests.web.test_administration_sites import NEW_STORE, STEP, answer, walk
from tests.web.test_administration_stores import unlock
from tests.web.test_french import untranslated
from tests.web.test_screens_tables import send
from tests.web.test_seeing_site import kept

STORE = ["/stores/show/store-north", "/stores/synchronisation/store-north",
         "/stores/visibility/store-north", "/stores/move/store-north"]  # fmt: skip


@pytest.fixture
def unlocked(admin):
    """The store north can be moved to the site “far-away”, and the administrator has unlocked it."""
    Site.objects.filter(pk="site-2").update(initialisation_status="completed")
    Site.objects.create(
        id="site-3", site_id=3, name="far-away", initialisation_status="completed",
        last_connection_datetime=now(),
    )  # fmt: skip
    StoreSync.objects.create(store_id="store-north", site_id=1, sync_with="COLLECTOR")
    unlock(admin)
    return admin


def test_the_site_wizard_is_french(admin):
    walk(admin, **NEW_STORE)
    answer(admin, "options", central_0="COLLECTOR", include_0="on")
    answer(admin, "role")
    steps = [STEP + name for name in ("kind", "name", "stores", "options", "role", "summary")]
    assert untranslated(admin, steps, ["East (EAS)", "east"]) == {}
    admin.post(STEP + "summary", {"password": "tide-4343"})
    assert untranslated(admin, [f"/sites/ready/{Site.objects.get(name='east').pk}"]) == {}


def test_an_unlocked_store_is_french(unlocked):
    paths = [*STORE, "/stores/move/store-north?to=site-3", "/system-settings", "/stores/matrix",
             "/stores/resync/store-north"]  # fmt: skip
    assert untranslated(unlocked, paths) == {}


def test_a_move_under_way_is_french(unlocked):
    unlocked.post("/stores/move-start/store-north", {"to": "site-3"})
    assert untranslated(unlocked, [*STORE, "/stores?q=NOR"]) == {}
    unlocked.post("/stores/move-cancel/store-north")
    assert untranslated(unlocked, STORE) == {}


def test_what_a_merge_would_change_is_french(admin):
    kept_item = Item.objects.order_by("pk").first()
    Item.objects.create(id="twin", name="Amoxicilin tabs", code="TWIN", type="STOCK")
    both = {"keep": "twin", "delete": kept_item.pk}
    assert untranslated(admin, [f"/merge/item?keep=twin&delete={kept_item.pk}"]) == {}
    admin.post("/merge/item", both)
    assert untranslated(admin, [f"/where-is/item/{kept_item.pk}", "/list/items/"]) == {}


def test_the_preview_of_an_import_is_french(admin):
    good = send(admin, "items", "code,name,Mystery\nzz-1,Item one,1\nzz-2,Item two,2\n").url
    bad = send(admin, "items", "code;name;type\nzz-1;Item one;Stock\nzz-2;;Liquid\n").url
    assert untranslated(admin, [good, bad], ["zz-1", "zz-2", "Item one", "Item two"]) == {}


def test_a_site_with_a_backlog_and_records_kept_back_is_french(admin):
    SiteState.objects.create(site_id=2, queue_cursor=0)
    Location.objects.create(id="l-0", store_id="store-north", code="L0", name="Shelf")
    log_marks.mark(connection)
    LogMark.objects.update(at=now() - timedelta(days=4))
    codes = (quarantine.INVALID, quarantine.NOT_OWNER, quarantine.MISSING_PARENT,
             quarantine.UNKNOWN_TABLE, quarantine.UNSUPPORTED, quarantine.DEFECT)  # fmt: skip
    for code in codes:
        kept(f"kept-{code}", code=code)
    failing.note(connection, 2, "42")
    paths = ["/sites/2/", "/where-is/location/l-0", "/sync-report/", "/map/"]
    assert untranslated(admin, paths) == {}


def test_the_frozen_store_of_a_site_is_french(nurse):
    here_module.change(connection, orders=SiteOrders(frozen_stores=("store-north",)))
    assert untranslated(nurse, ["/", "/list/locations/", "/synchronisation/settings"]) == {}


def test_what_a_site_may_not_edit_is_french(nurse):
    here_module.change(connection, orders=SiteOrders(centralised_procurement=True))
    item = reverse("detail", args=["items", Item.objects.first().pk])
    paths = ["/synchronisation/settings", "/list/items/", item]
    assert untranslated(nurse, paths) == {}
