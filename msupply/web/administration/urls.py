"""The addresses of the administration screens."""

from django.urls import path

from msupply.web.administration import (
    home_store,
    merging,
    moving,
    security_log,
    site_actions,
    site_wizard,
    store_users,
    synchronisation,
    system_settings,
    unlock,
    visibility,
)

urlpatterns = [
    path("unlock", unlock.unlock, name="unlock"),
    path("lock", unlock.lock, name="lock"),
    path("stores/synchronisation/<path:store_id>", synchronisation.tab, name="store-sync"),
    path("stores/resync/<path:store_id>", synchronisation.resync_store, name="store-resync"),
    path("stores/visibility/<path:store_id>", visibility.tab, name="store-visibility"),
    path("stores/users/<path:store_id>", store_users.tab, name="store-users"),
    path("stores/visible/<path:store_id>", visibility.add, name="store-visibility-add"),
    path("stores/hide/<path:store_id>", visibility.remove, name="store-visibility-remove"),
    path("stores/copy/<path:store_id>", visibility.copy, name="store-visibility-copy"),
    path("stores/move/<path:store_id>", moving.tab, name="store-move"),
    path("stores/move-checklist/<path:store_id>", moving.checklist, name="store-move-checklist"),
    path("stores/move-start/<path:store_id>", moving.start, name="store-move-start"),
    path("stores/move-progress/<path:store_id>", moving.progress, name="store-move-progress"),
    path("stores/move-cancel/<path:store_id>", moving.cancel, name="store-move-cancel"),
    path("sites/new", site_wizard.begin, name="site-new"),
    path("sites/new/<slug:name>", site_wizard.step, name="site-wizard"),
    path("sites/ready/<path:site_id>", site_wizard.ready, name="site-ready"),
    path("sites/ready-text/<path:site_id>", site_wizard.ready_text, name="site-ready-text"),
    path("sites/password/<path:site_id>", site_actions.password, name="site-password"),
    path("sites/reset/<path:site_id>", site_actions.reset_hardware_id, name="site-reset"),
    path("sites/start-over/<path:site_id>", site_actions.reset, name="site-start-over"),
    path("sites/delete/<path:site_id>", site_actions.delete, name="site-delete"),
    path("system-settings", system_settings.central, name="system-settings"),
    path(
        "synchronisation/procurement",
        system_settings.local_procurement,
        name="local-procurement",
    ),
    path("security-log", security_log.page, name="security-log"),
    path("security-log/export.<str:form>", security_log.export, name="security-log-export"),
    path("security-log/days", security_log.days, name="security-log-days"),
    path("merge", merging.choose_kind, name="merges"),
    path("merge/<slug:kind>", merging.pair, name="merge"),
    path("home-store/<slug:kind>/<path:record_id>", home_store.change, name="home-store"),
]
