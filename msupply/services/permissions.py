"""What a user may do, and where. Read from the database once per user object, so per request."""

from dataclasses import dataclass, field

from django.db import connections
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from msupply.records.permissions import Permission
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.sync import here as instance
from msupply.sync.here import Here
from msupply.sync.models import StoreSync
from msupply.sync.placement import SyncType

STORE_ACCESS = "STORE_ACCESS"
EDIT_CENTRAL_DATA = "EDIT_CENTRAL_DATA"
SERVER_ADMIN = "SERVER_ADMIN"
# Over a whole server, not a store: they count on the server where the store is active alone, so
# that a site's administrator who looks at its copy elsewhere does not administer the country.
OF_SERVER = (SERVER_ADMIN, EDIT_CENTRAL_DATA)


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


def allowed(user: User, store_id: str | None, permission: str) -> bool:
    """Tell whether a user has a permission in a store; without one, in any store.

    Ask without a store only for what belongs to no store, such as central data.
    """
    if not user.is_active:
        return False
    if store_id is None:
        return _holds_somewhere(user, permission)
    held = _held(user, store_id)
    # Without access to the store no other permission counts there (domain.md E.1).
    return STORE_ACCESS in held and permission in held


def require(user: User, store_id: str | None, permission: str) -> None:
    """Raise PermissionMissing unless the user has the permission."""
    if not allowed(user, store_id, permission):
        raise PermissionMissing(permission)


def stores_of(user: User, text: str = "", most: int | None = None) -> list[Store]:
    """Return the stores that a user may enter on this site, the default store first.

    Those that are active here, then those that are collected here: one can only look at them.
    `text` is looked for in code and name; `most` is how many are wanted.
    """
    if not user.is_active:
        return []
    here = _here(user)
    found = _entries(user, here).select_related("store__name")
    if text:
        found = found.filter(Q(store__code__icontains=text) | Q(store__name__name__icontains=text))
    is_copy = Case(When(store__site_id=here.site_id or 0, then=0), default=1)
    ordered = found.order_by(is_copy, "-is_default", "store__code", "pk")[:most]
    return list({entry.store_id: entry.store for entry in ordered}.values())


def has_stores(user: User) -> bool:
    """Tell whether there is a store that a user may enter on this site."""
    return user.is_active and _entries(user, _here(user)).exists()


def store_of(user: User, store_id: str) -> Store | None:
    """Return a store when the user may enter it now."""
    if not user.is_active:
        return None
    entries = _entries(user, _here(user)).filter(store=store_id)
    entry = entries.select_related("store__name").first()
    return entry.store if entry else None


def _entries(user: User, here: Here) -> QuerySet[UserStore]:
    alias = _alias(user)
    access = UserPermission.objects.using(alias).filter(user=user, permission=STORE_ACCESS)
    if here.is_central:
        copies = StoreSync.objects.using(alias).filter(
            site_id=here.site_id or 0,
            store_id=OuterRef("store_id"),
            sync_with=SyncType.COLLECTOR.value,
        )
        collected = Q(Exists(copies))
    else:
        collected = Q(store__in=here.orders.collected_stores)
    return UserStore.objects.using(alias).filter(
        Q(store__site_id=here.site_id or 0) | collected,
        Exists(access.filter(Q(store=OuterRef("store_id")) | Q(store=None))),
        user=user,
        store__is_disabled=False,
    )


def forget(user: User) -> None:
    """Read this user's permissions again when they are asked for next."""
    user.__dict__.pop("_known", None)


@dataclass
class _Known:
    """What has been read of a user's permissions; some users may enter every store of a country."""

    by_store: dict[str | None, frozenset[str]] = field(default_factory=dict)
    somewhere: dict[str, bool] = field(default_factory=dict)
    is_complete: bool = False


def _held(user: User, store_id: str) -> frozenset[str]:
    known = _known(user)
    if store_id not in known.by_store and not known.is_complete:
        # A page asks about one store; who asks about a second, such as an import, does about many.
        known.is_complete = bool(known.by_store)
        rows = _rows(user)
        if not known.is_complete:
            rows = rows.filter(Q(store=store_id) | Q(store=None))
        found: dict[str | None, set[str]] = {None: set(), store_id: set()}
        for store, permission in rows.values_list("store_id", "permission"):
            found.setdefault(store, set()).add(permission)
        known.by_store = {store: frozenset(held | found[None]) for store, held in found.items()}
    return known.by_store.get(store_id, known.by_store[None])


def _holds_somewhere(user: User, permission: str) -> bool:
    known = _known(user)
    if permission not in known.somewhere:
        access = UserPermission.objects.using(_alias(user)).filter(
            Q(store=OuterRef("store_id")) | Q(store=None), user=user, permission=STORE_ACCESS
        )
        held = _rows(user).filter(Q(store=None) | Exists(access), permission=permission)
        known.somewhere[permission] = held.exists()
    return known.somewhere[permission]


def _known(user: User) -> _Known:
    found = user.__dict__.setdefault("_known", _Known())
    assert isinstance(found, _Known)
    return found


def _rows(user: User) -> QuerySet[UserPermission]:
    rows = UserPermission.objects.using(_alias(user)).filter(user=user)
    counts = ~Q(permission__in=OF_SERVER) | Q(store=None) | Q(store__site_id=_here(user).site_id)
    return rows.filter(counts)


def _here(user: User) -> Here:
    return instance.load(connections[_alias(user)])


def _alias(user: User) -> str:
    return user._state.db or "default"  # noqa: SLF001 - Django documents it
