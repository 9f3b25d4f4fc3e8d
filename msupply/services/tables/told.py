"""Refusals in words, for a row of a file or a line of a terminal."""

from django.utils.translation import gettext as _

from msupply.services.guard import ByProgramOnly
from msupply.sync.declare.policy import Editor
from msupply.sync.ownership import EditRefused


def refusal(error: Exception) -> str:
    """Return why a row is refused, in the reader's language."""
    if isinstance(error, EditRefused):
        if error.refusal.editor is Editor.NOWHERE:
            return _("What has been written here stays as it is: create a new record.")
        return _("This can only be done on {place}.").format(place=_(error.refusal.place))
    if isinstance(error, ByProgramOnly):
        return _("Records of this kind are written by the program alone.")
    return str(error)
