"""Names and their joins: gender, day of creation, joins that say they are gone."""

from msupply.records.quirks.moments import date_parts
from msupply.sync.declare.decoded import Columns, DecodedBatch


def decode_name(batch: DecodedBatch) -> None:
    """Fill gender and creation from their legacy keys where the newer keys are empty."""
    columns = batch.columns
    columns["gender"] = [
        gender or (_gender(female, created) if kind == "PATIENT" else None)
        for gender, female, created, kind in zip(
            columns["gender"],
            batch.wire["female"],
            columns["created_datetime"],
            columns["type"],
            strict=True,
        )
    ]
    columns["created_datetime"] = [
        moment or (day and f"{day} 00:00:00")
        for moment, day in zip(columns["created_datetime"], batch.wire["created_date"], strict=True)
    ]


def _gender(female: bool | None, created: str | None) -> str | None:
    if female:
        return "FEMALE"
    # Open mSupply writes a creation time with every patient: there, no gender is none.
    return None if created else "MALE"


def encode_name(columns: Columns, wire: Columns) -> None:
    """Write the legacy keys from the columns."""
    wire["female"] = [gender == "FEMALE" for gender in columns["gender"]]
    wire["created_date"] = date_parts(columns["created_datetime"])


def decode_join(batch: DecodedBatch) -> None:
    """Turn a join that says it is inactive into its own removal."""
    batch.removed.update(place for place, inactive in enumerate(batch.wire["inactive"]) if inactive)


def encode_join(columns: Columns, wire: Columns) -> None:
    """Write that a join which exists is active."""
    wire["inactive"] = [False] * len(columns["id"])
