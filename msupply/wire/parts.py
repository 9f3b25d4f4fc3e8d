"""How much goes in one request: what a server takes, a proxy before it lets through, a line carries.

A server says how many records it takes (client_http.BATCH_LIMIT_HEADER); of bytes nobody says
anything. A refused size is learnt from, for as long as the client lasts: a cycle.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from msupply.sync.failure import TooLarge, Unreachable
from msupply.wire import client_http

# What proxies usually take is 1 MiB; around the records stands a little.
USUAL_LIMIT: Final = 900_000
# A line that does not even carry so much is away.
FEWEST_RECORDS: Final = 50
FEWEST_BYTES: Final = 64 * 1024

# A record as it goes, with its place among those to send.
_Placed = tuple[int, bytes]


class Parts:
    """Sends encoded records in as many requests as it takes."""

    def __init__(self) -> None:
        self._most: int | None = None

    def send(
        self, encoded: Sequence[bytes], send: Callable[[list[bytes], bool], None]
    ) -> list[int]:
        """Send all; return the places of those that were refused even alone.

        `send` gets some records, and whether they are the last: the last call always says so, with
        no record at all when the last one was refused. Raises Unreachable.
        """
        left = deque(self._cut(enumerate(encoded)))
        refused: list[int] = []
        while left:
            part = left.popleft()
            try:
                send([record for _, record in part], not left)
            except TooLarge:
                if not part:
                    raise
                self._learn(part)
                if len(part) > 1:
                    rest = [placed for later in (part, *left) for placed in later]
                    left = deque(self._cut(rest))
                    continue
                refused.append(part[0][0])
                if not left:
                    left.append([])
            except Unreachable:
                # A line that breaks under a large body may carry a smaller one.
                count = _fewer(part)
                if count is None:
                    raise
                pieces = [part[at : at + count] for at in range(0, len(part), count)]
                left.extendleft(reversed(pieces))
        return refused

    def _learn(self, part: list[_Placed]) -> None:
        size = _size(part)
        self._most = min(self._limit(), size // 2 if len(part) > 1 else size - 1, USUAL_LIMIT)

    def _limit(self) -> int:
        return client_http.MOST_BYTES if self._most is None else self._most

    def _cut(self, records: Iterable[_Placed]) -> Iterator[list[_Placed]]:
        part: list[_Placed] = []
        size, most = 0, self._limit()
        for placed in records:
            if part and size + len(placed[1]) > most:
                yield part
                part, size = [], 0
            part.append(placed)
            size += len(placed[1]) + 1
        yield part


def _size(part: list[_Placed]) -> int:
    return sum(len(record) for _, record in part)


def _fewer(part: list[_Placed]) -> int | None:
    """Return how many records to try at once after a break, None when it was not their number."""
    if len(part) > FEWEST_RECORDS:
        return max(len(part) // 8, FEWEST_RECORDS)
    return max(len(part) // 8, 1) if len(part) > 1 and _size(part) > FEWEST_BYTES else None
