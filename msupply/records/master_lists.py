"""Master lists: which items belong together, and who may see them; programmes are such lists."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.names import ABOUT_A_NAME
from msupply.records.values import flag
from msupply.sync.declare import (
    JSON,
    Central,
    Codec,
    Field,
    Form,
    HardDelete,
    Legacy,
    Once,
    Record,
    Ref,
    SoftDelete,
)

# The wire says the opposite of the column; missing or null counts as inactive.
_INACTIVE = Codec(
    bool | None,
    None,
    lambda inactive: inactive is False,
    dict.fromkeys(Form, lambda active: not active),
)


class MasterList(Record):
    """A list of items; with `is_program` it is a programme with its order settings."""

    name = models.TextField()
    code = models.TextField()
    description = models.TextField(blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    is_default_price_list = models.BooleanField(_("default price list"), default=False)
    discount_percentage = models.FloatField(_("discount, percent"), null=True, blank=True)
    is_program = models.BooleanField(_("programme"), default=False)
    # A JSON object: elmisCode, and by name tag the schedule and order types.
    program_settings = models.TextField(_("programme settings"), null=True, blank=True)
    is_immunisation = models.BooleanField(_("immunisation programme"), default=False)

    number = 50
    data_types = (5,)
    sync = Central()
    removal = SoftDelete("is_active")
    legacy = Legacy(
        "list_master",
        {
            "ID": "id",
            "description": "name",
            "code": "code",
            "note": "description",
            "inactive": Field("is_active", _INACTIVE),
            "is_default_price_list": flag("is_default_price_list"),
            "discount_percentage": "discount_percentage",
            "isProgram": "is_program",
            "programSettings": Field("program_settings", JSON),
            "is_immunisation": flag("is_immunisation"),
        },
    )

    class Meta:
        db_table = "master_list"
        verbose_name = _("master list")
        verbose_name_plural = _("master lists")


class MasterListLine(Record):
    """An item on a master list."""

    master_list = Ref("records.MasterList", db_index=True, verbose_name=_("master list"))
    item = Ref("records.Item", verbose_name=_("item"))
    price_per_unit = models.FloatField(_("price per unit"), null=True, blank=True)

    number = 51
    data_types = (5,)
    sync = Central()
    removal = HardDelete()
    once = Once(("master_list_id", "item_id"))
    legacy = Legacy(
        "list_master_line",
        {
            "ID": "id",
            "item_master_ID": "master_list_id",
            "item_ID": "item_id",
            "price": "price_per_unit",
        },
    )

    class Meta:
        db_table = "master_list_line"
        verbose_name = _("master list line")
        verbose_name_plural = _("master list lines")


class MasterListNameJoin(Record):
    """Gives a master list to a name, and so to its store."""

    name = Ref("records.Name", verbose_name=_("name"))
    master_list = Ref("records.MasterList", db_index=True, verbose_name=_("master list"))

    number = 52
    data_types = (27,)
    sync = ABOUT_A_NAME
    removal = HardDelete()
    once = Once(("name_id", "master_list_id"))
    legacy = Legacy(
        "list_master_name_join",
        {"ID": "id", "name_ID": "name_id", "list_master_ID": "master_list_id"},
    )

    class Meta:
        db_table = "master_list_name_join"
        verbose_name = _("master list of a name")
        verbose_name_plural = _("master lists of names")
