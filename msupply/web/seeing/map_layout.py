"""Where each mark of the map stands: by its coordinates, or as a tidy tree of suppliers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from msupply.central.country_map import Mark

ROW = 24
INDENT = 22
COLUMN = 188
FEW = 6
MARGIN = 14
GEO_MARGIN = 28


@dataclass(frozen=True)
class Spot:
    """A mark in its place; `room` is how wide its name may be, 0 for none."""

    mark: Mark
    x: float
    y: float
    radius: float
    room: int
    is_hub: bool = False


@dataclass
class Drawing:
    """Everything to be drawn, in a box of this size. `lines` are paths of SVG."""

    width: int
    height: int = 0
    spots: list[Spot] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    is_geographic: bool = False


def draw(marks: Sequence[Mark], width: int) -> Drawing:
    """Place the marks in a box of a width; the height follows."""
    placed = sum(mark.place is not None for mark in marks)
    if placed >= 2 and placed * 2 >= len(marks):
        return _geographic(marks, width)
    return _tree(marks, width)


def _tree(marks: Sequence[Mark], width: int) -> Drawing:
    below: dict[str | None, list[Mark]] = {}
    for mark in marks:
        below.setdefault(mark.supplier, []).append(mark)
    drawing = Drawing(width)
    y = MARGIN + ROW / 2
    roots = below.get(None, [])
    # Hubs first: those whom nobody supplies and who supply nobody stand at the end.
    for root in sorted((r for r in roots if r.key in below), key=_order):
        y = _branch(drawing, below, root, MARGIN, y) + ROW / 2
    alone = sorted((r for r in roots if r.key not in below), key=_order)
    if alone:
        y = _grid(drawing, alone, MARGIN, y)
    drawing.height = math.ceil(y + MARGIN - ROW / 2)
    return drawing


def _branch(
    drawing: Drawing, below: dict[str | None, list[Mark]], mark: Mark, x: float, y: float
) -> float:
    """Draw a hub and all below it; return where the next may stand."""
    # On a narrow screen deep trees stop moving to the side.
    x = min(x, drawing.width * 0.45)
    room = int(drawing.width - x - 2 * MARGIN)
    drawing.spots.append(Spot(mark, x + 6, y, _radius(mark, 7), room, is_hub=True))
    start, last = y + 10, y
    supplied = sorted(below[mark.key], key=_order)
    leaves = [m for m in supplied if m.key not in below]
    y += ROW
    inner = min(x + INDENT, drawing.width * 0.45)
    if leaves:
        top = y
        y = _grid(drawing, leaves, inner, y)
        rows = round((y - top) / ROW)
        for row in range(rows):
            last = top + row * ROW
            drawing.lines.append(f"M{x + 6:.0f} {last:.0f}H{inner - 2:.0f}")
    for hub in (m for m in supplied if m.key in below):
        last = y
        drawing.lines.append(f"M{x + 6:.0f} {last:.0f}H{inner - 2:.0f}")
        y = _branch(drawing, below, hub, inner, y)
    drawing.lines.append(f"M{x + 6:.0f} {start:.0f}V{last:.0f}")
    return y


def _grid(drawing: Drawing, marks: Sequence[Mark], x: float, y: float) -> float:
    # A few stand below each other: the line from their hub reaches the first column alone.
    most = max(1, int((drawing.width - x - MARGIN) // COLUMN))
    columns = min(most, math.ceil(len(marks) / FEW))
    step = (drawing.width - x - MARGIN) / columns
    for n, mark in enumerate(marks):
        spot_x, spot_y = x + 6 + (n % columns) * step, y + (n // columns) * ROW
        drawing.spots.append(Spot(mark, spot_x, spot_y, _radius(mark, 5), int(step - 26)))
    return y + math.ceil(len(marks) / columns) * ROW


def _geographic(marks: Sequence[Mark], width: int) -> Drawing:
    points = {m.key: m.place for m in marks if m.place is not None}
    south, north = (f(p[0] for p in points.values()) for f in (min, max))
    west, east = (f(p[1] for p in points.values()) for f in (min, max))
    squeeze = math.cos(math.radians((south + north) / 2)) or 1
    wide, tall = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = min((width - 2 * GEO_MARGIN) / wide, 1.4 * width / tall)
    height = tall * scale
    left = (width - wide * scale) / 2
    drawing = Drawing(width, is_geographic=True)
    hubs = {mark.supplier for mark in marks}
    where = {
        key: (left + (p[1] - west) * squeeze * scale, GEO_MARGIN + (north - p[0]) * scale)
        for key, p in points.items()
    }
    for mark in marks:
        here, supplier = where.get(mark.key), where.get(mark.supplier or "")
        if here and supplier:
            drawing.lines.append(_arc(supplier, here))
    taken: list[tuple[float, float, float, float]] = []
    for mark in sorted(marks, key=lambda m: (m.key not in hubs, _order(m))):
        if mark.key in where:
            is_hub = mark.key in hubs
            x, y = where[mark.key]
            radius = _radius(mark, 7 if is_hub else 5)
            room = _label_room(taken, mark, x, y, radius, width)
            drawing.spots.append(Spot(mark, x, y, radius, room, is_hub))
    # What stands above is drawn last.
    drawing.spots.reverse()
    y = GEO_MARGIN + height + GEO_MARGIN
    lost = [mark for mark in marks if mark.key not in where]
    if lost:
        y = _grid(drawing, sorted(lost, key=_order), MARGIN, y + ROW / 2)
    drawing.height = math.ceil(y)
    return drawing


def _arc(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A line that is a little bent, so that two that cross can be told apart."""
    (x1, y1), (x2, y2) = start, end
    bend_x, bend_y = (x1 + x2) / 2 + (y2 - y1) * 0.08, (y1 + y2) / 2 - (x2 - x1) * 0.08
    return f"M{x1:.1f} {y1:.1f}Q{bend_x:.1f} {bend_y:.1f} {x2:.1f} {y2:.1f}"


def _label_room(
    taken: list[tuple[float, float, float, float]],
    mark: Mark,
    x: float,
    y: float,
    radius: float,
    width: int,
) -> int:
    """Return the room for a name that covers no other, 0 when there is none."""
    room = min(len(mark.label) * 7 + 4, 150)
    left = x + radius + 2
    if left + room > width:
        return 0
    box = (left, y - 8, left + room, y + 8)
    if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
        return 0
    taken.append(box)
    return room


def _radius(mark: Mark, usual: float) -> float:
    return usual if mark.stores <= 1 else min(10, usual + math.log10(mark.stores) * 1.5)


def _order(mark: Mark) -> tuple[str, str]:
    return mark.label.lower(), mark.key
