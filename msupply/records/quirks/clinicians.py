"""Prescribers: gender, from the newer key or from the older yes-or-no."""

from typing import Any

import msgspec

from msupply.sync.declare.decoded import Columns, DecodedBatch


class _Fields(msgspec.Struct):
    oms_fields: Any = None


_read = msgspec.json.Decoder(_Fields).decode


def decode_clinician(batch: DecodedBatch) -> None:
    """Take the gender from `female` where `oms_fields` is absent; a null inside it counts."""
    genders = batch.columns["gender"]
    for place, (gender, female) in enumerate(zip(genders, batch.wire["female"], strict=True)):
        # Places with errors hold no values, and perhaps no JSON object either.
        if gender is None and place not in batch.errors and not _read(batch.raw[place]).oms_fields:
            genders[place] = "FEMALE" if female else "MALE"


def encode_clinician(columns: Columns, wire: Columns) -> None:
    """Write the older key."""
    wire["female"] = [gender == "FEMALE" for gender in columns["gender"]]
