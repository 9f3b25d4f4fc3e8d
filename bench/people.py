"""People at work on a server: they log in and open pages, and their waiting is measured."""

import statistics
import threading
import time
from typing import Any

import httpx

from bench.processes import PASSWORD

PAGES = ["/", "/list/items/", "/synchronisation"]


def measure_people(
    url: str, seconds: float = 0.0, until: threading.Event | None = None
) -> dict[str, Any]:
    """Log in and open pages again and again; return p95 of both in seconds, and what failed."""
    end = time.perf_counter() + seconds
    log_ins: list[float] = []
    pages: list[float] = []
    failed = 0
    while (not until.is_set()) if until else time.perf_counter() < end:
        with httpx.Client(base_url=url, follow_redirects=True, timeout=60) as browser:
            try:
                form = browser.get("/")
                started = time.perf_counter()
                answer = _log_in(browser, form)
                log_ins.append(time.perf_counter() - started)
                # A refused log-in shows its form again.
                failed += answer.status_code >= 400 or answer.url.path == form.url.path
                for page in PAGES:
                    started = time.perf_counter()
                    answer = browser.get(page)
                    pages.append(time.perf_counter() - started)
                    failed += answer.status_code >= 400
            except httpx.HTTPError:
                failed += 1
    return {
        "log_ins": len(log_ins),
        "log_in_p95_s": _p95(log_ins),
        "pages": len(pages),
        "page_p95_s": _p95(pages),
        "failed": failed,
    }


def exporter(url: str) -> bytes:
    """Log in; return the request by which a browser takes the table of all items."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=60) as browser:
        _log_in(browser, browser.get("/"))
        session = browser.cookies["sessionid"]
    return (
        "GET /list/items/export.csv HTTP/1.1\r\nHost: slow\r\nConnection: close\r\n"
        f"Cookie: sessionid={session}\r\n\r\n"
    ).encode()


def _log_in(browser: httpx.Client, form: httpx.Response) -> httpx.Response:
    fields = {
        "username": "admin",
        "password": PASSWORD,
        "csrfmiddlewaretoken": browser.cookies.get("csrftoken", ""),
    }
    return browser.post(form.url, data=fields)


def _p95(values: list[float]) -> float | None:
    return round(statistics.quantiles(values, n=20)[-1], 3) if len(values) > 1 else None
