"""What a site may write, told as stories: its own, what it creates, and nothing else (decision 18)."""

import itertools
import json

import pytest

from msupply.records.activity import ActivityLog
from msupply.records.assets import Asset
from msupply.records.authorisations import AuthorisationRequest
from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.documents import Document
from msupply.records.items import Item
from msupply.records.messages import SyncMessage
from msupply.records.names import Name, NameStoreJoin
from msupply.records.plugins import PluginData
from msupply.records.properties import NameOmsFields
from msupply.records.stock import Barcode
from msupply.sync import here
from msupply.sync.clock import now
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.models import Quarantined
from msupply.sync.records import columns_of
from tests.blackbox import country
from tests.wire.conftest import Hand, add_site, add_store, upsert, work

DOCUMENT = {
    "name": "p/P1/Visit",
    "parent_IDs": "[]",
    "user_ID": "US-3",
    "datetime": "2025-03-01T08:15:00",
    "type": "Visit",
    "data": {"status": "VISITED"},
    "form_schema_ID": "",
    "status": "ACTIVE",
    "owner_name_ID": "P1",
    "context_ID": "PR",
}


@pytest.fixture
def south(clinic):
    """Another site, with a store of its own."""
    add_site(13, "clinic-south", "ST-02")
    return Hand(name="clinic-south", hardware_id="HW-2")


@pytest.fixture
def patient(central):
    """A patient at home in the clinic's store."""
    return Name.objects.create(
        id="P1", name="Ada", code="p1", type="PATIENT", supplying_store_id="ST-01"
    )


class Central:
    """The central server, and what sites say to it of its records."""

    def __init__(self, connection):
        self.connection = connection

    def hear(self, hand, row, **changes):
        """Let a site push a record that is here, with some columns changed."""
        kind = registry().by_table[row._meta.db_table]
        wire = Wire.V5 if kind.legacy and not kind.reported else Wire.V6
        columns = columns_of(self.connection, kind, [row.pk])
        columns |= {column: [value] for column, value in changes.items()}
        form = Form.TO_CENTRAL if wire is Wire.V5 else Form.MODERN
        (data,) = table_codec(kind, wire).encode(columns, form)
        record = upsert(kind.wire(wire).name, row.pk) | {"recordData": json.loads(bytes(data))}
        (hand.push if wire is Wire.V5 else hand.push_v6)(record)
        work(self.connection)

    def refuses(self, hand, row, **changes):
        """Tell whether nothing comes of it but a record that is kept back with its reason."""
        before = type(row).objects.filter(pk=row.pk).values().get()
        self.hear(hand, row, **changes)
        assert type(row).objects.filter(pk=row.pk).values().get() == before
        kept = Quarantined.objects.filter(record_id=row.pk).latest("id")
        return kept.code == "not_owner" and bool(kept.reason)


@pytest.fixture
def hub(central):
    """The central server as it is told of its records."""
    return Central(central)


def kept_back():
    return list(Quarantined.objects.values_list("record_id", "code").order_by("record_id"))


def facility():
    return Name.objects.create(id="SUP", name="Supplier", code="sup", type="FACILITY")


@pytest.mark.parametrize("name_id", ["NAME-ST-C", "NAME-ST-02", "SUP"])
def test_no_name_becomes_a_patient(hub, clinic, south, name_id):
    facility()
    name = Name.objects.get(pk=name_id)
    patient_here = {"type": "PATIENT", "supplying_store_id": "ST-01", "name": "TAKEN"}
    assert hub.refuses(clinic, name, **patient_here)
    clinic.push({"tableName": "name", "recordId": name_id, "action": "Delete", "recordData": None})
    work(hub.connection)
    assert Name.objects.get(pk=name_id).deleted_datetime is None


def test_no_patient_becomes_a_name(hub, clinic, patient):
    assert hub.refuses(clinic, patient, type="FACILITY")


