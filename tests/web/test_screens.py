"""The screens that every record type gets from its declaration."""

import csv
import io

import pytest
from django.urls import reverse

from msupply.services import rights
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import registry
from msupply.web.screens import screen as screens
from tests.web.conftest import log_in

KINDS = {kind.name: kind for kind in registry().types}
CENTRAL_ONLY = [
    name
    for name, kind in KINDS.items()
    if kind.syncs
    and kind.permissions.edit
    and all(policy.editor is Editor.CENTRAL for _test, policy in kind.branches)
]
BY_PROGRAM = [
    name for name, kind in KINDS.items() if not kind.permissions.edit or name in rights.BY_PROGRAM
]
# Their examples belong to the store north, or to a patient who is at home there.
AT_SITE = [
    name
    for name, kind in KINDS.items()
    if name not in BY_PROGRAM
    and kind.syncs
    and all(
        policy.editor in (Editor.OWNER, Editor.HOME, Editor.PARTY)
        for _test, policy in kind.branches
    )
]
AT_CENTRE = [name for name in KINDS if name not in BY_PROGRAM and name not in AT_SITE]


def first(kind):
    """Return an example; every type has one (tests/examples, beside_examples.py)."""
    return kind.model.objects.order_by("pk").first()


@pytest.mark.parametrize("name", KINDS)
def test_a_list_shows_the_records_of_its_type(admin, name):
    kind = KINDS[name]
    expected = kind.model.objects.all()
    if "deleted_datetime" in kind.columns:
        expected = expected.filter(deleted_datetime=None)
    page = admin.get(screens.of_type(kind).url)
    assert page.status_code == 200
    assert page.context["page"].paginator.count == expected.count()


@pytest.mark.parametrize("name", KINDS)
def test_a_list_sorts_by_each_column_and_searches(admin, name):
    screen = screens.of_type(KINDS[name])
    for column in screen.columns:
        page = admin.get(
            screen.url, {"sort": f"-{column}", "q": "a b"}, headers={"HX-Request": "true"}
        )
        assert page.status_code == 200
        assert "<html" not in page.text


@pytest.mark.parametrize("name", KINDS)
def test_filters_of_every_kind_are_taken(admin, name):
    screen = screens.of_type(KINDS[name])
    asked = {}
    for column in screen.fields:
        asked |= {
            f"f.{column.name}": "x",
            f"from.{column.name}": "2020-01-01",
            f"to.{column.name}": "not a day",
        }
    assert admin.get(screen.url, asked).status_code == 200


@pytest.mark.parametrize("name", KINDS)
def test_a_record_has_a_page_of_its_own(admin, name):
    kind = KINDS[name]
    record = first(kind)
    page = admin.get(reverse("detail", args=[name, record.pk]))
    assert page.status_code == 200
    assert record.pk in page.text


@pytest.mark.parametrize("name", AT_SITE)
def test_what_a_site_owns_is_not_edited_on_the_central_server(admin, name):
    page = admin.get(reverse("edit", args=[name, first(KINDS[name]).pk]))
    assert page.status_code == 403
    assert "data-alert" in page.text
    between = any(policy.editor is Editor.PARTY for _test, policy in KINDS[name].branches)
    assert ("one of the two stores" if between else "Northern Hospital") in page.text


@pytest.mark.parametrize("name", BY_PROGRAM)
def test_what_the_program_writes_is_edited_by_nobody(admin, name):
    page = admin.get(reverse("edit", args=[name, first(KINDS[name]).pk]))
    assert page.status_code == 403
    assert "These records cannot be edited" in page.text


@pytest.mark.parametrize("name", AT_CENTRE)
def test_saving_a_form_unchanged_changes_nothing(admin, name):
    check_unchanged(admin, KINDS[name])


@pytest.mark.parametrize("name", AT_SITE)
def test_saving_a_form_unchanged_at_the_owner_changes_nothing(nurse, name):
    check_unchanged(nurse, KINDS[name])


def check_unchanged(client, kind):
    record = first(kind)
    address = reverse("edit", args=[kind.name, record.pk])
    page = client.get(address)
    assert page.status_code == 200, page.text
    before = {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields}
    form = page.context["form"]
    sent = {n: v for n, f in form.fields.items() if (v := shown(form[n].value(), f)) is not None}
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    record.refresh_from_db()
    assert {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields} == before


def shown(value, field):
    """Return what a browser sends for a value."""
    if value is None or value is False:
        return None if value is None else ("False" if "Null" in type(field).__name__ else None)
    return field.widget.format_value(value) if not isinstance(value, bool) else "True"


