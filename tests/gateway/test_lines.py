"""Lines that are slow, silent or cut: they cost themselves time, and nobody else."""

import json
import re
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.gateway.conftest import until_closed

# More than there are threads.
MANY = 12
PACE = {"silence": 2, "grace": 2, "lowest_rate": 100, "longest": 600}


def head(path, *headers, method="POST"):
    lines = [f"{method} {path} HTTP/1.1", "Host: a", *headers, "", ""]
    return "\r\n".join(lines).encode()


def begun(server):
    return server.get("/count").json()["begun"]


def test_who_sends_slowly_keeps_nobody_waiting(serve):
    server = serve()
    with ExitStack() as lines:
        slow = [
            lines.enter_context(server.line(head("/size", "Content-Length: 1000") + b"abc"))
            for _ in range(MANY)
        ]
        assert server.get("/environ").status_code == 200
        assert server.post("/size", content=b"x" * 3_000_000).text == "3000000"
        assert begun(server) == ["/environ", "/size"]
        for line in slow:
            line.sendall(b"x" * 997)
        for line in slow:
            assert line.recv(1000).endswith(b"1000")


@pytest.mark.parametrize("path", ["/stream?n=30000000", "/file?n=30000000"])
def test_who_reads_slowly_keeps_nobody_waiting(serve, path):
    server = serve()
    with ExitStack() as lines:
        for _ in range(MANY):
            line = lines.enter_context(server.line(head(path, method="GET"), receive_buffer=4096))
            assert line.recv(10).startswith(b"HTTP/1.1 2")
        assert server.get("/environ").status_code == 200
        assert len(server.get(path).content) == 30_000_000


def test_a_trickle_is_told_that_it_is_too_slow(serve):
    server = serve(pace=PACE)
    with server.line(head("/size", "Content-Length: 1000")) as line:
        line.settimeout(0.5)
        answer = b""
        for _ in range(40):
            line.sendall(b"x")
            try:
                answer = line.recv(1000)
                break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"too slowly" in answer + until_closed(line)
    assert begun(server) == []


def test_a_body_that_stops_is_told_so(serve):
    server = serve(pace=PACE)
    # So much at once that the average would do for a long time.
    with server.line(head("/size", "Content-Length: 1000000") + b"x" * 900_000) as line:
        assert until_closed(line).startswith(b"HTTP/1.1 408")


@pytest.mark.slow
def test_a_slow_line_that_goes_on_gets_through(serve):
    server = serve(pace=PACE)
    with server.line(head("/size", "Content-Length: 2000")) as line:
        for _ in range(20):
            line.sendall(b"x" * 100)
            time.sleep(0.25)
        assert line.recv(1000).startswith(b"HTTP/1.1 200")


