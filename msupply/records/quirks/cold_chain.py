"""Cold chain: a sensor's type behind its serial number; newer moments win over split ones."""

from msupply.records.quirks.moments import date_parts, join, time_parts
from msupply.sync.declare.decoded import Columns, DecodedBatch

# Between serial number and type.
_BAR = " | "
_TYPES = {"BLUE_MAESTRO", "LAIRD", "BERLINGER", "LOG_TAG"}
_USUAL_TYPE = "BLUE_MAESTRO"


def decode_sensor(batch: DecodedBatch) -> None:
    """Split the serial number from the type, and fill the moment of the last connection."""
    pairs = [_serial_and_type(address or "") for address in batch.wire["macAddress"]]
    batch.columns["serial"] = [serial for serial, _ in pairs]
    batch.columns["type"] = [kind for _, kind in pairs]
    _fill(batch, "last_connection_datetime", "lastConnectionDate", "lastConnectionTime")


def _serial_and_type(address: str) -> tuple[str, str]:
    serial, bar, kind = address.rpartition(_BAR)
    if bar and kind in _TYPES:
        return serial, kind
    # Nothing that follows a bar belongs to the serial number, whatever it says.
    return address.split(" |", 1)[0], _USUAL_TYPE


def encode_sensor(columns: Columns, wire: Columns) -> None:
    """Write the type behind the serial number, and the moment in two parts."""
    wire["macAddress"] = [
        f"{serial}{_BAR}{kind}"
        for serial, kind in zip(columns["serial"], columns["type"], strict=True)
    ]
    _split(columns["last_connection_datetime"], wire, "lastConnectionDate", "lastConnectionTime")


def decode_breach(batch: DecodedBatch) -> None:
    """Fill both moments; the wire tells who has acknowledged, the column who has not."""
    _fill(batch, "start_datetime", "start_date", "start_time")
    _fill(batch, "end_datetime", "end_date", "end_time")
    batch.columns["unacknowledged"] = [not known for known in batch.wire["acknowledged"]]


def encode_breach(columns: Columns, wire: Columns) -> None:
    """Write both moments in two parts."""
    _split(columns["start_datetime"], wire, "start_date", "start_time")
    _split(columns["end_datetime"], wire, "end_date", "end_time")
    wire["acknowledged"] = [not unknown for unknown in columns["unacknowledged"]]


def decode_log(batch: DecodedBatch) -> None:
    """Fill the moment."""
    _fill(batch, "datetime", "date", "time")


def encode_log(columns: Columns, wire: Columns) -> None:
    """Write the moment in two parts."""
    _split(columns["datetime"], wire, "date", "time")


def _fill(batch: DecodedBatch, column: str, date: str, time: str) -> None:
    newer = batch.columns[column]
    if None in newer:
        older = join(batch.wire[date], batch.wire[time])
        batch.columns[column] = [new or old for new, old in zip(newer, older, strict=True)]


def _split(moments: list[str | None], wire: Columns, date: str, time: str) -> None:
    wire[date] = date_parts(moments)
    wire[time] = time_parts(moments)
