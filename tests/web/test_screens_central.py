"""Every central type, worked with over HTTP on the server that owns it, and read elsewhere."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.urls import reverse

from msupply.records.items import Item
from msupply.records.stores import Store
from msupply.services import keys, labels, rights
from msupply.services.guard import kept_on_central
from msupply.services.tables.columns import HIDDEN, form_of
from msupply.services.tables.columns import Form as Written
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import registry
from msupply.web.screens import screen as screens
from tests.services.people import make_user


def is_central(kind):
    return kept_on_central(kind) or (
        kind.syncs and all(policy.editor is Editor.CENTRAL for _test, policy in kind.branches)
    )


KINDS = {
    kind.name: kind
    for kind in registry().types
    if is_central(kind) and kind.permissions.edit and kind.name not in rights.BY_PROGRAM
}
# Made on pages of their own (tests of the administration), or by import.
FORMS = [name for name in KINDS if name not in screens.OWN_CREATE]


def example(kind):
    """Return a record that is in use, and refers to nothing that is not here."""
    if "deleted_datetime" in kind.columns:
        kind.model.objects.update(deleted_datetime=None)
    rows = kind.model.objects.order_by("pk")
    if kind.name in ("userstore", "userpermission"):
        # Not the visitor's own way in.
        rows = rows.exclude(user__username="ada")
        if not rows.exists():
            make_user(connection, "bo", Store.objects.get(pk="store-north"))
    record = rows.first()
    for field in record._meta.concrete_fields:
        target = getattr(record, field.attname)
        if field.is_relation and target and not field.related_model.objects.filter(pk=target):
            # Some references of the examples lead to what never came; nobody could enter that.
            setattr(record, field.attname, None)
            record.save()
    return record


def distinguishing(kind, names=()):
    """Return a column in which two records of a type may differ, of those named if any are."""
    once = kind.model.once.columns if kind.model.once else keys.of(kind, set(kind.columns))
    names = names or [f.name for f in kind.model._meta.concrete_fields if f.column in once]
    wanted = [*names, *(n for n in labels.columns_of(kind.model) if n != "id")]
    fields = [kind.columns.get(name) or kind.model._meta.get_field(name) for name in wanted]
    if not names:
        fields += [f for f in kind.model._meta.concrete_fields if f.name not in HIDDEN]
    for form in (
        Written.TEXT, Written.NUMBER, Written.INTEGER, Written.DATE, Written.REFERENCE,
        Written.CHOICE, Written.BOOLEAN,
    ):  # fmt: skip
        for field in fields:
            if field.editable and form_of(field) is form:
                return field
    raise AssertionError(f"{kind.name} has nothing that could be edited")


def other(field, value):
    """Return another value of a column."""
    if field.is_relation:
        return twin(field.related_model, value)
    if field.name == "record_id":
        return twin(Item, value)
    if field.choices:
        return next(key for key, _text in field.flatchoices if key != value)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateField):
        return "2031-05-06"
    if isinstance(field, (models.FloatField, models.IntegerField)):
        return (value or 0) + 7
    return f"{value or ''} zz"


def twin(model, record_id):
    """Return the id of a second record like one, with names of its own."""
    record = model.objects.get(pk=record_id)
    for field in record._meta.concrete_fields:
        text = isinstance(field, models.TextField) and not field.choices
        if text and (field.name in labels.columns_of(model) or field.unique):
            setattr(record, field.attname, f"{getattr(record, field.attname)} zz")
    record.pk = f"{record_id}-zz"
    record.save(force_insert=not model.objects.filter(pk=record.pk).exists())
    return record.pk


def shown(value, field):
    """Return what a browser sends for a value."""
    if value is None or value is False:
        return None if value is None else ("False" if "Null" in type(field).__name__ else None)
    return field.widget.format_value(value) if not isinstance(value, bool) else "True"


def filled(page):
    """Return what a browser sends back of a form that nobody has changed."""
    form = page.context["form"]
    sent = ((name, shown(form[name].value(), field)) for name, field in form.fields.items())
    return {name: value for name, value in sent if value is not None}


def put(sent, field, value):
    """Fill one field in."""
    if value is False:
        sent.pop(field.name, None)
    else:
        sent[field.name] = "True" if value is True else str(value)


@pytest.mark.parametrize("name", KINDS)
def test_it_is_listed_and_found_by_its_name(admin, name):
    kind = KINDS[name]
    record = example(kind)
    label = labels.one(record).replace(" · ", " ").replace("#", "")
    for words in (record.pk, label if labels.columns_of(kind.model) != ("id",) else record.pk):
        page = admin.get(screens.of_type(kind).url, {"q": words})
        assert record.pk in {found.pk for found in page.context["page"].object_list}


@pytest.mark.parametrize("name", FORMS)
def test_it_is_created_and_edited(admin, name):
    kind = KINDS[name]
    record = example(kind)
    field = distinguishing(kind)
    address = reverse("edit", args=[name, record.pk])
    sent = filled(admin.get(address))
    value = getattr(record, field.attname)
    put(sent, field, other(field, value))
    before = set(kind.model.objects.values_list("pk", flat=True))
    asked = admin.get(reverse("create", args=[name])).context["form"].fields
    parents = {n: getattr(record, f"{n}_id", None) or "" for n in asked if n not in sent}
    made = admin.post(reverse("create", args=[name]), parents | sent)
    assert made.status_code == 302, made.context["form"].errors
    (new,) = kind.model.objects.exclude(pk__in=before)
    assert str(getattr(new, field.attname)) == str(other(field, value))
    assert admin.get(made.url).status_code == 200
    put(sent, field, other(field, other(field, value)))
    assert admin.post(address, sent).status_code == 302
    record.refresh_from_db()
    assert str(getattr(record, field.attname)) != str(value)


def exported(client, name, form):
    answer = client.get(reverse("export" if form == "csv" else "export-excel", args=[name]))
    return b"".join(answer.streaming_content)


def planned(client, name, content, file="table.csv"):
    answer = client.post(
        reverse("import", args=[name]), {"file": SimpleUploadedFile(file, content)}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    return answer.url, client.get(answer.url).context["plan"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", KINDS)
def test_an_export_imported_again_changes_nothing(admin, name, form):
    example(KINDS[name])
    content = exported(admin, name, form)
    _address, plan = planned(admin, name, content, f"table.{form}")
    assert plan.errors == []
    assert (plan.new, plan.changed) == (0, 0)
    assert plan.unchanged > 0


@pytest.mark.parametrize("name", KINDS)
def test_an_import_changes_and_makes_records(admin, name):
    kind = KINDS[name]
    record = example(kind)
    text = exported(admin, name, "csv").decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["id"] == record.pk]
    _address, plan = planned(admin, name, text.encode())
    field = distinguishing(kind, plan.key)
    title = screens.heading(field)
    value = other(field, getattr(record, field.attname))
    rows.append(dict(rows[0], id="") | {title: other(field, value)})
    rows[0][title] = value
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    address, plan = planned(admin, name, out.getvalue().encode())
    assert plan.errors == []
    assert (plan.new, plan.changed) == (1, 1)
    done = admin.post(f"{address}/now", {"rows": "all"})
    # Passwords that were made up are shown once.
    assert done.status_code == (200 if name in ("site", "user") else 302)
    assert name not in ("site", "user") or done["Cache-Control"] == "no-store"
    record.refresh_from_db()
    assert str(getattr(record, field.attname)) == str(value)


@pytest.mark.parametrize("name", [n for n, kind in KINDS.items() if not kept_on_central(kind)])
def test_it_is_read_at_a_site(nurse, name):
    record = example(KINDS[name])
    assert nurse.get(screens.of_type(KINDS[name]).url).status_code == 200
    page = nurse.get(reverse("detail", args=[name, record.pk]))
    assert page.status_code == 200
    assert record.pk in page.text
