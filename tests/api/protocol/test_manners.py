"""What holds for every request alike."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.identity.access import SESSION_COOKIE
from api.protocol import body_limits
from api.protocol.connections import PatientProtocol
from api.serve import serve
from plant.clock import ManualClock
from storage.core.database import Database
from tests import people
from tests.conftest import free_port
from tests.patience import PATIENCE_S, wait_for

ORDERS = "/api/v1/work-orders"


def test_a_parameter_that_a_route_does_not_know_is_refused_by_its_name(client: TestClient) -> None:
    for path in ("work-orders", "assets", "codes", "people", "me"):
        answer = client.get(f"/api/v1/{path}", params={"nonsense": 1})
        assert (answer.status_code, answer.json()["error"]) == (422, "unknown_parameter"), path
        assert "nonsense" in answer.json()["detail"]
    posted = client.post(f"{ORDERS}/WO-000001/approve", params={"really": "yes"})
    assert posted.status_code == 422


def test_a_failure_is_a_problem_of_rfc_9457_in_the_callers_language(client: TestClient) -> None:
    answer = client.get(f"{ORDERS}/WO-000009")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:assetloop:problem:not_found",
        "title": "Not found",
        "status": 404,
        "detail": "there is no work order WO-000009",
        "error": "not_found",
    }
    chinese = client.get(f"{ORDERS}/WO-000009", headers={"Accept-Language": "zh-CN"})
    assert chinese.headers["content-language"] == "zh-CN"
    assert (chinese.json()["title"], chinese.json()["detail"]) == ("未找到", "没有工单 WO-000009")
    broken = client.post(ORDERS, content=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["error"]) == (400, "not_json")


def test_head_options_and_trace_are_answered_by_the_path_and_never_by_the_console(client: TestClient) -> None:
    got, headed = client.get(ORDERS), client.head(ORDERS)
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-type"] == got.headers["content-type"]
    asked = client.options(ORDERS)
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, POST, HEAD, OPTIONS")
    for method in ("TRACE", "PUT", "DELETE"):
        answer = client.request(method, ORDERS)
        assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    for method in ("HEAD", "OPTIONS", "TRACE", "GET", "POST"):
        assert client.request(method, "/api/v1/nothing").status_code == 404


def test_a_page_that_is_not_there_is_a_page_of_ones_own(client: TestClient) -> None:
    page = client.get("/elsewhere", headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert page.status_code == 404
    assert "没有此页面" in page.text
    assert client.get("/elsewhere").json()["error"] == "not_found"


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(client: TestClient) -> None:
    def never() -> Iterator[bytes]:
        raise AssertionError("nothing of it is read")
        yield b""

    answer = client.post(ORDERS, content=never(), headers={"Content-Length": str(150 * 2**20)})
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert answer.headers["connection"] == "close"


def test_a_body_that_does_not_say_its_length_is_refused_once_it_is_too_large(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield from [b" " * 2**16] * 40

    answer = client.post(ORDERS, content=pieces(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


@pytest.fixture
def port(application: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose patience is short."""
    monkeypatch.setattr(PatientProtocol, "headers_s", 0.3)
    monkeypatch.setattr(body_limits, "_PIECE_S", 0.3)
    port, stop = free_port(), threading.Event()
    thread = threading.Thread(target=serve, args=(application, "127.0.0.1", port, stop))
    thread.start()

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            return False
        return True

    wait_for(listens, what="server that listens")
    yield port
    stop.set()
    thread.join(PATIENCE_S)


def said_until_closed(port: int, *pieces: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        for piece in pieces:
            connection.sendall(piece)
        said = b""
        while piece := connection.recv(65536):
            said += piece
    return said


def test_who_does_not_finish_a_request_is_shown_out(port: int, app_database: Database, clock: ManualClock) -> None:
    began = time.monotonic()
    assert said_until_closed(port).startswith(b"HTTP/1.1 408")
    assert said_until_closed(port, b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n").startswith(b"HTTP/1.1 408")
    cookie = people.cookie_of(app_database, clock, people.enter(app_database, clock))[SESSION_COOKIE]
    head = f"POST {ORDERS} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {SESSION_COOKIE}={cookie}\r\nContent-Length: 9\r\n"
    said = said_until_closed(port, head.encode() + b"Content-Type: application/json\r\n\r\n{")
    assert said.startswith(b"HTTP/1.1 408")
    assert b"too_slow" in said
    endless = [b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n", *[b"X-A: " + b"a" * 30_000 + b"\r\n"] * 3]
    assert said_until_closed(port, *endless).startswith(b"HTTP/1.1 431")
    assert time.monotonic() - began < PATIENCE_S
