"""Somebody who may enter very many stores."""

import pytest

from msupply.records.names import Name
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.web.log_in import STORES_SHOWN
from msupply.web.users import SHOWN
from tests.web.conftest import PASSWORD

STORES = 3 * STORES_SHOWN


@pytest.fixture
def traveller(central, client):
    """A user of all stores, who has just given name and password."""
    names = [Name(name=f"Health post {n}", code=f"HP{n:03}", type="STORE") for n in range(STORES)]
    Name.objects.bulk_create(names)
    stores = [Store(name=name, code=name.code, site_id=central.site_id) for name in names]
    Store.objects.bulk_create(stores)
    user = User.objects.create_user("ibn", PASSWORD)
    UserStore.objects.bulk_create(UserStore(user=user, store=store) for store in stores)
    UserPermission.objects.bulk_create(
        UserPermission(user=user, store=store, permission=permission)
        for store in stores
        for permission in ("STORE_ACCESS", "ITEM_MUTATE")
    )
    client.post("/log-in", {"username": "ibn", "password": PASSWORD})
    return user


def test_the_choice_of_a_store_shows_the_first_ones(traveller, client):
    page = client.get("/store").content.decode()
    assert page.count('name="store"') == STORES_SHOWN
    assert "There are more stores" in page


def test_a_store_further_down_is_searched_for_and_entered(traveller, client):
    page = client.get("/store", {"q": "health post 149"}).content.decode()
    assert page.count('name="store"') == 1
    store = Store.objects.get(code="HP149")
    assert client.post("/store", {"store": store.pk}).url == "/"
    assert "Health post 149" in client.get("/").content.decode()


def test_a_store_that_is_not_the_users_cannot_be_entered(traveller, client):
    UserStore.objects.filter(user=traveller, store__code="HP149").delete()
    client.post("/store", {"store": Store.objects.get(code="HP149").pk})
    assert client.get("/").url == "/store"


def test_the_rights_of_a_user_are_paged_and_searched(traveller, admin):
    address = f"/users/rights/{traveller.pk}"
    assert len(admin.get(address).context["access"]) == SHOWN
    last = admin.get(address, {"page": 99}).context["access"]
    assert last[-1].store.code == "HP149"
    found = admin.get(address, {"q": "post 149"}).context["access"]
    assert [entry.store.code for entry in found] == ["HP149"]
    assert found[0].permissions == ["Edit items", "Enter the store"]


def test_a_page_reads_the_permissions_of_the_entered_store_alone(
    traveller, client, django_assert_max_num_queries
):
    client.post("/store", {"store": Store.objects.get(code="HP149").pk})
    with django_assert_max_num_queries(30) as queries:
        client.get("/")
    held = [q["sql"] for q in queries.captured_queries if '"permission" FROM' in q["sql"]]
    assert len(held) == 1
    assert '"store_id" = ' in held[0]
