"""People and sites on slow lines, beside others: a real central server goes on answering them."""

import base64
import gzip
import hashlib
import json
import re
import socket
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cluster.databases import SQLITE
from tests.cluster.instances import PASSWORD

pytestmark = pytest.mark.slow

# More than one web worker has threads.
MANY = 8
FILE_SIZE = 20_000_000

_CONTENT = """
from msupply.records.files import SyncFileReference
from msupply.records.items import Item
from msupply.sync.clock import now
from msupply.wire import file_store
Item.objects.bulk_create(
    Item(id=f"I{{n}}", code=f"C{{n}}", name=f"{{n}} " + "long name " * 40) for n in range(40_000)
)
reference = SyncFileReference(
    id="file-1", table_name="item", record_id="I0", file_name="scan.pdf",
    mime_type="application/pdf", total_bytes={size}, created_datetime=now(), status="DONE",
)
file_store.save(reference, [b"x" * {size}])
reference.save()
"""


@pytest.fixture(scope="module")
def central(countries, tmp_path_factory):
    """A central server with a long list of items and a large file."""
    pattern, _north = countries(SQLITE)
    central = pattern.copy(tmp_path_factory.mktemp("slow") / "central")
    central.set(own_url=central.url, oms_central_url=central.url)
    central.python(_CONTENT.format(size=FILE_SIZE))
    central.start()
    yield central
    central.kill()


@contextmanager
def browser(central):
    """Yield a browser in which an administrator is logged in."""
    with httpx.Client(base_url=central.url, follow_redirects=True, timeout=120) as client:
        form = client.get("/")
        token = client.cookies["csrftoken"]
        fields = {"username": "admin", "password": "secret-12", "csrfmiddlewaretoken": token}
        answer = client.post(form.url, data=fields)
        assert answer.url.path != form.url.path
        yield client


@contextmanager
def line(central, sent):
    """Yield a connection on which something has been sent, and little is taken in."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(120)
        sock.connect(("127.0.0.1", central.port))
        sock.sendall(sent)
        yield sock


def head(method, path, *headers):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a", *headers, "", ""]).encode()


def settings(name="north"):
    return {
        "serverUrl": "",
        "username": name,
        "passwordSha256": hashlib.sha256(PASSWORD.encode()).hexdigest(),
        "siteUuid": "HW",
        "appVersion": "2.20.0",
        "appName": "Open mSupply Desktop",
        "syncVersion": "14",
    }


@pytest.mark.parametrize("path", ["/central/sync/push", "/api/v4/login", "/log-in"])
def test_a_page_opens_beside_many_who_send_slowly(central, path):
    with ExitStack() as lines:
        for _ in range(MANY):
            lines.enter_context(line(central, head("POST", path, "Content-Length: 5000") + b"{"))
        with browser(central) as client:
            assert client.get("/list/items/").status_code == 200


def test_a_page_opens_beside_many_who_take_a_table_slowly(central):
    path = "/list/items/export.csv"
    with browser(central) as client, ExitStack() as lines:
        whole = client.get(path).content
        assert whole.count(b"\n") > 40_000
        cookie = f"Cookie: sessionid={client.cookies['sessionid']}"
        for _ in range(MANY):
            slow = lines.enter_context(line(central, head("GET", path, cookie)))
            assert slow.recv(12) == b"HTTP/1.1 200"
        assert client.get("/list/items/").status_code == 200
        assert client.get(path).content == whole


def test_a_page_opens_beside_many_who_take_a_file_slowly(central):
    central.execute("UPDATE site SET hardware_id = 'HW' WHERE name = 'north'")
    wanted = {"id": "file-1", "tableName": "item", "recordId": "I0"}
    body = json.dumps(wanted | {"syncV5Settings": settings(), "syncV6Version": 5}).encode()
    request = head("POST", "/central/sync/download_file", f"Content-Length: {len(body)}") + body
    with ExitStack() as lines:
        for _ in range(MANY):
            slow = lines.enter_context(line(central, request))
            assert slow.recv(12) == b"HTTP/1.1 200"
        with browser(central) as client:
            assert client.get("/list/items/").status_code == 200
            answer = client.post("/central/sync/download_file", content=body)
            assert answer.content == b"x" * FILE_SIZE
            rest = client.post(
                "/central/sync/download_file", content=body, headers={"Range": "bytes=19000000-"}
            )
            assert (rest.status_code, rest.content) == (206, b"x" * 1_000_000)


def test_a_push_in_chunks_arrives(central):
    pair = base64.b64encode(f"north:{settings()['passwordSha256']}".encode()).decode()
    central.execute("UPDATE site SET hardware_id = 'HW' WHERE name = 'north'")
    headers = {"Authorization": f"Basic {pair}", "msupply-site-uuid": "HW", "version": "14"}
    answer = httpx.post(
        f"{central.url}/sync/v5/queued_records",
        content=iter([b'{"queueLength":0,', b'"data":[]}']),
        headers=headers,
        timeout=60,
    )
    assert answer.json() == {"integrationStarted": True}


@pytest.mark.parametrize(
    ("path", "limit", "said"),
    [
        ("/central/sync/push", 64, b"otherServerError"),
        ("/central/sync/upload_file", 51, b"otherServerError"),
        ("/api/v4/login", 1, b"body_too_large"),
        ("/log-in", 51, b"The file is too large"),
    ],
)
def test_what_is_too_large_is_refused_before_it_comes(central, path, limit, said):
    method = "PUT" if "upload" in path else "POST"
    length = f"Content-Length: {limit * 1024 * 1024 + 1}"
    with line(central, head(method, path, length, "Expect: 100-continue")) as sock:
        answer = b""
        while said not in answer and (block := sock.recv(65536)):
            answer += block
    assert answer.startswith(b"HTTP/1.1 413")
    assert said in answer


def test_a_push_by_nobody_takes_no_memory(central):
    """As much memory was taken as there are elements in a list: 2.2 GB of 58 kB."""
    rest = json.dumps({"syncV5Settings": settings("nobody")})[1:].encode()
    start = b'{"batch":{"end_cursor":1,"total_records":0,"is_last_batch":true,"records":['
    body = start + b"0," * 20_000_000 + b"0]}," + rest
    before = web_worker_peak(central)
    url = f"{central.url}/central/sync/push"
    packed = httpx.post(
        url, content=gzip.compress(body, 1), headers={"Content-Encoding": "gzip"}, timeout=120
    )
    assert packed.status_code == 413
    plain = httpx.post(url, content=body, timeout=120)
    assert "site_name_not_found" in plain.text
    assert web_worker_peak(central) - before < 150


def web_worker_peak(central):
    """Return the most memory that a web worker has had, in MB."""
    first = central._process.pid
    peaks = []
    for children in Path(f"/proc/{first}/task").glob("*/children"):
        for pid in children.read_text().split():
            command = Path(f"/proc/{pid}/cmdline").read_text()
            if "msupply.cli.worker" not in command:
                status = Path(f"/proc/{pid}/status").read_text()
                peaks.append(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024)
    return max(peaks)
