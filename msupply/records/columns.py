"""Columns that many record types have."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def deleted_at() -> Any:
    """Return the column that marks a record as deleted; lists leave such records out."""
    return models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)


def created_at() -> Any:
    """Return the column with the moment of creation, which nobody enters."""
    return models.DateTimeField(_("created at"), null=True, blank=True, editable=False)
