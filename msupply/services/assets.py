"""Equipment: its number, its status as the latest log entry says, and the files attached to it."""

import mimetypes
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from msupply.records.assets import (
    Asset,
    AssetCatalogueItem,
    AssetLog,
    AssetLogReason,
    AssetProperty,
    AssetStatus,
)
from msupply.records.files import SyncFileReference
from msupply.records.stores import Store
from msupply.records.users import User
from msupply.services import edit, meanwhile
from msupply.services.meanwhile import Conflict
from msupply.sync import here as instance
from msupply.sync.clock import horizon, now
from msupply.sync.declare import new_id
from msupply.wire import file_store

Values = dict[str, Any]

LONGEST_FILE_NAME = 200
PROPERTY = "property."


def next_number(connection: BaseDatabaseWrapper, store: Store) -> str:
    """Propose a number for the next asset of a store: its code and a count."""
    numbers = Asset.objects.using(connection.alias).filter(store=store)
    taken = set(numbers.values_list("asset_number", flat=True))
    count = len(taken) + 1
    while f"{store.code}-{count:03}" in taken:
        count += 1
    return f"{store.code}-{count:03}"


def register(
    connection: BaseDatabaseWrapper, user: User, store_id: str, values: Mapping[str, Any]
) -> Asset:
    """Create an asset; what its catalogue item says of it comes from there.

    Raises what `edit.save` raises.
    """
    complete = {"store_id": store_id} | dict(values)
    item_id = complete.get("asset_catalogue_item_id")
    if item_id:
        complete |= _of_catalogue(connection, item_id)
    elif not all(complete.get(name) for name in ("asset_category_id", "asset_catalogue_type_id")):
        text = _("Choose a catalogue item, or a category and a type.")
        raise ValidationError({"asset_catalogue_item": text})
    return save(connection, user, store_id, complete)


def _of_catalogue(connection: BaseDatabaseWrapper, item_id: str) -> Values:
    item = AssetCatalogueItem.objects.using(connection.alias).filter(pk=item_id).first()
    if item is None:
        raise ValidationError({"asset_catalogue_item": _("There is no such catalogue item.")})
    return {
        "asset_class_id": item.asset_class_id,
        "asset_category_id": item.asset_category_id,
        "asset_catalogue_type_id": item.asset_catalogue_type_id,
        "properties": item.properties,
    }


def save(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str,
    values: Mapping[str, Any],
    asset_id: str | None = None,
    *,
    shown: Mapping[str, Any] | None = None,
) -> Asset:
    """Create or change an asset, with a number and a serial number that no other one has.

    A single property is set by its key behind `PROPERTY`, to None when it is to be empty. `shown`
    is what the user saw of an asset that exists, its properties too.

    Raises what `edit.save` raises.
    """
    with transaction.atomic(using=connection.alias):
        asset = _save_compared(connection, user, store_id, values, asset_id, shown)
        texts = {
            "asset_number": _("Another asset has this number."),
            "serial_number": _("Another asset has this serial number."),
        }
        errors = {
            name: text
            for name, text in texts.items()
            if name in values and _is_taken(connection, asset, name)
        }
        if errors:
            raise ValidationError(errors)
    return asset


def _save_compared(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str,
    values: Mapping[str, Any],
    asset_id: str | None,
    shown: Mapping[str, Any] | None,
) -> Asset:
    """Write columns and properties, or raise one Conflict for both."""
    wanted, plain = _properties_of(values), _columns_of(values)
    theirs: Values = {}
    if wanted and asset_id is not None:
        assets = Asset.objects.using(connection.alias).select_for_update()
        found = assets.filter(pk=asset_id).first()
        now_here = properties(found) if found else {}
        plain["properties"] = _with_properties(now_here, wanted)
        try:
            meanwhile.check(_properties_of(shown or {}), wanted, _all_keys(now_here, wanted))
        except Conflict as conflict:
            theirs = {f"{PROPERTY}{key}": value for key, value in conflict.theirs.items()}
    columns = None if shown is None else _columns_of(shown)
    try:
        asset = edit.save(connection, user, store_id, Asset, plain, asset_id, shown=columns)
    except Conflict as conflict:
        raise Conflict(conflict.theirs | theirs) from None
    if theirs:
        raise Conflict(theirs)
    return asset


