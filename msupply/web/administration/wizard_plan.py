"""What has been chosen so far in the site wizard; kept in the session, without the password."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from msupply.central.site_wizard import PlannedStore, SitePlan
from msupply.records.sites import ClientType
from msupply.records.stores import Store, StoreMode
from msupply.sync.placement import SyncType

KEY = "site_wizard"
STEPS = ("kind", "name", "stores", "options", "role", "summary")


@dataclass
class Draft:
    """The answers until now."""

    client_type: str = ClientType.OPEN_MSUPPLY
    name: str = ""
    stores: list[PlannedStore] = field(default_factory=list)
    is_oms_central: bool = False
    url: str = ""

    @property
    def steps(self) -> list[str]:
        """The questions that these answers lead to."""
        left_out = set() if self.stores else {"options"}
        if self.client_type != ClientType.OPEN_MSUPPLY:
            left_out.add("role")
        return [step for step in STEPS if step not in left_out]

    def after(self, step: str) -> str:
        """Return the next question."""
        return next(s for s in self.steps if STEPS.index(s) > STEPS.index(step))

    def before(self, step: str) -> str:
        """Return the question before, empty at the first."""
        earlier = [s for s in self.steps if STEPS.index(s) < STEPS.index(step)]
        return earlier[-1] if earlier else ""

    def plan(self, password: str = "") -> SitePlan:
        """Return what the service needs."""
        is_central = self.is_oms_central and "role" in self.steps
        return SitePlan(
            self.name,
            password,
            self.client_type,
            tuple(self.stores),
            is_central,
            self.url if is_central else "",
        )

    def save(self, session: SessionBase) -> None:
        """Keep it for the next page."""
        stored = asdict(self)
        for planned in stored["stores"]:
            planned["central_type"] = planned["central_type"].value
        session[KEY] = stored


def load(session: SessionBase) -> Draft:
    """Return the answers until now; the first defaults before any."""
    stored: dict[str, Any] = dict(session.get(KEY) or {})
    stores = [
        PlannedStore(**planned | {"central_type": SyncType(planned["central_type"])})
        for planned in stored.pop("stores", [])
    ]
    return Draft(stores=stores, **stored)


def forget(session: SessionBase) -> None:
    """Begin anew."""
    session.pop(KEY, None)


@dataclass(frozen=True)
class ShownStore:
    """A planned store as the pages show it; `store` is the one that exists already."""

    planned: PlannedStore
    store: Store | None
    is_in_use: bool = False
    errors: tuple[str, ...] = ()
    sees_like: Store | None = None

    @property
    def title(self) -> str:
        """Its name and code."""
        if self.store is not None:
            return f"{self.store.name.name} ({self.store.code})"
        return f"{self.planned.name} ({self.planned.code})"

    @property
    def is_dispensary(self) -> bool:
        """True where patients are served."""
        mode = self.store.store_mode if self.store is not None else self.planned.mode
        return mode == StoreMode.DISPENSARY


def with_options(
    planned: PlannedStore, central_type: str, include: bool, patients_of: str, sees_like: str
) -> PlannedStore:
    """Return a planned store with its options; anything else than offered counts as the default."""
    kind = SyncType.TRANSFER if central_type == SyncType.TRANSFER.value else SyncType.COLLECTOR
    return replace(
        planned,
        central_type=kind,
        include_transactions=include,
        patients_of=patients_of,
        sees_like=sees_like,
    )
