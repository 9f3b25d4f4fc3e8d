"""Faults that the simulator has found, each told as shortly as it could be."""

from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.messages import SyncMessage
from msupply.records.stores import Store
from msupply.simulation import verdict
from msupply.sync.clock import now
from msupply.sync.declare.registry import registry


def store_of(machine, site):
    return Store.objects.using(machine.alias).filter(site_id=site).order_by("id").first()


def settle(world):
    verdict.settle(world)
    verdict.judge(world)


def test_a_message_between_stores_of_other_sites_is_pushed(world):
    """Any site may write it, so it must not stay there."""
    site = world.sites[2]
    message = SyncMessage.objects.using(site.alias).create(
        from_store=store_of(site, 3),
        to_store=store_of(site, 4),
        type="NOTE",
        body="{}",
        created_datetime=now(),
    )
    world.note(site, registry().by_name["syncmessage"], message.pk)
    settle(world)
    assert SyncMessage.objects.using(world.sites[4].alias).filter(pk=message.pk).exists()


def test_a_prescriber_made_visible_on_the_central_server_is_sent(world):
    """Also when the site has read on, past where the prescriber stands in the log."""
    central, store = world.central.alias, store_of(world.central, 3)
    clinicians = Clinician.objects.using(central)
    late, soon = (clinicians.create(code=c, last_name=c, initials=c) for c in "ab")
    joins = ClinicianStoreJoin.objects.using(central)
    joins.create(store=store, clinician=soon)
    settle(world)
    joins.create(store=store, clinician=late)
    settle(world)
    assert Clinician.objects.using(world.sites[3].alias).filter(pk=late.pk).exists()
