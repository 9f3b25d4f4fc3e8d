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
        _("name"),
        _("code"),
        _("store"),
    }
)


def translated(text: Any) -> str:
    """Return a column's name in the reader's language."""
    return gettext(str(text))


def _title(text: Any) -> str:
    return capfirst(translated(text))


lazy_title = lazy(_title, str)
