"""Readings of vaccine vial monitors: their moment in two parts."""

from msupply.records.quirks.moments import date_parts, join, time_parts
from msupply.sync.declare.decoded import Columns, DecodedBatch


def decode_log(batch: DecodedBatch) -> None:
    """Put date and time together."""
    batch.columns["created_datetime"] = join(batch.wire["date"], batch.wire["time"])


def encode_log(columns: Columns, wire: Columns) -> None:
    """Split the moment."""
    wire["date"] = date_parts(columns["created_datetime"])
    wire["time"] = time_parts(columns["created_datetime"])
