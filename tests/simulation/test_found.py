"""Faults that the simulator has found, each told as shortly as it could be."""

from msupply.central import settings, store_move, store_sync
from msupply.records.assets import Asset
from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.invoices import Invoice, InvoiceType
from msupply.records.items import Unit
from msupply.records.messages import SyncMessage
from msupply.records.name_groups import NameGroup, NameGroupJoin
from msupply.records.names import Name, NameStoreJoin, NameType
from msupply.records.properties import NameOmsFields
from msupply.records.sites import Site
from msupply.records.stores import Store, StoreMode
from msupply.services.edit import columns_of
from msupply.simulation import verdict
from msupply.sync import changelog, ownership
from msupply.sync.clock import now
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import Channel, registry
from msupply.sync.placement import SyncType


def store_of(machine, site):
    return Store.objects.using(machine.alias).filter(site_id=site).order_by("id").first()


def patient_of(machine, store):
    return Name.objects.using(machine.alias).create(
        code="p", name="p", type=NameType.PATIENT, supplying_store_id=store.pk, gender="MALE"
    )


def settle(world):
    verdict.settle(world)
    verdict.judge(world)


def test_a_message_to_a_store_of_another_site_is_pushed(world):
    """The store that owns it in the log is the one that gets it, and it must not stay here."""
    site = world.sites[2]
    message = SyncMessage.objects.using(site.alias).create(
        from_store=store_of(site, 2),
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


def test_a_patient_deleted_before_the_first_push_is_known_to_all_the_same(world):
    """Other records refer to the patient: the row goes up, and then its delete."""
    site = world.sites[2]
    store = store_of(site, 2)
    patient = patient_of(site, store)
    join = NameStoreJoin.objects.using(site.alias).create(store=store, name=patient)
    patient.deleted_datetime = now()
    patient.save(using=site.alias)
    world.note(site, registry().by_name["name"], patient.pk)
    world.note(site, registry().by_name["namestorejoin"], join.pk)
    settle(world)
    known = Name.objects.using(world.central.alias).get(pk=patient.pk)
    assert known.deleted_datetime is not None


def test_what_is_taken_out_of_use_at_the_primary_server_is_so_everywhere(world):
    """The wire has no word for it from an ordinary site."""
    settle(world)
    settings.set_primary(
        world.central.connection, Site.objects.using(world.central.alias).get(site_id=2)
    )
    settle(world)
    primary = world.sites[2]
    unit = Unit.objects.using(primary.alias).order_by("id").first()
    unit.is_active = False
    unit.save(using=primary.alias)
    world.note(primary, registry().by_name["unit"], unit.pk)
    settle(world)
    for machine in world.machines:
        assert not Unit.objects.using(machine.alias).get(pk=unit.pk).is_active


def test_a_primary_server_that_has_not_heard_of_a_move_does_not_undo_it(world):
    """The record of a store says where it is active, and the primary server may edit it."""
    central = world.central
    settle(world)
    settings.set_primary(central.connection, Site.objects.using(central.alias).get(site_id=2))
    settle(world)
    store = store_of(central, 3)
    store_move.start(central.connection, store.pk, 4)
    world.cycle(world.sites[3])
    world.cycle(world.sites[4])
    assert Store.objects.using(central.alias).get(pk=store.pk).site_id == 4
    late = Store.objects.using(world.sites[2].alias).get(pk=store.pk)
    late.store_mode = StoreMode.DISPENSARY
    late.save(using=world.sites[2].alias, update_fields=["store_mode"])
    settle(world)
    for machine in world.machines:
        found = Store.objects.using(machine.alias).get(pk=store.pk)
        assert (found.site_id, found.store_mode) == (4, StoreMode.DISPENSARY)


def test_patients_of_a_store_that_is_being_moved_are_not_edited(world):
    """What the old site wrote as their home after its last push would be refused."""
    central, site = world.central, world.sites[3]
    store = store_of(central, 3)
    store_move.start(central.connection, store.pk, 4)
    world.cycle(site)
    values = columns_of(Name(type=NameType.PATIENT, supplying_store_id=store.pk))
    refusal = ownership.refusal(site.connection, registry().by_name["name"], values, site.here)
    assert refusal is not None
    assert (refusal.editor, refusal.store) == (Editor.NOWHERE_YET, store.pk)


def test_a_full_copy_of_a_store_has_the_joins_of_its_patients(world):
    """Other joins of the store are central data, and do not come along: one table, two policies."""
    central, store = world.central, store_of(world.central, 3)
    NameStoreJoin.objects.using(central.alias).create(
        store=store_of(central, 2), name_id=store.name_id
    )
    store_sync.set_sync_type(central.connection, store.pk, 2, SyncType.COLLECTOR)
    settle(world)
    patient = patient_of(central, store)
    join = NameStoreJoin.objects.using(central.alias).create(store=store, name=patient)
    settle(world)
    assert NameStoreJoin.objects.using(world.sites[2].alias).filter(pk=join.pk).exists()


def test_the_group_of_a_patient_waits_nowhere_for_the_patient(world):
    """It comes with the patient, to where the patient is visible."""
    central, store = world.central, store_of(world.central, 3)
    group = NameGroup.objects.using(central.alias).create(name="outreach")
    patient = patient_of(central, store)
    join = NameGroupJoin.objects.using(central.alias).create(name=patient, name_group=group)
    settle(world)
    NameStoreJoin.objects.using(central.alias).create(store=store, name=patient)
    settle(world)
    there = [
        machine.site_id
        for machine in world.sites.values()
        if NameGroupJoin.objects.using(machine.alias).filter(pk=join.pk).exists()
    ]
    assert there == [3]


def test_a_store_that_moves_gets_what_others_have_written_to_it(world):
    """A shipment on its way to the old site would be lost with the move."""
    central, sender = world.central, world.sites[4]
    settle(world)
    store = store_of(central, 2)
    invoice = Invoice.objects.using(sender.alias).create(
        store=store_of(sender, 4),
        name_id=store.name_id,
        type=InvoiceType.OUTBOUND_SHIPMENT,
        invoice_number=1,
        created_datetime=now(),
    )
    world.note(sender, registry().by_name["invoice"], invoice.pk)
    settle(world)
    # The new site has read on, past where the invoice stands in the log.
    late = SyncMessage.objects.using(central.alias).create(
        to_store=store_of(central, 3), type="NOTE", body="{}", created_datetime=now()
    )
    world.note(central, registry().by_name["syncmessage"], late.pk)
    settle(world)
    store_move.start(central.connection, store.pk, 3)
    settle(world)
    assert Invoice.objects.using(world.sites[3].alias).filter(pk=invoice.pk).exists()


def test_a_store_that_moves_takes_along_what_another_central_server_has_of_it(two_centres):
    """That server only hears by V5 that the store is on another site now."""
    world, old = two_centres, two_centres.sites[3]
    store = store_of(old, 3)
    asset = Asset.objects.using(old.alias).create(
        store=store, asset_number="fridge", created_datetime=now(), modified_datetime=now()
    )
    world.note(old, registry().by_name["asset"], asset.pk)
    settle(world)
    store_move.start(world.central.connection, store.pk, 4)
    settle(world)
    assert Asset.objects.using(world.sites[4].alias).filter(pk=asset.pk).exists()


def test_what_has_no_way_to_the_other_central_server_is_not_edited(two_centres):
    """The mSupply central server speaks no V6 to it: the change would stay there unnoticed."""
    central = two_centres.central
    kind, values = registry().by_name["nameomsfields"], columns_of(NameOmsFields())
    refusal = ownership.refusal(central.connection, kind, values, central.here)
    assert refusal is not None
    assert refusal.editor is Editor.MODERN


def test_another_central_server_pushes_its_patients_once(two_centres):
    """Once more, after their store has moved, they would be refused."""
    world, site = two_centres, two_centres.modern
    store = store_of(site, 2)
    patient = patient_of(site, store)
    join = NameStoreJoin.objects.using(site.alias).create(store=store, name=patient)
    world.note(site, registry().by_name["name"], patient.pk)
    world.note(site, registry().by_name["namestorejoin"], join.pk)
    head = changelog.head(site.connection, Channel.QUEUE)
    settle(world)
    assert changelog.head(site.connection, Channel.QUEUE) == head
