"""The sites of the system: what they need to connect, and how far they are behind."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max
from django.utils.translation import gettext as _

from msupply.central import visibility
from msupply.central.stores import add_store, require_central
from msupply.records.security_log import SecurityEvent
from msupply.records.sites import InitialisationStatus, Site, SiteKind
from msupply.records.stores import Store
from msupply.services import passwords
from msupply.services.instance import check_url
from msupply.sync import here as instance
from msupply.sync import queue
from msupply.sync.clock import now
from msupply.sync.models import Setting
from msupply.wire import security_log
from msupply.wire.credentials import stored_hash

# A store by its code; with a name it is created, without one it must exist.
StoreChoice = tuple[str, str | None]

_HIGHEST_DELETED = "highest_deleted_site"


def add_site(
    connection: BaseDatabaseWrapper,
    name: str,
    password: str,
    stores: Sequence[StoreChoice] = (),
    is_oms_central: bool = False,
    url: str = "",
) -> Site:
    """Create a site with the stores that are active on it.

    With `is_oms_central` the site becomes the Open mSupply central server, in place of the one
    that was. Raises ValidationError with a message per field, or EditRefused.
    """
    require_central(connection)
    names = [text for code, store_name in stores for text in (code, store_name or "")]
    name, url = check_new(connection, name, password, is_oms_central, url, names)
    with transaction.atomic(using=connection.alias):
        site = Site.objects.using(connection.alias).create(
            site_id=next_number(connection),
            code=name,
            name=name,
            password=stored_hash(password),
            kind=SiteKind.REMOTE,
            url=url,
            created_datetime=now(),
        )
        for code, store_name in stores:
            _give_store(connection, site, code, store_name)
        if is_oms_central:
            make_oms_central(connection, site)
        security_log.note(connection, SecurityEvent.SITE_CREATED, site=name)
    return site


def set_password(connection: BaseDatabaseWrapper, site: Site, password: str) -> None:
    """Change the password with which a site connects. Raises ValidationError."""
    require_central(connection)
    passwords.check(connection, password, names=[site.name])
    site.password = stored_hash(password)
    with transaction.atomic(using=connection.alias):
        site.save(using=connection.alias, update_fields=["password"])
        security_log.note(connection, SecurityEvent.SITE_PASSWORD_SET, site=site.name)


def make_oms_central(connection: BaseDatabaseWrapper, site: Site) -> None:
    """Let a site be the Open mSupply central server; there is one at a time."""
    require_central(connection)
    if not site.url:
        text = _("Enter the address at which other sites reach the Open mSupply central server.")
        raise ValidationError({"url": text})
    with transaction.atomic(using=connection.alias):
        Site.objects.using(connection.alias).update(is_oms_central=False)
        site.is_oms_central = True
        site.save(using=connection.alias, update_fields=["is_oms_central", "url"])
        own_number = instance.load(connection).site_id
        instance.change(
            connection,
            is_oms_central=site.site_id == own_number,
            oms_central_url=site.url,
            oms_central_site_id=site.site_id,
        )
        # It has every store from now on.
        visibility.recompute(connection)
        security_log.note(
            connection,
            SecurityEvent.SITE_CHANGED,
            site=site.name,
            is_oms_central=True,
            url=site.url,
        )


def reset_hardware_id(connection: BaseDatabaseWrapper, name: str) -> Site:
    """Free a site for another device, or for a fresh installation. Raises ValidationError."""
    require_central(connection)
    site = find(connection, name)
    if site.kind == SiteKind.CENTRAL:
        raise ValidationError({"name": _("This is the central server itself.")})
    site.hardware_id = None
    site.initialisation_status = InitialisationStatus.NEW
    with transaction.atomic(using=connection.alias):
        site.save(using=connection.alias, update_fields=["hardware_id", "initialisation_status"])
        security_log.note(connection, SecurityEvent.SITE_FREED, site=site.name)
    return site


def find(connection: BaseDatabaseWrapper, name: str) -> Site:
    """Return the site with a name. Raises ValidationError when there is none."""
    sites = Site.objects.using(connection.alias)
    site = sites.filter(name=name.strip()).first() or sites.filter(name__iexact=name).first()
    if site is None:
        known = ", ".join(sites.order_by("site_id").values_list("name", flat=True)[:20])
        text = _("There is no site “{name}”. There are: {known}.")
        raise ValidationError({"name": text.format(name=name, known=known)})
    return site


def backlogs(connection: BaseDatabaseWrapper, sites: Iterable[Site]) -> dict[int, int]:
    """Return how many records wait in the queues of sites; an estimate beyond ten thousand."""
    away = [site.site_id for site in sites if site.kind != SiteKind.CENTRAL]
    return queue.lengths(connection, away)


def check_new(
    connection: BaseDatabaseWrapper,
    name: str,
    password: str,
    is_oms_central: bool,
    url: str,
    known: Iterable[str] = (),
) -> tuple[str, str]:
    """Return name and address of a new site in good form. Raises ValidationError by field.

    `known` are names and codes of its new stores, which make no good password.
    """
    errors: dict[str, str] = {}
    name = name.strip()
    if fault := fault_of_name(name):
        errors["name"] = fault
    elif Site.objects.using(connection.alias).filter(name__iexact=name).exists():
        errors["name"] = _("There is a site “{name}” already.").format(name=name)
    checks = (
        lambda: passwords.check(connection, password, names=[name, *known]),
        lambda: _checked_url(is_oms_central, url),
    )
    for check in checks:
        try:
            check()
        except ValidationError as error:
            errors |= {key: texts[0] for key, texts in error.message_dict.items()}
    if errors:
        raise ValidationError(errors)
    return name, _checked_url(is_oms_central, url)


def fault_of_name(name: str) -> str:
    """Return what is wrong with the form of a site's name, nothing for a good one."""
    # The name is the user name of HTTP basic authentication.
    if not name or ":" in name or len(name) > 100 or not name.isprintable():
        return _("Enter a name of up to 100 characters, without a colon.")
    return ""


