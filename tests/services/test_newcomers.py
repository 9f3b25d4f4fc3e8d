"""People who are entered at a store are at home there, and visible."""

import pytest

from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.names import Name, NameStoreJoin
from msupply.services import edit
from msupply.services.scope import Viewer
from msupply.services.stores import create_store
from msupply.services.tables import files, importing, writing
from msupply.sync import here
from msupply.sync.models import ChangelogQueue
from tests.services.people import make_user

PATIENT = {"name": "Ada", "code": "P1", "type": "PATIENT"}


@pytest.fixture
def nurse(connection, admin, store):
    """A nurse at a remote site."""
    here.change(connection, is_central=False, is_oms_central=False, central_url="http://c.test")
    return make_user(connection, "nu", store, "PATIENT_MUTATE", "MUTATE_CLINICIAN")


def logged(connection, record):
    return ChangelogQueue.objects.using(connection.alias).filter(record_id=record.pk).exists()


def test_a_patient_is_at_home_and_visible_in_the_store(connection, nurse, store):
    patient = edit.save(connection, nurse, store.id, Name, PATIENT)
    assert (patient.supplying_store_id, patient.is_customer) == (store.id, True)
    join = NameStoreJoin.objects.using(connection.alias).get(name=patient)
    assert join.store_id == store.id
    assert logged(connection, join)


def test_a_prescriber_is_at_home_and_visible_in_the_store(connection, nurse, store):
    values = {"code": "D1", "last_name": "Sow", "initials": "S"}
    clinician = edit.save(connection, nurse, store.id, Clinician, values)
    assert clinician.store_id == store.id
    join = ClinicianStoreJoin.objects.using(connection.alias).get(clinician=clinician)
    assert join.store_id == store.id


def test_a_change_makes_nobody_visible_again(connection, nurse, store):
    patient = edit.save(connection, nurse, store.id, Name, PATIENT)
    edit.save(connection, nurse, store.id, Name, {"name": "Ada L."}, patient.pk)
    assert NameStoreJoin.objects.using(connection.alias).filter(name=patient).count() == 1


def test_a_customer_is_made_visible_by_the_administrator(connection, admin, store):
    name = edit.save(connection, admin, store.id, Name, {"name": "Clinic", "code": "C"})
    assert not NameStoreJoin.objects.using(connection.alias).filter(name=name).exists()


def test_imported_patients_are_visible_in_their_home_stores(connection, admin, store):
    other = create_store(connection, "B", "Second store", store.site_id)
    viewer = Viewer(connection, here.load(connection), admin, store.id)
    text = b"code,name,type,supplying store\nP1,Ada,Patient,\nP2,Bo,Patient,B\n"
    planned = importing.plan(viewer, edit.kind_of(Name), files.read(text))
    assert planned.errors == []
    writing.apply(viewer, planned)
    joins = NameStoreJoin.objects.using(connection.alias).order_by("name__code")
    assert list(joins.values_list("name__code", "store_id")) == [
        ("P1", store.id),
        ("P2", other.id),
    ]
