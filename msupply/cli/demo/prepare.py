"""Making the demonstration's central server; runs in a process of its own, on that instance."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msupply.cli.start import make_directory, migrate, use_instance

if TYPE_CHECKING:
    from msupply.records.stores import Store

ADMIN_PASSWORD = "demo-admin"  # noqa: S105 - a demonstration has no secrets
SITE_PASSWORD = "demo-site"  # noqa: S105
USER_PASSWORD = "demo-user"  # noqa: S105
# Short, so that people see stores catch up by themselves.
INTERVAL_SECONDS = 60

CENTRAL_STORE = ("CMS", "Central Medical Store")


@dataclass(frozen=True)
class SitePlan:
    """A remote site: its stores by code and name."""

    name: str
    title: str
    stores: dict[str, str]


SITES = [
    SitePlan(
        "mara-hospital",
        "Mara District Hospital",
        {"MDH": "Mara District Hospital", "MDS": "Mara District Store"},
    ),
    SitePlan("lowa-health-centre", "Lowa Health Centre", {"LHC": "Lowa Health Centre"}),
]


@dataclass(frozen=True)
class UserPlan:
    """A user, the stores that the user works in, and as what."""

    name: str
    first_name: str
    last_name: str
    job: str
    stores: tuple[str, ...]
    roles: tuple[str, ...]
    language: int = 0


USERS = [
    UserPlan(
        "nurse",
        "Amina",
        "Diallo",
        "Nurse, cold chain",
        ("MDH",),
        ("pharmacist", "cold_chain_officer", "store_keeper"),
    ),
    UserPlan("keeper", "Joseph", "Okoro", "Store keeper", ("MDS",), ("store_manager",)),
    UserPlan(
        "grace",
        "Grace",
        "Tembo",
        "Health worker",
        ("LHC",),
        ("pharmacist", "vaccinator", "cold_chain_officer", "store_keeper"),
    ),
    UserPlan(
        "claire",
        "Claire",
        "Mensah",
        "Technicienne (interface en français)",
        ("MDH", "LHC"),
        ("site_technician", "viewer"),
        1,
    ),
]


def make_central(data: Path, url: str) -> None:
    """Set up the central server with sites, users and the country's records."""
    make_directory(data)
    use_instance(data)
    migrate()
    from django.db import connection

    from msupply.central import sites, users
    from msupply.records.stores import Store
    from msupply.services.instance import create_central

    admin = create_central(connection, url, "admin", ADMIN_PASSWORD, *CENTRAL_STORE)
    for site in SITES:
        sites.add_site(connection, site.name, SITE_PASSWORD, list(site.stores.items()))
    stores = {store.code: store for store in Store.objects.select_related("name")}
    for code, store in stores.items():
        if code != CENTRAL_STORE[0]:
            users.grant(connection, admin, store, ["administrator"])
    for plan in USERS:
        user = users.add_user(
            connection,
            plan.name,
            USER_PASSWORD,
            first_name=plan.first_name,
            last_name=plan.last_name,
            job_title=plan.job,
            language=plan.language,
        )
        for code in plan.stores:
            users.grant(connection, user, stores[code], plan.roles)
    _import_country(data, stores)


def _import_country(data: Path, stores: "dict[str, Store]") -> None:
    from django.db import connection

    from msupply.central.wire_import import import_file
    from msupply.cli.demo.country import Country
    from msupply.cli.demo.tables import DemoStore
    from msupply.records.items import Unit

    def store(code: str, supplier: str, scale: int, is_hospital: bool) -> DemoStore:
        found = stores[code]
        return DemoStore(
            code, found.id, found.name_id, found.name.name, supplier, is_hospital, scale
        )

    central = store("CMS", "INTMED", 40, True)
    district = [
        store("MDH", "MDS", 4, True),
        store("MDS", "CMS", 12, True),
        store("LHC", "MDS", 1, False),
    ]
    units = dict(Unit.objects.values_list("name", "id"))
    country = Country(district, central, units).build()
    file = data.parent / "country.json"
    file.write_text(json.dumps(country), encoding="utf-8")
    report = import_file(connection, file)
    if report.refused:
        problem = report.problems[0]
        raise RuntimeError(f"{problem.table} {problem.record_id}: {problem.reason}")


def set_addresses(data: Path, own_url: str, central_url: str | None) -> None:
    """Tell an instance where it and its central server are, at this start."""
    use_instance(data)
    migrate()
    from django.db import connection

    from msupply.records.sites import Site
    from msupply.sync import here

    if central_url is None:
        here.change(connection, own_url=own_url, oms_central_url=own_url)
        Site.objects.filter(is_oms_central=True).update(url=own_url)
    else:
        here.change(
            connection,
            own_url=own_url,
            central_url=central_url,
            interval_seconds=INTERVAL_SECONDS,
        )
