"""Sync policies: who may edit a record, and where it travels (domain.md A.1, D.5).

A policy is plain data. Triggers, routing, the edit guard and acceptance are all derived from it.
Columns are named by their database name; `"invoice.store_id"` follows the reference
`invoice_id` of this table to the parent's `store_id`. Such a name is called a path.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop


class Editor(Enum):
    """Where a record may be edited."""

    CENTRAL = gettext_noop("the central server")
    MODERN = gettext_noop("the Open mSupply central server")
    PRIMARY = gettext_noop("the primary server")
    OWNER = gettext_noop("the site where the store is active")
    OWNER_OR_CENTRAL = gettext_noop("the site where the store is active, or the central server")
    HOME = gettext_noop("the site where the home store is active")
    ANYWHERE = gettext_noop("any site")
    NOWHERE_YET = gettext_noop("the new site, once the store has moved there")


@dataclass(frozen=True)
class Policy:
    """The facts that every policy boils down to; use one of the named policies below.

    - `store`, `partner`, `visible`, `home`: paths to the owning store, a second store that takes
      part, the patient or prescriber, and the home store.
    - `other_party`: path to a name; when it is a store's, that store is the partner.
    - `dispensary_only`: only for sites with an active dispensary store.
    - `suppressible`: stays at the site while "include transactions in sync" is off.
    - `procurement`: edited centrally while procurement is centralised.
    """

    editor: Editor
    everywhere: bool = False
    store: str | None = None
    partner: str | None = None
    other_party: str | None = None
    visible: str | None = None
    home: str | None = None
    everywhere_without_store: bool = False
    goes_down: bool = True
    goes_up: bool = True
    dispensary_only: bool = False
    suppressible: bool = False
    procurement: bool = False

    @property
    def is_central_store(self) -> bool:
        """True for data of a store that are edited centrally; copies of the store lack them."""
        return self.editor is Editor.CENTRAL and self.store is not None


def Central(*, dispensary_only: bool = False) -> Policy:
    """Edited on the central server only, travels to all sites (or all with a dispensary)."""
    return Policy(Editor.CENTRAL, everywhere=True, goes_up=False, dispensary_only=dispensary_only)


def CentralStore(store: str, *, everywhere_without_store: bool = False) -> Policy:
    """Edited on the central server only, travels to the site where the store is active."""
    return Policy(
        Editor.CENTRAL,
        store=store,
        everywhere_without_store=everywhere_without_store,
        goes_up=False,
    )


def Store(
    store: str,
    *,
    other_party: str | None = None,
    suppressible: bool = False,
    procurement: bool = False,
    shared_edit: bool = False,
    everywhere_without_store: bool = False,
) -> Policy:
    """Edited at the site where the store is active (with `shared_edit` on the central server too).

    Travels to every site that collects the store, and to the site of the other party's store.
    """
    return Policy(
        Editor.OWNER_OR_CENTRAL if shared_edit else Editor.OWNER,
        store=store,
        other_party=other_party,
        suppressible=suppressible,
        procurement=procurement,
        everywhere_without_store=everywhere_without_store,
    )


def Patient(visible: str, *, home: str | None = None) -> Policy:
    """Travels to every site where the patient (or prescriber) named by `visible` is visible.

    With `home` it is edited where that store is active.
    """
    editor = Editor.HOME if home else Editor.ANYWHERE
    return Policy(editor, visible=visible, home=home)


def CentralPatient(visible: str) -> Policy:
    """Edited on the central server only, travels to every site where the patient is visible."""
    return Policy(Editor.CENTRAL, visible=visible, goes_up=False)


def Message(to_store: str, from_store: str) -> Policy:
    """Written at any site, travels to the sites of both stores."""
    return Policy(Editor.ANYWHERE, store=to_store, partner=from_store)


def Shared() -> Policy:
    """Edited at any site, travels to all sites."""
    return Policy(Editor.ANYWHERE, everywhere=True)


def UpOnly(store: str | None = None) -> Policy:
    """Written at a site, travels to the central server and stays there."""
    return Policy(Editor.OWNER if store else Editor.ANYWHERE, store=store, goes_down=False)


def Reported() -> Policy:
    """Kept by the Open mSupply central server, which reports it to the mSupply central server."""
    return Policy(Editor.CENTRAL, goes_down=False, goes_up=False)


@dataclass(frozen=True)
class LocalOnly:
    """The table never travels; the reason is for readers. It is edited anywhere unless said."""

    reason: str
    editor: Editor = Editor.ANYWHERE


@dataclass(frozen=True)
class SplitBy:
    """Rows of one table under two policies: those whose `column` has `value`, and the others.

    `column` is a column of the table, or a path to one of its parent's.
    """

    column: str
    value: str
    match: Policy
    other: Policy


@dataclass(frozen=True)
class Visibility:
    """Declared on a join table: `subject` is visible to the site where `store` is active."""

    store: str
    subject: str


@dataclass(frozen=True)
class StoreColumns:
    """Declared on the table of stores: what the engine must know of a store.

    - `site`: the column with the number of the site where it is active.
    - `name`: the column with the id of the store's own name; None where stores have none.
    - `dispensary`: the SQL condition that says whether it is a dispensary.
    """

    site: str
    name: str | None = None
    dispensary: str = "TRUE"
