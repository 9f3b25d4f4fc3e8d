"""A central server with two stores of other sites, and ways to let records arrive."""

import msgspec
import pytest
from django.db import transaction

from msupply.records.clinicians import Clinician
from msupply.records.items import Item, Unit
from msupply.records.names import Name
from msupply.records.stock import Location, StockLine
from msupply.records.stores import Store
from msupply.sync import buffer, here
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Channel, Wire
from msupply.sync.integrate import Origin, integrate
from msupply.sync.models import Quarantined

CENTRAL, NORTH, SOUTH = 1, 2, 3
SERVED = frozenset(Channel)


class Country:
    """The records of one server, and what arrives there."""

    def __init__(self, connection):
        self.connection = connection
        self.alias = connection.alias
        here.change(
            connection,
            site_id=CENTRAL,
            central_site_id=CENTRAL,
            is_central=True,
            is_oms_central=True,
        )

    def make(self, model, record_id, **values):
        return model.objects.using(self.alias).create(id=record_id, **values)

    def store(self, record_id, site):
        name = self.make(Name, f"name-of-{record_id}", name=record_id, code=record_id, type="STORE")
        return self.make(Store, record_id, name=name, code=record_id, site_id=site)

    def items(self, *ids):
        return [self.make(Item, i, name=f"item {i}", code=i) for i in ids]

    def names(self, *ids, **values):
        return [self.make(Name, i, name=f"name {i}", code=i, **values) for i in ids]

    def patients(self, *ids, **values):
        return self.names(*ids, type="PATIENT", **values)

    def units(self, *ids):
        return [self.make(Unit, i, name=f"unit {i}") for i in ids]

    def prescribers(self, *ids, **values):
        return [self.make(Clinician, i, code=i, last_name=i, initials="", **values) for i in ids]

    def locations(self, store, *ids):
        return [self.make(Location, i, name=i, code=i, store_id=store) for i in ids]

    def stock(self, record_id, item, store="S-north", **values):
        return self.make(StockLine, record_id, item_id=item, store_id=store, **values)

    def row(self, model, record_id):
        return model.objects.using(self.alias).get(pk=record_id)

    def has(self, model, record_id):
        return model.objects.using(self.alias).filter(pk=record_id).exists()

    def arrive(self, *records, site=None, wire=Wire.V5):
        """Let records arrive: from a central server, or from a site."""
        origin = Origin(site_id=None)
        if site is not None:
            origin = Origin(site_id=site, log_source=site, logs=SERVED)
        self._integrate(records, origin, wire)

    def arrive_trusted(self, *records):
        """Take records as this server's own, as an import does."""
        self._integrate(records, Origin(CENTRAL, logs=SERVED, trusted=True), Wire.V5)

    def _integrate(self, records, origin, wire):
        with transaction.atomic(using=self.alias):
            buffer.store(self.connection, origin.site_id, wire, records)
        integrate(self.connection, origin)

    def kept_back(self):
        rows = Quarantined.objects.using(self.alias).order_by("id")
        return [(row.table_name, row.action, row.record_id, row.code) for row in rows]

    def log(self, log, record_id):
        """Return the log's row about a record."""
        return log.objects.using(self.alias).filter(record_id=record_id).last()


def merge(table, keep, lost, **more):
    """A merge as it arrives."""
    data = {"mergeIdToKeep": keep, "mergeIdToDelete": lost, **more}
    return Arrived(table, keep, "merge", msgspec.json.encode(data))


def arrived(table, record, record_id=None, action="update"):
    """A record as it arrives."""
    own = record_id or record.get("ID") or record["id"]
    return Arrived(table, own, action, msgspec.json.encode(record))


@pytest.fixture
def country(connection):
    """An empty central server with the stores of two sites."""
    made = Country(connection)
    made.store("S-north", NORTH)
    made.store("S-south", SOUTH)
    return made
