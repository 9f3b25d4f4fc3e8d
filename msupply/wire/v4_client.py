"""The V4 client: log-in and patients at the mSupply central server (sync-v5.md 11)."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

import httpx
import msgspec

from msupply.sync.failure import FailureCode, SyncFailure
from msupply.sync.here import Here
from msupply.wire import client_http, messages
from msupply.wire.client_http import Session

JSON_HEADERS = {"Content-Type": "application/json"}
# A user waits for it, and may log in without the central server's answer.
LOG_IN_SECONDS = 20


class LogInUnavailable(Exception):
    """The central server gave no usable answer: what is known here of the user has to do."""


class LogInInvalid(Exception):
    """The central server does not accept this user name and password."""


class LogInBlocked(Exception):
    """The central server has blocked the user for some seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"blocked for {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True)
class PatientQuery:
    """What a patient is searched by; an empty field is not asked for."""

    first_name: str = ""
    last_name: str = ""
    code: str = ""
    date_of_birth: date | None = None


class PatientClient:
    """The patients of the mSupply central server."""

    def __init__(self, here: Here) -> None:
        url = client_http.server_url(here.central_url)
        self._root = httpx.URL(url).copy_with(path="/api/v4/", query=None, fragment=None)
        self._session = Session(url, auth=client_http.basic_credentials(here))

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def search(self, query: PatientQuery) -> list[messages.FoundPatient]:
        """Return the patients of the whole system that match."""
        params = {"is_deleted": "false"}
        # @ is the legacy server's wildcard.
        if query.first_name:
            params["first_name"] = f"@{query.first_name}@"
        if query.last_name:
            params["last_name"] = f"@{query.last_name}@"
        if query.code:
            params["code"] = query.code
        if query.date_of_birth:
            params["dob"] = query.date_of_birth.isoformat()
        response = self._session.request("GET", str(self._root.join("patient")), params=params)
        _refuse_errors(response)
        return client_http.decode(response, list[messages.FoundPatient])

    def join_to_store(self, patient_id: str, store_id: str) -> messages.JoinAnswer:
        """Make a patient visible in a store; the answer names the join."""
        response = self._session.request(
            "POST",
            str(self._root.join("name_store_join")),
            body=messages.encode(messages.JoinRequest(patient_id, store_id)),
            headers=JSON_HEADERS,
        )
        _refuse_errors(response)
        return client_http.decode(response, messages.JoinAnswer)


def log_in(
    central_url: str, username: str, password: str, site_name: str | None
) -> messages.LogInAnswer:
    """Have the central server check a user; it answers with what the user may do.

    Raises LogInInvalid and LogInBlocked, which are final, and LogInUnavailable.
    """
    body = messages.LogInRequest(username, password, site_name=site_name)
    try:
        url = client_http.server_url(central_url)
        session = Session(url)
        try:
            response = session.request(
                "POST",
                str(httpx.URL(url).copy_with(path="/api/v4/login", query=None, fragment=None)),
                body=messages.encode(body),
                headers=JSON_HEADERS,
                attempts=1,
                read_seconds=LOG_IN_SECONDS,
            )
        finally:
            session.close()
    except SyncFailure as failure:
        raise LogInUnavailable(failure.detail) from None
    return _read_log_in(response)


def _read_log_in(response: httpx.Response) -> messages.LogInAnswer:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        raise LogInInvalid("the central server does not accept this user name and password")
    try:
        if response.status_code == HTTPStatus.FORBIDDEN:
            blocked = msgspec.json.decode(response.content, type=messages.LogInTimeout)
            if blocked.status == "user_login_timeout":
                raise LogInBlocked(blocked.timeout_remaining)
        answer = msgspec.json.decode(response.content, type=messages.LogInAnswer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise LogInUnavailable(f"the answer cannot be read: {error}") from None
    if not response.is_success or answer.status not in ("success", "Success"):
        raise LogInUnavailable(f"HTTP {response.status_code}, status {answer.status!r}")
    if answer.user_info is None:
        raise LogInUnavailable("the answer says nothing about the user")
    return answer


def _refuse_errors(response: httpx.Response) -> None:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        raise SyncFailure(FailureCode.INCORRECT_PASSWORD, client_http.excerpt(response))
    if response.status_code != HTTPStatus.OK:
        raise SyncFailure(FailureCode.UNKNOWN, client_http.excerpt(response))
