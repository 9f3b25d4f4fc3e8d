"""Record types in the groups of the field's table of data types, as the list of all records shows."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msupply.web.screens.screen import Screen, every
from msupply.web.visit import Visit

# Each group with the rows of the table that belong to it; a type stands in its first row's group.
GROUPS: tuple[tuple[str | Promise, frozenset[int]], ...] = (
    (_("Items and master lists"), frozenset({1, 5, 10, 13, 44})),
    (_("Names"), frozenset({2, 4, 27, 33})),
    (_("Stores, sites and users"), frozenset({23, 24, 26, 55, 56, 57, 58})),
    (_("Stock"), frozenset({35, 36, 37, 38, 39, 45, 50})),
    (_("Shipments, returns and prescriptions"), frozenset({40, 41, 42, 43, 46})),
    (_("Requisitions and indicators"), frozenset({15, 34, 47})),
    (_("Purchasing"), frozenset({8, 51, 52, 53, 54})),
    (_("Finance"), frozenset({6, 7, 11})),
    (_("Dispensary and patients"), frozenset({14, 16, 17, 18, 19, 28, 29, 30, 31, 59, 60, 64})),
    (_("Vaccines, cold chain and equipment"), frozenset({20, 22, 48, 49})),
    (_("Options, reports and messages"), frozenset({9, 12, 21, 25, 61, 63})),
    (_("Logs and merges"), frozenset({3, 32, 62})),
)
OTHER = _("Other records")


@dataclass(frozen=True)
class TypeGroup:
    """Some record types under one title."""

    title: str | Promise
    screens: list[Screen]


def of_visit(visit: Visit, search: str = "") -> list[TypeGroup]:
    """Return the record types that a visitor may see and whose name holds what was typed."""
    words = search.casefold().split()
    shown = [
        screen
        for screen in every()
        if visit.may_view(screen.kind) and all(w in str(screen.title).casefold() for w in words)
    ]
    shown.sort(key=lambda screen: str(screen.title).casefold())
    found = [TypeGroup(title, [s for s in shown if _row(s) in rows]) for title, rows in GROUPS]
    known = frozenset[int]().union(*(rows for _title, rows in GROUPS))
    found.append(TypeGroup(OTHER, [s for s in shown if _row(s) not in known]))
    return [group for group in found if group.screens]


def _row(screen: Screen) -> int:
    rows = screen.kind.model.data_types
    return rows[0] if rows else 0
