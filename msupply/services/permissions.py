"""What a user may do, and where. Read from the database once per user object, so per request."""

from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from msupply.records.permissions import Permission
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.sync import here as instance
from msupply.sync import placement
from msupply.sync.here import Here

STORE_ACCESS = "STORE_ACCESS"
EDIT_CENTRAL_DATA = "EDIT_CENTRAL_DATA"
SERVER_ADMIN = "SERVER_ADMIN"


class PermissionMissing(Exception):
    """A user lacks a permission; every surface shows which."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission

    @property
    def label(self) -> str:
        """The permission in words, for people."""
        known = dict(Permission.choices)
        return str(known.get(self.permission, self.permission))

    def __str__(self) -> str:
        return _("You need the permission “{permission}” for this.").format(permission=self.label)


@dataclass(frozen=True)
class _Granted:
    everywhere: frozenset[str]
    by_store: dict[str, frozenset[str]]

    def holds(self, store_id: str | None, permission: str) -> bool:
        if store_id is None:
            stores = [frozenset[str](), *self.by_store.values()]
            return any(permission in self.everywhere | held for held in stores)
        held = self.everywhere | self.by_store.get(store_id, frozenset())
        # Without access to the store no other permission counts there (domain.md E.1).
        return STORE_ACCESS in held and permission in held


def allowed(user: User, store_id: str | None, permission: str) -> bool:
    """Tell whether a user has a permission in a store; without one, in any store.

    Ask without a store only for what belongs to no store, such as central data.
    """
    return user.is_active and _granted(user).holds(store_id, permission)


def require(user: User, store_id: str | None, permission: str) -> None:
    """Raise PermissionMissing unless the user has the permission."""
    if not allowed(user, store_id, permission):
        raise PermissionMissing(permission)


def stores_of(user: User) -> list[Store]:
    """Return the stores that a user may enter on this site, the default store first.

    Those that are active here, then those that are collected here: one can only look at them.
    """
    if not user.is_active:
        return []
    alias = _alias(user)
    joins = dict(
        UserStore.objects.using(alias).filter(user=user).values_list("store_id", "is_default")
    )
    if not joins:
        return []
    here = instance.load(connections[alias])
    is_here = Q(site_id=here.site_id or 0) | Q(id__in=collected(connections[alias], here))
    stores = Store.objects.using(alias).filter(is_here, id__in=list(joins), is_disabled=False)
    granted = _granted(user)
    found = [s for s in stores.select_related("name") if granted.holds(s.id, STORE_ACCESS)]
    return sorted(
        found,
        key=lambda store: (store.site_id != here.site_id, not joins[store.id], store.code),
    )


def collected(connection: BaseDatabaseWrapper, here: Here) -> tuple[str, ...]:
    """Return the stores of other sites of which this site has a full copy."""
    if here.is_central:
        return placement.of_site(connection, here.site_id or 0).collected
    return here.orders.collected_stores


def may_enter(user: User, store_id: str) -> bool:
    """Tell whether a user who has entered a store may still be there."""
    return any(store.id == store_id for store in stores_of(user))


def forget(user: User) -> None:
    """Read this user's permissions again when they are asked for next."""
    user.__dict__.pop("_granted", None)


def _granted(user: User) -> _Granted:
    found = user.__dict__.get("_granted")
    if not isinstance(found, _Granted):
        found = user.__dict__["_granted"] = _read(user)
    return found


def _alias(user: User) -> str:
    return user._state.db or "default"  # noqa: SLF001 - Django documents it


def _read(user: User) -> _Granted:
    held: dict[str | None, set[str]] = {}
    rows = UserPermission.objects.using(_alias(user)).filter(user=user)
    for store_id, permission in rows.values_list("store_id", "permission"):
        held.setdefault(store_id, set()).add(permission)
    everywhere = frozenset(held.get(None, ()))
    by_store = {store: frozenset(names) for store, names in held.items() if store is not None}
    return _Granted(everywhere, by_store)
