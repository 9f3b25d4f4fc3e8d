"""Tables of our own go to a central server of this kind, and stay away from any other."""

import pytest

from msupply.sync import cycle, here, push
from msupply.sync.peer import InitialisationStatus, SiteInfo
from msupply.sync.site_orders import NO_ORDERS, SiteOrders
from tests.engine.conftest import push as arrive
from tests.engine.conftest import sent

NORTH = 2


@pytest.fixture
def site(connection):
    """A site with a loan, which every central server knows, and a repair, which only ours do."""
    arrive(connection, {"shop": [{"ID": "N", "Title": "North", "site": NORTH}]}, trusted=True)
    here.change(connection, site_id=NORTH, central_url="http://c", initialised=True)
    push.skip_everything(connection)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO toy_loan (id, shop_id) VALUES ('loan', 'N')")
        cursor.execute(
            "INSERT INTO toy_repair (id, shop_id, kind, is_paid)"
            " VALUES ('repair', 'N', 'BIG', TRUE)"
        )
    return connection


def learn(connection, orders):
    info = SiteInfo("uuid", NORTH, InitialisationStatus.COMPLETED, False, "", 1, orders)
    cycle._learn(connection, info)


def test_a_central_server_of_this_kind_gets_them(site):
    learn(site, SiteOrders())
    assert sent(site) == ["loan", "repair"]


def test_a_central_server_of_another_kind_does_not(site):
    learn(site, NO_ORDERS)
    assert push.waiting_to_push(site) == 1
    assert sent(site) == ["loan"]


def test_what_stayed_goes_once_the_central_server_takes_it(site):
    learn(site, NO_ORDERS)
    sent(site)
    learn(site, SiteOrders())
    assert push.waiting_to_push(site) == 1
    assert sent(site) == ["repair"]
