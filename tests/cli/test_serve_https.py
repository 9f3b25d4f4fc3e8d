"""`msupply serve` by https, with a certificate of an authority made for the test."""

import shutil
import socket
import ssl
import subprocess
import time

import httpx
import pytest

from tests.cli.conftest import Server, free_port, run

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """Return a directory with an authority, and certificates that it signed."""
    folder = tmp_path_factory.mktemp("papers")

    def openssl(*arguments):
        done = subprocess.run(
            ["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl(
        *("req", "-x509", *kind, "-nodes", "-keyout", "authority.key"),
        *("-out", "authority.pem", "-days", "2", "-subj", "/CN=authority"),
    )
    for name in ("server", "other"):
        openssl(
            *("req", *kind, "-nodes", "-keyout", f"{name}.key"),
            *("-out", f"{name}.csr", "-subj", "/CN=localhost"),
        )
        openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "authority.pem"),
            *("-CAkey", "authority.key", "-CAcreateserial", "-out", f"{name}.pem"),
            *("-days", "2", "-extfile", "names"),
        )
    openssl(
        *("pkcs8", "-topk8", "-in", "server.key", "-out", "locked.key"), *("-passout", "pass:x")
    )
    (folder / "empty.pem").write_text("")
    (folder / "broken.pem").write_text(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    )
    return folder


@pytest.fixture(scope="module")
def trusting(papers):
    """Return a TLS context that trusts the authority alone."""
    return ssl.create_default_context(cafile=str(papers / "authority.pem"))


@pytest.fixture(scope="module")
def secure(pattern, papers, tmp_path_factory):
    """Run a central server by https."""
    data = tmp_path_factory.mktemp("secure") / "central"
    shutil.copytree(pattern, data)
    port = free_port()
    options = ("--certificate", papers / "server.pem", "--key", papers / "server.key")
    server = Server(data, port, *map(str, options), "--workers", "2")
    server.url = f"https://localhost:{port}"
    yield server
    server.stop()


def test_pages_come_by_https(secure, trusting):
    assert f"Serving at {secure.url} " in secure.log.read_text()
    with httpx.Client(base_url=secure.url, verify=trusting, follow_redirects=True) as browser:
        for _ in range(3):
            answer = browser.get("/")
            assert answer.status_code == 200
            assert answer.url.scheme == "https"


def test_a_log_in_by_https_is_taken(secure, trusting):
    with httpx.Client(base_url=secure.url, verify=trusting, follow_redirects=True) as browser:
        form = browser.get("/")
        fields = {
            "username": "ada",
            "password": "correct horse",
            "csrfmiddlewaretoken": browser.cookies["__Host-csrftoken"],
        }
        # Browsers tell by https where a form comes from, and the server asks for it then.
        answer = browser.post(form.url, data=fields, headers={"Referer": str(form.url)})
        assert answer.status_code == 200
        assert answer.url.path != form.url.path


def test_machines_and_large_bodies_come_by_https(secure, trusting):
    with httpx.Client(base_url=secure.url, verify=trusting) as machine:
        assert machine.get("/sync/v5/site").status_code == 401
        answer = machine.post("/central/sync/push", content=b" " * 5_000_000)
        assert answer.status_code == 400


def test_who_does_not_trust_the_authority_does_not_connect(secure):
    with pytest.raises(httpx.ConnectError):
        httpx.get(secure.url)


@pytest.mark.parametrize(
    ("highest", "is_taken"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)],
    ids=["1.1", "1.2"],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_is_1_2_or_later(secure, papers, highest, is_taken):
    context = ssl.create_default_context(cafile=str(papers / "authority.pem"))
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = highest
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with socket.create_connection(("localhost", secure.port), 10) as line:
        if is_taken:
            assert context.wrap_socket(line, server_hostname="localhost").version() == "TLSv1.2"
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(line, server_hostname="localhost")


def test_who_does_not_end_the_greeting_keeps_nobody_waiting(secure, trusting):
    silent = [socket.create_connection(("localhost", secure.port), 10) for _ in range(30)]
    assert httpx.get(secure.url, verify=trusting, timeout=30).status_code == 302
    until = time.monotonic() + 60
    for line in silent:
        line.settimeout(max(1, until - time.monotonic()))
        assert line.recv(10) == b""
        line.close()


@pytest.mark.parametrize(
    ("certificate", "key", "said"),
    [
        ("server.pem", None, "belong together"),
        (None, "server.key", "belong together"),
        ("none.pem", "server.key", "none.pem cannot be read"),
        ("server.pem", "none.key", "none.key cannot be read"),
        ("server.key", "server.key", "server.key holds no certificate"),
        ("server.pem", "server.pem", "server.pem holds no private key"),
        ("empty.pem", "server.key", "empty.pem holds no certificate"),
        ("server.pem", "locked.key", "has a password"),
        ("server.pem", "other.key", "is not that of the certificate"),
        ("broken.pem", "server.key", "cannot be used"),
    ],
)
def test_what_is_no_certificate_and_key_is_refused(central, papers, certificate, key, said):
    options = [
        part
        for option, name in (("--certificate", certificate), ("--key", key))
        if name
        for part in (option, papers / name)
    ]
    done = run("serve", "--data", central, "--port", free_port(), *options)
    assert done.code == 1
    assert said in " ".join(done.err.split())
