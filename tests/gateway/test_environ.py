"""What the application is told of a request: the same as by a plain WSGI server."""

import json

import pytest

from tests.gateway.conftest import Running, until_closed

CLOSE = b"Connection: close\r\n"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("plain") / "server.log", plain=True)
    yield running
    running.stop()


def told(server, request):
    """Return what the application was told, without what differs from connection to connection."""
    with server.line(request) as line:
        received = until_closed(line)
    head, _, body = received.partition(b"\r\n\r\n")
    if b"HTTP/1.1 200" not in head:
        return head[:12]
    if b"transfer-encoding: chunked" in head.lower():
        body = b"".join(body.split(b"\r\n")[1::2])
    found = json.loads(body)
    found = {key: found[key] for key in found if not key.startswith(("wsgi.", "SERVER_SOFTWARE"))}
    found["SERVER_PORT"] = str(int(found["SERVER_PORT"]) - server.port)
    return found


def get(target, *headers):
    return b"GET %s HTTP/1.1\r\nHost: a.example\r\n%s%s\r\n" % (target, b"".join(headers), CLOSE)


SAME = {
    "plain": get(b"/a/b"),
    "root": get(b"/"),
    "query": get(b"/a?x=1&y=%20+%C3%A9;"),
    "escapes": get(b"/a%20b%2Fc%C3%A9"),
    "NUL": get(b"/a%00b"),
    "no UTF-8": get(b"/a%ff%fe?%ff"),
    "broken escapes": get(b"/a%2%zz%"),
    "two slashes": get(b"//a//b"),
    "dots": get(b"/a/../b/./c"),
    "absolute": get(b"http://b.example:80/a?x=1"),
    "question marks": get(b"/a??b?c"),
    "semicolon": get(b"/a;b=c"),
    "repeated header": get(b"/", b"X-A: 1\r\n", b"x-a: 2\r\n"),
    "repeated content type": get(b"/", b"Content-Type: a/b\r\n", b"Content-Type: c/d\r\n"),
    "empty header": get(b"/", b"X-A:\r\n"),
    "one cookie": get(b"/", b"Cookie: a=1; b=2\r\n"),
    "old version": b"GET /a HTTP/1.0\r\nHost: a\r\n\r\n",
    "no host, old version": b"GET /a HTTP/1.0\r\n\r\n",
    "options of all": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n%s\r\n" % CLOSE,
    "trace": b"TRACE /a HTTP/1.1\r\nHost: a\r\n%s\r\n" % CLOSE,
    "unknown method": b"BREW /a HTTP/1.1\r\nHost: a\r\n%s\r\n" % CLOSE,
    "body": b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n%s\r\nabc" % CLOSE,
    "empty body": b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n%s\r\n" % CLOSE,
    "no body": b"POST /a HTTP/1.1\r\nHost: a\r\n%s\r\n" % CLOSE,
    "waits to be asked": b"PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
    b"Expect: 100-continue\r\n%s\r\nabc" % CLOSE,
    "two lengths": b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n"
    b"%s\r\nabcd" % CLOSE,
    "no number": b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n%s\r\n" % CLOSE,
}


@pytest.mark.parametrize("request_", SAME.values(), ids=SAME)
def test_a_request_is_told_as_a_plain_server_tells_it(server, plain, request_):
    assert told(server, request_) == told(plain, request_)


CHUNKED = b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n%s\r\n" % CLOSE


@pytest.mark.parametrize(
    "body",
    [b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", b"6\r\nabcdef\r\n0\r\nX-Trailer: 1\r\n\r\n"],
    ids=["chunks", "chunks with a trailer"],
)
def test_the_length_of_a_body_in_chunks_is_known(server, body):
    found = told(server, CHUNKED + body)
    assert (found["CONTENT_LENGTH"], found["body"]) == ("6", "abcdef")
    assert "HTTP_TRANSFER_ENCODING" not in found


def test_a_header_cannot_pass_for_another_by_an_underscore(server):
    found = told(server, get(b"/", b"X_Forwarded_For: evil\r\n", b"X-Forwarded-For: good\r\n"))
    assert found["HTTP_X_FORWARDED_FOR"] == "good"


def test_letters_that_are_not_ascii_arrive(server):
    found = told(server, get(b"/", b"X-A: \xc3\xa9\r\n"))
    assert found["HTTP_X_A"].encode("latin-1").decode() == "\u00e9"


def test_cookies_in_several_headers_are_all_there(server):
    found = told(server, get(b"/", b"Cookie: a=1\r\n", b"Cookie: b=2\r\n"))
    assert found["HTTP_COOKIE"] == "a=1; b=2"
