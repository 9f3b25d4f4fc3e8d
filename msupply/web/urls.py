"""The addresses of all pages. /sync/, /central/ and /api/ belong to the wire."""

from django.urls import path

from msupply.web import (
    account,
    first_run,
    home,
    log_in,
    sites,
    stores,
    sync_page,
    user_access,
    users,
)
from msupply.web.administration.urls import urlpatterns as administration_urls
from msupply.web.cold_chain import catalogue, documents, equipment
from msupply.web.screens import tables
from msupply.web.screens import views as screens
from msupply.web.seeing.urls import urlpatterns as seeing_urls

urlpatterns = [
    path("", home.home, name="home"),
    path("favicon.ico", home.favicon),
    path("log-in", log_in.log_in, name="log-in"),
    path("log-in/code", log_in.code, name="log-in-code"),
    path("log-out", log_in.log_out, name="log-out"),
    path("store", log_in.choose_store, name="choose-store"),
    path("language", log_in.choose_language, name="language"),
    # The visitor's own account
    path("my-password", account.own, name="my-password"),
    path("my-password/again", account.again, name="password-again"),
    path("my-password/second-factor", account.enrol, name="second-factor"),
    path("my-password/second-factor/remove", account.remove, name="second-factor-remove"),
    path("my-password/end-session", account.end_session, name="session-end"),
    # First run
    path("first-run", first_run.choice, name="first-run"),
    path("first-run/central", first_run.central, name="first-run-central"),
    path("first-run/remote", first_run.remote, name="first-run-remote"),
    path("initialising", first_run.initialising, name="initialising"),
    path("initialising/progress", first_run.progress, name="initialising-progress"),
    path("initialising/retry", first_run.retry, name="initialising-retry"),
    # Synchronisation
    path("synchronisation", sync_page.sync_page, name="sync"),
    path("synchronisation/status", sync_page.status, name="sync-status"),
    path("synchronisation/now", sync_page.sync_now, name="sync-now"),
    path("synchronisation/settings", sync_page.settings, name="sync-settings"),
    path("synchronisation/files", sync_page.retry_files, name="files-retry"),
    path("synchronisation/retry", sync_page.retry_quarantined, name="quarantined-retry"),
    # Central server
    path("sites", sites.list_page, name="sites"),
    path("sites/show/<path:site_id>", sites.edit_page, name="site"),
    path("stores", stores.list_page, name="stores"),
    path("stores/matrix", stores.matrix, name="store-matrix"),
    path("stores/new", stores.create, name="store-new"),
    path("stores/show/<path:store_id>", stores.edit_page, name="store"),
    path("users/new", users.create, name="user-new"),
    path("users/rights/<str:user_id>", users.rights, name="user-rights"),
    path("users/password/<str:user_id>", users.password, name="user-password"),
    path("users/end-sessions/<str:user_id>", user_access.end_sessions, name="user-sessions-end"),
    path(
        "users/second-factor/<str:user_id>",
        user_access.reset_second_factor,
        name="user-second-factor",
    ),
    path("users/revoke/<str:user_id>/<str:store_id>", users.revoke, name="user-revoke"),
    *administration_urls,
    *seeing_urls,
    # Cold chain
    path("catalogue", catalogue.list_page, name="asset-catalogue"),
    path("catalogue/import", catalogue.import_page, name="catalogue-import"),
    path("catalogue/import/now", catalogue.import_now, name="catalogue-import-now"),
    path("catalogue/import/errors", catalogue.import_errors, name="catalogue-import-errors"),
    path("catalogue/show/<path:item_id>", catalogue.item_page, name="catalogue-item"),
    path("equipment", equipment.list_page, name="equipment"),
    path("equipment/new", equipment.register, name="asset-register"),
    path("equipment/reasons", equipment.reasons, name="asset-reasons"),
    path("equipment/show/<str:asset_id>", equipment.detail, name="asset"),
    path("equipment/edit/<str:asset_id>", equipment.edit_page, name="asset-edit"),
    path("equipment/log/<str:asset_id>", equipment.add_log, name="asset-log"),
    path("equipment/attach/<str:asset_id>", documents.attach, name="asset-attach"),
    path("equipment/file/<str:asset_id>/<str:file_id>", documents.open_file, name="asset-file"),
    path(
        "equipment/file/<str:asset_id>/<str:file_id>/remove",
        documents.remove,
        name="asset-file-remove",
    ),
    # Every record type
    path("all-records", home.all_records, name="all-records"),
    path("choose/<slug:record_type>", screens.choose, name="choose"),
    path("list/<slug:slug>/", screens.list_page, name="list"),
    path("list/<slug:slug>/export.csv", tables.export_csv, name="export"),
    path("list/<slug:slug>/export.xlsx", tables.export_excel, name="export-excel"),
    path("list/<slug:slug>/import", tables.import_page, name="import"),
    path("list/<slug:slug>/import/template.<str:form>", tables.template, name="import-template"),
    path("list/<slug:slug>/import/<str:upload_id>", tables.preview, name="import-preview"),
    path("list/<slug:slug>/import/<str:upload_id>/now", tables.import_now, name="import-now"),
    path(
        "list/<slug:slug>/import/<str:upload_id>/errors", tables.faulty_rows, name="import-errors"
    ),
    path("list/<slug:slug>/new", screens.create, name="create"),
    path("list/<slug:slug>/edit/<path:record_id>", screens.edit_page, name="edit"),
    path("list/<slug:slug>/delete/<path:record_id>", screens.delete, name="delete"),
    path("list/<slug:slug>/show/<path:record_id>", screens.detail, name="detail"),
]
