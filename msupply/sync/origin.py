"""Where arriving records come from, and what that means for them."""

from dataclasses import dataclass

from msupply.sync.declare.registry import Channel


@dataclass(frozen=True)
class Origin:
    """Where records come from, and what must be logged here.

    - `site_id`: the site that pushed them; None when they come from a central server.
    - `log_source`: the source site of the log rows that they make here.
    - `logs`: the logs that other sites read here; what goes nowhere needs no log row.
    - `trusted`: take everything as the central server's own data (an import), without asking
      which site owns it.
    - `alone`: nobody uses this database yet: a site initialises.
    """

    site_id: int | None
    log_source: int | None = None
    logs: frozenset[Channel] = frozenset()
    trusted: bool = False
    alone: bool = False

    @property
    def is_site(self) -> bool:
        """True when what arrives must belong to the site that sent it."""
        return self.site_id is not None and not self.trusted

    @property
    def is_central(self) -> bool:
        """True when a central server sent it to this site."""
        return self.site_id is None and not self.trusted
