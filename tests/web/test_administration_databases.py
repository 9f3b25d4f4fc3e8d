"""The administration screens' changes, on both kinds of database."""

from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.records.stores import Store
from tests.web.conftest import ALL, log_in, make_central, take_examples


def test_the_sync_types_follow_at_once_on_both_kinds_of_database(connection):
    take_examples()
    make_central()
    admin = log_in("ada", "store-central", *ALL)
    Site.objects.create(id="site-3", site_id=3, name="south")
    name = Name.objects.create(id="name-far", name="Far", code="FAR", type="STORE")
    Store.objects.create(id="store-far", name=name, code="FAR", site_id=3)
    form = {"part": "names", "record": "name-far"}
    page = admin.post("/stores/visible/store-north", form, follow=True).text
    assert "“Far” is now Transfer on the site north (#2)." in page
