"""What a cycle asks of its central servers, and who answers; the wire layer implements it.

Every method raises `SyncFailure`, and every request is safe to repeat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, cast

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import import_string

from msupply.sync.buffer import Arrived
from msupply.sync.door import Unreadable
from msupply.sync.here import Here
from msupply.sync.records import WireRecord
from msupply.sync.site_orders import NO_ORDERS, SiteOrders


class InitialisationStatus(Enum):
    """How far the mSupply central server has got with this site's first queue."""

    NEW = "new"
    STARTED = "started"
    COMPLETED = "completed"
    ERROR = "error"


@dataclass(frozen=True)
class SiteInfo:
    """What the mSupply central server says of this site (sync-v5.md 3.1).

    `clock_ahead` is by how many seconds this computer's clock is ahead of the server's; 0 while
    they agree well enough.
    """

    uuid: str
    site_id: int
    initialisation_status: InitialisationStatus
    is_oms_central: bool
    oms_central_url: str
    central_site_id: int
    orders: SiteOrders = NO_ORDERS
    clock_ahead: int = 0


@dataclass(frozen=True)
class ServerStatus:
    """Whether a server is ready; `remaining` counts down where the server tells its progress."""

    idle: bool
    remaining: int | None = None


@dataclass(frozen=True)
class CentralBatch:
    """Records of the V5 central log: `last` is the cursor of the last one, None when empty."""

    records: list[Arrived]
    last: int | None
    head: int
    unreadable: Sequence[Unreadable] = ()


@dataclass(frozen=True)
class QueuedBatch:
    """The head of this site's V5 queue; `ids` acknowledge it, `length` counts all that wait."""

    records: list[Arrived]
    ids: list[str]
    length: int
    unreadable: Sequence[Unreadable] = ()


@dataclass(frozen=True)
class ModernBatch:
    """Records of the V6 log up to `end`; `total` counts all that wait, these included."""

    records: list[Arrived]
    end: int
    total: int
    is_last: bool
    unreadable: Sequence[Unreadable] = ()


class LegacyServer(Protocol):
    """The mSupply central server: V5."""

    @property
    def batch_limit(self) -> int | None:
        """How many records it takes and gives at once, None where it did not say."""

    def site_info(self) -> SiteInfo:
        """Ask who this site is."""

    def status(self) -> ServerStatus:
        """Ask whether the server is done with what this site asked for or pushed."""

    def initialise(self) -> int:
        """Have the queue filled with everything of this site; return its length."""

    def central_records(self, after: int, limit: int) -> CentralBatch:
        """Read the central log."""

    def queued_records(self, limit: int, after: str | None = None) -> QueuedBatch:
        """Read the head of this site's queue, or what stands behind the entry `after`.

        Only a server that states a batch limit knows `after`.
        """

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Have records removed from the queue."""

    def push(self, waiting: int, records: Sequence[WireRecord]) -> list[WireRecord]:
        """Send records; `waiting` counts the changes not yet sent, these included.

        Returns those that are refused because each of them is too large by itself.
        """

    def end_push(self, unsent: int) -> None:
        """Have everything pushed integrated; `unsent` records could not be sent in this cycle."""


class ModernServer(Protocol):
    """The Open mSupply central server: V6."""

    @property
    def batch_limit(self) -> int | None:
        """How many records it takes and gives at once, None where it did not say."""

    def status(self) -> ServerStatus:
        """Ask whether the server is done with what this site pushed."""

    def push(
        self, waiting: int, end: int, records: Sequence[WireRecord], *, last: bool
    ) -> list[WireRecord]:
        """Send records up to cursor `end`; after the last batch they are integrated.

        Returns those that are refused because each of them is too large by itself.
        """

    def pull(self, cursor: int, limit: int, *, initialised: bool) -> ModernBatch:
        """Read the V6 log from `cursor` on."""

    def pull_patient(self, cursor: int, limit: int, patient_id: str) -> ModernBatch:
        """Read what the V6 log holds about one patient from `cursor` on."""


class Peers(Protocol):
    """The two servers of one cycle, on connections that are kept while it lasts."""

    @property
    def legacy(self) -> LegacyServer:
        """The mSupply central server."""

    def modern(self, url: str) -> ModernServer:
        """Return the Open mSupply central server at an address that was learnt in this cycle."""

    def close(self) -> None:
        """Close the connections."""


class Network(Protocol):
    """What the wire layer gives the engine."""

    def connect(self, here: Here) -> Peers:
        """Return the central servers of this site. Raises SyncFailure for an impossible URL."""

    def upload_next(self, connection: BaseDatabaseWrapper) -> bool:
        """Upload the file that is due, if any; True when one has been uploaded."""

    def line_is_back(self, connection: BaseDatabaseWrapper) -> None:
        """Let the files be tried at once for which no answer came."""


def network() -> Network:
    """Return the network that the settings name (`SYNC_NETWORK`)."""
    return cast(Network, import_string(settings.SYNC_NETWORK)())
