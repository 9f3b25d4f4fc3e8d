"""The real network: `settings.SYNC_NETWORK` names it to the engine (see sync/peer.py)."""

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.here import Here
from msupply.wire import file_transfer
from msupply.wire.v5_client import LegacyClient
from msupply.wire.v6_client import ModernClient


class CentralServers:
    """The central servers of one cycle; implements `sync.peer.Peers`."""

    def __init__(self, here: Here) -> None:
        self._here = here
        self.legacy = LegacyClient(here)
        self._modern: ModernClient | None = None

    def modern(self, url: str) -> ModernClient:
        """Return the Open mSupply central server at an address that was learnt in this cycle."""
        if self._modern is None:
            self._modern = ModernClient(self._here, url)
        return self._modern

    def close(self) -> None:
        """Close the connections."""
        self.legacy.close()
        if self._modern:
            self._modern.close()


class Network:
    """HTTP to the central servers; implements `sync.peer.Network`."""

    def connect(self, here: Here) -> CentralServers:
        """Return the central servers of this site. Raises SyncFailure for an impossible URL."""
        return CentralServers(here)

    def upload_next(self, connection: BaseDatabaseWrapper) -> bool:
        """Upload the file that is due, if any; True when one has been uploaded."""
        return file_transfer.upload_next(connection)

    def line_is_back(self, connection: BaseDatabaseWrapper) -> None:
        """Let the files be tried at once for which no answer came."""
        file_transfer.line_is_back(connection)
