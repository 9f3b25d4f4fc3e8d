"""The one place where people change records."""

import pytest
from django.core.exceptions import ValidationError

from msupply.records.activity import ActivityLog
from msupply.records.assets import Asset, AssetLogReason
from msupply.records.documents import Document
from msupply.records.items import Item, Unit
from msupply.records.merges import NameMerge
from msupply.records.messages import SyncMessage
from msupply.records.names import Name, NameTag, NameTagJoin
from msupply.records.repeats import PrescriptionRepeat
from msupply.records.sites import Site
from msupply.records.stock import Location
from msupply.records.variants import ItemVariant
from msupply.services import edit
from msupply.services.permissions import PermissionMissing
from msupply.services.stores import create_store
from msupply.sync import here
from msupply.sync.clock import now
from msupply.sync.declare.policy import Editor
from msupply.sync.models import ChangelogQueue
from msupply.sync.ownership import EditRefused
from tests.services.people import make_user


@pytest.fixture
def keeper(connection, admin, store):
    return make_user(connection, "bo", store, "LOCATION_MUTATE", "ASSET_MUTATE")


def as_remote(connection, site_id=1):
    here.change(connection, is_central=False, is_oms_central=False, central_url="http://c.test")


def new_location(connection, user, store, **values):
    values = {"name": "Shelf", "code": "S1", "store_id": store.id} | values
    return edit.save(connection, user, store.id, Location, values)


def test_a_record_is_created_and_logged_for_sync(connection, keeper, store):
    location = new_location(connection, keeper, store)
    assert Location.objects.using(connection.alias).get(pk=location.pk).name == "Shelf"
    assert ChangelogQueue.objects.using(connection.alias).filter(record_id=location.pk).exists()


def test_a_change_leaves_other_fields_alone(connection, keeper, store):
    location = new_location(connection, keeper, store, volume=3.5)
    edit.save(connection, keeper, store.id, Location, {"name": "Bin"}, location.pk)
    location.refresh_from_db(using=connection.alias)
    assert (location.name, location.code, location.volume) == ("Bin", "S1", 3.5)


def test_a_key_that_no_index_could_hold_is_refused_in_words(connection, keeper, store):
    location = new_location(connection, keeper, store)
    changes = {"location_type_id": "ü" * 256}
    with pytest.raises(ValidationError) as refused:
        edit.save(connection, keeper, store.id, Location, changes, location.pk)
    texts = refused.value.message_dict["location_type"]
    assert "Enter at most 255 characters." in texts


def test_without_the_permission_nothing_is_written(connection, admin, store):
    user = make_user(connection, "cy", store)
    with pytest.raises(PermissionMissing):
        new_location(connection, user, store)
    assert not Location.objects.using(connection.alias).exists()


def test_a_store_that_is_not_active_here_is_refused(connection, keeper, store):
    store.site_id = 9
    store.save(using=connection.alias)
    with pytest.raises(EditRefused):
        new_location(connection, keeper, store)


def test_working_in_one_store_gives_no_right_to_another(connection, keeper, store):
    other = create_store(connection, "B", "Second store", 1)
    with pytest.raises(PermissionMissing):
        edit.save(
            connection,
            keeper,
            store.id,
            Location,
            {"name": "x", "code": "x", "store_id": other.id},
        )


def test_a_record_cannot_be_taken_from_another_store(connection, admin, keeper, store):
    other = create_store(connection, "B", "Second store", 1)
    theirs = Location.objects.using(connection.alias).create(name="x", code="x", store=other)
    with pytest.raises(PermissionMissing):
        edit.save(connection, keeper, store.id, Location, {"store_id": store.id}, theirs.pk)


def test_central_data_needs_its_permission_on_the_central_server(connection, keeper, admin, store):
    with pytest.raises(PermissionMissing):
        edit.save(connection, keeper, store.id, Unit, {"name": "Box"})
    assert edit.save(connection, admin, store.id, Unit, {"name": "Box"}).pk


def test_central_data_is_refused_on_a_remote_site(connection, admin, store):
    as_remote(connection)
    with pytest.raises(EditRefused, match="central server"):
        edit.save(connection, admin, store.id, Unit, {"name": "Box"})


def test_sites_are_kept_on_the_central_server_alone(connection, admin, store):
    as_remote(connection)
    with pytest.raises(EditRefused):
        edit.save(connection, admin, store.id, Site, {"site_id": 7, "name": "x"})


