"""The measured scenarios. Each yields one JSON-ready object per figure, baselines included."""

import json
import sqlite3
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from bench.people import exporter, measure_people
from bench.processes import Instance, Watch, central, free_port, fresh, init_site
from bench.slow_lines import SlowLines

Figure = dict[str, Any]

# The changes in the log of a country.
LOG_ROWS = 1_000_000
FEWEST_STORES = 8_000
# A table of these is larger than what the buffers on the way hold.
MANY_ITEMS = 40_000


@contextmanager
def _central(database: str | None) -> Iterator[tuple[Instance, Instance]]:
    """Yield a fresh central server with a site, and the site that is to be initialised."""
    with tempfile.TemporaryDirectory(prefix="msupply-bench-") as name, fresh(database) as url:
        for part in ("central", "site"):
            (Path(name) / part).mkdir()
        yield central(Path(name) / "central", url, free_port()), Instance(Path(name) / "site")


def initialise(n: int, database: str | None = None) -> Iterator[Figure]:
    """Initialise a fresh site with `n` records over loopback HTTP."""
    with _central(database) as (server, site):
        server.python("bench.load", "central", str(n))
        with server.serving() as watch:
            pace = _Pace(site.folder / "msupply.sqlite3")
            started = time.perf_counter()
            with pace:
                init_site(site, server)
            seconds = time.perf_counter() - started
        peaks = _peaks(watch) | {"site": max(site.peaks.values())}
        yield _figure("initialise", n, n / seconds, peaks) | {
            "database": _kind(database),
            "seconds": round(seconds, 1),
            "last_tenth_to_first": pace.ratio(),
            "steps_s": json.loads(site.python("bench.count", "steps")),
        }
        yield from _baselines("initialise", n, site, n / seconds)


def push(n: int, database: str | None = None) -> Iterator[Figure]:
    """Push `n` changed invoice lines, until the central server has integrated them."""
    with _central(database) as (server, site):
        server.python("bench.load", "central", str(int(n / 0.6) + 1))
        with server.serving() as watch:
            init_site(site, server)
            site.python("bench.load", "touch", str(n))
            started = time.perf_counter()
            site.run("sync")
            seconds = time.perf_counter() - started
            if int(site.python("bench.count", "changed")) != int(
                server.python("bench.count", "changed")
            ):
                raise SystemExit("not every pushed line has arrived")
        peaks = _peaks(watch) | {"site": max(site.peaks.values())}
        yield _figure("push", n, n / seconds, peaks) | {
            "database": _kind(database),
            "seconds": round(seconds, 1),
            "steps_s": json.loads(site.python("bench.count", "steps")),
        }
        yield from _baselines("push", n, site, n / seconds)


def idle_pull(n: int, database: str | None = None) -> Iterator[Figure]:
    """Time an idle cycle's pulls with 100 thousand and with `n` rows in the log."""
    small = min(n, 100_000)
    base: float | None = None
    for size in (small, n):
        with _central(database) as (server, site):
            server.python("bench.load", "filler", str(size))
            with server.serving() as watch:
                init_site(site, server)
                median = float(site.python("bench.poll"))
        base = base or median
        yield {
            "figure": "idle-pull",
            "n": size,
            "database": _kind(database),
            "milliseconds": round(median * 1000, 2),
            "records_per_s": 0,
            "ratio_to_100k": round(median / base, 2),
            "peak_rss_mb": _peaks(watch),
        }


