"""A small country for tests: stores on sites, and who sees whom."""

from msupply.central import sites, visibility
from msupply.records.names import Name, NameStoreJoin, NameType
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.stores import Store
from msupply.sync import queue

PASSWORD = "tide-4242"


def make_site(connection, name, *codes, initialised=True):
    """Create a site with new stores of these codes."""
    site = sites.add_site(connection, name, PASSWORD, [(code, f"Store {code}") for code in codes])
    if initialised:
        initialise(connection, site)
        site.refresh_from_db(using=connection.alias)
    return site


def initialise(connection, site):
    """Let a site have initialised, and acknowledged all that there was."""
    Site.objects.using(connection.alias).filter(pk=site.pk).update(
        initialisation_status=InitialisationStatus.COMPLETED
    )
    queue.initialise(connection, site.site_id)
    acknowledge_all(connection, site)


def acknowledge_all(connection, site):
    """Let a site take everything that waits for it; return how much that was."""
    taken = 0
    while records := queue.first(connection, site.site_id, 1000).records:
        queue.acknowledge(connection, site.site_id, [str(r.cursor) for r in records])
        taken += len(records)
    return taken


def find(connection, code):
    """Return the store with a code."""
    return Store.objects.using(connection.alias).get(code=code)


def add_sight(connection, code, seen):
    """Make a store visible in another one."""
    return NameStoreJoin.objects.using(connection.alias).create(
        store=find(connection, code), name_id=find(connection, seen).name_id
    )


def add_patient(connection, code, name="Ana"):
    """Create a patient whose home store this is, and who is visible there."""
    store = find(connection, code)
    patient = Name.objects.using(connection.alias).create(
        name=name, code=name, type=NameType.PATIENT, supplying_store_id=store.pk
    )
    NameStoreJoin.objects.using(connection.alias).create(store=store, name=patient)
    return patient


def types(connection, code):
    """Return what a store is on each site, as texts by the sites' names."""
    from msupply.sync import placement

    names = dict(Site.objects.using(connection.alias).values_list("site_id", "name"))
    found = placement.of_store(connection, find(connection, code).pk)
    return {names.get(number, number): kind.value for number, kind in found.items()}


def settle(connection):
    """Follow everything that has changed."""
    visibility.follow(connection)