def test_a_site_edits_its_patients_but_not_its_suppliers(connection, admin, store):
    as_remote(connection)
    nurse = make_user(connection, "nu", store, "PATIENT_MUTATE")
    values = {"name": "Ada", "code": "P1", "type": "PATIENT"}
    patient = edit.save(connection, nurse, store.id, Name, values)
    for user in (nurse, admin):
        with pytest.raises(EditRefused):
            edit.save(connection, user, store.id, Name, {"type": "FACILITY"}, patient.pk)


def test_the_central_server_edits_equipment_of_every_store(connection, admin, keeper, store):
    other = create_store(connection, "B", "Second store", 9)
    asset = edit.save(connection, admin, store.id, Asset, {"store_id": other.id})
    with pytest.raises(PermissionMissing):
        edit.save(connection, keeper, store.id, Asset, {"notes": "mine"}, asset.pk)


def test_a_message_needs_the_permission_of_its_sender(connection, admin, store):
    other = create_store(connection, "B", "Second store", 9)
    values = {"to_store_id": other.id, "from_store_id": store.id, "type": "a", "body": "{}"}
    assert edit.save(connection, admin, store.id, SyncMessage, values).pk


def test_each_wrong_field_has_its_message(connection, keeper, store):
    with pytest.raises(ValidationError) as caught:
        new_location(connection, keeper, store, name="", volume="much", store_id=store.id)
    assert set(caught.value.message_dict) == {"name", "volume"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan"])
def test_a_number_must_be_a_number(connection, keeper, store, value):
    with pytest.raises(ValidationError):
        new_location(connection, keeper, store, volume=value)


def test_text_with_a_nul_is_refused(connection, keeper, store):
    with pytest.raises(ValidationError):
        new_location(connection, keeper, store, name="a\0b")


def test_an_unknown_field_is_refused(connection, keeper, store):
    with pytest.raises(ValidationError, match="colour"):
        new_location(connection, keeper, store, colour="red")


def test_moments_that_nobody_enters_are_filled(connection, keeper, store):
    asset = edit.save(connection, keeper, store.id, Asset, {"store_id": store.id})
    assert asset.created_datetime
    assert asset.modified_datetime


def test_creating_and_deleting_equipment_is_in_the_activity_log(connection, keeper, store):
    asset = edit.save(connection, keeper, store.id, Asset, {"store_id": store.id})
    edit.delete(connection, keeper, store.id, Asset, asset.pk)
    log = ActivityLog.objects.using(connection.alias).order_by("datetime")
    assert [entry.type for entry in log] == ["ASSET_CREATED", "ASSET_DELETED"]
    assert Asset.objects.using(connection.alias).get().deleted_datetime


def test_saving_the_same_again_changes_nothing(connection, keeper, store):
    asset = edit.save(connection, keeper, store.id, Asset, {"store_id": store.id})
    edit.save(connection, keeper, store.id, Asset, {"store_id": store.id}, asset.pk)
    assert ActivityLog.objects.using(connection.alias).count() == 1


def test_what_is_in_use_is_not_deleted(connection, admin, keeper, store):
    unit = edit.save(connection, admin, store.id, Unit, {"name": "Box"})
    edit.delete(connection, admin, store.id, Unit, unit.pk)
    unit.refresh_from_db(using=connection.alias)
    assert not unit.is_active


def test_a_type_without_delete_on_the_wire_is_marked_where_it_can_be(connection, admin, store):
    reason = AssetLogReason.objects.using(connection.alias).first()
    edit.delete(connection, admin, store.id, AssetLogReason, reason.pk)
    reason.refresh_from_db(using=connection.alias)
    assert reason.deleted_datetime


def test_what_is_joined_once_is_not_joined_again(connection, admin, store):
    clinic = Name.objects.using(connection.alias).create(name="Clinic", code="c")
    hospitals = NameTag.objects.using(connection.alias).create(name="Hospitals")
    values = {"name": clinic, "name_tag": hospitals}
    join = edit.save(connection, admin, store.id, NameTagJoin, values)
    with pytest.raises(ValidationError, match="such a record already"):
        edit.save(connection, admin, store.id, NameTagJoin, values)
    edit.save(connection, admin, store.id, NameTagJoin, values, join.pk)


def test_what_is_joined_once_is_not_joined_by_the_id_of_a_merged_record(connection, admin, store):
    rows = {who: Name.objects.using(connection.alias).create(name=who, code=who) for who in "ab"}
    hospitals = NameTag.objects.using(connection.alias).create(name="Hospitals")
    values = {"name": rows["a"], "name_tag": hospitals}
    edit.save(connection, admin, store.id, NameTagJoin, values)
    NameMerge.objects.using(connection.alias).create(id=rows["b"].pk, kept_id=rows["a"].pk)
    with pytest.raises(ValidationError, match="such a record already"):
        edit.save(connection, admin, store.id, NameTagJoin, values | {"name": rows["b"]})


def test_what_is_about_a_patient_names_a_patient(connection, store):
    names = Name.objects.using(connection.alias)
    clinic = names.create(name="Clinic", code="c", type="FACILITY")
    patient = names.create(name="Ana", code="p", type="PATIENT", supplying_store=store)
    item = Item.objects.using(connection.alias).create(name="Salt", code="s")
    values = {"patient": patient, "item": item, "quantity": 10, "repeats_total": 2}
    doctor = make_user(connection, "dr", store, "PRESCRIPTION_MUTATE")
    edit.save(connection, doctor, store.id, PrescriptionRepeat, values)
    with pytest.raises(ValidationError, match="not a patient"):
        edit.save(connection, doctor, store.id, PrescriptionRepeat, values | {"patient": clinic})


def test_what_all_sites_have_names_no_patient(connection, admin, store):
    names = Name.objects.using(connection.alias)
    patient = names.create(name="Ana", code="p", type="PATIENT", supplying_store=store)
    item = Item.objects.using(connection.alias).create(name="Salt", code="s")
    values = {"name": "Bottle", "item": item, "manufacturer": patient}
    with pytest.raises(ValidationError, match="A patient cannot be named here"):
        edit.save(connection, admin, store.id, ItemVariant, values)


def test_a_code_is_given_once(connection, keeper, store):
    new_location(connection, keeper, store)
    with pytest.raises(ValidationError, match=r"“S1 . Shelf” has it already"):
        new_location(connection, keeper, store, name="Other")
    other = new_location(connection, keeper, store, name="Other", code="S2")
    with pytest.raises(ValidationError, match="has it already"):
        edit.save(connection, keeper, store.id, Location, {"code": "S1"}, other.pk)


def test_two_records_that_came_with_one_code_can_still_be_edited(connection, keeper, store):
    first, second = (
        Location.objects.using(connection.alias).create(name=name, code="S1", store=store)
        for name in "ab"
    )
    edit.save(connection, keeper, store.id, Location, {"name": "Bin"}, second.pk)
    second.refresh_from_db(using=connection.alias)
    assert (first.code, second.name) == ("S1", "Bin")


def test_patients_may_have_the_code_of_another_name(connection, store):
    doctor = make_user(connection, "dr", store, "PATIENT_MUTATE")
    values = {"type": "PATIENT", "name": "Ana", "code": "7"}
    Name.objects.using(connection.alias).create(name="Clinic", code="7", type="FACILITY")
    for _time in range(2):
        edit.save(connection, doctor, store.id, Name, values)


def test_a_name_does_not_become_a_patient(connection, admin, store):
    supplier = Name.objects.using(connection.alias).create(
        name="Supplier", code="sup", type="FACILITY"
    )
    taken = {"type": "PATIENT", "supplying_store_id": store.id}
    with pytest.raises(EditRefused) as caught:
        edit.save(connection, admin, store.id, Name, taken, supplier.pk)
    assert caught.value.refusal.editor is Editor.NOWHERE
    assert Name.objects.using(connection.alias).get(pk=supplier.pk).type == "FACILITY"


def test_a_version_of_a_document_is_not_rewritten(connection, admin, store):
    version = Document.objects.using(connection.alias).create(
        name="p/Visit", user_id="U", datetime=now(), type="Visit", data="{}", context_id="P"
    )
    with pytest.raises(EditRefused):
        edit.save(connection, admin, store.id, Document, {"data": '{"a":1}'}, version.pk)
    assert Document.objects.using(connection.alias).get().data == "{}"


def test_a_patient_without_a_home_is_not_edited_at_a_site(connection, admin, store):
    patient = Name.objects.using(connection.alias).create(name="Ada", code="p1", type="PATIENT")
    as_remote(connection)
    with pytest.raises(EditRefused):
        edit.save(connection, admin, store.id, Name, {"phone": "1"}, patient.pk)
