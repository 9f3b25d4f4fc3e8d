"""The site wizard: from choices to a site that can be initialised."""

import json

import pytest
from django.core.exceptions import ValidationError

from msupply.central import site_wizard
from msupply.central.site_wizard import PlannedStore, SitePlan
from msupply.records.names import NameStoreJoin
from msupply.records.sites import ClientType, Site
from msupply.records.store_moves import StoreMove
from msupply.records.stores import Store, StoreMode
from msupply.sync import here, orders
from msupply.sync.placement import SyncType
from tests.central import country
from tests.central.country import find, make_site, settle, types

PLAN = {"name": "west", "password": country.PASSWORD}


def test_a_plan_becomes_a_site_with_its_stores(connection, admin):
    country.add_patient(connection, "CMS", "Ana")
    stores = (
        PlannedStore(code="W1", name="West", mode=StoreMode.STORE, central_type=SyncType.TRANSFER),
        PlannedStore(
            code="W2",
            name="West dispensary",
            include_transactions=False,
            patients_of=find(connection, "CMS").pk,
        ),
    )
    plan = SitePlan(**PLAN, client_type=ClientType.SERVER, stores=stores)
    assert site_wizard.check(connection, plan) == {}
    site = site_wizard.create(connection, plan, admin)
    assert (site.client_type, find(connection, "W1").store_mode) == ("SERVER", "STORE")
    assert types(connection, "W1") == {"west": "ACTIVE", "central": "TRANSFER"}
    assert types(connection, "W2") == {"west": "ACTIVE", "central": "COLLECTOR"}
    told = orders.for_site(connection, here.load(connection), site.site_id)
    assert told.stores_without_transactions == (find(connection, "W2").pk,)
    seen = NameStoreJoin.objects.using(connection.alias).filter(store__code="W2")
    assert [join.name.name for join in seen] == ["Ana"]


def test_a_new_store_sees_what_another_one_sees(connection, admin):
    make_site(connection, "north", "N1")
    country.add_sight(connection, "N1", "CMS")
    country.add_sight(connection, "CMS", "N1")
    like = find(connection, "N1").pk
    stores = (PlannedStore(code="W1", name="West", sees_like=like),)
    site_wizard.create(connection, SitePlan(**PLAN, stores=stores), admin)
    seen = NameStoreJoin.objects.using(connection.alias)
    assert seen.filter(store__code="W1", name__code="CMS").exists()
    assert seen.filter(store__code="CMS", name__code="W1").exists()
    assert types(connection, "CMS")["west"] == "TRANSFER"


def test_in_a_mirrored_system_new_stores_come_from_the_primary_server(connection, admin):
    make_site(connection, "north", "N1")
    here.change(connection, primary_site_id=2)
    plan = SitePlan(**PLAN, stores=(PlannedStore(code="W1", name="West"),))
    assert "primary server" in site_wizard.check(connection, plan)["stores.0"][0]
    with pytest.raises(ValidationError):
        site_wizard.create(connection, plan, admin)


def test_a_store_in_use_begins_to_move(connection, admin):
    make_site(connection, "north", "N1")
    settle(connection)
    plan = SitePlan(**PLAN, stores=(PlannedStore(store_id=find(connection, "N1").pk),))
    site = site_wizard.create(connection, plan, admin)
    move = StoreMove.objects.using(connection.alias).get()
    assert (move.from_site, move.to_site) == (2, site.site_id)
    assert site_wizard.summary(connection, site).moving == ("N1  Store N1",)


def test_a_store_of_a_site_that_never_began_is_taken_over(connection, admin):
    make_site(connection, "north", "N1", initialised=False)
    plan = SitePlan(**PLAN, stores=(PlannedStore(store_id=find(connection, "N1").pk),))
    site_wizard.create(connection, plan, admin)
    assert types(connection, "N1") == {"west": "ACTIVE", "central": "COLLECTOR"}


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": "a:b"}, "name", "without a colon"),
        ({"name": "CENTRAL"}, "name", "already"),
        ({"password": "x"}, "password", "at least"),
        ({"client_type": "FAX"}, "client_type", "no such client"),
        ({"is_oms_central": True}, "url", "address"),
        ({"stores": (PlannedStore(code="W"),)}, "stores.0", "code and a name"),
        ({"stores": (PlannedStore(code="cms", name="x"),)}, "stores.0", "already"),
        ({"stores": (PlannedStore(store_id="nope"),)}, "stores.0", "no such store"),
        ({"stores": (PlannedStore(code="a", name="b", mode="BAR"),)}, "stores.0", "mode"),
        (
            {"stores": (PlannedStore(code="a", name="b", central_type=SyncType.NONE),)},
            "stores.0",
            "every store",
        ),
        (
            {"stores": (PlannedStore(code="a", name="b", patients_of="nope"),)},
            "stores.0",
            "does not exist",
        ),
        (
            {
                "stores": (
                    PlannedStore(code="a", name="b", mode="STORE", include_transactions=False),
                )
            },
            "stores.0",
            "Only dispensaries",
        ),
        (
            {"stores": (PlannedStore(code="a", name="b"), PlannedStore(code="A", name="c"))},
            "stores.1",
            "same code",
        ),
        (
            {
                "client_type": "MOBILE",
                "stores": (PlannedStore(code="a", name="b"), PlannedStore(code="c", name="d")),
            },
            "stores",
            "one store at most",
        ),
    ],
)
def test_each_wrong_choice_is_told_by_its_field(connection, admin, values, field, said):
    plan = SitePlan(**(PLAN | values))
    assert said in " ".join(site_wizard.check(connection, plan)[field])
    with pytest.raises(ValidationError):
        site_wizard.create(connection, plan, admin)
    assert Site.objects.using(connection.alias).count() == 1
    assert Store.objects.using(connection.alias).count() == 1


def test_the_summary_is_what_a_technician_needs_without_the_password(connection, admin):
    plan = SitePlan(**PLAN, stores=(PlannedStore(code="W1", name="West"),))
    summary = site_wizard.summary(connection, site_wizard.create(connection, plan, admin))
    text = summary.text()
    for wanted in ("west", "http://central.test:8000", "W1  West", "Open mSupply"):
        assert wanted in text
    assert json.loads(summary.qr_text) == {"url": "http://central.test:8000", "site": "west"}
    assert country.PASSWORD not in text + summary.qr_text
    assert summary.qr_svg().startswith("<svg")
    assert "█" in summary.qr_terminal() or "▄" in summary.qr_terminal()
