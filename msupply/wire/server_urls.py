"""The paths that machines call, and how large what they send there may be."""

from django.urls import path, re_path

from msupply.wire import v4_server, v5_server, v6_files, v6_patients, v6_server
from msupply.wire.server_http import BODY_LIMIT, MESSAGE_LIMIT

_LIMITS = {
    "/central/sync/push": BODY_LIMIT,
    "/central/sync/upload_file": v6_files.FORM_LIMIT,
    "/sync/v5/queued_records": BODY_LIMIT,
    "/sync/v5/acknowledged_records": BODY_LIMIT,
}


def largest_body(path: str) -> int:
    """Return the largest body that a path takes, in bytes, as it comes."""
    return _LIMITS.get(path, MESSAGE_LIMIT)


urlpatterns = [
    path("api/v4/login", v4_server.login),
    path("api/v4/patient", v4_server.patient),
    path("api/v4/name_store_join", v4_server.name_store_join),
    re_path(r"^api/v4/", v4_server.unknown),
    path("sync/v5/site", v5_server.site),
    path("sync/v5/site_status", v5_server.site_status),
    path("sync/v5/initialise", v5_server.initialise),
    path("sync/v5/central_records", v5_server.central_records),
    path("sync/v5/queued_records", v5_server.queued_records),
    path("sync/v5/acknowledged_records", v5_server.acknowledged_records),
    re_path(r"^sync/v5/", v5_server.unknown),
    path("central/sync/pull", v6_server.pull),
    path("central/sync/push", v6_server.push),
    path("central/sync/patient-pull", v6_server.patient_pull),
    path("central/sync/site_status", v6_server.site_status),
    path("central/sync/upload_file", v6_files.upload_file),
    path("central/sync/download_file", v6_files.download_file),
    path("central/name-store-join", v6_patients.name_store_join),
    re_path(r"^central/", v6_server.unknown),
]
