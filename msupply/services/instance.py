"""What an instance is: made a central server with all that it begins with, and its settings."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records import seeds
from msupply.records.assets import AssetCatalogueType, AssetCategory, AssetClass, AssetLogReason
from msupply.records.currencies import Currency
from msupply.records.items import Unit
from msupply.records.names import Name, NameType
from msupply.records.reasons import ReasonOption
from msupply.records.sites import InitialisationStatus, Site, SiteKind
from msupply.records.users import User
from msupply.services import meanwhile
from msupply.services.stores import create_store
from msupply.services.users import create_user, give_all_permissions
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.declare import new_id
from msupply.sync.here import Here
from msupply.sync.models import Setting

CENTRAL_SITE_ID = 1
CENTRAL_SITE_NAME = "central"

_SYSTEM_NAMES = (
    ("invad", "Inventory adjustments", NameType.INVAD),
    ("repack", "Repack", NameType.REPACK),
    ("build", "Build", NameType.BUILD),
)
_UNITS = (
    ("Tablet", "tab"),
    ("Capsule", "cap"),
    ("Vial", "vial"),
    ("Ampoule", "amp"),
    ("Bottle", "btl"),
    ("Tube", "tube"),
    ("Sachet", "sach"),
    ("Dose", "dose"),
    ("Piece", "pce"),
)
_REASONS = (
    ("POSITIVE_INVENTORY_ADJUSTMENT", "Found"),
    ("POSITIVE_INVENTORY_ADJUSTMENT", "Counting error"),
    ("NEGATIVE_INVENTORY_ADJUSTMENT", "Lost"),
    ("NEGATIVE_INVENTORY_ADJUSTMENT", "Damaged"),
    ("NEGATIVE_INVENTORY_ADJUSTMENT", "Expired"),
    ("NEGATIVE_INVENTORY_ADJUSTMENT", "Counting error"),
    ("OPEN_VIAL_WASTAGE", "Opened vial not used up"),
    ("CLOSED_VIAL_WASTAGE", "Heat exposure"),
    ("CLOSED_VIAL_WASTAGE", "Freezing"),
    ("RETURN_REASON", "Damaged"),
    ("RETURN_REASON", "Wrong item"),
    ("REQUISITION_LINE_VARIANCE", "Seasonal need"),
)


def create_central(
    connection: BaseDatabaseWrapper,
    own_url: str,
    admin_name: str,
    admin_password: str,
    store_code: str,
    store_name: str,
) -> User:
    """Make this empty instance the mSupply and Open mSupply central server; return its first user.

    Raises ValidationError with a message per field; then nothing has been stored.
    """
    own_url = check_url(own_url)
    ensure_secret_key()
    with transaction.atomic(using=connection.alias):
        if instance.load(connection).is_set_up:
            raise ValidationError(_("This instance is set up already."))
        instance.change(
            connection,
            site_id=CENTRAL_SITE_ID,
            site_uuid=new_id(),
            site_name=CENTRAL_SITE_NAME,
            is_central=True,
            is_oms_central=True,
            own_url=own_url,
            oms_central_url=own_url,
            central_site_id=CENTRAL_SITE_ID,
            hardware_id=new_id(),
            prepared=True,
            initialised=True,
        )
        Site.objects.using(connection.alias).create(
            site_id=CENTRAL_SITE_ID,
            code=CENTRAL_SITE_NAME,
            name=CENTRAL_SITE_NAME,
            kind=SiteKind.CENTRAL,
            is_oms_central=True,
            url=own_url,
            initialisation_status=InitialisationStatus.COMPLETED,
            created_datetime=now(),
        )
        _seed(connection)
        store = create_store(connection, store_code, store_name, CENTRAL_SITE_ID)
        admin = create_user(connection, admin_name, admin_password)
        give_all_permissions(connection, admin, store)
    return admin


def ensure_secret_key() -> None:
    """Give the instance the key that its sessions are signed with, readable by its owner alone."""
    path = Path(settings.DATA) / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))


def change(
    connection: BaseDatabaseWrapper, wanted: Mapping[str, Any], shown: Mapping[str, Any]
) -> None:
    """Store settings that somebody has changed in what was `shown`, both by the names of Here.

    Raises Conflict for what others have changed meanwhile.
    """
    with transaction.atomic(using=connection.alias):
        here = locked(connection)
        meanwhile.check(shown, wanted, {name: getattr(here, name) for name in wanted})
        instance.change(connection, **wanted)


def locked(connection: BaseDatabaseWrapper) -> Here:
    """Read the settings; until the transaction ends nobody else changes them who comes this way."""
    # Every instance that is set up has this one; the others may not have been written yet.
    Setting.objects.using(connection.alias).select_for_update().filter(key="site_id").first()
    return instance.load(connection)


def check_url(url: str) -> str:
    """Return the address of a server without a trailing slash. Raises ValidationError."""
    url = url.strip().rstrip("/")
    text = _("Enter an address such as http://192.168.1.10:8000 or https://example.org.")
    try:
        parts = urlsplit(url)
        has_server = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValidationError({"url": text}) from None
    if not has_server or parts.scheme not in ("http", "https") or parts.username or parts.password:
        raise ValidationError({"url": text})
    if parts.path or parts.query or parts.fragment:
        # Sites put their own paths behind it (sync-v6.md 2).
        raise ValidationError({"url": _("Enter the address without a path.")})
    return url


def seed_equipment(connection: BaseDatabaseWrapper) -> None:
    """Create the equipment classes, types and reasons that every Open mSupply is born with."""
    alias = connection.alias
    if AssetClass.objects.using(alias).filter(pk__in=seeds.ASSET_CLASSES.values()).exists():
        return
    with transaction.atomic(using=alias):
        for name, record_id in seeds.ASSET_CLASSES.items():
            AssetClass.objects.using(alias).create(id=record_id, name=name)
        categories = {}
        for (class_name, name), record_id in seeds.ASSET_CATEGORIES.items():
            categories[name] = record_id
            AssetCategory.objects.using(alias).create(
                id=record_id, name=name, asset_class_id=seeds.ASSET_CLASSES[class_name]
            )
        for (category, name), record_id in seeds.ASSET_TYPES.items():
            AssetCatalogueType.objects.using(alias).create(
                id=record_id, name=name, asset_category_id=categories[category]
            )
        for (status, reason), record_id in seeds.ASSET_LOG_REASONS.items():
            AssetLogReason.objects.using(alias).create(
                id=record_id, asset_log_status=status, reason=reason
            )


def _seed(connection: BaseDatabaseWrapper) -> None:
    """Create the records that every site needs (sync-v5.md 15)."""
    alias = connection.alias
    Currency.objects.using(alias).create(
        code="USD", rate=1, is_home_currency=True, date_updated=now().date()
    )
    for code, name, kind in _SYSTEM_NAMES:
        Name.objects.using(alias).create(name=name, code=code, type=kind)
    for index, (name, description) in enumerate(_UNITS, 1):
        Unit.objects.using(alias).create(name=name, description=description, index=index)
    for reason_type, reason in _REASONS:
        ReasonOption.objects.using(alias).create(type=reason_type, reason=reason)
    seed_equipment(connection)