def test_who_goes_away_in_the_middle_of_a_body_costs_nothing(serve):
    server = serve()
    for _ in range(MANY):
        with server.line(head("/size", "Content-Length: 1000") + b"abc"):
            pass
        with server.line(head("/size", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n"):
            pass
    assert begun(server) == []
    assert server.post("/size", content=b"abc").text == "3"
    assert begun(server) == ["/size"]


@pytest.mark.parametrize("rest", [b"ZZ\r\nabc\r\n", b"3\r\nabc-1\r\n", b"3\r\nabcd\r\n"])
def test_chunks_that_are_none_are_their_senders_fault(server, rest):
    with server.line(head("/size", "Transfer-Encoding: chunked") + rest) as line:
        assert until_closed(line).startswith(b"HTTP/1.1 400")


def test_who_says_no_more_in_the_middle_of_a_body_is_told_so(server):
    with server.line(head("/size", "Content-Length: 1000") + b"abc") as line:
        line.shutdown(socket.SHUT_WR)
        assert not until_closed(line).startswith(b"HTTP/1.1 5")


def test_who_goes_away_in_the_middle_of_an_answer_costs_nothing(serve):
    server = serve()
    for path in ("/stream?n=30000000", "/file?n=30000000"):
        for _ in range(MANY):
            with server.line(head(path, method="GET"), receive_buffer=4096) as line:
                line.recv(10)
    assert server.get("/environ").status_code == 200
    assert "Traceback" not in server.log.read_text()


def test_connections_that_say_nothing_end(serve):
    server = serve(silent_seconds=2)
    with ExitStack() as lines:
        silent = lines.enter_context(server.line())
        half = lines.enter_context(server.line(b"GET / HTTP/1.1\r\nHost:"))
        used = lines.enter_context(server.line(head("/environ", method="GET")))
        assert used.recv(1000).startswith(b"HTTP/1.1 200")
        for line in (silent, half, used):
            until_closed(line)


def test_a_connection_is_used_again(server):
    with httpx.Client(base_url=server.url) as client:
        for _ in range(3):
            assert client.post("/size", content=b"abc").text == "3"
            assert client.get("/file", params={"n": 500_000}).status_code == 200


@pytest.mark.slow
def test_who_takes_nothing_of_an_answer_is_cut(serve):
    server = serve(untaken_seconds=3)
    with server.line(head("/file?n=30000000", method="GET"), receive_buffer=4096) as line:
        line.recv(10)
        time.sleep(15)
        assert len(until_closed(line)) < 30_000_000


def test_too_many_unfinished_bodies_of_one_address_are_refused(serve):
    server = serve(of_address={"bodies": 3, "size": 1000})
    with ExitStack() as lines:
        for _ in range(3):
            lines.enter_context(server.line(head("/size", "Content-Length: 900") + b"abc"))
        answer = server.post("/size", content=b"abc")
        assert answer.status_code == 429
        assert "unfinished" in answer.text
        assert server.get("/environ").status_code == 200
    assert server.post("/size", content=b"x" * 900).text == "900"
    assert server.post("/size", content=b"x" * 1100).status_code == 429


def test_too_many_unfinished_bodies_in_all_are_refused(serve):
    server = serve(in_all={"bodies": 3, "size": 10_000})
    with ExitStack() as lines:
        for _ in range(3):
            lines.enter_context(server.line(head("/size", "Content-Length: 900") + b"abc"))
        answer = server.post("/size", content=b"abc")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert server.post("/size", content=b"abc").text == "3"


@pytest.mark.parametrize("chunked", [False, True])
def test_of_a_body_that_is_too_large_the_application_learns_the_length(serve, chunked):
    server = serve(largest=1_000_000)
    content = (b"x" * 1000 for _ in range(1001)) if chunked else b"x" * 1_001_000
    answer = server.post("/size", content=content)
    assert int(answer.headers["X-Length"]) > 1_000_000
    assert answer.text == "0"


def test_a_body_that_is_announced_as_too_large_is_not_waited_for(serve):
    server = serve(largest=1_000_000)
    with server.line(head("/size", "Content-Length: 1000001", "Expect: 100-continue")) as line:
        answer = line.recv(1000)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"X-Length: 1000001" in answer.title()


def test_who_reads_only_after_sending_is_answered_all_the_same(serve):
    server = serve(largest=1_000_000)
    with server.line(head("/size", "Content-Length: 30000000")) as line:
        for _ in range(3):
            time.sleep(0.5)
            line.sendall(b"x" * 10_000_000)
        assert line.recv(1000).startswith(b"HTTP/1.1 200")
        line.sendall(head("/environ", method="GET"))
        assert line.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_large_body_arrives_whole(server):
    assert server.post("/size", content=b"x" * 30_000_000).text == "30000000"


@pytest.mark.slow
def test_it_ends_in_time_with_requests_in_flight(serve):
    server = serve()
    with ExitStack() as lines:
        for path in ("/stream?n=30000000", "/file?n=30000000"):
            line = lines.enter_context(server.line(head(path, method="GET"), receive_buffer=4096))
            line.recv(10)
        lines.enter_context(server.line())
        lines.enter_context(server.line(head("/size", "Content-Length: 1000") + b"abc"))
        lines.enter_context(server.line(head("/sleep?s=600", method="GET")))
        server.get("/environ")
        assert server.stop() == 0


def test_the_memory_of_what_has_not_been_taken_is_given_back(serve):
    server = serve()
    process = json.loads(server.get("/count").text)["process"]
    for _ in range(40):
        with server.line(head("/stream?n=30000000", method="GET"), receive_buffer=4096) as line:
            line.recv(10)
    status = Path(f"/proc/{process}/status").read_text()
    assert int(re.search(r"VmHWM:\s+(\d+)", status)[1]) < 300_000
