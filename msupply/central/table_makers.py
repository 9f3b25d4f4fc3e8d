"""New sites, stores and users from a table: each with what belongs to it (services/tables)."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import sites
from msupply.records.sites import Site
from msupply.records.stores import Store, StoreMode
from msupply.records.users import User
from msupply.services import passwords
from msupply.services.instance import check_url
from msupply.services.stores import complete_store
from msupply.services.tables.making import Maker
from msupply.sync import here as instance
from msupply.sync.declare import Record
from msupply.sync.declare.registry import RecordType
from msupply.wire.credentials import stored_hash

# A hash of a password costs a tenth of a second, on purpose.
MOST_NEW = 1000


def of(connection: BaseDatabaseWrapper, kind: RecordType) -> Maker | None:
    """Return what makes new records of a type for one import; None where none is needed, or may."""
    makers: dict[str, Callable[[BaseDatabaseWrapper], Maker]] = {
        "site": _Sites,
        "store": _Stores,
        "user": _Users,
    }
    maker = makers.get(kind.name)
    return maker(connection) if maker and instance.load(connection).is_central else None


class _Unique:
    """Names that are taken, in the database and by earlier rows; capitals do not matter."""

    def __init__(self, taken: Sequence[str], text: str) -> None:
        self.taken = {name.casefold() for name in taken}
        self.text = text

    def take(self, field: str, name: str) -> None:
        """Raise ValidationError for a name that is taken."""
        if name.casefold() in self.taken:
            raise ValidationError({field: self.text.format(name=name, code=name)})
        self.taken.add(name.casefold())


class _WithPassword:
    """What sites and users have in common."""

    takes: frozenset[str] = frozenset()
    defaults: Mapping[str, str] = {}

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.further: Mapping[str, str] = {"password": _("Password")}
        self.made_up: list[tuple[str, str]] = []
        self.passwords: dict[str, str] = {}
        self.words = passwords.words_here(connection)

    def take_password(self, record: Site | User, texts: Mapping[str, str]) -> None:
        password = texts.get("password", "")
        if password:
            user, names = (record, []) if isinstance(record, User) else (None, [record.name])
            if faults := passwords.faults(self.words, password, user, names):
                raise ValidationError({"password": faults})
        self.passwords[record.pk] = password
        if len(self.passwords) > MOST_NEW:
            text = _("An import can make {n} of them at most. Split the file.")
            raise ValidationError(text.format(n=MOST_NEW))

    def hashed(
        self, records: Sequence[Record], name: str, hasher: Callable[[str], str]
    ) -> list[str]:
        """Return the hashes of passwords; those that were left empty are made up."""
        chosen = []
        for record in records:
            password = self.passwords[record.pk]
            if not password:
                password = passwords.made_up()
                self.made_up.append((str(getattr(record, name)), password))
            chosen.append(password)
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(hasher, chosen))


class _Sites(_WithPassword):
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        names = Site.objects.using(connection.alias).values_list("name", flat=True)
        self.names = _Unique(list(names), _("There is a site “{name}” already."))
        self.next_number = sites.next_number(connection)

    def make(self, record: Record, texts: Mapping[str, str]) -> list[Record]:
        assert isinstance(record, Site)
        record.name = record.name.strip()
        if fault := sites.fault_of_name(record.name):
            raise ValidationError({"name": fault})
        if record.url:
            record.url = check_url(record.url)
        self.names.take("name", record.name)
        self.take_password(record, texts)
        record.code = record.code or record.name
        record.site_id = self.next_number
        self.next_number += 1
        return []

    def finish(self, records: Sequence[Record]) -> None:
        # Between the preview and now another site may have taken a number.
        self.next_number = sites.next_number(self.connection)
        hashes = self.hashed(records, "name", stored_hash)
        for number, (record, password) in enumerate(zip(records, hashes, strict=True)):
            assert isinstance(record, Site)
            record.site_id, record.password = self.next_number + number, password


class _Users(_WithPassword):
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        names = User.objects.using(connection.alias).values_list("username", flat=True)
        self.names = _Unique(list(names), _("There is a user “{name}” already."))

    def make(self, record: Record, texts: Mapping[str, str]) -> list[Record]:
        assert isinstance(record, User)
        record.username = record.username.strip()
        self.names.take("username", record.username)
        self.take_password(record, texts)
        return []

    def finish(self, records: Sequence[Record]) -> None:
        hashes = self.hashed(records, "username", make_password)
        for record, password in zip(records, hashes, strict=True):
            assert isinstance(record, User)
            record.password = password


class _Stores:
    takes = frozenset({"name"})
    # Every record type goes to dispensaries (domain.md E.4).
    defaults: Mapping[str, str] = {"store_mode": StoreMode.DISPENSARY}

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.further: Mapping[str, str] = {"site": _("Site")}
        self.made_up: list[tuple[str, str]] = []
        alias = connection.alias
        codes = Store.objects.using(alias).values_list("code", flat=True)
        self.codes = _Unique(list(codes), _("There is a store with the code “{code}” already."))
        self.own_site = instance.load(connection).site_id
        self.numbers: dict[str, int] = {}
        for number, name in Site.objects.using(alias).values_list("site_id", "name"):
            self.numbers |= {str(number): number, name.casefold(): number}

    def make(self, record: Record, texts: Mapping[str, str]) -> list[Record]:
        assert isinstance(record, Store)
        self.codes.take("code", record.code)
        site = texts.get("site", "")
        number = self.numbers.get(site.casefold()) if site else self.own_site
        if number is None:
            text = _("There is no site “{name}”. Write its name or its number.")
            raise ValidationError({"site": text.format(name=site)})
        return list(complete_store(record, texts.get("name", ""), number))

    def finish(self, records: Sequence[Record]) -> None:
        """Stores need nothing more."""
