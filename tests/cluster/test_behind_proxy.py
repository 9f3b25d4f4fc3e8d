"""A central server behind a proxy that ends TLS: real processes, real certificates."""

import re
import ssl

import httpx
import pytest

from tests.cluster.instances import PASSWORD, Instance
from tests.cluster.tls_proxy import PROXY_ADDRESS, make_certificate, tls_proxy

SESSION, TOKEN = "__Host-sessionid", "__Host-csrftoken"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def central(pair):
    return pair[0]


@pytest.fixture
def proxy(central, certificate):
    """A proxy before the central server; the latter is not started yet."""
    with tls_proxy(central.port, certificate) as proxy:
        central.set(own_url=proxy.url, oms_central_url=proxy.url)
        yield proxy


class Browser:
    """What a person's browser sends: cookies, and where a form comes from."""

    def __init__(self, url: str, certificate=None, address: str | None = None) -> None:
        context = ssl.create_default_context(cafile=certificate) if certificate else True
        transport = httpx.HTTPTransport(verify=context, local_address=address)
        self.url = url
        self._client = httpx.Client(base_url=url, transport=transport, trust_env=False)
        self.cookies = self._client.cookies

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._client.get(path, headers=headers)

    def send(
        self, path: str, form: dict[str, str], page: str = "", **headers: str
    ) -> httpx.Response:
        """Send a form that stands on a page, its own unless said otherwise, as a browser does."""
        shown = self.get(page or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.text)
        assert token, shown.text
        sent = {"Origin": self.url, "Referer": self.url + path} | headers
        data = {"csrfmiddlewaretoken": token[1], **form}
        return self._client.post(path, data=data, headers=sent)

    def log_in(self, password: str = "secret-12", **headers: str) -> httpx.Response:
        return self.send("/log-in", {"username": "admin", "password": password}, **headers)


@pytest.fixture
def browse():
    """Open a browser at an address; all are closed at the end."""
    opened = []

    def open_one(*arguments):
        opened.append(Browser(*arguments))
        return opened[-1]

    yield open_one
    for browser in opened:
        browser.close()


def test_people_work_through_the_proxy(central, proxy, browse, certificate):
    central.options = ["--behind-proxy", PROXY_ADDRESS]
    central.start()
    browser = browse(proxy.url, certificate)
    answer = browser.log_in()
    assert answer.status_code == 302, answer.text
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    assert {SESSION, TOKEN} <= set(browser.cookies)
    saved = browser.send("/list/unit/new", {"name": "Blister", "index": "7"})
    assert saved.status_code == 302, saved.text
    assert "Blister" in browser.get("/list/unit/").text
    out = browser.send("/log-out", {}, page="/list/unit/new")
    assert out.status_code == 302
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/list/unit/").headers["location"].startswith("/log-in")


def test_the_building_itself_may_go_on_in_clear(central, proxy, browse):
    central.options = ["--behind-proxy", PROXY_ADDRESS]
    central.start()
    browser = browse(central.url)
    answer = browser.log_in()
    assert answer.status_code == 302
    assert {"sessionid", "csrftoken"} <= set(browser.cookies)
    assert "Secure" not in answer.headers["set-cookie"]
    assert "Strict-Transport-Security" not in answer.headers


def test_cookies_that_came_in_clear_are_not_read_from_encrypted_requests(
    central, proxy, browse, certificate
):
    central.options = ["--behind-proxy", PROXY_ADDRESS]
    central.start()
    clear = browse(central.url)
    clear.log_in()
    session = clear.cookies["sessionid"]
    encrypted = browse(proxy.url, certificate)
    assert encrypted.get("/", Cookie=f"sessionid={session}").headers["location"] == "/log-in"


def test_what_strangers_forge_is_ignored(central, proxy, browse):
    central.options = ["--behind-proxy", PROXY_ADDRESS]
    central.start()
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    stranger = browse(central.url)
    answer = stranger.get("/log-in", **forged)
    assert "Strict-Transport-Security" not in answer.headers
    assert "csrftoken" in answer.cookies
    assert stranger.log_in("wrong", **forged).status_code == 422
    assert failures(central) == [("admin", "127.0.0.1", 1)]


@pytest.mark.parametrize("in_own_line", [False, True], ids=["one line", "two lines"])
def test_wrong_passwords_count_against_their_sender_alone(
    central, proxy, browse, certificate, in_own_line
):
    proxy.in_own_line = in_own_line
    central.options = ["--behind-proxy", f"10.1.2.0/24,{PROXY_ADDRESS}"]
    central.start()
    guesser = browse(proxy.url, certificate, "127.0.0.9")
    for _ in range(11):
        # What the guesser says of itself is not the last hop.
        guesser.log_in("wrong", **{"X-Forwarded-For": "127.0.0.8"})
    assert failures(central) == [("admin", "127.0.0.9", 10)]
    assert "Too many" in guesser.log_in().text
    assert browse(proxy.url, certificate, "127.0.0.8").log_in().status_code == 302


def failures(central: Instance) -> list[tuple]:
    rows = central.execute(
        "SELECT username, address, count FROM log_in_failure WHERE count > 0 ORDER BY address"
    )
    return [tuple(row) for row in rows]


def test_a_proxy_that_nobody_was_told_of_is_named(central, proxy, browse, certificate):
    central.start()
    answer = browse(proxy.url, certificate).log_in()
    assert answer.status_code == 403
    assert "--behind-proxy" in answer.text
    log = (central.data / "serve.log").read_text()
    assert f"--behind-proxy {PROXY_ADDRESS}" in log
    assert "name the one that encrypts with --behind-proxy" in log


def test_a_proxy_that_changes_the_host_is_named(central, proxy, browse, certificate):
    central.options = ["--behind-proxy", PROXY_ADDRESS]
    central.start()
    proxy.host = f"127.0.0.1:{central.port}"
    answer = browse(proxy.url, certificate).log_in()
    assert answer.status_code == 403
    assert "pass the Host header" in answer.text


def test_a_form_of_another_website_is_refused_as_such(central, proxy, browse, certificate):
    central.options = ["--behind-proxy", PROXY_ADDRESS]
    central.start()
    answer = browse(proxy.url, certificate).log_in(Origin="https://evil.example")
    assert answer.status_code == 403
    assert "Open the page at this server" in answer.text


def test_a_site_initialises_and_synchronises_through_the_proxy(
    central, proxy, certificate, tmp_path
):
    central.options = ["--behind-proxy", PROXY_ADDRESS]
    central.start()
    central.run("site", "add", "west", "--password", PASSWORD, "--store", "WES=West")
    west = Instance(tmp_path / "west")
    settings = ("init", "site", "--central", proxy.url, "--site", "west", "--password", PASSWORD)
    said = west.fail(*settings)
    assert "certificate of the central server" in said
    assert "SSL_CERT_FILE" in said
    west.environment = {"SSL_CERT_FILE": str(certificate.with_name("cert.pem"))}
    west.run(*settings)
    west.run("sync")
    assert west.errors()[0][1] is None
