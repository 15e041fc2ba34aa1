"""Files over HTTP: streamed in with a limit, given out so that a browser runs nothing in them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.identity.access import SESSION_COOKIE, Access
from plant.clock import ManualClock
from storage.core.database import Database
from tests import people
from tests.conftest import free_port
from tests.files import JPEG, PDF, PNG
from tests.patience import PATIENCE_S, TimeLeft, wait_for
from tests.plant_rows import PlantRows

FILES = "/api/v1/work-orders/WO-000001/attachments"
GIGABYTE = 2**30


@pytest.fixture(autouse=True)
def order(plant_rows: PlantRows) -> None:
    plant_rows.order_event(plant_rows.work_order(plant_rows.asset()))


def test_a_photo_is_attached_listed_and_given_out_safely(client: TestClient) -> None:
    made = client.post(FILES, params={"name": '轴承 "1".png', "words": "drive end"}, content=PNG)
    assert (made.status_code, made.json()["media_type"], made.json()["added_by"]) == (201, "image/png", "Ada")
    (listed,) = client.get(FILES).json()
    assert listed == made.json()
    given = client.get(f"{FILES}/{listed['attachment_id']}")
    assert given.content == PNG
    assert given.headers["content-type"] == "image/png"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-security-policy"] == "default-src 'none'; sandbox"
    said = given.headers["content-disposition"]
    assert said.startswith('attachment; filename="__ _1_.png"')
    assert said.endswith("filename*=UTF-8''%E8%BD%B4%E6%89%BF%20%221%22.png")
    assert [one["event"] for one in client.get("/api/v1/work-orders/WO-000001").json()["events"]][-1] == "attached"


def test_a_failure_is_reported_with_its_photos_in_one_request_or_not_at_all(client: TestClient) -> None:
    report = {"site": "demo", "asset": "P-1", "failure_mode": "ELP", "what": "it leaks"}
    path = "/api/v1/work-orders/report"

    def sent(*files: tuple[str, bytes]) -> httpx.Response:
        parts = [("files", (name, body, "application/octet-stream")) for name, body in files]
        return client.post(path, data={"report": json.dumps(report)}, files=parts or [("none", ("", b""))])

    assert sent(("seal.png", PNG), ("drop.png", JPEG)).json()["error"] == "not_what_it_is_called"
    assert sent(("seal.png", PNG), ("same.png", PNG)).json()["error"] == "file_twice"
    assert client.post(path, json=report).status_code == 400
    assert len(client.get("/api/v1/work-orders").json()) == 1  # nothing was raised meanwhile
    done = sent(("seal.png", PNG), ("drop.jpg", JPEG))
    assert done.status_code == 201
    assert "it leaks" in done.json()["order"]["title"]
    assert [one["name"] for one in done.json()["attachments"]] == ["seal.png", "drop.jpg"]


def test_what_is_not_what_it_is_called_is_refused(client: TestClient) -> None:
    for name, body, status, error in (
        ("a.png", JPEG, 400, "not_what_it_is_called"),
        ("a.html", b"<p>", 400, "type_not_kept"),
        ("a.pdf", b"", 400, "empty_file"),
        ("a\nb.pdf", PDF, 400, "bad_file_name"),
    ):
        answer = client.post(FILES, params={"name": name}, content=body)
        assert (answer.status_code, answer.json()["error"]) == (status, error), name
    assert client.post(FILES, content=PNG).status_code == 422
    assert client.post(FILES.replace("000001", "000009"), params={"name": "a.png"}, content=PNG).status_code == 404
    assert client.get(f"{FILES}/00000000-0000-0000-0000-000000000000").status_code == 404
    assert client.get(f"{FILES}/x").status_code == 422
    assert client.get(FILES).json() == []


def test_what_has_no_length_is_read_up_to_the_limit_and_no_further(client: TestClient) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 2**20
            yield b"x" * 2**20

    answer = client.post(FILES, params={"name": "a.txt"}, content=endless())
    assert (answer.status_code, answer.json()["error"]) == (413, "file_too_large")


@pytest.fixture
def served(app_database: Database, clock: ManualClock) -> Iterator[int]:
    """The application behind a real server, on a port."""
    app: FastAPI = create_app(app_database, clock, access=Access(), console=False, version="1")
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started, what="server")
    yield port
    server.should_exit = True
    thread.join()


def test_a_gigabyte_is_refused_before_it_is_read(served: int, app_database: Database, clock: ManualClock) -> None:
    cookie = people.cookie_of(app_database, clock, people.enter(app_database, clock))[SESSION_COOKIE]
    head = (
        f"POST {FILES}?name=a.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{served}\r\nCookie: {SESSION_COOKIE}={cookie}\r\n"
        f"Content-Length: {GIGABYTE}\r\n\r\n"
    )
    left = TimeLeft()
    with socket.create_connection(("127.0.0.1", served), timeout=PATIENCE_S) as wire:
        wire.sendall(head.encode())  # and not one byte of the file
        answer = wire.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert left.taken_s() < 30
