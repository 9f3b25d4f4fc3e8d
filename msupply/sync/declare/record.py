"""The base of every record type, and the two kinds of references between them."""

import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models

from msupply.sync.declare.merge import Merging, Once
from msupply.sync.declare.policy import LocalOnly, Policy, SplitBy, StoreColumns, Visibility
from msupply.sync.declare.removal import HardDelete, SoftDelete
from msupply.sync.declare.wire import Legacy, Modern


def new_id() -> str:
    """Return a fresh record id: a dashed lower-case UUID (sync-v6.md 1)."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Permissions:
    """Permissions that guard a record type (domain.md E.2)."""

    view: str = "STORE_ACCESS"
    edit: str = "EDIT_CENTRAL_DATA"


class Record(models.Model):
    """A row that travels. Everything about a record type stands in its one class.

    - `number`: small unique integer, its name in the changelog; never reused.
    - `data_types`: the rows that it belongs to in the field's table of data types.
    - `sync`: the policy, or `LocalOnly(reason)`.
    - `legacy`, `modern`: its names on the V5 and V6 wires, None where it does not travel there.
    - `removal`: what a delete that arrives by sync does; None when the wire knows no delete.
    - `visibility`: only on tables that make a patient or prescriber visible to a store.
    - `stores`: only on the table of stores.
    - `merging`: only where its records can be merged. `once`: where no two rows may be alike.
    - `written_once`: rows are only ever added. `fixed`: columns that stay as they were written. A
      push changes neither.
    - `keyed_by`: only where a row has the id of a row of another model: that model.
    - `permissions`: what a user needs to see and to edit it.
    """

    id = models.TextField(primary_key=True, default=new_id, editable=False)
    # Wire fields without a column, as one JSON object; sent back unchanged.
    extra = models.TextField(null=True, editable=False)

    number: ClassVar[int]
    data_types: ClassVar[tuple[int, ...]] = ()
    sync: ClassVar[Policy | SplitBy | LocalOnly]
    legacy: ClassVar[Legacy | None] = None
    modern: ClassVar[Modern | None] = None
    removal: ClassVar[SoftDelete | HardDelete | None] = None
    visibility: ClassVar[Visibility | None] = None
    stores: ClassVar[StoreColumns | None] = None
    merging: ClassVar[Merging | None] = None
    once: ClassVar[Once | None] = None
    written_once: ClassVar[bool] = False
    fixed: ClassVar[tuple[str, ...]] = ()
    keyed_by: ClassVar[str | None] = None
    permissions: ClassVar[Permissions] = Permissions()

    class Meta:
        abstract = True


def Ref(to: str, **options: Any) -> Any:
    """Reference that must exist: a record without its parent waits in quarantine."""
    return models.ForeignKey(to, on_delete=models.PROTECT, **_reference(options))


def SoftRef(to: str, **options: Any) -> Any:
    """Reference kept as it came, whether its target exists here or not (sync-v5.md 7, soft FK)."""
    options.setdefault("null", True)
    options.setdefault("blank", options["null"])
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_constraint=False, **_reference(options)
    )


def _reference(options: dict[str, Any]) -> dict[str, Any]:
    # Random text keys make every index insert a cache miss, so an index must be asked for.
    options.setdefault("db_index", False)
    options.setdefault("related_name", "+")
    if options.get("null"):
        options.setdefault("blank", True)
    return options
