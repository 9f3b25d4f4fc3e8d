"""Documents: JSON towards a site, JSON text inside a string towards the central server."""

import msgspec

from msupply.sync.declare import Codec, Form


def _decode(value: msgspec.Raw) -> str:
    text = bytes(value).decode()
    if not text.startswith('"'):
        return text
    inner: str = msgspec.json.decode(value, type=str)
    # Only checked: numbers must stay as they were written.
    msgspec.json.decode(inner, type=msgspec.Raw)
    return inner


DOCUMENT = Codec(
    msgspec.Raw,
    decode=_decode,
    encode={Form.TO_SITE: lambda text: msgspec.Raw(text.encode())},
)
