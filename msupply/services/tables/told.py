"""Refusals in words, for a row of a file or a line of a terminal."""

from django.utils.translation import gettext as _

from msupply.services.guard import ByProgramOnly
from msupply.sync.ownership import EditRefused


def refusal(error: Exception) -> str:
    """Return why a row is refused, in the reader's language."""
    if isinstance(error, EditRefused):
        return _("This can only be done on {place}.").format(place=_(error.refusal.place))
    if isinstance(error, ByProgramOnly):
        return _("Records of this kind are written by the program alone.")
    return str(error)
