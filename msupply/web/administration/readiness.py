"""What the stores of a site still lack before people can work in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from msupply.records.master_lists import MasterListNameJoin
from msupply.records.names import NameStoreJoin, NameType
from msupply.records.stores import Store
from msupply.records.users import UserStore


@dataclass(frozen=True)
class Readiness:
    """A store, and what it lacks; each is done on a tab of the store."""

    store: Store
    sees_no_names: bool
    sees_no_items: bool
    has_no_users: bool

    @property
    def lacks_something(self) -> bool:
        """True where somebody still has something to do."""
        return self.sees_no_names or self.sees_no_items or self.has_no_users


def of_stores(stores: Iterable[Store]) -> list[Readiness]:
    """Return what each of these stores lacks; those that lack nothing are left out."""
    stores = list(stores)
    joins = NameStoreJoin.objects.filter(store__in=stores, name__deleted_datetime=None)
    with_names = set(
        joins.exclude(name__type=NameType.PATIENT).values_list("store_id", flat=True).distinct()
    )
    names = [store.name_id for store in stores]
    lists = MasterListNameJoin.objects.filter(name_id__in=names)
    with_lists = set(lists.values_list("name_id", flat=True).distinct())
    with_users = set(
        UserStore.objects.filter(store__in=stores, user__is_active=True)
        .values_list("store_id", flat=True)
        .distinct()
    )
    found = [
        Readiness(
            store,
            store.pk not in with_names,
            store.name_id not in with_lists,
            store.pk not in with_users,
        )
        for store in stores
    ]
    return [ready for ready in found if ready.lacks_something]
