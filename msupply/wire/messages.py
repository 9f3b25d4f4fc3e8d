"""The envelopes of the V5 and V6 wires, requests and responses, shared by server and client.

Keys are spelled as sync-v5.md 3 and sync-v6.md 5 to 9 have them; unknown keys are ignored. Record
data stays raw JSON here: the engine decodes it by the declarations.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from msupply.sync.site_orders import SiteOrders

NULL = Raw(b"null")
# Record data of a delete is left out on the way down (sync-v5.md 3.4).
RecordData = Raw | UnsetType


Initialisation = Literal["new", "started", "completed", "error"]


class SiteInfo(Struct, rename="camel", kw_only=True):
    """Answer of `GET /sync/v5/site`."""

    id: str
    site_id: int
    code: str = ""
    name: str = ""
    initialisation_status: Initialisation
    is_om_supply_central_server: bool
    om_supply_central_server_url: str
    m_supply_central_site_id: int
    # What only our own servers say, and only our own sites read.
    msupply: SiteOrders | UnsetType = UNSET


class SiteStatus(Struct):
    """Answer of `GET /sync/v5/site_status`; our own servers tell in `data` how much is left."""

    code: Literal[
        "idle", "sync_is_running", "integration_in_progress", "initialisation_in_progress"
    ]
    message: str
    data: str | None = None


class QueueLength(Struct, rename="camel"):
    """Answer of `POST /sync/v5/initialise`."""

    queue_length: int


class CentralRecord(Struct, rename="camel"):
    """One row of the central log; `id` is its position."""

    id: int = field(name="ID")
    table_name: str
    record_id: str
    action: str
    record_data: RecordData = UNSET


class CentralRecords(Struct, rename="camel"):
    """Answer of `GET /sync/v5/central_records`."""

    max_cursor: int
    data: list[CentralRecord] = []


class QueuedRecord(Struct, rename="camel"):
    """One entry of a site's queue, or one record that a site pushes."""

    sync_out_id: str
    table_name: str
    record_id: str
    action: str
    record_data: RecordData = UNSET


class QueuedRecords(Struct, rename="camel"):
    """Answer of `GET /sync/v5/queued_records`; body of the `POST` by which a site pushes."""

    queue_length: int
    data: list[QueuedRecord] = []


class Acknowledgement(Struct):
    """Body of `POST /sync/v5/acknowledged_records`."""

    sync_ids: list[str] = field(name="syncIDs")


class PushAnswer(Struct, rename="camel"):
    """Answer of `POST /sync/v5/queued_records`."""

    integration_started: bool


class SiteSettings(Struct, rename="camel"):
    """The block by which a site says who it is (sync-v6.md 3); `site_uuid` is its hardware id."""

    server_url: str
    username: str
    password_sha256: str
    site_uuid: str
    app_version: str
    app_name: str
    sync_version: str

    def __repr__(self) -> str:
        """Leave the secret out of logs and tracebacks."""
        return f"SiteSettings(username={self.username!r})"


class ModernRecord(Struct, rename="camel"):
    """A record as V6 carries it."""

    table_name: str
    record_id: str
    action: str
    record_data: Raw = NULL


class ModernChange(Struct):
    """A record with its place in the sender's log."""

    cursor: int
    record: ModernRecord


class Batch(Struct):
    """A part of a sender's log."""

    end_cursor: int
    total_records: int
    is_last_batch: bool
    records: list[ModernChange]


class PullRequest(Struct, rename="camel"):
    """Body of `POST /central/sync/pull`; `cursor` is the first one wanted."""

    cursor: int
    batch_size: int
    sync_v5_settings: SiteSettings
    is_initialised: bool = False
    sync_v6_version: int = 0


class PatientPullRequest(Struct, rename="camel"):
    """Body of `POST /central/sync/patient-pull`."""

    cursor: int
    batch_size: int
    fetch_patient_id: str
    sync_v5_settings: SiteSettings
    sync_v6_version: int = 0


class PushRequest(Struct, rename="camel"):
    """Body of `POST /central/sync/push`."""

    batch: Batch
    sync_v5_settings: SiteSettings
    sync_v6_version: int = 0


class PushedRecords(Struct):
    """Data of the answer to a push."""

    records_pushed: int


