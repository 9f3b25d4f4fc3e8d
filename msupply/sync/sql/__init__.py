"""The only dialect-specific SQL: triggers, upserts, the safe cursor."""

from msupply.sync.sql.dialect import Dialect, dialect

__all__ = ["Dialect", "dialect"]