@pytest.mark.parametrize("name", KINDS)
def test_an_export_holds_every_record_and_no_secret(admin, name):
    kind = KINDS[name]
    answer = admin.get(reverse("export", args=[name]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    known = admin.get(screens.of_type(kind).url).context["page"].paginator.count
    assert len(rows) == known + 1
    assert rows[0][0] == "id"
    assert "argon2" not in text


@pytest.mark.parametrize("name", KINDS)
def test_the_form_of_a_new_record_or_the_alert(admin, name):
    page = admin.get(reverse("create", args=[name]))
    assert page.status_code in (200, 302, 403)


@pytest.mark.parametrize("name", KINDS)
def test_every_type_can_be_searched_when_it_is_referred_to(admin, name):
    answer = admin.get(reverse("choose", args=[name]), {"q": "a"})
    assert answer.status_code == 200


@pytest.mark.parametrize("name", CENTRAL_ONLY)
def test_central_records_are_not_edited_at_a_site(nurse, name):
    record = first(KINDS[name])
    paths = [reverse(one, args=[name, record.pk]) for one in ("edit", "delete")]
    if (
        name != "user"
    ):  # A site has users of its own from its first day: tests/web/test_site_users.py.
        paths.append(reverse("create", args=[name]))
    for path in paths:
        answer = nurse.post(path)
        assert answer.status_code == 403
        assert "This can only be done on the central server" in answer.text


@pytest.mark.parametrize("name", CENTRAL_ONLY)
def test_buttons_that_do_not_work_here_say_so(nurse, name):
    record = first(KINDS[name])
    page = nurse.get(reverse("detail", args=[name, record.pk]))
    assert page.context["edit_alert"].title == "This can only be done on the central server"
    assert "disabled" in page.text


def test_htmx_gets_the_alert_on_top_of_its_page(nurse):
    record = first(KINDS["item"])
    answer = nurse.get(reverse("edit", args=["item", record.pk]), headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer["HX-Retarget"] == "#alerts"
    assert "<html" not in answer.text


def test_a_missing_permission_is_named(remote):
    client = log_in("bo", "store-north")
    answer = client.get("/list/stock/")
    assert answer.status_code == 403
    assert "View stock" in answer.text


def test_records_of_other_stores_are_not_shown_at_a_site(nurse):
    from msupply.records.stock import Location

    Location.objects.create(id="far", name="Far away", code="F", store_id="store-south")
    assert nurse.get("/list/locations/").context["page"].paginator.count == 1
    assert nurse.get("/list/locations/show/far").status_code == 404


def test_a_new_record_belongs_to_the_current_store(nurse):
    from msupply.records.stock import Location

    answer = nurse.post("/list/locations/new", {"name": "Shelf", "code": "S1", "volume": "0"})
    assert answer.status_code == 302
    assert Location.objects.get(code="S1").store_id == "store-north"


def test_a_wrong_value_is_explained_at_its_field(nurse):
    answer = nurse.post("/list/locations/new", {"name": "", "code": "S1", "volume": "much"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "volume"}


def test_a_list_that_users_know_shows_its_part_of_the_records(admin):
    from msupply.records.invoices import Invoice

    for slug, kind in (
        ("outbound-shipments", "OUTBOUND_SHIPMENT"),
        ("prescriptions", "PRESCRIPTION"),
    ):
        count = Invoice.objects.filter(type=kind).count()
        assert admin.get(f"/list/{slug}/").context["page"].paginator.count == count


def test_a_delete_asks_first(nurse):
    from msupply.records.stock import Location

    Location.objects.create(id="spare", name="Spare", code="SP", store_id="store-north")
    assert "Spare" in nurse.get("/list/locations/delete/spare").text
    assert Location.objects.filter(pk="spare").exists()
    assert nurse.post("/list/locations/delete/spare").status_code == 302
    assert not Location.objects.filter(pk="spare").exists()


@pytest.mark.parametrize("path", ["/list/nothing/", "/list/item/show/none", "/choose/nothing",
                                  "/list/item/show/a%00b"])  # fmt: skip
def test_what_does_not_exist_is_a_friendly_page(admin, path):
    answer = admin.get(path)
    assert answer.status_code == 404
    assert "Back to the dashboard" in answer.text


@pytest.mark.parametrize(
    "query",
    ["page=x", "page=9999999999999999999999", "size=-1", "sort=password", "sort=-", "q=%00",
     "q=" + "a%20" * 500, "f.item=%00", "from.expiry_date=9999-12-31", "to.expiry_date=0001-01-01",
     "to.expiry_date=2024-02-31", "f.on_hold=maybe"],
)  # fmt: skip
def test_strange_addresses_do_no_harm(admin, query):
    assert admin.get(f"/list/stock/?{query}").status_code == 200


def test_exported_text_is_never_a_formula(admin):
    from msupply.records.items import Unit

    Unit.objects.create(id="evil", name="=1+1", description="-2")
    answer = admin.get("/list/unit/export.csv")
    text = b"".join(answer.streaming_content).decode()
    assert ",'=1+1," in text


def test_each_kind_of_invoice_needs_its_own_permission(remote):
    from msupply.records.invoices import Invoice

    Invoice.objects.create(id="in", store_id="store-north", name_id="name-south",
                           invoice_number=9, type="INBOUND_SHIPMENT", created_datetime="2026-01-01")  # fmt: skip
    client = log_in("bo", "store-north", "INBOUND_SHIPMENT_QUERY")
    assert client.get("/list/inbound-shipments/").status_code == 200
    assert client.get("/list/prescriptions/").status_code == 403
    shown = client.get("/list/invoice/").context["page"].object_list
    assert {record.type for record in shown} == {"INBOUND_SHIPMENT"}
    hidden = Invoice.objects.exclude(type="INBOUND_SHIPMENT").filter(store_id="store-north").first()
    assert hidden is None or client.get(f"/list/invoice/show/{hidden.pk}").status_code == 404


def test_patients_need_a_permission_of_their_own(remote):
    from msupply.records.names import Name

    patient = Name.objects.create(id="p", name="Ana Sousa", code="P1", type="PATIENT")
    client = log_in("bo", "store-north")
    assert client.get("/list/patients/").status_code == 403
    assert "Ana Sousa" not in client.get("/list/name/").text
    assert "Ana Sousa" not in client.get("/choose/name?q=ana").text
    assert client.get(f"/list/name/show/{patient.pk}").status_code == 404
