"""Stores of the whole system, and the sites where they are active."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.services import edit
from msupply.services.stores import create_store
from msupply.sync import here as instance
from msupply.sync import ownership
from msupply.sync.declare.policy import Editor
from msupply.sync.ownership import EditRefused, Refusal


def add_store(
    connection: BaseDatabaseWrapper, code: str, name: str, site_number: int | None = None
) -> Store:
    """Create a store that is active on a site. Raises ValidationError or EditRefused.

    Without a site it is active on the mSupply central server. A primary server knows no other:
    from there the store is given to its site.
    """
    refused = refusal(connection)
    if refused is not None:
        raise EditRefused(refused)
    here = instance.load(connection)
    with transaction.atomic(using=connection.alias):
        if site_number is None or here.is_remote:
            site_number = here.central_site_id
        elif not Site.objects.using(connection.alias).filter(site_id=site_number).exists():
            text = _("There is no site with the number {number}.").format(number=site_number)
            raise ValidationError({"site_number": text})
        return create_store(connection, code, name, site_number)


def refusal(connection: BaseDatabaseWrapper) -> Refusal | None:
    """Return why stores cannot be created here, None where they can: on the primary server."""
    return ownership.refusal(connection, edit.kind_of(Store), {}, instance.load(connection))


def require_central(connection: BaseDatabaseWrapper) -> None:
    """Raise EditRefused unless this is the mSupply central server."""
    if not instance.load(connection).is_central:
        raise EditRefused(Refusal(Editor.CENTRAL))
