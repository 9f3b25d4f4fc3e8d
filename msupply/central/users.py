"""Users of the whole system, and what they may do in which store, by roles (domain.md E.3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msupply.central.stores import require_central
from msupply.records.permissions import LEGACY_NUMBERS, Permission
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.services import instance as instances

Text = str | Promise


@dataclass(frozen=True)
class Role:
    """A bundle of permissions under a name that people know."""

    title: Text
    permissions: frozenset[str]


_VIEW = frozenset(name for name in Permission.values if name.endswith("_QUERY"))
_KEEPER = frozenset(
    {
        "STOCK_LINE_QUERY",
        "STOCK_LINE_MUTATE",
        "STOCKTAKE_QUERY",
        "STOCKTAKE_MUTATE",
        "INVENTORY_ADJUSTMENT_MUTATE",
        "CREATE_REPACK",
        "OUTBOUND_SHIPMENT_QUERY",
        "OUTBOUND_SHIPMENT_MUTATE",
        "INBOUND_SHIPMENT_QUERY",
        "INBOUND_SHIPMENT_MUTATE",
        "REQUISITION_QUERY",
        "REQUISITION_MUTATE",
        "RNR_FORM_QUERY",
        "RNR_FORM_MUTATE",
        "REPORT",
        "LOG_QUERY",
    }
)
_DISPENSER = frozenset(
    {
        "PRESCRIPTION_QUERY",
        "PRESCRIPTION_MUTATE",
        "PATIENT_QUERY",
        "PATIENT_MUTATE",
        "MUTATE_CLINICIAN",
        "STOCK_LINE_QUERY",
        "VIEW_AND_EDIT_VVM_STATUS",
    }
)

ROLES: dict[str, Role] = {
    "store_keeper": Role(gettext_lazy("Store keeper"), _KEEPER),
    "store_manager": Role(
        gettext_lazy("Store manager"),
        _KEEPER
        | {
            "REQUISITION_SEND",
            "INBOUND_SHIPMENT_VERIFY",
            "CUSTOMER_RETURN_QUERY",
            "CUSTOMER_RETURN_MUTATE",
            "SUPPLIER_RETURN_QUERY",
            "SUPPLIER_RETURN_MUTATE",
            "REQUISITION_CREATE_OUTBOUND_SHIPMENT",
            "LOCATION_MUTATE",
        },
    ),
    "pharmacist": Role(gettext_lazy("Pharmacist or dispenser"), _DISPENSER),
    "procurement_officer": Role(
        gettext_lazy("Procurement officer"),
        frozenset(
            {
                "PURCHASE_ORDER_QUERY",
                "PURCHASE_ORDER_MUTATE",
                "INBOUND_SHIPMENT_EXTERNAL_QUERY",
                "INBOUND_SHIPMENT_EXTERNAL_MUTATE",
            }
        ),
    ),
    "procurement_authoriser": Role(
        gettext_lazy("Procurement authoriser"),
        frozenset(
            {
                "PURCHASE_ORDER_QUERY",
                "PURCHASE_ORDER_AUTHORISE",
                "PURCHASE_ORDER_FINALISE",
                "INBOUND_SHIPMENT_EXTERNAL_QUERY",
                "INBOUND_SHIPMENT_EXTERNAL_AUTHORISE",
                "INBOUND_SHIPMENT_EXTERNAL_VERIFY",
            }
        ),
    ),
    "cold_chain_officer": Role(
        gettext_lazy("Cold chain officer"),
        frozenset(
            {
                "SENSOR_QUERY",
                "SENSOR_MUTATE",
                # The sensor app of an unmodified site logs in as its user.
                "COLD_CHAIN_API",
                "ASSET_QUERY",
                "ASSET_MUTATE",
                "ASSET_STATUS_MUTATE",
                "VIEW_AND_EDIT_VVM_STATUS",
                "LOG_QUERY",
            }
        ),
    ),
    "vaccinator": Role(
        gettext_lazy("Vaccinator"),
        frozenset(
            {
                "PATIENT_QUERY",
                "PATIENT_MUTATE",
                "DOCUMENT_QUERY",
                "DOCUMENT_MUTATE",
                "PRESCRIPTION_QUERY",
                "PRESCRIPTION_MUTATE",
                "VIEW_AND_EDIT_VVM_STATUS",
            }
        ),
    ),
    "central_data_manager": Role(
        gettext_lazy("Central data manager"),
        frozenset(
            {
                "EDIT_CENTRAL_DATA",
                "NAME_PROPERTIES_MUTATE",
                "ITEM_MUTATE",
                "ITEM_NAMES_CODES_AND_UNITS_MUTATE",
                "ASSET_QUERY",
                "ASSET_CATALOGUE_ITEM_MUTATE",
            }
        ),
    ),
    "site_technician": Role(gettext_lazy("Site technician"), frozenset({"SERVER_ADMIN"})),
    "viewer": Role(gettext_lazy("Viewer"), _VIEW | {"REPORT"}),
    "administrator": Role(gettext_lazy("Administrator"), frozenset(Permission.values)),
}


def add_user(
    connection: BaseDatabaseWrapper,
    username: str,
    password: str,
    *,
    first_name: str = "",
    last_name: str = "",
    job_title: str = "",
    language: int = 0,
) -> User:
    """Create a user who may do nothing yet. Raises ValidationError or EditRefused."""
    require_central(connection)
    with transaction.atomic(using=connection.alias):
        user = instances.create_user(connection, username, password)
        user.first_name, user.last_name = first_name or None, last_name or None
        user.job_title, user.language = job_title or None, language
        user.full_clean()
        user.save(using=connection.alias)
    return user


def set_password(connection: BaseDatabaseWrapper, user: User, password: str) -> None:
    """Change a user's password; the sessions with the old one end. Raises ValidationError."""
    require_central(connection)
    instances.check_password(password)
    user.password = make_password(password)
    user.save(using=connection.alias)


