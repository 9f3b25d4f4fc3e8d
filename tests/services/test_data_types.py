"""Who may edit the data types that no protocol carries: at which place, with which permission."""

import pytest

from msupply.records.bills_of_materials import BomMaster
from msupply.records.dashboards import Dashboard
from msupply.records.items import Item
from msupply.records.names import Name
from msupply.records.notes import NameNote
from msupply.records.payments import Payment
from msupply.records.repeats import PrescriptionRepeat
from msupply.records.tenders import Tender
from msupply.services import edit
from msupply.services.permissions import PermissionMissing
from msupply.sync import here
from msupply.sync.clock import now
from msupply.sync.models import ChangelogCentral, ChangelogQueue
from msupply.sync.ownership import EditRefused
from msupply.sync.site_orders import SiteOrders
from tests.services.people import make_user


@pytest.fixture
def officer(connection, admin, store):
    return make_user(
        connection,
        "olu",
        store,
        "PURCHASE_ORDER_MUTATE",
        "INBOUND_SHIPMENT_MUTATE",
        "PRESCRIPTION_MUTATE",
        "EDIT_CENTRAL_DATA",
        "SERVER_ADMIN",
    )


def as_remote(connection, orders=None):
    here.change(
        connection,
        is_central=False,
        is_oms_central=False,
        central_url="http://c.test",
        orders=orders or SiteOrders(),
    )


def customer(connection, **values):
    values = {"name": "Clinic", "code": "CL", "is_customer": True} | values
    return Name.objects.using(connection.alias).create(**values)


def logged(connection, record):
    return any(
        log.objects.using(connection.alias).filter(record_id=record.pk).exists()
        for log in (ChangelogCentral, ChangelogQueue)
    )


def test_a_local_record_is_edited_at_any_site_and_never_logged(connection, officer, store):
    as_remote(connection)
    values = {"tender_number": 1, "description": "Vaccines 2026"}
    tender = edit.save(connection, officer, store.id, Tender, values)
    assert not logged(connection, tender)


def test_a_dashboard_is_made_on_the_central_server_alone(connection, officer, store):
    edit.save(connection, officer, store.id, Dashboard, {"name": "Country"})
    as_remote(connection)
    with pytest.raises(EditRefused):
        edit.save(connection, officer, store.id, Dashboard, {"name": "District"})


def test_a_bill_of_materials_is_made_on_the_primary_server_and_logged(connection, officer, store):
    item = Item.objects.using(connection.alias).create(name="Kit", code="K")
    values = {"name": "Kit", "item_id": item.id}
    assert logged(connection, edit.save(connection, officer, store.id, BomMaster, values))
    as_remote(connection)
    with pytest.raises(EditRefused):
        edit.save(connection, officer, store.id, BomMaster, values)


def pay(connection, user, store, direction):
    values = {
        "store_id": store.id,
        "name_id": customer(connection).id,
        "direction": direction,
        "amount": 12.5,
        "payment_datetime": now(),
    }
    return edit.save(connection, user, store.id, Payment, values)


def test_payments_leave_the_site_when_procurement_is_centralised(connection, officer, store):
    as_remote(connection)
    pay(connection, officer, store, "PAID")
    as_remote(connection, SiteOrders(centralised_procurement=True))
    with pytest.raises(EditRefused):
        pay(connection, officer, store, "PAID")


def test_money_from_customers_needs_the_permission_of_those_who_supply_them(
    connection, officer, store
):
    with pytest.raises(PermissionMissing):
        pay(connection, officer, store, "RECEIVED")


def note(connection, user, store, name):
    values = {"store_id": store.id, "name_id": name.id, "note": "Rings twice"}
    return edit.save(connection, user, store.id, NameNote, values)


def test_notes_on_patients_need_the_permission_of_patients(connection, officer, store):
    note(connection, officer, store, customer(connection))
    with pytest.raises(PermissionMissing):
        note(connection, officer, store, customer(connection, type="PATIENT"))


def test_a_repeat_is_processed_at_the_patients_home_alone(connection, officer, store):
    item = Item.objects.using(connection.alias).create(name="Zinc", code="Z")
    as_remote(connection)
    here_at_home = customer(connection, type="PATIENT", supplying_store_id=store.id)
    values = {"item_id": item.id, "quantity": 10, "repeats_total": 2}
    edit.save(
        connection,
        officer,
        store.id,
        PrescriptionRepeat,
        values | {"patient_id": here_at_home.id},
    )
    elsewhere = customer(connection, type="PATIENT", supplying_store_id="another store")
    with pytest.raises(EditRefused):
        edit.save(
            connection,
            officer,
            store.id,
            PrescriptionRepeat,
            values | {"patient_id": elsewhere.id},
        )
