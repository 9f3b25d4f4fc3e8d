"""How a sync type is said and coloured, alike on every screen: never by the colour alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from msupply.sync.placement import SyncType

WORDS: dict[SyncType, str | Promise] = {
    SyncType.ACTIVE: pgettext_lazy("store on a site", "Active"),
    SyncType.COLLECTOR: pgettext_lazy("store on a site", "Collector"),
    SyncType.TRANSFER: pgettext_lazy("store on a site", "Transfer"),
    SyncType.NONE: pgettext_lazy("store on a site", "None"),
}
# As the choice of a store's Synchronisation tab says it.
CHOICE_WORDS = WORDS | {
    SyncType.COLLECTOR: pgettext_lazy("store on a site", "Active/Collector"),
}
COLOURS = {
    SyncType.ACTIVE: "blue",
    SyncType.COLLECTOR: "green",
    SyncType.TRANSFER: "purple",
    SyncType.NONE: "secondary",
}


@dataclass(frozen=True)
class Mark:
    """A sync type as a badge; `text` is what stands on it."""

    sync_type: SyncType
    text: str | Promise
    title: str | Promise = ""

    @property
    def colour(self) -> str:
        """The badge's Tabler colour."""
        return COLOURS[self.sync_type]


def mark(sync_type: SyncType) -> Mark:
    """Return the badge that says the type itself."""
    return Mark(sync_type, WORDS[sync_type])


def site_mark(sync_type: SyncType, site_id: int, name: str) -> Mark:
    """Return the badge of a site in a list of sites of one type."""
    title = _("{subject}: {text}").format(subject=f"#{site_id}", text=WORDS[sync_type])
    return Mark(sync_type, name or f"#{site_id}", title)
