"""People to speak to at customers and suppliers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.names import ABOUT_A_NAME
from msupply.sync.declare import HardDelete, Legacy, Record, Ref


class Contact(Record):
    """A person at a name."""

    name = Ref("records.Name", db_index=True, verbose_name=_("name"))
    first_name = models.TextField(_("first name"))
    last_name = models.TextField(_("last name"))
    position = models.TextField(_("position"), null=True, blank=True)
    comment = models.TextField(_("comment"), null=True, blank=True)
    phone = models.TextField(_("phone"), null=True, blank=True)
    email = models.TextField(_("e-mail"), null=True, blank=True)
    category_1 = models.TextField(_("category 1"), null=True, blank=True)
    category_2 = models.TextField(_("category 2"), null=True, blank=True)
    category_3 = models.TextField(_("category 3"), null=True, blank=True)
    address_1 = models.TextField(_("address, line 1"), null=True, blank=True)
    address_2 = models.TextField(_("address, line 2"), null=True, blank=True)
    country = models.TextField(_("country"), null=True, blank=True)

    number = 211
    data_types = (2,)
    sync = ABOUT_A_NAME
    removal = HardDelete()
    legacy = Legacy(
        "contact",
        {
            "ID": "id",
            "name_ID": "name_id",
            "first": "first_name",
            "last": "last_name",
            "position": "position",
            "comment": "comment",
            "phone": "phone",
            "email": "email",
            "category": "category_1",
            "category2": "category_2",
            "category3": "category_3",
            "address1": "address_1",
            "address2": "address_2",
            "country": "country",
        },
    )

    class Meta:
        db_table = "contact"
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
