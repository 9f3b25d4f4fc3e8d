"""Users created at a site: told to the central server once, which makes them users of the system."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.users import Language
from msupply.sync.declare import Legacy, Permissions, Record, Ref, SoftRef, UpOnly


class NewUser(Record):
    """What a site says of a user of its own; neither password nor permissions travel.

    The account has the id `user`, at the site and then everywhere.
    """

    user = SoftRef("records.User", null=False, verbose_name=_("user"))
    store = Ref("records.Store", verbose_name=_("store"))
    username = models.TextField()
    first_name = models.TextField(_("first name"), null=True, blank=True)
    last_name = models.TextField(_("last name"), null=True, blank=True)
    email = models.TextField(_("e-mail"), null=True, blank=True)
    phone_number = models.TextField(_("phone"), null=True, blank=True)
    job_title = models.TextField(_("job title"), null=True, blank=True)
    language = models.IntegerField(choices=Language, default=Language.ENGLISH)
    created_datetime = models.DateTimeField(_("created at"))

    number = 280
    data_types = (58,)
    sync = UpOnly("store_id")
    permissions = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")
    legacy = Legacy.own("new_user")

    class Meta:
        db_table = "new_user"
        verbose_name = _("user of a site")
        verbose_name_plural = _("users of sites")
