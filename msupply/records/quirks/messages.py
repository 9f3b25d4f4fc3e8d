"""Messages: what people write is a sentence; their time of writing in two parts."""

import msgspec

from msupply.records.quirks.moments import date_parts, join, time_parts
from msupply.sync.declare import Codec, Form
from msupply.sync.declare.codecs import decode_any_json, encode_any_json
from msupply.sync.declare.decoded import Columns, DecodedBatch
from msupply.sync.declare.message import BadValue

_NOTHING = "null"


def _decode_body(value: msgspec.Raw) -> str:
    """Read any JSON as its text, but text as what it says, where that is no JSON itself."""
    text = decode_any_json(value)
    if text == _NOTHING:
        # Sites of other makes refuse a message without a body (sync-v5.md, table message).
        return ""
    if not text.startswith('"'):
        return text
    sentence = msgspec.json.decode(text, type=str)
    return text if _is_json(sentence) else sentence


def _encode_body(value: str) -> msgspec.Raw:
    if _is_json(value):
        return msgspec.Raw(value.encode())
    return encode_any_json(msgspec.json.encode(value).decode())


def _is_json(text: str) -> bool:
    try:
        encode_any_json(text)
    except BadValue:
        return False
    # Who writes "null" writes a word.
    return text != _NOTHING


# Any JSON; what is none goes as text (sync-v5.md, table message).
BODY = Codec(msgspec.Raw, decode=_decode_body, encode=dict.fromkeys(Form, _encode_body))


def decode_message(batch: DecodedBatch) -> None:
    """Put date and time together."""
    batch.columns["created_datetime"] = join(batch.wire["createdDate"], batch.wire["createdTime"])


def encode_message(columns: Columns, wire: Columns) -> None:
    """Split the moment."""
    wire["createdDate"] = date_parts(columns["created_datetime"])
    wire["createdTime"] = time_parts(columns["created_datetime"])