def test_the_true_record_goes_back_to_who_said_otherwise(hub, clinic, south):
    Name.objects.create(id="P2", name="Bea", code="p2", type="PATIENT", supplying_store_id="ST-02")
    bea = Name.objects.get(pk="P2")
    NameStoreJoin.objects.create(name=bea, store_id="ST-01")
    while batch := clinic.get("queued_records").json()["data"]:
        clinic.post("acknowledged_records", {"syncIDs": [one["syncOutId"] for one in batch]})
    assert hub.refuses(clinic, bea, supplying_store_id="ST-01", name="TAKEN")
    (told,) = clinic.get("queued_records").json()["data"]
    assert told["recordData"]["name"] == "Bea"


def test_what_has_no_home_is_the_central_servers(hub, clinic):
    patient = Name.objects.create(id="P3", name="Cy", code="p3", type="PATIENT")
    prescriber = Clinician.objects.create(id="C3", code="c", last_name="Sow", initials="S")
    assert hub.refuses(clinic, patient, supplying_store_id="ST-01")
    assert hub.refuses(clinic, prescriber, store_id="ST-01")


def test_a_home_moves_between_the_stores_of_a_site_alone(hub, clinic, south, patient):
    add_store("ST-03", 12)
    hub.hear(clinic, patient, supplying_store_id="ST-03")
    assert Name.objects.get(pk="P1").supplying_store_id == "ST-03"
    assert hub.refuses(clinic, Name.objects.get(pk="P1"), supplying_store_id="ST-02")


def test_where_patients_are_edited_wherever_they_are_visible_they_keep_their_home(
    hub, south, patient
):
    here.change(hub.connection, patients_edited_where_visible=True)
    assert hub.refuses(south, patient, phone="1")
    NameStoreJoin.objects.create(name=patient, store_id="ST-02")
    hub.hear(south, patient, phone="2")
    assert Name.objects.get(pk="P1").phone == "2"
    assert hub.refuses(south, Name.objects.get(pk="P1"), supplying_store_id="ST-02")


