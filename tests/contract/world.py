"""One central server and two sites, with real databases and no sockets.

The sites run their true cycles with the true client, whose requests go straight into the server's
WSGI application. A site's database is SQLite, the central server's either of the two.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx
import msgspec
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings

from msupply.central.integration import integrate_sources, integrate_waiting
from msupply.central.sites import reset_hardware_id
from msupply.records.sites import Site, SiteKind
from msupply.sync import buffer, here
from msupply.sync.cycle import initialise_site, run_cycle
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.integrate import Origin, integrate
from msupply.sync.log import CycleStatus
from msupply.sync.models import Quarantined
from msupply.wire.credentials import forget_verified, stored_hash
from tests.contract import country, edits
from tests.contract.country import CENTRAL, NORTH, SITES, SOUTH, Row

URL = "http://central.example"
PASSWORD = "tide-4242"
NAMES = {NORTH: "north", SOUTH: "south"}

# The rows of one instance: by type and id, each with its columns.
Holdings = dict[str, dict[str, dict[str, Any]]]


class Instance:
    """One database with what it is."""

    def __init__(self, alias: str, site: int) -> None:
        self.alias, self.site = alias, site

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """The connection of this thread."""
        return connections[self.alias]

    def write(self, rows: Iterable[Row]) -> None:
        """Take rows in wire form as this instance's own, as an import or a restored backup does."""
        rows, connection = list(rows), self.connection
        central = here.load(connection).is_central
        source = self.site if central else None
        with transaction.atomic(using=self.alias):
            for wire in Wire:
                arrived = [row.arrived() for row in rows if row.wire is wire]
                buffer.store(connection, source, wire, arrived)
        if central:
            summary = integrate_sources(connection, here.load(connection), {source})
        else:
            logs = frozenset({Channel.QUEUE, Channel.MODERN})
            summary = integrate(connection, Origin(site_id=None, logs=logs, trusted=True))
        assert summary.kept_back == 0, self.quarantine()

    def holdings(self) -> Holdings:
        """Read every row of every type that travels."""
        return {kind.name: self.table(kind) for kind in registry().synced}

    def table(self, kind: RecordType) -> dict[str, dict[str, Any]]:
        """Read the rows of one type."""
        found = {}
        attributes = {column: field.attname for column, field in kind.columns.items()}
        for one in kind.model._base_manager.using(self.alias):
            row = {column: getattr(one, name) for column, name in attributes.items()}
            row["extra"] = row["extra"] and msgspec.json.decode(row["extra"])
            found[row["id"]] = row
        return found

    def logs(self, *, places: bool) -> dict[str, list[tuple[Any, ...]]]:
        """Read the changelogs, with or without the place of each row."""
        columns = (
            "record_type, record_id, deleted, store_id, partner_id, visible_id, everywhere,"
            f" source_site{', cursor' if places else ''}"
        )
        found = {}
        with self.connection.cursor() as cursor:
            for channel in Channel:
                cursor.execute(f"SELECT {columns} FROM {channel.value} ORDER BY 1, 2")
                found[channel.value] = cursor.fetchall()
        return found

    def quarantine(self) -> list[tuple[str, str, str]]:
        """Read what was kept back, and why."""
        kept = Quarantined.objects.using(self.alias).order_by("id")
        return list(kept.values_list("table_name", "record_id", "reason"))


