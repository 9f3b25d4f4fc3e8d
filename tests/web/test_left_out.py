"""What people type must be able to leave; what cannot is named on the Sync page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from msupply.records.messages import SyncMessage
from msupply.records.names import Name
from msupply.records.reports import FormSchema
from msupply.sync import left_out
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.left_out import Fault
from msupply.sync.models import ChangelogCentral
from msupply.sync.records import columns_of
from msupply.web.screens import screen

WORDS = "plain words"


def columns_as_json() -> list[tuple[RecordType, str]]:
    """Return every column with raw JSON of its wire, unless any text may stand there.

    Versions of documents are only ever added, and by no form.
    """
    fields = [
        (kind, field)
        for kind in registry().synced
        for wire in Wire
        if (table := kind.wire(wire))
        and kind.model is not SyncMessage
        and not kind.model.written_once
        for field in table.fields.values()
    ]
    raw = {(k, f.column) for k, f in fields if f.column and "Raw" in str(f.codec.wire_type)}
    return sorted(raw, key=str)


def posted(client: Client, url: str, **changed: object) -> Any:
    """Send a form as it is shown, but for some fields."""
    form = client.get(url).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in (shown | changed).items() if value not in (None, "")}
    return client.post(url, values)


@pytest.mark.parametrize(
    ("kind", "column"), columns_as_json(), ids=lambda one: getattr(one, "name", one)
)
def test_words_are_refused_beside_their_field_where_a_wire_wants_json(
    admin: Client, kind: RecordType, column: str
) -> None:
    record = kind.model._base_manager.first()
    assert record is not None
    answer = posted(admin, screen.of_type(kind).page("edit", record.pk), **{column: WORDS})
    assert answer.status_code == 422
    assert "JSON" in str(answer.context["form"].errors[column])
    record.refresh_from_db()
    assert getattr(record, column) != WORDS


def test_a_message_is_a_sentence_to_people_and_text_on_the_wire(admin: Client) -> None:
    SyncMessage.objects.update(from_store="store-central")
    message = SyncMessage.objects.get()
    url = screen.of_type(registry().by_table["sync_message"]).page("edit", message.pk)
    sentence = 'Please send "gloves", 2 boxes.'
    assert posted(admin, url, body=sentence).status_code == 302
    message.refresh_from_db()
    assert message.body == sentence
    kind = registry().by_table["sync_message"]
    codec = table_codec(kind, Wire.V5)
    (data,) = codec.encode(columns_of(connection, kind, [message.pk]), Form.TO_SITE)
    assert not isinstance(data, Message)
    assert b'"body":"Please send \\"gloves\\", 2 boxes."' in bytes(data)
    batch = codec.decode(b'[["%s",%s]]' % (message.pk.encode(), bytes(data)))
    assert batch.columns["body"] == [sentence]


def test_a_record_that_came_with_a_fault_can_still_be_worked_on(admin: Client) -> None:
    name = Name.objects.exclude(type="PATIENT").exclude(type="STORE").first()
    assert name is not None
    Name.objects.filter(pk=name.pk).update(custom_data_string=WORDS, extra="{")
    url = screen.of_type(registry().by_table["name"]).page("edit", name.pk)
    assert posted(admin, url, comment="Called today").status_code == 302
    name.refresh_from_db()
    assert name.comment == "Called today"


@pytest.mark.parametrize("fault", [{"json_schema": WORDS}, {"extra": "{"}], ids=["field", "extra"])
def test_what_is_wrong_already_hides_nothing_that_is_typed(admin: Client, fault: Any) -> None:
    schema = FormSchema.objects.get()
    FormSchema.objects.filter(pk=schema.pk).update(**fault)
    url = screen.of_type(registry().by_table["form_schema"]).page("edit", schema.pk)
    answer = posted(admin, url, ui_schema="other words")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["ui_schema"]
    assert posted(admin, url, ui_schema="[]").status_code == 302


def test_the_sync_page_names_what_cannot_be_sent(admin: Client) -> None:
    name = Name.objects.exclude(type="PATIENT").exclude(type="STORE").first()
    assert name is not None
    assert "cannot be sent" not in admin.get("/synchronisation").text
    Name.objects.filter(pk=name.pk).update(custom_data_string=WORDS)
    kind = registry().by_table["name"]
    row = ChangelogCentral.objects.get(record_type=kind.number, record_id=name.pk)
    reason = Message("{key}: “{value}” is no JSON", {"key": "custom_data", "value": WORDS})
    left_out.note(connection, Channel.CENTRAL, [Fault(row.cursor, kind, name.pk, reason)])
    page = admin.get("/synchronisation").text
    assert "Records that cannot be sent" in page
    assert f"custom_data: “{WORDS}” is no JSON" in page
    Name.objects.filter(pk=name.pk).update(custom_data_string=None)
    assert "cannot be sent" not in admin.get("/synchronisation").text