def _properties_of(values: Mapping[str, Any]) -> Values:
    return {k.removeprefix(PROPERTY): v for k, v in values.items() if k.startswith(PROPERTY)}


def _columns_of(values: Mapping[str, Any]) -> Values:
    return {name: value for name, value in values.items() if not name.startswith(PROPERTY)}


def _all_keys(now_here: Values, wanted: Values) -> Values:
    return dict.fromkeys(wanted) | now_here


def _with_properties(now_here: Values, wanted: Values) -> str:
    complete = now_here | wanted
    kept = {k: v for k, v in complete.items() if k not in wanted or v not in (None, "")}
    return msgspec.json.encode(kept).decode()


def _is_taken(connection: BaseDatabaseWrapper, asset: Asset, name: str) -> bool:
    value = getattr(asset, name)
    if not value:
        return False
    others = Asset.objects.using(connection.alias).exclude(pk=asset.pk)
    return others.filter(**{name: value}, deleted_datetime__isnull=True).exists()


def with_status(assets: "QuerySet[Asset]") -> "QuerySet[Any]":
    """Add `current_status`: that of the latest status update.

    One that lies in the future was written by a clock that was ahead. It comes after all others: a
    true entry of today must not stay hidden behind it until that day has come.
    """
    updates = AssetLog.objects.filter(asset=OuterRef("pk"), status__isnull=False).filter(
        Q(type="STATUS_UPDATE") | Q(type__isnull=True)
    )
    ahead = Q(log_datetime__gt=horizon())
    is_ahead = Case(When(ahead, then=Value(1)), default=Value(0))
    latest = updates.order_by(is_ahead, "-log_datetime", "-created_datetime", "-pk")
    return assets.annotate(current_status=Subquery(latest.values("status")[:1]))


def statuses(connection: BaseDatabaseWrapper, asset_ids: Iterable[str]) -> dict[str, str]:
    """Return the status of each asset that has one."""
    assets = Asset.objects.using(connection.alias).filter(pk__in=list(asset_ids))
    found = with_status(assets)
    return {a.pk: str(a.current_status) for a in found if a.current_status}


def add_log(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str,
    asset: Asset,
    *,
    status: str,
    reason_id: str | None = None,
    comment: str = "",
    log_datetime: datetime | None = None,
) -> AssetLog:
    """Write a status into the log of an asset. Raises what `edit.save` raises."""
    errors = {}
    if status not in AssetStatus.values:
        errors["status"] = _("Choose a status.")
    if log_datetime and log_datetime > horizon():
        errors["log_datetime"] = _("The date must not be in the future.")
    errors |= _reason_errors(connection, status, reason_id, comment)
    if errors:
        raise ValidationError(errors)
    values = {
        "asset_id": asset.pk,
        "user_id": user.pk,
        "status": status,
        "reason_id": reason_id or None,
        "comment": comment.strip() or None,
        "type": AssetLog.Type.STATUS_UPDATE,
        "log_datetime": log_datetime or now(),
    }
    return edit.save(connection, user, store_id, AssetLog, values)


def _reason_errors(
    connection: BaseDatabaseWrapper, status: str, reason_id: str | None, comment: str
) -> dict[str, str]:
    if not reason_id:
        reasons = reasons_for(connection, status)
        # A site without any reason could otherwise never say that something is broken.
        if status == AssetStatus.NOT_FUNCTIONING and reasons.exists():
            return {"reason": _("Choose a reason.")}
        return {}
    reason = AssetLogReason.objects.using(connection.alias).filter(pk=reason_id).first()
    if reason is None or reason.asset_log_status != status:
        return {"reason": _("This reason belongs to another status.")}
    if reason.comments_required and not comment.strip():
        return {"comment": _("This reason needs a comment.")}
    return {}


