"""Who is looking at a page, in which store, on what kind of instance."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from msupply.records.stores import Store
from msupply.records.users import User
from msupply.services.scope import Viewer
from msupply.sync.declare.registry import RecordType
from msupply.sync.here import Here

View = Callable[..., HttpResponse]


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

    @property
    def viewer(self) -> Viewer:
        """The visitor as the services know them; only pages behind log-in ask for it."""
        assert self.user is not None
        return Viewer(connection, self.here, self.user, self.store.pk if self.store else None)

    def may(self, permission: str) -> bool:
        """Return whether the visitor has a permission in the current store."""
        return self.user is not None and self.viewer.may(permission)

    @property
    def is_view_only(self) -> bool:
        """True in a store that is active at another site: its copy here is only read."""
        return self.store is not None and self.store.site_id != self.here.site_id

    @property
    def is_central(self) -> bool:
        """True on either kind of central server."""
        return self.here.is_central or self.here.is_oms_central

    @property
    def sees_all_stores(self) -> bool:
        """Central servers show the records of all stores to those who manage central data."""
        return self.user is not None and self.viewer.sees_all_stores

    def may_view(self, kind: RecordType) -> bool:
        """Return whether the visitor may see records of a type, or at least some of them."""
        return self.user is not None and self.viewer.may_view(kind)

    def may_edit(self, kind: RecordType) -> bool:
        """Return whether the visitor has the right to edit a type; where it may be is another rule."""
        return self.user is not None and self.viewer.may_edit(kind)


class PageRequest(HttpRequest):
    """A request as our middleware prepares it."""

    visit: Visit
    htmx: HtmxDetails