def routing(n: int, database: str | None = None) -> Iterator[Figure]:
    """Time polls, pulls and a visibility change with `n` stores, beside a hundredth of them."""
    base: dict[str, float] = {}
    for stores in (max(100, n // 100), n):
        with _central(database) as (server, _site):
            arguments = (str(stores // 2), str(stores), str(LOG_ROWS))
            found: dict[str, float] = json.loads(server.python("bench.routing", *arguments))
        base = base or found
        for what, milliseconds in found.items():
            yield {
                "figure": f"routing: {what}",
                "n": stores,
                "sites": stores // 2,
                "database": _kind(database),
                "milliseconds": milliseconds,
                "records_per_s": 0,
                "ratio_to_fewest_stores": round(milliseconds / base[what], 2),
                "peak_rss_mb": {"server": max(server.peaks.values())},
            }


def country(n: int, database: str | None = None) -> Iterator[Figure]:
    """Measure the pages and operations of a country's administrators: `n` stores, half the sites."""
    # Its pages are asked for by names that a smaller country has not.
    n = max(n, FEWEST_STORES)
    with _central(database) as (server, _site):
        said = server.python("bench.country", str(n // 2), str(n), str(LOG_ROWS))
    for line in said.splitlines():
        if line.startswith("{"):
            found: Figure = json.loads(line)
            yield {
                "figure": f"country: {found.pop('what')}",
                "n": n,
                "sites": n // 2,
                "database": _kind(database),
                "records_per_s": 0,
                "peak_rss_mb": {"server": round(found.pop("peak_mb"), 1)},
            } | found


def people(n: int, database: str | None = None) -> Iterator[Figure]:
    """Time log-ins and pages on the central server while a site's `n` records integrate there."""
    with _central(database) as (server, site):
        server.python("bench.load", "central", str(int(n / 0.6) + 1))
        with server.serving() as watch:
            init_site(site, server)
            site.python("bench.load", "touch", str(n))
            quiet = measure_people(server.url, seconds=5)
            done = threading.Event()

            def sync() -> None:
                site.run("sync")
                done.set()

            syncing = threading.Thread(target=sync)
            syncing.start()
            busy = measure_people(server.url, until=done)
            syncing.join()
        for label, times in (("people-quiet", quiet), ("people-while-integrating", busy)):
            yield {
                "figure": label,
                "n": n,
                "database": _kind(database),
                "records_per_s": 0,
                "peak_rss_mb": _peaks(watch),
            } | times


def slow_lines(n: int, database: str | None = None) -> Iterator[Figure]:
    """Time people's pages without and with `n` sites beside them that send and take at 2 kB/s."""
    with _central(database) as (server, _site):
        server.python("bench.load", "slow-lines", str(MANY_ITEMS))
        with server.serving() as watch:
            export = exporter(server.url)
            quiet = measure_people(server.url, seconds=10)
            with SlowLines(server.port, n, export) as lines:
                lines.await_begun()
                beside = measure_people(server.url, seconds=10)
        for label, sites, times in (("people-alone", 0, quiet), ("people-beside", n, beside)):
            yield {
                "figure": label,
                "n": sites,
                "database": _kind(database),
                "records_per_s": 0,
                "kilobytes_on_slow_lines": round(lines.moved / 1000) if sites else 0,
                "peak_rss_mb": _peaks(watch),
            } | times


def _baselines(figure: str, n: int, site: Instance, rate: float) -> Iterator[Figure]:
    for name, per_second in json.loads(site.python("bench.baselines", str(n))).items():
        yield {
            "figure": figure,
            "baseline": name,
            "n": n,
            "records_per_s": round(per_second),
            "ratio": round(rate / per_second, 2),
            "peak_rss_mb": {"baseline": round(site.peaks["-m bench.baselines"], 1)},
        }


def _figure(name: str, n: int, rate: float, peaks: dict[str, float]) -> Figure:
    return {"figure": name, "n": n, "records_per_s": round(rate), "peak_rss_mb": peaks}


def _peaks(watch: Watch) -> dict[str, float]:
    roles = {"worker": "background", "serve": "web"}
    found: dict[str, float] = {}
    for label, peak in watch.peaks.items():
        role = next((name for mark, name in roles.items() if mark in label), "other")
        found[role] = max(round(peak, 1), found.get(role, 0.0))
    return found


def _kind(database: str | None) -> str:
    return urllib.parse.urlsplit(database).scheme if database else "sqlite"


class _Pace:
    """Looks at a site's sync log while it initialises, to compare the first and the last tenth."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen: list[tuple[float, int]] = []
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.2):
            try:
                with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True) as database:
                    row = database.execute("SELECT steps FROM sync_log ORDER BY id DESC").fetchone()
            except sqlite3.Error:
                continue
            if row:
                steps = {step["name"]: step for step in json.loads(row[0])}
                done = steps.get("pull_remote", {}).get("done") or 0
                self.seen.append((time.perf_counter(), done))

    def ratio(self) -> float | None:
        """Return the pull's rate in its last tenth, as a part of that in its first."""
        moving = [(t, d) for n, (t, d) in enumerate(self.seen) if n == 0 or d > self.seen[n - 1][1]]
        if len(moving) < 12:
            return None
        total = moving[-1][1]
        first = [(t, d) for t, d in moving if d <= total * 0.15]
        last = [(t, d) for t, d in moving if d >= total * 0.85]
        return round(_rate(last) / _rate(first), 2) if min(len(first), len(last)) > 1 else None


def _rate(points: list[tuple[float, int]]) -> float:
    return (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])