def reasons_for(connection: BaseDatabaseWrapper, status: str) -> "QuerySet[AssetLogReason]":
    """Return the reasons that may be chosen for a status."""
    reasons = AssetLogReason.objects.using(connection.alias)
    return reasons.filter(asset_log_status=status, deleted_datetime__isnull=True).order_by("reason")


def property_definitions(
    connection: BaseDatabaseWrapper, asset: Asset | AssetCatalogueItem
) -> list[AssetProperty]:
    """Return the properties that an asset of this class, category and type has."""
    places = {
        "asset_class_id": asset.asset_class_id,
        "asset_category_id": asset.asset_category_id,
        "asset_type_id": asset.asset_catalogue_type_id,
    }
    found = AssetProperty.objects.using(connection.alias)
    for column, value in places.items():
        found = found.filter(Q(**{column: value}) | Q(**{f"{column}__isnull": True}))
    by_key = {definition.key: definition for definition in found.order_by("name", "pk")}
    return list(by_key.values())


def properties(asset: Asset | AssetCatalogueItem) -> Values:
    """Return the properties of an asset or catalogue item by their keys."""
    try:
        found = msgspec.json.decode(asset.properties or "{}")
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def attach(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str,
    asset: Asset,
    upload: "UploadedFile[Any]",
) -> SyncFileReference:
    """Keep a file with an asset; it travels after the next synchronisation.

    Raises ValidationError, or what stands against editing the asset.
    """
    _require_may_edit(connection, user, store_id, asset)
    name = str(upload.name or "")[-LONGEST_FILE_NAME:]
    size = upload.size or 0
    if size > file_store.SIZE_LIMIT:
        raise ValidationError({"file": _("Files of up to 50 MB can be attached.")})
    if not name or not size:
        raise ValidationError({"file": _("The file is empty.")})
    is_here = instance.load(connection).is_oms_central
    reference = SyncFileReference(
        id=new_id(), table_name="asset", record_id=asset.pk, file_name=name
    )
    # The bytes first: a reference without its file would be an empty promise.
    file_store.save(reference, upload.chunks())
    values = {
        "table_name": "asset",
        "record_id": asset.pk,
        "file_name": name,
        "mime_type": mimetypes.guess_type(name)[0],
        "total_bytes": size,
        "created_datetime": now(),
        "direction": SyncFileReference.Direction.UPLOAD,
        # Other sites fetch a file from the Open mSupply central server: there it has arrived.
        "status": SyncFileReference.Status.DONE if is_here else SyncFileReference.Status.NEW,
        "uploaded_bytes": size if is_here else 0,
    }
    try:
        return edit.save(connection, user, store_id, SyncFileReference, values, reference.pk)
    except BaseException:
        file_store.path_of(reference).unlink(missing_ok=True)
        raise


def files_of(connection: BaseDatabaseWrapper, asset: Asset) -> "QuerySet[SyncFileReference]":
    """Return the files attached to an asset, the newest first."""
    files = SyncFileReference.objects.using(connection.alias)
    return files.filter(
        table_name="asset", record_id=asset.pk, deleted_datetime__isnull=True
    ).order_by("-created_datetime", "pk")


def remove_file(
    connection: BaseDatabaseWrapper, user: User, store_id: str, asset: Asset, file_id: str
) -> None:
    """Take a file away from an asset; the central server keeps its copy."""
    _require_may_edit(connection, user, store_id, asset)
    reference = files_of(connection, asset).get(pk=file_id)
    edit.save(
        connection, user, store_id, SyncFileReference, {"deleted_datetime": now()}, reference.pk
    )
    if not instance.load(connection).is_oms_central:
        file_store.path_of(reference).unlink(missing_ok=True)


def _require_may_edit(
    connection: BaseDatabaseWrapper, user: User, store_id: str, asset: Asset
) -> None:
    refused = edit.may(connection, user, store_id, Asset, asset)
    if refused:
        raise refused
