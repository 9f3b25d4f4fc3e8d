"""Plugins and their data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import (
    ANY_JSON,
    Central,
    Field,
    HardDelete,
    Modern,
    Permissions,
    Record,
    Ref,
    Store,
)

_PLUGINS = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")


class PluginData(Record):
    """Data that a plugin keeps, for all stores or for one."""

    store = Ref("records.Store", null=True, verbose_name=_("store"))
    plugin_code = models.TextField(_("plugin"))
    related_record_id = models.TextField(_("record"), null=True, blank=True)
    data_identifier = models.TextField(_("kind of data"))
    data = models.TextField()

    number = 180
    data_types = (9,)
    sync = Store("store_id", shared_edit=True, everywhere_without_store=True)
    permissions = Permissions(edit="STORE_ACCESS")
    modern = Modern("plugin_data")

    class Meta:
        db_table = "plugin_data"
        verbose_name = _("plugin data")
        verbose_name_plural = _("plugin data")


class BackendPlugin(Record):
    """A plugin that runs on the server."""

    code = models.TextField()
    version = models.TextField()
    bundle_base64 = models.TextField(_("bundle"))
    # A JSON array.
    types = models.TextField()
    variant_type = models.TextField(_("variant"), default="BOA_JS")

    number = 181
    sync = Central()
    removal = HardDelete()
    permissions = _PLUGINS
    modern = Modern(
        "backend_plugin", fields={"types": Field("types", ANY_JSON)}, sends_deletes=True
    )

    class Meta:
        db_table = "backend_plugin"
        verbose_name = _("server plugin")
        verbose_name_plural = _("server plugins")


class FrontendPlugin(Record):
    """A plugin that runs in the browser."""

    code = models.TextField()
    version = models.TextField()
    entry_point = models.TextField(_("entry point"))
    # JSON arrays: texts; objects with file_name and file_content_base64.
    types = models.TextField()
    files = models.TextField()

    number = 182
    sync = Central()
    removal = HardDelete()
    permissions = _PLUGINS
    modern = Modern(
        "frontend_plugin",
        fields={"types": Field("types", ANY_JSON), "files": Field("files", ANY_JSON)},
        sends_deletes=True,
    )

    class Meta:
        db_table = "frontend_plugin"
        verbose_name = _("browser plugin")
        verbose_name_plural = _("browser plugins")
