"""Documents: JSON towards a site, JSON text inside a string towards the central server."""

import msgspec
from django.utils.translation import gettext_noop as _

from msupply.sync.declare import Codec, Form
from msupply.sync.declare.codecs import decode_any_json
from msupply.sync.declare.json_text import checked
from msupply.sync.declare.message import BadValue


def _decode(value: msgspec.Raw) -> str:
    text = decode_any_json(value)
    # Numbers must stay as they were written.
    return _document(msgspec.json.decode(text, type=str) if text.startswith('"') else text)


def _document(text: str) -> str:
    """Return a document as it is. A mere text is none: nobody could tell it from one in a string."""
    if checked(text).lstrip().startswith('"'):
        raise BadValue(_("{key}: “{value}” is no document"))
    return text


def _encode(text: str) -> msgspec.Raw:
    return msgspec.Raw(_document(text).encode())


DOCUMENT = Codec(
    msgspec.Raw,
    decode=_decode,
    encode={Form.TO_SITE: _encode, Form.TO_CENTRAL: _document, Form.MODERN: _encode},
)
