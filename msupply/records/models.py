"""Loads the modules of all subjects, so that Django finds every record type."""

from importlib import import_module
from pkgutil import iter_modules

from msupply import records

for module in iter_modules(records.__path__, f"{records.__name__}."):
    import_module(module.name)
