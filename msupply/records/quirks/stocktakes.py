"""Stocktakes: older creation time; lines: counted or not."""

from msupply.records.quirks.moments import date_parts, join, time_parts
from msupply.sync.declare.decoded import Columns, DecodedBatch


def decode_stocktake(batch: DecodedBatch) -> None:
    """Take the older date and time where the newer creation time is empty."""
    columns = batch.columns
    created = columns["created_datetime"]
    if None not in created:
        return
    older = join(batch.wire["stock_take_created_date"], batch.wire["stock_take_time"])
    columns["finalised_datetime"] = [
        done or (old if new is None and status == "FINALISED" else None)
        for done, new, old, status in zip(
            columns["finalised_datetime"], created, older, columns["status"], strict=True
        )
    ]
    columns["created_datetime"] = [new or old for new, old in zip(created, older, strict=True)]


def encode_stocktake(columns: Columns, wire: Columns) -> None:
    """Write the older date and time."""
    wire["stock_take_created_date"] = date_parts(columns["created_datetime"])
    wire["stock_take_time"] = time_parts(columns["created_datetime"])


def decode_line(batch: DecodedBatch) -> None:
    """A quantity counts only when the line was edited."""
    batch.columns["counted_number_of_packs"] = [
        quantity if edited else None
        for quantity, edited in zip(
            batch.wire["stock_take_qty"], batch.wire["is_edited"], strict=True
        )
    ]


def encode_line(columns: Columns, wire: Columns) -> None:
    """Write zero and `is_edited` false for what was not counted."""
    counted = columns["counted_number_of_packs"]
    wire["stock_take_qty"] = [quantity or 0.0 for quantity in counted]
    wire["is_edited"] = [quantity is not None for quantity in counted]