class World:
    """A central server with two sites, and what happens there from the beginning to the end."""

    def __init__(self, central: Instance, sites: dict[int, Instance], spare: Instance) -> None:
        self.central, self.sites, self.spare = central, sites, spare
        self.everyone = [central, *sites.values(), spare]
        self.server = WSGIHandler()
        self.transport = httpx.WSGITransport(self._serve)

    @property
    def instances(self) -> dict[int, Instance]:
        """Every instance by its site number."""
        return {CENTRAL: self.central, **self.sites}

    def __getitem__(self, site: int) -> Instance:
        return self.instances[site]

    def set_up(self) -> None:
        """Make the central server, and initialise the sites with nothing but stores."""
        connection = self.central.connection
        here.change(
            connection,
            site_id=CENTRAL,
            is_central=True,
            is_oms_central=True,
            own_url=URL,
            central_site_id=CENTRAL,
            initialised=True,
        )
        Site.objects.using(self.central.alias).create(
            site_id=CENTRAL, name="central", code="central", kind=SiteKind.CENTRAL
        )
        for site, name in NAMES.items():
            Site.objects.using(self.central.alias).create(
                site_id=site, name=name, code=name, password=stored_hash(PASSWORD)
            )
        stores = [row for row in country.rows() if row.table == "store"]
        names = {row.columns["name_id"] for row in stores}
        self.central.write(
            [row for row in country.rows() if row.id in names and row.wire is Wire.V5]
        )
        self.central.write(stores)
        for site in SITES:
            self.initialise(site)

    def initialise(self, site: int) -> None:
        """Connect a site, and bring it what is its."""
        with self.network():
            initialise_site(self[site].connection, URL, NAMES[site], PASSWORD)
        self.cycle(site)

    def write_everything(self) -> None:
        """Write every example where it comes from, the central server's first."""
        rows = country.rows() + country.doomed()
        later = [row for row in rows if row.is_said_of_a_patient]
        own = [row for row in rows if row.origin == CENTRAL and not row.is_reported]
        self.central.write(row for row in own if row not in later)
        self.synchronise()
        for site in SITES:
            self.sites[site].write(row for row in rows if row.origin == site)
        self.synchronise()
        self.central.write(later)
        self.synchronise(rounds=2)
        self.central.write(row for row in rows if row.is_reported)

    def change_everything(self) -> None:
        """Change each row where it comes from, retire some, delete the doomed, as people do."""
        for row in country.changeable():
            edits.change(self[row.origin].alias, row)
        for row in country.retired():
            edits.remove(self.central.alias, row)
        for row in reversed(country.doomed()):
            assert row.delete_origin is not None
            edits.remove(self[row.delete_origin].alias, row)
        self.synchronise(rounds=2)

    def install_again(self, site: int) -> None:
        """Put an empty database in the place of a site's, and initialise it."""
        reset_hardware_id(self.central.connection, NAMES[site])
        self.sites[site] = self.spare
        self.initialise(site)

    def synchronise(self, rounds: int = 1) -> list[CycleStatus]:
        """Run cycles of all sites in turn."""
        return [self.cycle(site) for _ in range(rounds) for site in SITES]

    def cycle(self, site: int) -> CycleStatus:
        """Run one cycle of a site."""
        with self.network():
            status = run_cycle(self[site].connection)
        assert status.error is None, status.error
        return status

    @contextmanager
    def network(self) -> Iterator[None]:
        """Let every HTTP client talk to the central server of this world."""
        forget_verified()
        usual = httpx.Client

        def client(**options: Any) -> httpx.Client:
            return usual(**options | {"transport": self.transport})

        # Screens have tests of their own; here machines talk.
        with (
            override_settings(ROOT_URLCONF="msupply.wire.server_urls"),
            patch("httpx.Client", client),
        ):
            yield

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer a request as the server's process would, with its database as the default one."""
        usual = connections["default"]
        connections["default"] = self.central.connection
        try:
            if environ["PATH_INFO"].endswith("/site_status"):
                # In the place of the worker process.
                integrate_waiting(self.central.connection)
            response = self.server(environ, start_response)
            body = list(response)
            response.close()
            return body
        finally:
            connections["default"] = usual
            if threading.current_thread() is not threading.main_thread():
                # The client reads ahead in a thread of its own.
                self.central.connection.close()


@contextmanager
def undone(instance: Instance) -> Iterator[Instance]:
    """Undo in the end what is done to an instance."""
    with transaction.atomic(using=instance.alias):
        yield instance
        transaction.set_rollback(True, using=instance.alias)