NEW_PATIENT = {
    "ID": "P9",
    "type": "patient",
    "name": "New",
    "code": "p9",
    "supplying_store_id": "ST-01",
}
OFFLINE = [
    upsert("name", "P9", country.NAME | NEW_PATIENT),
    upsert("name_store_join", "J9", {"store_ID": "ST-01", "name_ID": "P9", "inactive": False}),
    upsert("om_document", "D9", DOCUMENT | {"owner_name_ID": "P9"}),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_patient_comes_with_visibility_and_documents_in_any_order(hub, clinic, order):
    clinic.push(*(OFFLINE[place] for place in order))
    work(hub.connection)
    assert kept_back() == []
    assert Document.objects.get().owner_name_id == "P9"
    clinic.push_v6(*(OFFLINE[place] for place in order if place != 2))
    work(hub.connection)
    assert kept_back() == []


def test_an_asset_without_a_store_is_the_central_servers(hub, clinic):
    asset = Asset.objects.create(id="A1", created_datetime=now(), modified_datetime=now())
    assert hub.refuses(clinic, asset, notes="mine")
    assert hub.refuses(clinic, asset, store_id="ST-01")


def test_equipment_is_not_given_to_another_sites_store(hub, clinic, south):
    asset = Asset.objects.create(
        id="A1", store_id="ST-01", created_datetime=now(), modified_datetime=now()
    )
    assert hub.refuses(clinic, asset, store_id="ST-02")
    assert hub.refuses(clinic, asset, store_id=None)


def test_plugin_data_for_all_stores_are_the_central_servers(hub, clinic):
    data = PluginData.objects.create(id="PD", plugin_code="p", data_identifier="d", data="{}")
    assert hub.refuses(clinic, data, data='{"taken":1}')


@pytest.mark.parametrize("store_id", [None, "ST-01", "ST-02"])
def test_an_entry_of_the_activity_log_never_changes(hub, clinic, south, store_id):
    entry = ActivityLog.objects.create(
        id="L1", type="INVOICE_CREATED", store_id=store_id, datetime=now(), record_id="I1"
    )
    assert hub.refuses(clinic, entry, record_id="I2")


def test_an_entry_that_is_pushed_again_is_no_fault(hub, clinic):
    entry = {"type": "invoice created", "store_ID": "ST-01", "datetime": "2025-01-02T03:04:05.5"}
    entry |= {"user_ID": "", "record_ID": "I1", "changed_to": "", "changed_from": ""}
    for _ in range(2):
        clinic.push(upsert("om_activity_log", "L1", entry))
        work(hub.connection)
    assert (kept_back(), ActivityLog.objects.count()) == ([], 1)


def test_a_document_is_written_only_where_the_patient_is_visible(hub, clinic, south, patient):
    south.push(upsert("om_document", "D1", DOCUMENT))
    work(hub.connection)
    assert kept_back() == [("D1", "not_owner")]
    NameStoreJoin.objects.create(name=patient, store_id="ST-02")
    south.push(upsert("om_document", "D1", DOCUMENT))
    work(hub.connection)
    assert kept_back() == []
    assert hub.refuses(south, Document.objects.get(), data='{"status":"other"}')


def test_a_message_is_written_by_its_two_stores_alone(hub, clinic, south):
    add_site(14, "clinic-east", "ST-04")
    east = Hand(name="clinic-east", hardware_id="HW-3")
    message = SyncMessage.objects.create(
        id="M1",
        from_store_id="ST-01",
        to_store_id="ST-02",
        body="{}",
        type="x",
        created_datetime=now(),
    )
    assert hub.refuses(east, message, body='"read"')
    assert hub.refuses(east, message, to_store_id="ST-04")
    assert hub.refuses(south, message, from_store_id="ST-04")
    hub.hear(south, message, status="PROCESSED")
    assert SyncMessage.objects.get().status == "PROCESSED"


def test_an_authorisation_is_given_by_its_two_stores_alone(hub, clinic, south):
    add_site(14, "clinic-east", "ST-04")
    request = AuthorisationRequest.objects.create(
        id="R1", from_store_id="ST-01", to_store_id="ST-02", created_datetime=now()
    )
    east = Hand(name="clinic-east", hardware_id="HW-3")
    assert hub.refuses(east, request, status="APPROVED")
    hub.hear(south, request, status="APPROVED")
    assert AuthorisationRequest.objects.get().status == "APPROVED"


def test_a_barcode_is_added_and_corrected_by_any_site_but_stays_of_its_item(hub, clinic, south):
    Item.objects.create(id="I1", name="Item", code="i1", type="STOCK")
    Item.objects.create(id="I2", name="Item 2", code="i2", type="STOCK")
    added = {"barcode": "0123", "itemID": "I1", "manufacturerID": "", "packSize": 1, "parentID": ""}
    clinic.push(upsert("barcode", "B1", added))
    work(hub.connection)
    hub.hear(south, Barcode.objects.get(), pack_size=100)
    assert Barcode.objects.get().pack_size == 100
    assert hub.refuses(south, Barcode.objects.get(), item_id="I2")


def test_the_properties_of_a_store_are_its_own(hub, clinic, south):
    mine = NameOmsFields.objects.create(id="NAME-ST-01", properties="{}")
    assert hub.refuses(south, mine, properties='{"road":"none"}')
    hub.hear(clinic, mine, properties='{"road":"good"}')
    assert NameOmsFields.objects.get().properties == '{"road":"good"}'


def test_a_primary_server_edits_what_it_shares_with_the_stores_of_others(hub, clinic, south):
    prescriber = Clinician.objects.create(
        id="C4", code="c", last_name="Sow", initials="S", store_id="ST-02"
    )
    join = ClinicianStoreJoin.objects.create(id="CJ", clinician=prescriber, store_id="ST-02")
    assert hub.refuses(clinic, join, store_id="ST-01")
    here.change(hub.connection, primary_site_id=12)
    hub.hear(clinic, join, store_id="ST-01")
    assert ClinicianStoreJoin.objects.get().store_id == "ST-01"
