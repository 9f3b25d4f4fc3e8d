"""Ways of shipping."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, Legacy, Record, SoftDelete


class ShippingMethod(Record):
    """A way in which shipments travel, such as by air."""

    method = models.TextField(_("method"))
    # The wire knows no delete of it: one that is not active any more is gone (sync-v5.md 9).
    is_active = models.BooleanField(_("active"), default=True)

    number = 210
    data_types = (54,)
    sync = Central()
    removal = SoftDelete("is_active")
    legacy = Legacy("ship_method", {"ID": "id", "method": "method", "isActive": "is_active"})

    class Meta:
        db_table = "shipping_method"
        verbose_name = _("shipping method")
        verbose_name_plural = _("shipping methods")
