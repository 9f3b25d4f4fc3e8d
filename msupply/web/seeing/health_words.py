"""How the state of a site is said and coloured, alike on the report, the site page and the map."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msupply.central.sync_report import Freshness


@dataclass(frozen=True)
class Look:
    """A word for a state, what it means, and its colour: never the colour alone."""

    label: str | Promise
    meaning: str | Promise
    colour: str
    # The colour of the map, for drawings without the style sheet.
    paint: str


LOOKS: dict[Freshness, Look] = {
    Freshness.FRESH: Look(_("Fresh"), _("connected within the last week"), "green", "#2fb344"),
    Freshness.LATE: Look(_("Late"), _("no connection for more than a week"), "yellow", "#f59f00"),
    Freshness.SILENT: Look(_("Silent"), _("no connection for more than a month"), "red", "#d63939"),
    Freshness.NEVER: Look(
        _("Never connected"), _("has not connected once"), "secondary", "#9aa3ad"
    ),
    Freshness.HERE: Look(_("This server"), _("the central server itself"), "blue", "#066fd1"),
    Freshness.NO_SITE: Look(_("No site"), _("active on no known site"), "secondary", "#9aa3ad"),
}


def look(state: str) -> Look:
    """Return how a state is shown."""
    return LOOKS[Freshness(state)]
