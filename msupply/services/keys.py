"""What people know a record by, where a file gives no id: its code, its name, what it joins."""

from collections.abc import Mapping
from typing import Any

from msupply.services import labels, scope
from msupply.services.guard import kept_on_central
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import RecordType

# The values of a record in the columns that it is known by.
Key = tuple[Any, ...]

# Where a code or a name alone stands for several records.
KEYS: dict[str, tuple[str, ...]] = {
    "assetlogreason": ("asset_log_status", "reason"),
    "backendplugin": ("code", "version"),
    "bed": ("ward_id", "code"),
    "customvalue": ("custom_field_id", "record_id"),
    "documentpermission": ("user_id", "permission", "store_id", "context_id"),
    "encounter": (),
    "frontendplugin": ("code", "version"),
    "indicatorattribute": ("program_indicator_id", "axis", "code"),
    "preference": ("key", "store_id"),
    "programindicator": ("program_id", "code"),
    "reasonoption": ("type", "reason"),
    "report": ("code", "version"),
    "site": ("name",),
    "storepreference": ("type", "store_id"),
    "tendercondition": ("code", "tender_id"),
    "userpermission": ("user_id", "permission", "store_id"),
}


def of(kind: RecordType, given: set[str]) -> tuple[str, ...]:
    """Return the columns by which rows without an id are matched; none where only ids serve.

    `given` are the columns whose values the file, or the list that it is for, gives.
    """
    key = KEYS[kind.name] if kind.name in KEYS else _derived(kind)
    return key if given.issuperset(key) else ()


def _derived(kind: RecordType) -> tuple[str, ...]:
    if "code" in kind.columns:
        store = scope.own_store_column(kind)
        # Two stores may each have a shelf A1.
        return (store, "code") if store else ("code",)
    central = kept_on_central(kind) or (
        kind.syncs and all(policy.editor is Editor.CENTRAL for _test, policy in kind.branches)
    )
    if not central:
        return ()
    parents = [parent.column for parent in kind.parents if not parent.nullable]
    names = [n for n in labels.columns_of(kind.model) if n != "id" and n not in ("type", "kind")]
    own = [kind.model._meta.get_field(name).attname for name in names]  # type: ignore[union-attr]
    return tuple(dict.fromkeys([*parents, *own])) if own or len(parents) > 1 else ()


def values(kind: RecordType, key: tuple[str, ...], row: Mapping[str, Any]) -> Key | None:
    """Return the key of a row; None where it lacks a part that must not be empty."""
    found = tuple(row.get(name) for name in key)
    for name, value in zip(key, found, strict=True):
        column = kind.columns[name]
        # Empty references count: a permission without a store holds everywhere.
        if value is None and not (column.is_relation and column.null):
            return None
    return found or None
