"""A central server with a site, and a hand that plays the site by HTTP."""

import base64
import json
from dataclasses import dataclass, field

import pytest
from django.test import Client

from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.sync import here
from msupply.sync.here import load
from msupply.sync.integrate import Origin, integrate
from msupply.sync.models import SiteState
from msupply.wire import credentials

PASSWORD = "tide-4242"
HASH = "d9a5b4228e9b32aef48e9435dcadfbabd7e84d7b09b077ab272aad93c338062a"


@pytest.fixture(autouse=True)
def only_machines(settings, tmp_path):
    """Leave the screens out, and keep files apart."""
    settings.ROOT_URLCONF = "msupply.wire.server_urls"
    settings.FILES = tmp_path / "files"


@pytest.fixture
def central(connection):
    """An mSupply and Open mSupply central server in one."""
    here.change(
        connection,
        site_id=1,
        is_central=True,
        is_oms_central=True,
        own_url="http://central.example",
        central_site_id=1,
        initialised=True,
    )
    add_store("ST-C", 1)
    return connection


def add_store(store_id, site_id, **values):
    """Create a store and its name."""
    name = Name.objects.create(id=f"NAME-{store_id}", name=store_id, code=store_id, type="STORE")
    return Store.objects.create(id=store_id, name=name, code=store_id, site_id=site_id, **values)


def add_site(number=12, name="clinic-north", store="ST-01", **values):
    """Create a site and its store."""
    site = Site.objects.create(
        site_id=number, name=name, password=credentials.stored_hash(PASSWORD), **values
    )
    if store:
        add_store(store, number)
    return site


@pytest.fixture
def site(central):
    """The record of a site with one store."""
    return add_site()


@pytest.fixture
def clinic(site):
    """Somebody who plays that site."""
    return Hand()


@dataclass
class Hand:
    """Plays a site towards the server under test, with nothing but HTTP."""

    name: str = "clinic-north"
    wire_hash: str = HASH
    hardware_id: str = "HW-77"
    version: str = "14"
    v6_version: int = 5
    client: Client = field(default_factory=Client)
    headers: dict[str, str] = field(default_factory=dict)

    def v5_headers(self):
        pair = base64.b64encode(f"{self.name}:{self.wire_hash}".encode()).decode()
        return {
            "Authorization": f"Basic {pair}",
            "msupply-site-uuid": self.hardware_id,
            "app-version": "2.20.0",
            "app-name": "Open mSupply Desktop",
            "version": self.version,
        } | self.headers

    def get(self, path, **query):
        return self.client.get(f"/sync/v5/{path}", query, headers=self.v5_headers())

    def post(self, path, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic("POST", f"/sync/v5/{path}", data, "", headers=self.v5_headers())

    def settings(self):
        return {
            "serverUrl": "http://elsewhere.example",
            "username": self.name,
            "passwordSha256": self.wire_hash,
            "siteUuid": self.hardware_id,
            "appVersion": "2.20.0",
            "appName": "Open mSupply Desktop",
            "syncVersion": self.version,
        }

    def v6(self, path, *, change=lambda body: body, **body):
        body = {"syncV6Version": self.v6_version, "syncV5Settings": self.settings()} | body
        return self.v6_raw(path, change(json.dumps(body).encode()))

    def v6_raw(self, path, body):
        path = f"/central/{path}"
        return self.client.generic("POST", path, body, "application/json", headers=self.headers)

    def v6_data(self, path, **body):
        answer = self.v6(path, **body)
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]

    def pull_v6(self, cursor=0, initialised=False, size=500):
        return self.v6_data("sync/pull", cursor=cursor, batchSize=size, isInitialised=initialised)

    def push_v6(self, *records, last=True, change=lambda body: body):
        changes = [
            {"cursor": place, "record": record} for place, record in enumerate(records, start=1)
        ]
        batch = {
            "end_cursor": len(changes),
            "total_records": len(changes),
            "is_last_batch": last,
            "records": changes,
        }
        return self.v6("sync/push", change=change, batch=batch)

    def push(self, *records):
        entries = [
            {"syncOutId": str(place)} | record for place, record in enumerate(records, start=1)
        ]
        answer = self.post("queued_records", {"queueLength": len(entries), "data": entries})
        assert answer.status_code == 200, answer.content
        return self.post("queued_records", {"queueLength": 0, "data": []})


def upsert(table, record_id, data=None, key="ID"):
    """Return a record as a site pushes it."""
    record = {key: record_id} | (data or {})
    return {"tableName": table, "recordId": record_id, "action": "Update", "recordData": record}


def work(connection):
    """Do what the background worker does: integrate what waits."""
    for state in SiteState.objects.filter(waiting_since__isnull=False):
        site = state.site_id
        integrate(connection, Origin(site, site, load(connection).served))
        SiteState.objects.filter(site_id=site).update(waiting_since=None)
