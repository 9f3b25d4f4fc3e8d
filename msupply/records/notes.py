"""Notes that a store keeps about names, items and transactions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at, deleted_at
from msupply.sync.declare import Legacy, Permissions, Record, Ref, SoftDelete, SoftRef, Store

_ANYBODY = Permissions(edit="STORE_ACCESS")


class NameNote(Record):
    """A note about a customer, a supplier or a patient."""

    store = Ref("records.Store", verbose_name=_("store"))
    name = Ref("records.Name", db_index=True, verbose_name=_("name"))
    note = models.TextField()
    user = SoftRef("records.User", verbose_name=_("user"))
    created_datetime = created_at()
    deleted_datetime = deleted_at()

    number = 334
    data_types = (33,)
    sync = Store("store_id")
    removal = SoftDelete("deleted_datetime")
    # Those of patients are medical: see services/rights.py.
    permissions = _ANYBODY
    legacy = Legacy.own("name_note")

    class Meta:
        db_table = "name_note"
        verbose_name = _("note on a name")
        verbose_name_plural = _("notes on names")


class ItemNote(Record):
    """A note about an item."""

    store = Ref("records.Store", verbose_name=_("store"))
    item = Ref("records.Item", db_index=True, verbose_name=_("item"))
    note = models.TextField()
    user = SoftRef("records.User", verbose_name=_("user"))
    created_datetime = created_at()
    deleted_datetime = deleted_at()

    number = 335
    data_types = (44,)
    sync = Store("store_id")
    removal = SoftDelete("deleted_datetime")
    permissions = _ANYBODY
    legacy = Legacy.own("item_note")

    class Meta:
        db_table = "item_note"
        verbose_name = _("note on an item")
        verbose_name_plural = _("notes on items")


class TransactionNote(Record):
    """A note about a shipment, a prescription or any other transaction."""

    invoice = Ref("records.Invoice", db_index=True, verbose_name=_("transaction"))
    note = models.TextField()
    user = SoftRef("records.User", verbose_name=_("user"))
    created_datetime = created_at()
    deleted_datetime = deleted_at()

    number = 336
    data_types = (43,)
    # It goes nowhere without its transaction.
    sync = Store("invoice.store_id", suppressible=True)
    removal = SoftDelete("deleted_datetime")
    permissions = _ANYBODY
    legacy = Legacy.own("transaction_note")

    class Meta:
        db_table = "transaction_note"
        verbose_name = _("note on a transaction")
        verbose_name_plural = _("notes on transactions")
