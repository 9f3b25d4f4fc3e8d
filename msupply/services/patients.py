"""Which references to names lead to patients, and which never do (domain.md A.1).

What is about a patient travels where the patient is visible; what goes to all sites would name
there somebody whom they do not know.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.names import Name, NameType
from msupply.services.visibility import Fault
from msupply.sync.declare import Record
from msupply.sync.declare.policy import Policy
from msupply.sync.declare.registry import RecordType, registry


def named_by(kind: RecordType, field: "models.Field[Any, Any]") -> bool | None:
    """Return True for a reference to a patient, False for one that never is, None for others."""
    if field.related_model is not Name:
        return None
    if isinstance(kind.policy, Policy) and kind.policy.visible == field.column:
        return True
    policies = [policy for _test, policy in kind.branches]
    return False if policies and all(policy.everywhere for policy in policies) else None


def faults(
    connection: BaseDatabaseWrapper, records: Sequence[Record], touched: Iterable[str]
) -> list[list[Fault]]:
    """Return for each record of one type which of the `touched` fields name whom they should not."""
    found: list[list[Fault]] = [[] for _record in records]
    if not records:
        return found
    kind = registry().by_table[records[0]._meta.db_table]
    for field in records[0]._meta.concrete_fields:
        wanted = named_by(kind, field) if field.name in touched else None
        if wanted is not None:
            _check(connection, field, wanted, records, found)
    return found


def _check(
    connection: BaseDatabaseWrapper,
    field: "models.Field[Any, Any]",
    wanted: bool,
    records: Sequence[Record],
    found: list[list[Fault]],
) -> None:
    ids = {getattr(record, field.attname) for record in records}
    names = Name.objects.using(connection.alias).filter(pk__in=ids)
    types = dict(names.values_list("pk", "type"))
    for place, record in enumerate(records):
        name_type = types.get(getattr(record, field.attname))
        if name_type is not None and (name_type == NameType.PATIENT) is not wanted:
            text = _("This is not a patient.") if wanted else _("A patient cannot be named here.")
            found[place].append((field.name, text))
