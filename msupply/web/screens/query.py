"""What a list shows of its records: searched, filtered, sorted, one page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, TypeAlias

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property

from msupply.sync.declare.record import Record
from msupply.web import asked
from msupply.web.screens import labels, presets, scope
from msupply.web.screens.screen import Column, Screen, visible_fields
from msupply.web.visit import Visit

PAGE_SIZES = (20, 50, 100)
# Counting further would cost more than anybody gains by it; beyond, one searches or filters.
COUNTED = 10_000
# So many are sorted in a tenth of a second.
SORTED = 200_000
# More words than these are no search.
WORDS = 8
Records = QuerySet[Record]
# Django's paginator takes a type for the checks only.
if TYPE_CHECKING:
    _Pages: TypeAlias = Paginator[Record]
else:
    _Pages = Paginator


class CappedPaginator(_Pages):
    """Pages of the first records found; a list of a million is not counted to its end."""

    @cached_property
    def found(self) -> int:
        """How many records were found, counted no further than one beyond the cap."""
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by().values("pk")[: COUNTED + 1].count()

    @cached_property
    def count(self) -> int:
        """How many records can be paged through."""
        return min(self.found, COUNTED)

    @property
    def is_capped(self) -> bool:
        """True when there are more records than are counted."""
        return self.found > COUNTED


@dataclass(frozen=True)
class Listing:
    """One list as it was asked for; everything about it stands in the address."""

    visit: Visit
    screen: Screen
    parameters: QueryDict
    found: Records

    @property
    def search(self) -> str:
        """What was typed into the search box."""
        return self.parameters.get("q", "").strip()

    @property
    def sort(self) -> str:
        """The column that the list is sorted by, with a minus sign for downwards."""
        wanted = self.parameters.get("sort", "")
        return wanted if wanted.lstrip("-") in self.screen.columns else ""

    @property
    def page_size(self) -> int:
        """How many records stand on a page."""
        asked = self.parameters.get("size", "")
        return int(asked) if asked in map(str, PAGE_SIZES) else PAGE_SIZES[0]

    def page(self) -> Page[Record]:
        """Return the page that was asked for; beyond the end, the last one."""
        pages = CappedPaginator(self.found, self.page_size)
        found = self.found
        if pages.is_capped and not self.sort and _are_more_than(found, SORTED):
            # Sorting them all would cost seconds for an order that nobody has asked for.
            found = _quickly_sorted(self.screen, found)
            pages.object_list = found
        return pages.get_page(self.parameters.get("page"))

    @property
    def added(self) -> list[str]:
        """The columns for which a filter was asked for."""
        return [name for name in self.parameters.get("with", "").split(",") if name]

    def address(self, **changes: Any) -> str:
        """Return the query of this list with some parameters changed; None leaves one out."""
        parameters = self.parameters.copy()
        for name, value in changes.items():
            parameters.pop(name, None)
            if value is not None:
                parameters[name] = str(value)
        return f"?{parameters.urlencode()}"


def listing(visit: Visit, screen: Screen, parameters: QueryDict) -> Listing:
    """Return the list of a screen as its address describes it."""
    found = scope.records(visit, screen.kind).filter(**screen.only)
    for condition in _conditions(screen, parameters):
        found = found.filter(condition)
    text = asked.text(parameters)
    if text:
        found = found.filter(search_condition(screen, text))
    return Listing(visit, screen, parameters, _sorted(screen, found, parameters.get("sort", "")))


def search_condition(screen: Screen, text: str) -> Q:
    """Return the condition that a search text is found in the columns of the list."""
    paths: list[str] = []
    for column in screen.list_fields:
        paths += _text_paths(column)
    for name in labels.search_paths(screen.model):
        if name not in paths:
            paths.append(name)
    return _every_word(screen.model, paths, text) | Q(pk=text)


def label_condition(model: type[Record], text: str) -> Q:
    """Return the condition that a search text is found in the names of records."""
    return _every_word(model, labels.search_paths(model), text)


def _every_word(model: type[models.Model], paths: Sequence[str], text: str) -> Q:
    """Each word must stand in one of the columns, whichever; choices as people read them."""
    choices = {path: _choices(model, path) for path in paths}
    condition = Q()
    for word in text.split()[:WORDS]:
        found = (
            Q(**{f"{path}__in": [key for key, label in chosen if word.casefold() in label]})
            if chosen
            else Q(**{f"{path}__icontains": word})
            for path, chosen in choices.items()
        )
        condition &= reduce(or_, found)
    return condition


def _choices(model: type[models.Model], path: str) -> list[tuple[Any, str]]:
    if "__" in path:
        return []
    column = model._meta.get_field(path)
    choices = getattr(column, "flatchoices", None) or []
    return [(key, str(label).casefold()) for key, label in choices]


def _text_paths(column: Column) -> list[str]:
    if isinstance(column, models.ForeignKey):
        target = column.related_model
        assert isinstance(target, type)
        return [f"{column.name}__{path}" for path in labels.search_paths(target)]
    text = isinstance(column, models.TextField)
    number = isinstance(column, models.IntegerField) and column.name.endswith("number")
    return [column.name] if text or number else []


def _conditions(screen: Screen, parameters: QueryDict) -> Iterator[Q]:
    for column in visible_fields(screen.model):
        if isinstance(column, (models.DateField, models.DateTimeField)):
            yield from _date_conditions(column, parameters)
            continue
        value = parameters.get(f"f.{column.name}", "")
        if not value:
            continue
        if isinstance(column, models.BooleanField):
            yield Q(**{column.name: value == "yes"})
        elif isinstance(column, models.ForeignKey):
            yield Q(**{column.attname: value})
        elif isinstance(column, models.TextField):
            yield Q(**{column.name if column.choices else f"{column.name}__icontains": value})
        elif isinstance(column, models.IntegerField) and value.isdecimal() and len(value) < 10:
            yield Q(**{column.name: int(value)})


def _date_conditions(column: Column, parameters: QueryDict) -> Iterator[Q]:
    first = _day(parameters.get(f"from.{column.name}", ""))
    last = _day(parameters.get(f"to.{column.name}", ""))
    has_time = isinstance(column, models.DateTimeField)
    if first:
        start: Any = datetime(first.year, first.month, first.day) if has_time else first  # noqa: DTZ001
        yield Q(**{f"{column.name}__gte": start})
    if last and has_time:
        end = datetime(last.year, last.month, last.day) + timedelta(days=1)  # noqa: DTZ001
        yield Q(**{f"{column.name}__lt": end})
    elif last:
        yield Q(**{f"{column.name}__lte": last})


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    # The last day of the calendar has no day after it.
    return day if day is None or day.year < 9999 else None


def _sorted(screen: Screen, found: Records, asked: str) -> Records:
    name = asked.lstrip("-")
    sign = "-" if asked.startswith("-") else ""
    if name not in screen.columns:
        return found.order_by(*_usual_order(screen), "pk")
    return found.order_by(f"{sign}{_sort_path(screen, name)}", "pk")


def _sort_path(screen: Screen, name: str) -> str:
    column = screen.model._meta.get_field(name)
    if not isinstance(column, models.ForeignKey):
        return name
    target = column.related_model
    assert isinstance(target, type)
    # A reference that must stand but whose target may be missing would hide its record.
    followed = column.null or _must_exist(column)
    return f"{name}__{labels.search_paths(target)[-1]}" if followed else column.attname


def of_parent(screen: Screen, parent: str, found: Records) -> Records:
    """Return the records that belong to another in their usual order, else by what they name."""
    usual = _usual_order(screen)
    if not usual:
        names = [name for name in labels.columns_of(screen.model) if name not in (parent, "id")]
        usual = [_sort_path(screen, name) for name in names]
    return found.order_by(*usual, "pk")


def _are_more_than(found: Records, number: int) -> bool:
    return bool(found.order_by().values("pk")[number : number + 1])


def _quickly_sorted(screen: Screen, found: Records) -> Records:
    """Keep the usual order where an index gives it, else take the order of the ids."""
    first = next(iter(_usual_order(screen)), "pk").lstrip("-")
    indexed = {f.name for f in screen.model._meta.concrete_fields if getattr(f, "db_index", False)}
    indexed |= {index.fields[0] for index in screen.model._meta.indexes if index.fields}
    return found if first in indexed else found.order_by("pk")


def _must_exist(column: "models.ForeignKey[Any, Any]") -> bool:
    return bool(getattr(column, "db_constraint", True))


def _usual_order(screen: Screen) -> list[str]:
    """Newest documents first; everything else by the first column that is plain text."""
    if screen.kind.name in presets.ORDER:
        return list(presets.ORDER[screen.kind.name])
    names = {field.name for field in screen.fields}
    for newest_first in ("created_datetime", "datetime", "log_datetime"):
        if newest_first in names:
            return [f"-{newest_first}"]
    for name in ("name", "username", "code"):
        if name in names and not screen.model._meta.get_field(name).is_relation:
            return [name]
    return []
