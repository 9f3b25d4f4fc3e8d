"""One record of each type that no message carries as such: types that never travel, and merges.

They stand in the country of `tests.examples`.
"""

from datetime import date, datetime

from msupply.records.adverse_reactions import AdverseDrugReaction
from msupply.records.dashboards import Dashboard, DashboardPanel
from msupply.records.drug_registrations import DrugRegistration
from msupply.records.labels import LabelTemplate, Printer
from msupply.records.merges import ItemMerge, LocationMerge, NameMerge, PrescriberMerge, UnitMerge
from msupply.records.reminders import Reminder
from msupply.records.tenders import (
    Incoterm,
    Quote,
    QuoteLine,
    Tender,
    TenderCondition,
    TenderLine,
)
from msupply.records.wards import Admission, Bed, Ward
from msupply.sync.models import ChangelogCentral, ChangelogModern, ChangelogQueue

CENTRE = "store-central"
DAY = date(2026, 3, 1)
MOMENT = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001 - naive UTC everywhere

# In the order of their references.
ROWS = (
    (Dashboard, "dashboard-1", {"name": "Country", "store_id": CENTRE}),
    (DashboardPanel, "panel-1", {"dashboard_id": "dashboard-1", "title": "Silent sites"}),
    (Incoterm, "incoterm-1", {"code": "CIF", "description": "Cost, insurance and freight"}),
    (Tender, "tender-1", {"tender_number": 7, "description": "Vaccines 2026",
                          "store_id": CENTRE, "created_datetime": MOMENT, "opening_date": DAY}),
    (TenderCondition, "condition-1", {"code": "T1", "description": "Two years of shelf life",
                                      "tender_id": "tender-1"}),
    (TenderLine, "tender-line-1", {"tender_id": "tender-1", "item_id": "item-mr",
                                   "number_of_units": 5000}),
    (Quote, "quote-1", {"quote_number": 3, "name_id": "name-south", "quote_date": DAY,
                        "tender_id": "tender-1", "created_datetime": MOMENT}),
    (QuoteLine, "quote-line-1", {"quote_id": "quote-1", "item_id": "item-mr",
                                 "price_per_pack": 2.5}),
    (Ward, "ward-1", {"code": "W1", "name": "Maternity", "store_id": CENTRE}),
    (Bed, "bed-1", {"ward_id": "ward-1", "code": "B1"}),
    (Admission, "admission-1", {"patient_id": "patient-1", "ward_id": "ward-1",
                                "bed_id": "bed-1", "admission_datetime": MOMENT}),
    (DrugRegistration, "registration-1", {"registration_number": "R-1", "name": "Amoxicillin",
                                          "expiry_date": DAY}),
    (LabelTemplate, "label-1", {"name": "Small", "template": "^XA{{ name }}^XZ",
                                "label_width": 50, "label_height": 30}),
    (Printer, "printer-1", {"description": "Dispensary", "address": "192.0.2.9",
                            "label_width": 50, "label_height": 30}),
    (Reminder, "reminder-1", {"title": "Count the fridge", "due_date": DAY, "store_id": CENTRE,
                              "created_datetime": MOMENT}),
    (AdverseDrugReaction, "reaction-1", {"patient_id": "patient-1", "reaction": "Rash",
                                         "onset_date": DAY, "created_datetime": MOMENT}),
    (ItemMerge, "item-lost", {"kept_id": "item-mr"}),
    (UnitMerge, "unit-lost", {"kept_id": "unit-tab"}),
    (NameMerge, "name-lost", {"kept_id": "name-south"}),
    (PrescriberMerge, "clinician-lost", {"kept_id": "clinician-1"}),
    (LocationMerge, "location-lost", {"kept_id": "location-1", "store_id": "store-north"}),
)  # fmt: skip


def create() -> None:
    """Write them all; the logs know no more of them than of the other examples."""
    for model, record_id, values in ROWS:
        model.objects.create(id=record_id, **values)
    for log in (ChangelogCentral, ChangelogQueue, ChangelogModern):
        log.objects.filter(record_id__in=[record_id for _model, record_id, _v in ROWS]).delete()
