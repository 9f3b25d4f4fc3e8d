"""The map of the country: who supplies whom, and how each site's synchronisation is doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from msupply.central import country_map
from msupply.central.country_map import Level, MapStore, Mark
from msupply.central.sync_report import Freshness
from msupply.web import asked, require
from msupply.web.seeing import map_layout
from msupply.web.seeing.health_words import LOOKS, look
from msupply.web.seeing.map_layout import Drawing, Spot
from msupply.web.visit import PageRequest

# More marks than this are summed up, unless the visitor asks otherwise.
READABLE = 250
MOST = 600
# Drawn twice: the style sheet shows the one that fits the screen.
WIDE, NARROW = 1040, 350
LETTER = 6.2

LEVELS: dict[Level, str | Promise] = {
    Level.STORES: gettext_lazy("Stores"),
    Level.SITES: gettext_lazy("Sites"),
    Level.REGIONS: gettext_lazy("Regions"),
}


@dataclass(frozen=True)
class Wanted:
    """What part of the country is asked for, and how finely."""

    text: str = ""
    state: Freshness | None = None
    region: str = ""
    level: Level | None = None


@dataclass(frozen=True)
class ShownMark:
    """A mark as it is drawn: the dot, its name, what it says when pointed at."""

    spot: Spot
    paint: str
    state: Freshness
    text: str
    title: str
    url: str
    name_x: float
    # Shares of the states, as pieces of a ring: offset and length in percent.
    ring: list[tuple[str, float, float]]


@require_GET
def page(request: PageRequest) -> HttpResponse:
    """Draw the country."""
    require.central_admin(request)
    wanted = _wanted(request)
    everything = country_map.stores(connection)
    shown = _filtered(everything, wanted)
    level = wanted.level or _fitting(shown)
    marks = country_map.marks(shown, level)
    context = {
        "wanted": wanted,
        "level": level,
        "levels": [
            (value, LEVELS[value], _address(wanted, by=value.value), value is level)
            for value in Level
        ],
        "states": [
            (LOOKS[s], s, _address(wanted, state="" if wanted.state is s else s.value))
            for s in (Freshness.FRESH, Freshness.LATE, Freshness.SILENT, Freshness.NEVER)
        ],
        "regions": sorted({store.region for store in everything}, key=str.lower),
        "count": len(shown),
        "rows": _rows(marks, level, wanted),
        "cut": len(marks) > MOST,
        "most": MOST,
    }
    drawn = marks[:MOST]
    if drawn:
        context["drawings"] = [
            (_draw(drawn, width, level, wanted), css)
            for width, css in ((WIDE, "map-wide"), (NARROW, "map-narrow"))
        ]
    return render(request, "seeing/map.html", context)


def _wanted(request: PageRequest) -> Wanted:
    given = request.GET
    text, region = (asked.text(given, k)[:100] for k in ("q", "region"))
    state = given.get("state", "")
    level = given.get("by", "")
    return Wanted(
        text,
        Freshness(state) if state in tuple(Freshness) else None,
        region,
        Level(level) if level in tuple(Level) else None,
    )


def _filtered(everything: Sequence[MapStore], wanted: Wanted) -> list[MapStore]:
    """Return the stores that are asked for, and those through which they are supplied."""
    text = wanted.text.lower()
    if not (text or wanted.state or wanted.region):
        return list(everything)
    by_id = {store.id: store for store in everything}
    kept: set[str] = set()
    for store in everything:
        if text and text not in f"{store.label}\n{store.code}\n{store.site}".lower():
            continue
        if wanted.state and store.state is not wanted.state:
            continue
        if wanted.region and store.region != wanted.region:
            continue
        above: str | None = store.id
        while above is not None and above not in kept:
            kept.add(above)
            above = by_id[above].supplier
    return [store for store in everything if store.id in kept]


def _fitting(shown: Sequence[MapStore]) -> Level:
    if len(shown) <= READABLE:
        return Level.STORES
    if len({store.number for store in shown}) <= READABLE:
        return Level.SITES
    return Level.REGIONS


def _draw(
    marks: Sequence[Mark], width: int, level: Level, wanted: Wanted
) -> tuple[Drawing, list[ShownMark]]:
    drawing = map_layout.draw(marks, width)
    return drawing, [_shown(spot, level, wanted) for spot in drawing.spots]


def _shown(spot: Spot, level: Level, wanted: Wanted) -> ShownMark:
    mark = spot.mark
    title = _("{subject}: {text}").format(subject=mark.label, text=_said(mark))
    count = "" if mark.stores == 1 else f" ({mark.stores})"
    name = _cut(mark.label, spot.room - len(count) * LETTER)
    return ShownMark(
        spot,
        LOOKS[mark.worst].paint,
        mark.worst,
        name + count if name else "",
        title,
        _url(mark, level, wanted),
        spot.x + spot.radius + 5,
        _ring(mark) if len(mark.states) > 1 else [],
    )


def _ring(mark: Mark) -> list[tuple[str, float, float]]:
    pieces, begin = [], 0.0
    for state in Freshness:
        share = mark.states[state] * 100 / mark.stores
        if share:
            pieces.append((LOOKS[state].paint, -begin, share))
            begin += share
    return pieces


def _said(mark: Mark) -> str:
    if mark.stores == 1:
        return str(look(mark.worst).label)
    counted = [
        f"{mark.states[s]} {str(LOOKS[s].label).lower()}" for s in Freshness if mark.states[s]
    ]
    total = ngettext("%(n)d store", "%(n)d stores", mark.stores) % {"n": mark.stores}
    return _("{subject}: {text}").format(subject=total, text=", ".join(counted))


def _cut(text: str, room: float) -> str:
    letters = int(room / LETTER)
    if letters < 3:
        return ""
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _url(mark: Mark, level: Level, wanted: Wanted) -> str:
    if level is Level.REGIONS:
        return _address(wanted, region=mark.key, by="")
    if Freshness.NO_SITE in mark.states or mark.number is None:
        return ""
    return reverse("site-page", args=[mark.number])


def _rows(marks: Sequence[Mark], level: Level, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the same facts as lines of a table."""
    names = {mark.key: mark.label for mark in marks}
    rows = [
        {
            "label": mark.label,
            "url": _url(mark, level, wanted),
            "supplier": names.get(mark.supplier or "", ""),
            "look": look(mark.worst),
            "said": _said(mark),
        }
        for mark in marks[:MOST]
    ]
    return sorted(rows, key=lambda row: str(row["label"]).lower())


def _address(wanted: Wanted, **changes: str) -> str:
    values = {
        "q": wanted.text,
        "state": wanted.state.value if wanted.state else "",
        "region": wanted.region,
        "by": wanted.level.value if wanted.level else "",
    } | changes
    return "?" + urlencode({name: value for name, value in values.items() if value})
