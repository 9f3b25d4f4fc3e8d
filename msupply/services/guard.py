"""May this user edit these records, here? The place is checked first, then who asks.

No permission helps in the wrong place, so that the place is what people must hear of.

One guard answers for any number of rows of a type: what a decision rests on is looked up once per
store, parent or kind of document, not once per row.
"""

from collections.abc import Mapping
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.records.users import User
from msupply.services import permissions, rights
from msupply.sync import here as instance
from msupply.sync import ownership
from msupply.sync.declare import LocalOnly, SplitBy
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import RecordType

Values = Mapping[str, Any]
Needed = list[tuple[str | None, str]]
# Edited where several stores may be: the user needs the permission in the store of the log-in.
_OF_NO_STORE = (Editor.ANYWHERE, Editor.VISIBLE, Editor.PARTY, Editor.ATTACHED)


class ByProgramOnly(Exception):
    """Records of a type are written by the program alone."""


class Guard:
    """Decides for one user, in one store, about the records of one type.

    `user` is None where the operator of the machine works at the command line: the place is
    checked then, and nothing else.
    """

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        user: User | None,
        store_id: str | None,
        kind: RecordType,
    ) -> None:
        self.connection, self.user, self.store_id, self.kind = connection, user, store_id, kind
        self.here = instance.load(connection)
        self._deciding = _deciding_columns(kind)
        self._answers: dict[tuple[Any, ...], Exception | None] = {}

    def check(self, before: Values | None, after: Values) -> None:
        """Raise what stands against changing a row; `before` is None for a new one.

        Raises PermissionMissing, ByProgramOnly or ownership.EditRefused.
        """
        refused = self.refusal(before, after)
        if refused is not None:
            raise refused

    def refusal(self, before: Values | None, after: Values) -> Exception | None:
        """Return what `check` raises."""
        found = self._row(before) if before is not None else None
        found = found or self._row(after)
        if found is None and before is not None:
            found = self._change(dict(before), dict(after))
        if found is None and self.user is not None:
            for permission in rights.steps(self.kind.name, before, after):
                if not permissions.allowed(self.user, self._owner(after), permission):
                    return permissions.PermissionMissing(permission)
        return found

    def _row(self, values: Values) -> Exception | None:
        key = tuple(values.get(column) for column in self._deciding)
        if key not in self._answers:
            self._answers[key] = self._decide(dict(values))
        return self._answers[key]

    def _change(self, before: dict[str, Any], after: dict[str, Any]) -> Exception | None:
        refusal = ownership.refusal_of_change(self.connection, self.kind, before, after, self.here)
        return None if refusal is None else ownership.EditRefused(refusal)

    def _decide(self, values: dict[str, Any]) -> Exception | None:
        kind, here = self.kind, self.here
        if not kind.permissions.edit or kind.name in rights.BY_PROGRAM:
            return ByProgramOnly(kind.name)
        refusal = ownership.refusal(self.connection, kind, values, here)
        if refusal is None and kept_on_central(kind) and not here.is_central:
            refusal = ownership.Refusal(Editor.CENTRAL)
        if refusal is not None:
            return ownership.EditRefused(refusal)
        if self.user is not None:
            for where, permission in self._needed(values):
                if not permissions.allowed(self.user, where, permission):
                    return permissions.PermissionMissing(permission)
        return None

    def _needed(self, values: dict[str, Any]) -> Needed:
        """Return the permissions that an edit needs, each with the store where it must be held."""
        kind = self.kind
        edit = self._edit_permission(values)
        if not kind.syncs:
            own_store = None if kept_on_central(kind) else values.get("store_id")
            return [(own_store or self.store_id, edit)]
        policy = ownership.policy_of(self.connection, kind, values)
        if ownership.editor_of(policy, self.here) is Editor.CENTRAL:
            # One table of two policies names the permission of those rows that sites edit.
            own: Needed = [] if isinstance(kind.policy, SplitBy) else [(self.store_id, edit)]
            return [*own, (self.store_id, permissions.EDIT_CENTRAL_DATA)]
        if policy.editor in _OF_NO_STORE:
            # A message is its sender's, though its store is the one that gets it.
            return [(self.store_id, edit)]
        owner = ownership.store_of(self.connection, kind, policy, values)
        if owner is None or owner == self.store_id:
            return [(self.store_id, edit)]
        if ownership.is_central_for(kind, self.here, policy):
            # Records of every store may be edited on the central server by who keeps its data.
            return [(self.store_id, edit), (self.store_id, permissions.EDIT_CENTRAL_DATA)]
        return [(owner, edit)]

    def _edit_permission(self, values: dict[str, Any]) -> str:
        rows = rights.BY_TYPE.get(self.kind.name)
        if rows is None:
            return self.kind.permissions.edit
        external = self._at(rows.external, values) if rows.external else None
        pair = rows.pair(self._at(rows.path, values), external)
        return pair.edit if pair else self.kind.permissions.edit

    def _at(self, path: str, values: dict[str, Any]) -> Any:
        """Return the value at a path of the row, or of its parent."""
        if "__" not in path:
            return values.get(path)
        column, table, target = self.kind.follow(path.replace("__", "."))
        parent = values.get(column) or ""
        return ownership.lookup(self.connection, table, target, [parent]).get(parent)

    def _owner(self, values: Values) -> str | None:
        if not self.kind.syncs:
            return self.store_id
        row = dict(values)
        policy = ownership.policy_of(self.connection, self.kind, row)
        return ownership.store_of(self.connection, self.kind, policy, row) or self.store_id


def kept_on_central(kind: RecordType) -> bool:
    """True for users, sites and the like, which administrators keep on the central server alone."""
    return isinstance(kind.policy, LocalOnly) and kind.policy.editor is Editor.CENTRAL


def _deciding_columns(kind: RecordType) -> list[str]:
    """Return the columns of a row on which the answer rests."""
    paths: list[str] = [] if kind.syncs else ["store_id"]
    policies = [policy for _test, policy in kind.branches]
    for policy in policies:
        decides = (policy.store, policy.partner, policy.home, policy.visible, policy.own_name)
        paths += [path for path in (*decides, *(policy.attached or ())) if path]
    if isinstance(kind.policy, SplitBy):
        paths.append(kind.policy.column)
    rows = rights.BY_TYPE.get(kind.name)
    if rows is not None:
        paths += [path.replace("__", ".") for path in (rows.path, rows.external) if path]
    return sorted({kind.follow(path)[0] if "." in path else path for path in paths})
