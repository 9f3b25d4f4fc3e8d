"""Sync policies: who may edit a record, and where it travels (domain.md A.1, D.5).

A policy is plain data. Triggers, routing, the edit guard and acceptance are all derived from it.
Columns are named by their database name; `"invoice.store_id"` follows the reference
`invoice_id` of this table to the parent's `store_id`.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop


class Editor(Enum):
    """Where a record may be edited."""

    CENTRAL = gettext_noop("the central server")
    OWNER = gettext_noop("the site where the store is active")
    OWNER_OR_CENTRAL = gettext_noop("the site where the store is active, or the central server")
    ANYWHERE = gettext_noop("any site")


@dataclass(frozen=True)
class Policy:
    """The facts that every policy boils down to; use one of the named policies below."""

    editor: Editor
    everywhere: bool = False
    store: str | None = None
    partner: str | None = None
    visible: str | None = None
    everywhere_without_store: bool = False
    goes_down: bool = True
    goes_up: bool = True


def Central() -> Policy:
    """Edited on the central server only, travels to all sites."""
    return Policy(Editor.CENTRAL, everywhere=True, goes_up=False)


def CentralStore(store: str, *, everywhere_without_store: bool = False) -> Policy:
    """Edited on the central server only, travels to the site where the store is active."""
    return Policy(
        Editor.CENTRAL,
        store=store,
        everywhere_without_store=everywhere_without_store,
        goes_up=False,
    )


def Store(
    store: str, *, shared_edit: bool = False, everywhere_without_store: bool = False
) -> Policy:
    """Edited at the site where the store is active (with `shared_edit` on the central server too)."""
    editor = Editor.OWNER_OR_CENTRAL if shared_edit else Editor.OWNER
    return Policy(editor, store=store, everywhere_without_store=everywhere_without_store)


def Patient(visible: str) -> Policy:
    """Travels to every site where the patient (or prescriber) named by `visible` is visible."""
    return Policy(Editor.ANYWHERE, visible=visible)


def Message(to_store: str, from_store: str) -> Policy:
    """Written at any site, travels to the sites of both stores."""
    return Policy(Editor.ANYWHERE, store=to_store, partner=from_store)


def Shared() -> Policy:
    """Edited at any site, travels to all sites."""
    return Policy(Editor.ANYWHERE, everywhere=True)


def UpOnly(store: str | None = None) -> Policy:
    """Written at a site, travels to the central server and stays there."""
    return Policy(Editor.OWNER if store else Editor.ANYWHERE, store=store, goes_down=False)


@dataclass(frozen=True)
class LocalOnly:
    """The table never travels; the reason is for readers."""

    reason: str


@dataclass(frozen=True)
class SplitBy:
    """Rows of one table under two policies: those whose `column` has `value`, and the others."""

    column: str
    value: str
    match: Policy
    other: Policy


@dataclass(frozen=True)
class Visibility:
    """Declared on a join table: `subject` is visible to the site where `store` is active."""

    store: str
    subject: str


def branches(policy: "Policy | SplitBy") -> list[tuple[str | None, Policy]]:
    """Return the policies of a table with the SQL condition of each; `{row}` stands for the row."""
    if isinstance(policy, Policy):
        return [(None, policy)]
    test = f"{{row}}.{policy.column} = '{policy.value}'"
    return [(test, policy.match), (f"NOT ({test})", policy.other)]
