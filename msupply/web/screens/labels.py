"""How a record is named on a page; the rules are those of `services.labels`."""

from msupply.services.labels import columns_of, of, one, search_paths

__all__ = ["columns_of", "of", "one", "search_paths"]
