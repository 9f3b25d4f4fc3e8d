"""Declarations are checked at start: a wrong one is refused, with its class and its fault."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error

from msupply.sync.declare.policy import LocalOnly, Policy, SplitBy
from msupply.sync.declare.registry import RecordType, Wire, registry
from msupply.sync.declare.removal import SoftDelete


def check_declarations(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Return an error for each declaration that the engine could not work with."""
    kinds = registry().types
    errors: list[CheckMessage] = [
        _error("E004", "say whether it travels: `sync = ` a policy or LocalOnly(reason)", kind)
        for kind in kinds
        if not isinstance(getattr(kind.model, "sync", None), Policy | SplitBy | LocalOnly)
    ]
    if errors:
        return errors
    for number, times in Counter(getattr(k.model, "number", None) for k in kinds).items():
        if number is None or times > 1:
            owners = [k.name for k in kinds if getattr(k.model, "number", None) == number]
            errors.append(
                _error("E001", f"number {number} is missing or used twice: {owners}", None)
            )
    for wire in Wire:
        names = Counter((t.name, t.is_merge) for k in kinds if (t := k.wire(wire)))
        errors += [
            _error("E002", f"two record types have the {wire.value} table {name!r}", None)
            for (name, _), times in names.items()
            if times > 1
        ]
    if sum(1 for k in kinds if k.model.stores) != 1:
        errors.append(_error("E003", "exactly one record type must declare `stores`", None))
    for kind in kinds:
        errors += [_error(code, text, kind) for code, text in _faults(kind)]
    return errors


def _faults(kind: RecordType) -> Iterator[tuple[str, str]]:
    policy = kind.policy
    if isinstance(policy, LocalOnly) == bool(kind.model.legacy or kind.model.modern):
        yield "E005", "a type that travels needs a wire name, and a local one must have none"
    policies = [policy] if isinstance(policy, Policy) else []
    if isinstance(policy, SplitBy):
        policies = [policy.match, policy.other]
    for branch in policies:
        paths = (branch.store, branch.partner, branch.other_party, branch.visible, branch.home)
        for path in filter(None, (*paths, branch.own_name, *(branch.attached or ()))):
            yield from _bad_path(kind, path)
    if isinstance(policy, SplitBy):
        yield from _bad_path(kind, policy.column)
    yield from _missing_columns(kind)
    for wire in Wire:
        table = kind.wire(wire)
        for key, field in (table.fields if table else {}).items():
            if field.column is not None and field.column not in kind.columns:
                yield (
                    "E008",
                    f"wire key {key!r} fills the column {field.column!r}, which it has not",
                )


def _missing_columns(kind: RecordType) -> Iterator[tuple[str, str]]:
    if isinstance(kind.removal, SoftDelete) and kind.removal.column not in kind.columns:
        yield "E007", f"its removal names the column {kind.removal.column!r}, which it has not"
    for column in kind.model.fixed:
        if column not in kind.columns:
            yield "E009", f"it names the fixed column {column!r}, which it has not"


def _bad_path(kind: RecordType, column: str) -> Iterator[tuple[str, str]]:
    own, _, target = column.partition(".")
    reference = f"{own}_id" if target else own
    if reference not in kind.columns:
        yield "E006", f"its policy names the column {reference!r}, which it has not"
    elif target and kind.columns[reference].related_model is None:
        yield "E006", f"its policy follows {reference!r}, which is no reference"


def _error(code: str, text: str, kind: RecordType | None) -> CheckMessage:
    return Error(text, obj=kind.model if kind else None, id=f"msupply.{code}")
