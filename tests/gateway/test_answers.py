"""Answers as the application gives them: whole, of known length, in parts of files, without a body."""

import pytest

from tests.gateway.conftest import until_closed

PATTERN = bytes(i % 251 for i in range(900_000))


def test_an_answer_in_pieces_comes_in_one(server):
    answer = server.get("/twice")
    assert answer.content == b"onetwo"
    assert answer.headers["Content-Length"] == "6"
    assert answer.headers.get_list("Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("size", [0, 10_000, 1_000_000])
def test_a_stream_comes_with_its_length(server, size):
    answer = server.get(f"/stream?n={size}")
    assert answer.content == b"x" * size
    assert answer.headers["Content-Length"] == str(size)
    assert "Transfer-Encoding" not in answer.headers


@pytest.mark.parametrize("size", [0, 1000, 900_000])
def test_a_file_comes_from_where_it_stands(server, size):
    assert server.get(f"/file?n={size}").content == PATTERN[:size]
    assert server.get(f"/file?n={size}&from={size // 2}").content == PATTERN[size // 2 : size]


@pytest.mark.parametrize("path", ["/environ", "/stream?n=1000000", "/file?n=900000", "/twice"])
def test_a_head_request_gets_no_body(server, path):
    with server.line(
        f"HEAD {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
    ) as line:
        answer = until_closed(line)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n")


def test_a_head_request_is_told_the_length_that_the_application_tells(server):
    answer = server.get("/file?n=900000&told=900000")
    assert answer.headers["Content-Length"] == "900000"
    with server.line(
        b"HEAD /file?n=900000&told=900000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    ) as line:
        assert b"content-length: 900000" in until_closed(line).lower()


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(server, status):
    request = f"GET /nothing?status={status} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    with server.line(
        request + request.replace(b"Host: a", b"Host: a\r\nConnection: close")
    ) as line:
        answer = until_closed(line)
    assert answer.count(f"HTTP/1.1 {status}".encode()) == 2
    assert answer.endswith(b"\r\n\r\n")


def test_what_the_application_opens_is_closed(serve):
    server = serve()
    server.get("/stream?n=1000000")
    server.get("/stream?n=1000000&broken=1")
    with server.line(
        b"HEAD /stream?n=10000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    ) as line:
        until_closed(line)
    assert server.get("/count").json()["closed"] == 3


@pytest.mark.parametrize("path", ["/fail", "/stream?n=1000000&broken=1"])
def test_a_failure_is_a_plain_500_with_its_reason_in_the_log(serve, path):
    server = serve()
    answer = server.get(path)
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "ValueError" in server.log.read_text()
    assert server.get("/environ").status_code == 200


def test_a_full_disk_is_said_plainly(server):
    answer = server.get("/full")
    assert (answer.status_code, answer.text) == (503, "The disk of this server is full.")
