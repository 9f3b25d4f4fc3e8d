"""Tenders: what is asked for, what suppliers offer, and on which terms. They never travel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at
from msupply.sync.declare import LocalOnly, Permissions, Record, Ref, SoftRef

_LOCAL = LocalOnly("Tenders belong to the place that runs them.")
_PROCUREMENT = Permissions(view="PURCHASE_ORDER_QUERY", edit="PURCHASE_ORDER_MUTATE")


class Incoterm(Record):
    """A term of trade, such as CIF."""

    code = models.TextField()
    description = models.TextField()
    is_active = models.BooleanField(_("active"), default=True)

    number = 346
    data_types = (54,)
    sync = _LOCAL
    permissions = _PROCUREMENT

    class Meta:
        db_table = "incoterm"
        verbose_name = _("Incoterm")
        verbose_name_plural = _("Incoterms")


class Tender(Record):
    """A call for offers."""

    class Status(models.TextChoices):
        NEW = "NEW", _("New")
        OPEN = "OPEN", _("Open")
        EVALUATED = "EVALUATED", _("Evaluated")
        FINALISED = "FINALISED", _("Finalised")
        CANCELLED = "CANCELLED", _("Cancelled")

    tender_number = models.IntegerField(_("number"))
    description = models.TextField()
    status = models.TextField(choices=Status, default=Status.NEW)
    store = SoftRef("records.Store", verbose_name=_("store"))
    currency = SoftRef("records.Currency", verbose_name=_("currency"))
    incoterm = SoftRef("records.Incoterm", verbose_name=_("Incoterm"))
    opening_date = models.DateField(_("opens on"), null=True, blank=True)
    closing_date = models.DateField(_("closes on"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    created_datetime = created_at()

    number = 347
    data_types = (53,)
    sync = _LOCAL
    permissions = _PROCUREMENT

    class Meta:
        db_table = "tender"
        verbose_name = _("tender")
        verbose_name_plural = _("tenders")


class TenderCondition(Record):
    """A condition of tenders: of one, or a standard text for all."""

    code = models.TextField()
    description = models.TextField()
    tender = SoftRef("records.Tender", verbose_name=_("tender"))
    sort_order = models.IntegerField(_("sort order"), default=0)

    number = 348
    data_types = (54,)
    sync = _LOCAL
    permissions = _PROCUREMENT

    class Meta:
        db_table = "tender_condition"
        verbose_name = _("tender condition")
        verbose_name_plural = _("tender conditions")


class TenderLine(Record):
    """An item that a tender asks for."""

    tender = Ref("records.Tender", db_index=True, verbose_name=_("tender"))
    item = Ref("records.Item", verbose_name=_("item"))
    number_of_units = models.FloatField(_("units"))
    preferred_pack_size = models.FloatField(_("preferred pack size"), null=True, blank=True)
    product_specifications = models.TextField(_("specification"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)

    number = 349
    data_types = (53,)
    sync = _LOCAL
    permissions = _PROCUREMENT

    class Meta:
        db_table = "tender_line"
        verbose_name = _("tender line")
        verbose_name_plural = _("tender lines")


class Quote(Record):
    """What a supplier offers, to a tender or by itself."""

    quote_number = models.IntegerField(_("number"))
    name = Ref("records.Name", verbose_name=_("supplier"))
    tender = SoftRef("records.Tender", verbose_name=_("tender"))
    quote_date = models.DateField(_("date"))
    valid_until_date = models.DateField(_("valid until"), null=True, blank=True)
    currency = SoftRef("records.Currency", verbose_name=_("currency"))
    incoterm = SoftRef("records.Incoterm", verbose_name=_("Incoterm"))
    reference = models.TextField(_("reference"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    created_datetime = created_at()

    number = 350
    data_types = (53,)
    sync = _LOCAL
    permissions = _PROCUREMENT

    class Meta:
        db_table = "quote"
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")


class QuoteLine(Record):
    """The price of one item."""

    quote = Ref("records.Quote", db_index=True, verbose_name=_("quote"))
    tender_line = SoftRef("records.TenderLine", verbose_name=_("tender line"))
    item = Ref("records.Item", verbose_name=_("item"))
    manufacturer = SoftRef("records.Name", verbose_name=_("manufacturer"))
    pack_size = models.FloatField(_("pack size"), default=1)
    price_per_pack = models.FloatField(_("price per pack"))
    delivery_days = models.IntegerField(_("delivery time, days"), null=True, blank=True)
    is_preferred = models.BooleanField(_("preferred"), default=False)
    comment = models.TextField(null=True, blank=True)

    number = 351
    data_types = (53,)
    sync = _LOCAL
    permissions = _PROCUREMENT

    class Meta:
        db_table = "quote_line"
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")
