"""Where each record should be, and who may edit it: the rules of domain.md D.5 in plain Python.

Worked out from the central server's tables and the declared policies, without any of the engine's
SQL: it judges routing and the edit guard, so it shares nothing with them.
"""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.simulation import told
from msupply.simulation.steps import CENTRAL
from msupply.simulation.told import Told
from msupply.sync.declare.policy import Editor, Policy, SplitBy
from msupply.sync.declare.registry import RecordType, registry

Row = dict[str, Any]


class Country:
    """One moment of a server: its tables as they stand, read when they are asked for."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._tables: dict[str, dict[str, Row]] = {}

    def rows(self, table: str) -> dict[str, Row]:
        """Return a table's rows by id."""
        if table not in self._tables:
            self._tables[table] = {row["id"]: row for row in self._read(table)}
        return self._tables[table]

    def _read(self, table: str) -> list[Row]:
        with self._connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @cached_property
    def _active(self) -> dict[int, set[str]]:
        found = defaultdict(set)
        for store in self.rows("store").values():
            found[store["site_id"]].add(store["id"])
        return found

    @cached_property
    def _collected(self) -> dict[int, set[str]]:
        found = defaultdict(set)
        for row in self._read("store_sync"):
            if row["sync_with"] == "COLLECTOR":
                found[row["site_id"]].add(row["store_id"])
        return found

    @cached_property
    def _primary(self) -> int:
        return told.primary(self._connection)

    @cached_property
    def _store_of_name(self) -> dict[str, str]:
        return {store["name_id"]: store["id"] for store in self.rows("store").values()}

    def site_of(self, store: str | None) -> int | None:
        """Return the site where a store is active."""
        row = self.rows("store").get(store or "")
        return None if row is None else row["site_id"]

    def _has_dispensary(self, site: int) -> bool:
        return any(self.rows("store")[s]["store_mode"] == "DISPENSARY" for s in self._active[site])

    def _visible(self, site: int) -> set[str]:
        return self._visible_in(self._active[site] | self._collected[site])

    def _visible_in(self, stores: AbstractSet[str]) -> set[str]:
        found = set()
        for kind in registry().visibility:
            join = kind.model.visibility
            assert join is not None
            for row in self.rows(kind.table).values():
                if row[join.store] in stores:
                    found.add(row[join.subject])
        return found

    def policy(self, kind: RecordType, row: Row) -> Policy:
        """Return the policy that holds for a row."""
        policy = kind.policy
        if isinstance(policy, SplitBy):
            matches = self._follow(kind, row, policy.column) == policy.value
            return policy.match if matches else policy.other
        assert isinstance(policy, Policy)
        return policy

    def goes_to(self, kind: RecordType, row: Row, site: int) -> bool:
        """Tell whether a record of the central server must be at a remote site."""
        policy = self.policy(kind, row)
        if not policy.goes_down:
            return False
        store = self._follow(kind, row, policy.store)
        if policy.everywhere or (policy.everywhere_without_store and store is None):
            wanted = site == self._primary or self._has_dispensary(site)
            return wanted or not policy.dispensary_only
        if policy.visible and self._follow(kind, row, policy.visible) in self._visible(site):
            return True
        takes_part = {store, self._follow(kind, row, policy.partner)}
        other = self._follow(kind, row, policy.other_party)
        takes_part.add(self._store_of_name.get(other or ""))
        if takes_part & self._active[site]:
            return True
        if policy.editor is Editor.CENTRAL and policy.store:
            # Where they are edited, they are all there; a collector has the store's own data alone.
            return site == self._primary
        return bool(takes_part & self._collected[site])

    def goes_along(self, kind: RecordType, row: Row, site: int) -> bool:
        """Tell whether a record that was merged away goes to a site with the one that was kept.

        Its log follows the merge: whoever comes to see the one kept is told of both.
        """
        merges = registry().merges.get(kind.table)
        lost = self.rows(merges.table).get(row["id"]) if merges else None
        kept = self.rows(kind.table).get(lost["kept_id"]) if lost else None
        return kept is not None and self.goes_to(kind, kept, site)

    def store_of(self, kind: RecordType, row: Row) -> str | None:
        """Return the store to which a row belongs."""
        found: str | None = self._follow(kind, row, self.policy(kind, row).store)
        return found

    def owner(self, kind: RecordType, row: Row) -> str | None:
        """Return the store without which nobody may edit a row; None where that is otherwise."""
        policy = self.policy(kind, row)
        owned = policy.editor is Editor.OWNER and not policy.procurement
        found: str | None = self._follow(kind, row, policy.store) if owned else None
        return found

    def stays_at_home(self, kind: RecordType, row: Row, knows: Told) -> bool:
        """Tell whether a site that knows this keeps a row to itself."""
        policy = self.policy(kind, row)
        store = self._follow(kind, row, policy.store)
        partner = self._follow(kind, row, policy.partner)
        if partner or self._follow(kind, row, policy.other_party) in self._store_of_name:
            return False
        return store in knows.withheld or (
            policy.suppressible and store in knows.without_transactions
        )

    def may_edit(self, kind: RecordType, row: Row, site: int, knows: Told) -> bool:
        """Tell whether a row belongs to those who work at a site, by what is known there."""
        policy = self.policy(kind, row)
        at_centre = knows.modern if kind.of_oms_central else knows.primary
        store = self._follow(kind, row, policy.store)
        if store in knows.frozen or (site == CENTRAL and kind.by_v6_alone and not knows.modern):
            return False
        if policy.editor is Editor.CENTRAL or (policy.procurement and knows.procurement):
            return at_centre
        if policy.editor is Editor.ATTACHED:
            return self._may_attach(policy, row, site, knows)
        by_visibility = policy.editor is Editor.HOME and knows.patients_where_visible
        if policy.editor is Editor.VISIBLE or by_visibility:
            sees_all = site == CENTRAL or (knows.modern and kind.of_oms_central)
            return sees_all or self._may_edit_visible(kind, policy, row, site, knows)
        owners = self._owners(kind, policy, row)
        if policy.editor is Editor.HOME and not knows.frozen.isdisjoint(owners):
            return False
        ours = policy.editor is Editor.ANYWHERE or site in map(self.site_of, owners)
        shared = policy.editor is Editor.OWNER_OR_CENTRAL or not owners
        return ours or (shared and at_centre)

    def _may_edit_visible(
        self, kind: RecordType, policy: Policy, row: Row, site: int, knows: Told
    ) -> bool:
        home = self._follow(kind, row, policy.home)
        if home and self.site_of(home) == site:
            return True
        subject = self._follow(kind, row, policy.visible)
        if subject is None:
            return knows.modern if kind.of_oms_central else knows.primary
        return subject in self._visible_in(self._active[site] | knows.collected)

    def _owners(self, kind: RecordType, policy: Policy, row: Row) -> set[str]:
        if policy.own_name:
            found = {self._store_of_name.get(self._follow(kind, row, policy.own_name))}
        elif policy.editor is Editor.HOME:
            found = {self._follow(kind, row, policy.home)}
        elif policy.editor is Editor.PARTY:
            found = {self._follow(kind, row, path) for path in (policy.store, policy.partner)}
        else:
            found = {self._follow(kind, row, policy.store)}
        return {store for store in found if store}

    def _may_attach(self, policy: Policy, row: Row, site: int, knows: Told) -> bool:
        assert policy.attached is not None
        table, record_id = (row[column] for column in policy.attached)
        kind = registry().by_table.get(table)
        if kind is None or not kind.syncs or kind.table == "sync_file_reference":
            return False
        about = self.rows(table).get(record_id)
        return about is not None and self.may_edit(kind, about, site, knows)

    def _follow(self, kind: RecordType, row: Row, path: str | None) -> Any:
        if path is None:
            return None
        if "." not in path:
            return row[path]
        column, table, target = kind.follow(path)
        parent = self.rows(table).get(row[column] or "")
        return None if parent is None else parent[target]
