"""Location movements: moments in two parts."""

from msupply.records.quirks.moments import date_parts, join, time_parts
from msupply.sync.declare.decoded import Columns, DecodedBatch


def decode_movement(batch: DecodedBatch) -> None:
    """Put the parts of both moments together."""
    for side in ("enter", "exit"):
        batch.columns[f"{side}_datetime"] = join(
            batch.wire[f"{side}_date"], batch.wire[f"{side}_time"]
        )


def encode_movement(columns: Columns, wire: Columns) -> None:
    """Split both moments."""
    for side in ("enter", "exit"):
        moments = columns[f"{side}_datetime"]
        wire[f"{side}_date"] = date_parts(moments)
        wire[f"{side}_time"] = time_parts(moments)
