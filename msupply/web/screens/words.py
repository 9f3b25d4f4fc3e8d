"""Names of columns that follow from the column itself, so that they are translated too."""

from typing import Any

from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# A declaration names a column only where the column's own name is not what people call it;
# a test compares this list with the declarations.
IMPLICIT = frozenset(
    {
        _("batch"),
        _("body"),
        _("code"),
        _("colour"),
        _("comment"),
        _("confirmed"),
        _("context"),
        _("country"),
        _("data"),
        _("description"),
        _("direction"),
        _("downloaded bytes"),
        _("error"),
        _("files"),
        _("gender"),
        _("given"),
        _("initials"),
        _("json schema"),
        _("key"),
        _("kind"),
        _("label"),
        _("language"),
        _("last successful sync"),
        _("legacy status"),
        _("logo"),
        _("manufacturer"),
        _("margin"),
        _("message"),
        _("mobile"),
        _("model"),
        _("name"),
        _("note"),
        _("notes"),
        _("parent"),
        _("parent id"),
        _("permission"),
        _("phone"),
        _("properties"),
        _("rate"),
        _("reason"),
        _("retries"),
        _("retry at"),
        _("rnr form line"),
        _("status"),
        _("strength"),
        _("template"),
        _("type"),
        _("types"),
        _("ui schema"),
        _("uploaded bytes"),
        _("username"),
        _("value"),
        _("version"),
        _("volume"),
        _("website"),
    }
)


def translated(text: Any) -> str:
    """Return a column's name in the reader's language."""
    return gettext(str(text))


def _title(text: Any) -> str:
    return capfirst(translated(text))


lazy_title = lazy(_title, str)