def grant(
    connection: BaseDatabaseWrapper,
    user: User,
    store: Store,
    roles: Iterable[str] = (),
    permissions: Iterable[str] = (),
) -> None:
    """Set what a user may do in a store: the roles' permissions, these, and what belongs to them.

    A site learns of it when the user logs in there next. Raises ValidationError or EditRefused.
    """
    require_central(connection)
    held = {"STORE_ACCESS"}
    for role in roles:
        if role not in ROLES:
            text = _("There is no role “{role}”. There are: {known}.")
            raise ValidationError({"role": text.format(role=role, known=", ".join(ROLES))})
        held |= ROLES[role].permissions
    for permission in permissions:
        if permission not in Permission.values:
            text = _("There is no permission “{name}”.").format(name=permission)
            raise ValidationError({"permission": text})
        held.add(permission)
    held = _whole_rights(held)
    with transaction.atomic(using=connection.alias):
        joins = UserStore.objects.using(connection.alias).filter(user=user)
        first = not joins.exclude(store=store).exists()
        was_default = joins.filter(store=store, is_default=True).exists()
        revoke(connection, user, store)
        UserStore.objects.using(connection.alias).create(
            user=user, store=store, is_default=first or was_default
        )
        UserPermission.objects.using(connection.alias).bulk_create(
            UserPermission(user=user, store=store, permission=name) for name in sorted(held)
        )


def _whole_rights(held: set[str]) -> set[str]:
    """Add what must come along: sites learn of rights that may stand for several permissions.

    A right of which a part is missing would not reach them at all (sync-v5.md 11.1).
    """
    complete = set(held)
    for permission in sorted(held):
        rights = [set(right) for right in LEGACY_NUMBERS.values() if permission in right]
        if rights and not any(right <= complete for right in rights):
            complete |= min(rights, key=len)
    return complete


def revoke(connection: BaseDatabaseWrapper, user: User, store: Store) -> None:
    """Take away everything that a user may do in a store; sessions there end at once."""
    require_central(connection)
    with transaction.atomic(using=connection.alias):
        for model in (UserStore, UserPermission):
            model.objects.using(connection.alias).filter(user=user, store=store).delete()
