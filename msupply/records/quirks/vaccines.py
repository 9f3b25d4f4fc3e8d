"""Vaccine courses as they are reported: those that are not deleted are active."""

from msupply.sync.declare.decoded import Columns


def encode_course(columns: Columns, wire: Columns) -> None:
    """Write whether a course is deleted once more, as a yes or no."""
    wire["is_active"] = [deleted is None for deleted in columns["deleted_datetime"]]