class StatusRequest(Struct, rename="camel"):
    """Body of `POST /central/sync/site_status`."""

    sync_v5_settings: SiteSettings
    sync_v6_version: int = 0


class Integrating(Struct, omit_defaults=True):
    """Data of the answer to a status request."""

    is_integrating: bool
    # Only our own servers say how many records are left; others leave the key out.
    remaining: int | None = None


class DownloadRequest(Struct, rename="camel"):
    """Body of `POST /central/sync/download_file`."""

    id: str
    table_name: str
    record_id: str
    sync_v5_settings: SiteSettings
    sync_v6_version: int = 0


class UploadRequest(Struct):
    """The JSON part of `PUT /central/sync/upload_file`: its own keys are snake_case."""

    file_id: str
    sync_v5_settings: SiteSettings
    sync_v6_version: int = 0


class NameStoreJoinRequest(Struct, rename="camel"):
    """Body of `POST /central/name-store-join`."""

    id: str
    name_id: str
    store_id: str
    sync_v5_settings: SiteSettings


class ModernAnswer(Struct):
    """Every V6 answer in JSON: either `data` or `error` is set; both stay raw.

    Read `data` as the type that the endpoint answers, `error` with `errors.read_v6`.
    """

    data: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET


class LogInRequest(Struct, rename="camel"):
    """Body of `POST /api/v4/login`."""

    username: str
    password: str
    login_type: str = "User"
    site_name: str | None = None

    def __repr__(self) -> str:
        """Leave the secret out of logs and tracebacks."""
        return f"LogInRequest(username={self.username!r})"


class JoinRequest(Struct):
    """Body of `POST /api/v4/name_store_join`."""

    name_id: str = field(name="name_ID")
    store_id: str = field(name="store_ID")


class JoinAnswer(Struct):
    """Answer of `POST /api/v4/name_store_join`."""

    id: str = field(name="ID")
    name_id: str = field(name="name_ID")
    store_id: str = field(name="store_ID")
    inactive: bool = False


class FoundPatient(Struct):
    """One row of the answer of `GET /api/v4/patient`."""

    id: str = field(name="ID")
    name: str
    phone: str
    email: str
    code: str
    last: str
    first: str
    date_of_birth: str | None


class UserDetails(Struct):
    """The user inside the log-in answer; the keys are the legacy server's."""

    id: str = field(name="ID")
    name: str
    active: bool
    language: int = field(name="Language")
    first_name: str | None = ""
    last_name: str | None = ""
    e_mail: str | None = ""
    phone1: str | None = ""
    phone2: str = ""
    job_title: str | None = ""
    startup_method: str = ""
    nblogins: int = 0
    group_id: str = ""
    mode: str = ""
    lasttime: int = 0
    initials: str = ""
    address_1: str = ""
    address_2: str = ""
    responsible_officer: bool = False
    use_ldap: bool = False
    ldap_login_string: str = ""
    receives_sms_errors: bool = False
    is_group: bool = False
    windows_user_name: str = ""
    license_category_id: str = ""
    is_inactive_authoriser: bool = field(name="isInactiveAuthoriser", default=False)
    spare_1: str = ""


class UserStoreDetails(Struct):
    """What the user may do in one store; element i of `permissions` is permission number i + 1."""

    id: str = field(name="ID")
    user_id: str = field(name="user_ID")
    store_id: str = field(name="store_ID")
    can_login: bool
    store_default: bool
    permissions: list[bool]
    can_action_replenishments: bool = False


class UserInfo(Struct, rename="camel"):
    """The part of the log-in answer that a site keeps."""

    user: UserDetails
    user_stores: list[UserStoreDetails]


class LogInAnswer(Struct, rename="camel", kw_only=True):
    """Answer of `POST /api/v4/login`."""

    status: str
    authenticated: bool
    username: str
    user_first_name: str
    user_last_name: str
    user_job_title: str
    user_type: str
    service: str
    store_name: str
    user_info: UserInfo | None = None


class LogInTimeout(Struct, rename="camel"):
    """Answer of a log-in that was tried too often, with status 403."""

    status: str
    timeout_remaining: int


def encode(message: object) -> bytes:
    """Write a message as JSON."""
    return msgspec.json.encode(message)
