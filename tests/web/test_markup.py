"""Markup that somebody typed, or a site has pushed, is shown as the text that it is."""

import pytest
from django.db import DatabaseError, models, transaction
from django.urls import reverse

from msupply.records.values import JsonText
from msupply.sync.declare.registry import RecordType
from msupply.web.screens import screen as screens
from tests.web.test_screens import KINDS, first

MARKUP = '<b title="typed">\'{{ 1 }}'


def text_columns(kind: RecordType) -> list[str]:
    """Return the columns into which anything may be written."""
    return [
        name
        for name, column in kind.columns.items()
        if type(column) in (models.TextField, models.CharField, JsonText)
        and not column.choices
        and not column.primary_key
        and not column.remote_field
    ]


def fill(record: models.Model, columns: list[str]) -> list[str]:
    """Write markup where the database takes it; return where that was."""
    taken = []
    for name in columns:
        try:
            with transaction.atomic():
                type(record)._default_manager.filter(pk=record.pk).update(**{name: MARKUP})
        except DatabaseError:
            continue
        taken.append(name)
    return taken


@pytest.mark.parametrize("name", KINDS)
def test_markup_in_any_text_is_shown_as_text(admin, name):
    kind = KINDS[name]
    record = first(kind)
    taken = fill(record, text_columns(kind))
    pages = [screens.of_type(kind).url, f"{screens.of_type(kind).url}?q=%3Cb%20title%3D"]
    pages += [reverse(page, args=[kind.name, record.pk]) for page in ("detail", "edit", "delete")]
    answers = {page: admin.get(page) for page in pages}
    for page, answer in answers.items():
        assert answer.status_code < 500, page
        assert "<b title" not in answer.text, page
    shown = any("&lt;b title" in answer.text for answer in answers.values())
    assert shown or not {"name", "code", "description", "comment"} & set(taken)
