"""How much of a server the bodies of requests may take, by address and in all, and how slowly they
may come. The bounds hold for each web worker.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1024 * 1024
# When all bodies together hold more than this, none of them grows in memory.
CROWDED = 64 * MIB


@dataclass(frozen=True)
class Pace:
    """How slowly a body may come; lines of 2 kB/s must do. Times are seconds, rates bytes/second.

    A body may take `grace` and as long as it would at the lowest rate, never longer than `longest`
    in all, and never without a byte for `silence`.
    """

    silence: float = 60
    grace: float = 60
    lowest_rate: float = 256
    longest: float = 2 * 3600


@dataclass(frozen=True)
class Most:
    """The most that is held at a time: bodies of requests not yet answered, and their bytes."""

    bodies: int
    size: int


@dataclass(frozen=True)
class Bounds:
    """What the server takes. `largest` tells the largest body of a path, in bytes."""

    largest: Callable[[str], int] = lambda path: 64 * MIB
    pace: Pace = Pace()
    in_all: Most = Most(bodies=1024, size=1024 * MIB)
    # Many sites may come from one address: those of a mobile network, or all behind a proxy.
    of_address: Most = Most(bodies=128, size=256 * MIB)
    # Where what memory should not hold is written; None: the system's temporary directory.
    folder: Path | None = None


class Refused(Exception):
    """A request that is not served, with the status and text of its answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass
class Holding:
    """The bodies that are held now. Belongs to the event loop: nothing here is locked."""

    bounds: Bounds
    size: int = 0
    _bodies: Counter[str] = field(default_factory=Counter)
    _sizes: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def of(self, address: str) -> Iterator["Share"]:
        """Hold one body of an address for a while. Raises Refused when that is one too many."""
        if self._bodies[address] >= self.bounds.of_address.bodies:
            raise _too_much_of_one()
        if self._bodies.total() >= self.bounds.in_all.bodies:
            raise _too_much()
        share = Share(self, address)
        self._bodies[address] += 1
        try:
            yield share
        finally:
            self._bodies[address] -= 1
            self.add(address, -share.size)
            if not self._bodies[address]:
                del self._bodies[address], self._sizes[address]

    def add(self, address: str, size: int) -> None:
        """Count bytes of an address. Raises Refused when they are too many."""
        if size > 0 and self._sizes[address] + size > self.bounds.of_address.size:
            raise _too_much_of_one()
        if size > 0 and self.size + size > self.bounds.in_all.size:
            raise _too_much()
        self._sizes[address] += size
        self.size += size


@dataclass
class Share:
    """What one body holds."""

    holding: Holding
    address: str
    size: int = 0

    @property
    def is_crowded(self) -> bool:
        """True when bodies should no longer be kept in memory."""
        return self.holding.size > CROWDED

    def add(self, size: int) -> None:
        """Count what has come. Raises Refused when it is too much."""
        self.holding.add(self.address, size)
        self.size += size


def _too_much_of_one() -> Refused:
    return Refused(429, "Too many requests from this address are unfinished: try again later.")


def _too_much() -> Refused:
    return Refused(503, "Too many requests are unfinished: try again later.")
