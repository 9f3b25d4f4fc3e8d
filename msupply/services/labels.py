"""How a record is named: by its name, number or code, never by its id if avoidable."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection as default_connection
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

# The first that a record type has names its records; several names stand together.
CANDIDATES: tuple[tuple[str, ...], ...] = (
    ("username",),
    ("invoice_number", "name"),
    ("requisition_number", "name"),
    ("stocktake_number", "description"),
    ("build_number", "item"),
    ("tender_number", "description"),
    ("quote_number", "name"),
    ("box_number",),
    ("code", "manufacturer", "model"),
    ("code", "name"),
    ("first_name", "last_name"),
    ("name",),
    ("item_name",),
    ("asset_number",),
    ("file_name",),
    ("description",),
    ("reason",),
    ("model",),
    ("title",),
    ("gtin",),
    ("batch",),
    ("code",),
    ("key",),
    ("permission",),
    ("type",),
    ("note",),
    ("purchase_order_number", "supplier_name"),
    ("goods_received_number", "supplier_reference"),
    ("provider_name",),
    ("method",),
    ("text", "expansion"),
    ("base_year",),
    ("vaccine_course", "label"),
    # What joins two records is named by both.
    ("patient", "program"),
    ("patient",),
    ("item", "store"),
    ("user", "store"),
    ("store", "clinician"),
    ("item", "warning"),
    ("item", "item_department"),
    ("item", "ancillary_item"),
    ("item", "directions"),
    ("master_list", "item"),
    ("drug_interaction_group", "item"),
    ("bom_master", "component_item"),
    ("principal_item_variant", "bundled_item_variant"),
    ("regimen", "item"),
    ("vaccine_course", "item"),
    ("vaccine_course", "store"),
    ("invoice", "transaction_category"),
    ("purchase_order", "purchase_order_category"),
    ("asset", "location"),
    ("custom_field", "record_id"),
    ("property",),
    ("kept",),
    ("item",),
    ("stock_line",),
    ("sensor", "datetime"),
)


@cache
def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns that name a record of this type; a reference among them is followed."""
    names = {field.name for field in model._meta.concrete_fields}
    return next((c for c in CANDIDATES if names.issuperset(c)), ("id",))


def of(
    model: type[models.Model],
    ids: Iterable[Any],
    connection: BaseDatabaseWrapper = default_connection,
) -> dict[str, str]:
    """Return the names of records by their ids; what is not here has none."""
    wanted = {str(record_id) for record_id in ids if record_id}
    if not wanted:
        return {}
    columns = columns_of(model)
    paths = search_paths(model)
    found: models.QuerySet[models.Model] = models.QuerySet(model, using=connection.alias)
    rows = found.filter(pk__in=wanted).values_list("pk", *paths)
    return {pk: joined(model, columns, values) for pk, *values in rows}


@cache
def search_paths(model: type[models.Model], depth: int = 3) -> tuple[str, ...]:
    """Return the paths of the text columns that name a record of this type."""
    paths = []
    for name in columns_of(model):
        field = model._meta.get_field(name)
        if isinstance(field, models.ForeignKey) and depth:
            target = field.related_model
            assert isinstance(target, type)
            # A store is named by its name's name, without the code of that name.
            paths.append(f"{name}__{search_paths(target, depth - 1)[-1]}")
        else:
            paths.append(name)
    return tuple(paths)


def one(record: models.Model) -> str:
    """Return the name of one record."""
    return of(type(record), [record.pk]).get(record.pk, str(record.pk))


def joined(model: type[models.Model], columns: Sequence[str], values: Sequence[Any]) -> str:
    """Return the values of the naming columns as one name."""
    texts = []
    for name, value in zip(columns, values, strict=True):
        field = model._meta.get_field(name)
        if value in (None, ""):
            continue
        if isinstance(field, models.IntegerField) and name.endswith("number"):
            texts.append(f"#{value}")
        elif getattr(field, "choices", None):
            texts.append(str(dict(field.flatchoices).get(value, value)))  # type: ignore[union-attr]
        else:
            texts.append(str(value))
    separator = " " if columns[0] == "first_name" else " · "
    # Sites have their name as code too.
    return separator.join(dict.fromkeys(texts)) or _("(no name)")
