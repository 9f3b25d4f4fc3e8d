"""What stands against changing records here, before anything has been filled in."""

from django.db import connection

from msupply.records.users import User
from msupply.services import edit, rights
from msupply.services.guard import ByProgramOnly, kept_on_central
from msupply.services.permissions import EDIT_CENTRAL_DATA, SERVER_ADMIN, PermissionMissing
from msupply.sync import ownership
from msupply.sync.declare import Record, SplitBy
from msupply.sync.declare.policy import Editor, Policy
from msupply.sync.declare.registry import RecordType
from msupply.sync.ownership import EditRefused, Refusal
from msupply.web import alerts
from msupply.web.alerts import Alert
from msupply.web.screens.screen import Screen
from msupply.web.screens.visible import OF_NAMES
from msupply.web.visit import Visit


def of_new(visit: Visit, screen: Screen) -> Exception | None:
    """Return what stands against making a new record here: first the place, then the right."""
    kind = screen.kind
    if not kind.permissions.edit or kind.name in rights.BY_PROGRAM:
        return ByProgramOnly(kind.name)
    if kind.model is User and visit.here.is_remote and not visit.is_view_only:
        # A site has users of its own (services/new_users.py).
        return None if visit.may(SERVER_ADMIN) else PermissionMissing(SERVER_ADMIN)
    refusal = _place(visit, screen)
    if refusal is not None:
        return EditRefused(refusal)
    policy = _policy(screen)
    if isinstance(policy, Policy):
        central = ownership.editor_of(policy, visit.here) is Editor.CENTRAL
        if central and not visit.may(EDIT_CENTRAL_DATA):
            return PermissionMissing(EDIT_CENTRAL_DATA)
    if isinstance(kind.policy, SplitBy) and visit.may(EDIT_CENTRAL_DATA):
        return None
    return None if screen.may_edit(visit) else PermissionMissing(screen.edit_permission)


def _policy(screen: Screen) -> object:
    """Return the rule of a screen's new records: customers and suppliers are no patients."""
    policy = screen.kind.policy
    return policy.other if isinstance(policy, SplitBy) and screen.slug in OF_NAMES else policy


def _place(visit: Visit, screen: Screen) -> Refusal | None:
    here, kind, policy = visit.here, screen.kind, _policy(screen)
    if kept_on_central(kind):
        return None if here.is_central else Refusal(Editor.CENTRAL)
    if isinstance(policy, SplitBy) and _is_central(kind):
        policy = policy.other
    if not isinstance(policy, Policy):
        # Never travels, or the form's values decide.
        return None
    if policy.store and "." in policy.store:
        # The parent decides; but nothing is added to a store that is only read here.
        only_read = visit.is_view_only and policy.editor is Editor.OWNER
        return Refusal(Editor.OWNER, visit.store_id) if only_read else None
    if policy.own_name or policy.editor in (Editor.HOME, Editor.VISIBLE, Editor.ATTACHED):
        # The patient, the home store or the record that it is attached to decides.
        return ownership.out_of_reach(kind, here)
    values = {policy.store: visit.store_id} if policy.store else {}
    return ownership.refusal(connection, kind, values, here)


def _is_central(kind: RecordType) -> bool:
    return all(policy.editor is Editor.CENTRAL for _test, policy in kind.branches)


def of_record(visit: Visit, record: Record) -> Exception | None:
    """Return what stands against editing a record here."""
    assert visit.user is not None
    return edit.may(connection, visit.user, visit.store_id, type(record), record)


def alert_of(refused: Exception | None, visit: Visit) -> Alert | None:
    """Return a refusal as pages show it."""
    return alerts.of_exception(refused, visit.here) if refused else None
