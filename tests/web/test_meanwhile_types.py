"""The form of every record type keeps what others have saved while it was open."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.forms import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    FloatField,
    IntegerField,
)
from django.urls import reverse

from msupply.records.stores import Store
from msupply.services import edit
from msupply.services.meanwhile import same
from msupply.web.screens.forms import ChooserInput
from tests.services.people import make_user
from tests.web.sent_forms import sent
from tests.web.test_screens import AT_CENTRE, AT_SITE, KINDS, first

# In the order in which a field is chosen to be changed; what a type refuses is not chosen.
OTHER_VALUES = (
    (DateTimeField, lambda old: (_moment(old) + timedelta(days=1)).isoformat()),
    (DateField, lambda old: (_day(old) + timedelta(days=1)).isoformat()),
    (BooleanField, lambda old: "" if old == "on" else "on"),
    (FloatField, lambda old: str(float(old or 0) + 1)),
    (IntegerField, lambda old: str(int(old or 0) + 1)),
    (CharField, lambda old: f"{old} x"),
)

# The examples have nothing else to refer to, refer to what they must, or are written once.
NOTHING_ELSE = {
    "assetinternallocation",
    "clinicianstorejoin",
    "customvalue",
    "document",
    "nameomsfields",
    "namestorejoin",
    "purchaseordercategoryjoin",
}


def _moment(text):
    return datetime.fromisoformat(text) if text else datetime(2026, 1, 1)  # noqa: DTZ001


def _day(text):
    return date.fromisoformat(text) if text else date(2026, 1, 1)


class Opened:
    """The form of a record, opened in a browser."""

    def __init__(self, client, kind, record):
        self.client, self.kind, self.record = client, kind, record
        self.address = reverse("edit", args=[kind.name, record.pk])
        page = client.get(self.address)
        self.fields = page.context["form"].fields
        self.values = sent(page, holding="csrfmiddlewaretoken", among=self.fields)

        self.references = {n for n, f in self.fields.items() if isinstance(f.widget, ChooserInput)}
        self.ticks = {n for n, f in self.fields.items() if type(f) is BooleanField}

    def send(self, **changed):
        """Send the form as it was opened, with some fields changed."""
        values = self.values | changed
        # An empty tick is not sent.
        return self.client.post(
            self.address, {n: v for n, v in values.items() if v or n not in self.ticks}
        )

    def other_value(self, name):
        """Return what a user might enter in a field instead of what it shows."""
        old, field = self.values.get(name, [""])[0], self.fields[name]
        if isinstance(field.widget, ChooserInput):
            others = field.widget.target.objects.exclude(pk=old).values_list("pk", flat=True)
            return others.first() or ("" if old and not field.required else None)
        if isinstance(field, ChoiceField):
            return next((key for key, _text in field.choices if str(key) not in ("", old)), None)
        change = next((c for type_, c in OTHER_VALUES if type(field) is type_), None)
        return change(old) if change else None

    def changeable(self, most=3):
        """Return fields that this record lets its user change, with another value each."""
        found = {}
        mark = edit.removal_column(self.kind)
        # References last: with another store the record may be another one's.
        for name in sorted(self.fields, key=lambda n: n in self.references):
            value = self.other_value(name)
            if name == mark or value is None:
                continue
            with transaction.atomic():
                done = self.send(**{name: value}).status_code == 302
                if done and not same(self.stored(name), self.first(name)):
                    found[name] = value
                transaction.set_rollback(True)
            if len(found) == most:
                break
        return found

    def takes(self, **changed):
        """Tell whether these values would be saved together."""
        with transaction.atomic():
            done = self.send(**changed).status_code == 302
            transaction.set_rollback(True)
        return done

    def first(self, name):
        return getattr(self.record, self.attname(name))

    def attname(self, name):
        return self.record._meta.get_field(name).attname

    def stored(self, name):
        return getattr(self.kind.model.objects.get(pk=self.record.pk), self.attname(name))


def opened(client, name):
    kind = KINDS[name]
    if name in ("userstore", "userpermission"):
        # Not the visitor's own way in.
        others = kind.model.objects.exclude(user=client.user)
        if not others.exists():
            make_user(connection, "bo", Store.objects.get(pk="store-north"))
        return Opened(client, kind, others.first())
    return Opened(client, kind, first(kind))


@pytest.mark.parametrize("name", AT_CENTRE)
def test_nobody_undoes_what_others_have_saved(admin, name):
    check(admin, name)


@pytest.mark.parametrize("name", AT_SITE)
def test_nobody_undoes_it_where_the_record_is_owned(nurse, name):
    check(nurse, name)


def check(client, name):
    """One opens a form, another one saves the same form; then the first one saves it."""
    mine, theirs = opened(client, name), opened(client, name)
    fields = mine.changeable()
    assert bool(fields) != (name in NOTHING_ELSE)
    asked = next((f for f in fields if f not in mine.ticks), None)
    kept = next((f for f in fields if f != asked), None)
    changes = {f: fields[f] for f in (asked, kept) if f}
    if not changes:
        return
    others = (f for f in fields if f not in changes and mine.takes(**changes, **{f: fields[f]}))
    other = next(others, None)
    assert theirs.send(**changes).status_code == 302
    saved = {f: theirs.stored(f) for f in changes}
    if other:
        assert mine.send(**{other: fields[other]}).status_code == 302
        assert {f: mine.stored(f) for f in changes} == saved
        assert not same(mine.stored(other), mine.first(other))
    if asked:
        check_asked(client, mine, asked, saved[asked])


def check_asked(client, mine, field, saved):
    """What both have changed is shown to who comes second, and overwritten only then."""
    was = mine.values.get(field)
    mine.values = mine.values | {field: [mine.other_value(field)]}
    another = mine.other_value(field)
    if another is None or [str(another)] == was:
        # There are but two values to choose from.
        return
    answer = mine.send(**{field: another})
    assert answer.status_code == 409
    assert "Others have changed this meanwhile." in answer.text
    assert mine.stored(field) == saved
    again = sent(answer, holding="csrfmiddlewaretoken", among=mine.fields)
    assert client.post(mine.address, again).status_code == 302
    assert not same(mine.stored(field), saved)
