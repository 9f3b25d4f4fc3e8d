"""A small country with one record of every type, seen from its central server or from a site."""

import itertools

import msgspec
import pytest
from django.db import connection, transaction
from django.test import Client

from msupply.records.permissions import Permission
from msupply.records.sites import Site, SiteKind
from msupply.records.stores import Store
from msupply.records.users import UserPermission
from msupply.services import instance
from msupply.sync import buffer
from msupply.sync import here as here_module
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.integrate import Origin, integrate
from tests.examples import all_examples
from tests.services.people import make_user
from tests.web import beside_examples

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Take every example in once for all tests of a module; it is undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        take_examples()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def examples(world, db):
    """What each test finds, and undoes its own changes to."""


def take_examples():
    """Integrate one record of every type."""
    for wire, group in itertools.groupby(all_examples(), lambda example: example.wire):
        records = [
            Arrived(e.table, e.record_id, "upsert", msgspec.json.encode(e.record)) for e in group
        ]
        buffer.store(connection, None, Wire(wire), records)
    integrate(connection, Origin(None, None, logs=frozenset(), trusted=True))
    beside_examples.create()


@pytest.fixture
def central(examples, tmp_path, settings):
    """Make this instance both central servers."""
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    return make_central()


def make_central():
    """Set this instance up as both central servers, with the site of the store north."""
    here_module.change(
        connection,
        site_id=1,
        is_central=True,
        is_oms_central=True,
        initialised=True,
        prepared=True,
        own_url="http://central.test:8000",
        oms_central_url="http://central.test:8000",
        central_site_id=1,
    )
    Site.objects.create(
        id="site-1", site_id=1, name="central", kind=SiteKind.CENTRAL, is_oms_central=True,
        url="http://central.test:8000",
    )  # fmt: skip
    Site.objects.create(id="site-2", site_id=2, name="north", hardware_id="tablet-1")
    return here_module.load(connection)


@pytest.fixture
def remote(examples, tmp_path, settings):
    """Make this instance the remote site with the store north."""
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    return make_remote()


def make_remote():
    """Set this instance up as the remote site with the store north."""
    here_module.change(
        connection,
        site_id=2,
        site_uuid="site-2",
        site_name="north",
        central_url="http://central.test:8000",
        oms_central_url="http://central.test:8000",
        password_hash="0" * 64,
        hardware_id="tablet-1",
        central_site_id=1,
        initialised=True,
        prepared=True,
    )
    return here_module.load(connection)


def log_in(username, store_id, *permissions):
    """Return a browser in which a user of a store is logged in."""
    store = Store.objects.using(connection.alias).get(pk=store_id)
    user = make_user(connection, username, store, password=PASSWORD)
    UserPermission.objects.bulk_create(
        UserPermission(user_id=user.pk, store_id=store_id, permission=name) for name in permissions
    )
    client = Client()
    client.force_login(user)
    session = client.session
    session["store"] = store_id
    session.save()
    client.user = user
    return client


ALL = sorted(set(Permission.values) - {"STORE_ACCESS"})


@pytest.fixture
def admin(central):
    """Return a browser of somebody who may do everything on the central server."""
    return log_in("ada", "store-central", *ALL)


@pytest.fixture
def nurse(remote):
    """Return a browser of somebody who may do everything at the site."""
    return log_in("awa", "store-north", *ALL)


@pytest.fixture
def empty_instance(db, tmp_path, settings):
    """An instance that is not set up."""
    settings.DATA = tmp_path
    return instance


@pytest.fixture(params=["central", "site"])
def place(request):
    """A central server or a site, where the stores north and south are both active."""
    here = request.getfixturevalue("central" if request.param == "central" else "remote")
    Store.objects.filter(pk="store-north").update(site_id=here.site_id)
    Store.objects.filter(pk="store-south").update(site_id=here.site_id, is_disabled=False)
    return request.param