def _checked_url(is_oms_central: bool, url: str) -> str:
    if is_oms_central or url.strip():
        return check_url(url)
    return ""


def next_number(connection: BaseDatabaseWrapper) -> int:
    """Return a number that no site has, nor any store that was taken over from another system."""
    sites = Site.objects.using(connection.alias).aggregate(top=Max("site_id"))["top"]
    stores = Store.objects.using(connection.alias).aggregate(top=Max("site_id"))["top"]
    row = Setting.objects.using(connection.alias).filter(key=_HIGHEST_DELETED).first()
    return max(sites or 0, stores or 0, int(row.value) if row else 0) + 1


def retire_number(connection: BaseDatabaseWrapper, number: int) -> None:
    """Never give this number again: the logs tell sites apart by it."""
    settings = Setting.objects.using(connection.alias)
    row = settings.filter(key=_HIGHEST_DELETED).first()
    highest = max(number, int(row.value) if row else 0)
    settings.update_or_create(key=_HIGHEST_DELETED, defaults={"value": str(highest)})


def _give_store(connection: BaseDatabaseWrapper, site: Site, code: str, name: str | None) -> None:
    store = Store.objects.using(connection.alias).filter(code__iexact=code.strip()).first()
    if store is None and name is not None:
        add_store(connection, code, name, site.site_id)
        return
    if store is None:
        text = _("There is no store “{code}”. To create it, write {code}=Name.").format(code=code)
        raise ValidationError({"store": text})
    owner = Site.objects.using(connection.alias).filter(site_id=store.site_id).first()
    if name is not None and owner is not None:
        text = _("There is a store with the code “{code}” already.").format(code=code)
        raise ValidationError({"store": text})
    if owner is not None and owner.initialisation_status != InitialisationStatus.NEW:
        text = _("The store “{code}” is in use on the site “{site}”.")
        raise ValidationError({"store": text.format(code=code, site=owner.name)})
    store.site_id = site.site_id
    store.save(using=connection.alias)
