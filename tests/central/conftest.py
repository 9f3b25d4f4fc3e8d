"""A central server with an administrator, and its store."""

from tests.services.conftest import admin, store

__all__ = ["admin", "store"]
