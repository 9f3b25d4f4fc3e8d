"""Messages: their time of writing in two parts."""

from msupply.records.quirks.moments import date_parts, join, time_parts
from msupply.sync.declare.decoded import Columns, DecodedBatch


def decode_message(batch: DecodedBatch) -> None:
    """Put date and time together."""
    batch.columns["created_datetime"] = join(batch.wire["createdDate"], batch.wire["createdTime"])


def encode_message(columns: Columns, wire: Columns) -> None:
    """Split the moment."""
    wire["createdDate"] = date_parts(columns["created_datetime"])
    wire["createdTime"] = time_parts(columns["created_datetime"])
