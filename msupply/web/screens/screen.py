"""A screen: a record type, or the part of one that users know by a name of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst

from msupply.services import rights
from msupply.services.rights import Pair
from msupply.services.tables.columns import HIDDEN
from msupply.sync.declare.registry import RecordType, registry
from msupply.web.screens import presets, words
from msupply.web.visit import Visit

Column: TypeAlias = "models.Field[Any, Any]"

COLUMNS_WITHOUT_PRESET = 7
STAMPED = frozenset({"created_datetime", "modified_datetime"})
# Lists with a page that was made for them.
OWN_LISTS = {"asset": "equipment", "assetcatalogueitem": "asset-catalogue"}
OWN_CREATE = {
    "asset": "asset-register",
    "site": "site-new",
    "store": "store-new",
    "user": "user-new",
}


@dataclass(frozen=True)
class Screen:
    """What a list shows; `only` are column values that all its records share."""

    slug: str
    kind: RecordType
    title: str | Promise
    singular: str | Promise
    columns: tuple[str, ...]
    only: Mapping[str, Any] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    @property
    def model(self) -> type[models.Model]:
        """The record type's model."""
        return self.kind.model

    @property
    def url(self) -> str:
        """The address of the list."""
        own = OWN_LISTS.get(self.slug)
        return reverse(own) if own else reverse("list", args=[self.slug])

    @property
    def view_permission(self) -> str:
        """What one needs to see this list."""
        pair = self._pair
        return pair.view if pair else self.kind.permissions.view

    @property
    def edit_permission(self) -> str:
        """What one needs to edit its records."""
        pair = self._pair
        return pair.edit if pair else self.kind.permissions.edit

    @property
    def _pair(self) -> Pair | None:
        rows = rights.BY_TYPE.get(self.kind.name)
        return rows.pairs.get(str(self.only.get(rows.path, ""))) if rows else None

    def may_view(self, visit: Visit) -> bool:
        """Return whether a visitor may see this list."""
        return visit.may(self.view_permission) if self.only else visit.may_view(self.kind)

    def may_edit(self, visit: Visit) -> bool:
        """Return whether a visitor has the right to edit some of its records."""
        return visit.may(self.edit_permission) if self.only else visit.may_edit(self.kind)

    @property
    def create_url(self) -> str:
        """The address of the form of a new record."""
        own = OWN_CREATE.get(self.kind.name)
        return reverse(own) if own else reverse("create", args=[self.slug])

    def page(self, name: str, record_id: str) -> str:
        """Return the address of a page about one record."""
        return reverse(name, args=[self.slug, record_id])

    @property
    def list_fields(self) -> list[Column]:
        """The columns of the list."""
        return [field_of(self.model, name) for name in self.columns]

    @property
    def fields(self) -> list[Column]:
        """All columns that people may see."""
        return visible_fields(self.model)

    @property
    def form_fields(self) -> list[Column]:
        """The columns that people may fill in; the program fills in when it was done."""
        left_out = self.without | STAMPED | set(self.only)
        return [f for f in self.fields if f.editable and f.name not in left_out]


def field_of(model: type[models.Model], name: str) -> Column:
    """Return a column by its name."""
    found: Column = model._meta.get_field(name)  # type: ignore[assignment]
    return found


def visible_fields(model: type[models.Model]) -> list[Column]:
    """Return the columns of a record type that people may see."""
    return [f for f in model._meta.concrete_fields if f.name not in HIDDEN]


def heading(column: Column) -> str:
    """Return the name of a column in the reader's language."""
    return capfirst(words.translated(column.verbose_name))


def find(slug: str) -> Screen | None:
    """Return a screen by its name in addresses."""
    return _screens().get(slug)


def of_type(kind: RecordType, values: Mapping[str, Any] | None = None) -> Screen:
    """Return the screen of a record: the narrowest that it belongs to."""
    for screen in _screens().values():
        if screen.kind is not kind or not screen.only or values is None:
            continue
        if all(values.get(name) == value for name, value in screen.only.items()):
            return screen
    named = [s for s in _screens().values() if s.kind is kind and not s.only]
    return named[-1]


def every() -> list[Screen]:
    """Return the screen of each record type, in the order of their names."""
    return [of_type(kind) for kind in registry().types]


@cache
def _screens() -> dict[str, Screen]:
    screens = {kind.name: _derived(kind) for kind in registry().types}
    for preset in presets.PRESETS:
        kind = registry().by_name.get(preset.record_type)
        if kind is not None:
            screens[preset.slug] = _from_preset(preset, kind)
    return screens


def _derived(kind: RecordType) -> Screen:
    meta = kind.model._meta
    names = [f.name for f in visible_fields(kind.model)]
    chosen = presets.COLUMNS.get(kind.name) or tuple(names[:COLUMNS_WITHOUT_PRESET])
    return Screen(
        kind.name,
        kind,
        words.lazy_title(meta.verbose_name_plural),
        words.lazy_title(meta.verbose_name),
        chosen,
    )


def _from_preset(preset: presets.Preset, kind: RecordType) -> Screen:
    return Screen(
        preset.slug,
        kind,
        preset.title,
        preset.singular,
        preset.columns or presets.COLUMNS.get(kind.name) or _derived(kind).columns,
        preset.only,
        preset.without,
    )
