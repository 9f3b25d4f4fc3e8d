"""Who is looking at a page, in which store, on what kind of instance."""

from dataclasses import dataclass

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from msupply.records.stores import Store
from msupply.records.users import User
from msupply.services import permissions
from msupply.sync.declare.registry import RecordType
from msupply.sync.here import Here
from msupply.web.row_permissions import BY_TYPE


@dataclass(frozen=True)
class Visit:
    """One request's visitor; `user` and `store` are None before log-in."""

    here: Here
    user: User | None = None
    store: Store | None = None

    @property
    def store_id(self) -> str:
        """The current store; only pages behind log-in ask for it."""
        assert self.store is not None
        return self.store.pk

    def may(self, permission: str) -> bool:
        """Return whether the visitor has a permission in the current store."""
        if self.user is None or self.store is None:
            return False
        return permissions.allowed(self.user, self.store.pk, permission)

    @property
    def is_central(self) -> bool:
        """True on either kind of central server."""
        return self.here.is_central or self.here.is_oms_central

    @property
    def sees_all_stores(self) -> bool:
        """Central servers show the records of all stores to those who manage central data."""
        return self.is_central and (self.may("EDIT_CENTRAL_DATA") or self.may("SERVER_ADMIN"))

    def may_view(self, kind: RecordType) -> bool:
        """Return whether the visitor may see records of a type, or at least some of them."""
        rows = BY_TYPE.get(kind.name)
        if rows is not None and any(map(self.may, rows.permissions.values())):
            return True
        return self.may(kind.permissions.view)

    def may_edit(self, kind: RecordType) -> bool:
        """Return whether the visitor has the right to edit a type; where it may be is another rule."""
        return self.may(kind.permissions.edit)


class PageRequest(HttpRequest):
    """A request as our middleware prepares it."""

    visit: Visit
    htmx: HtmxDetails
