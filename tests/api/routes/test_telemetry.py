"""Telemetry over HTTP is stored as over the broker, before it is answered, for whoever holds a device's token."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.identity.access import Access
from ingest.door import Door, DoorSettings
from lifecycle.register import device_tokens
from plant.clock import ManualClock
from plant.people.principal import typed
from service.runtime.postgres import PostgresServer
from storage.core.database import Database, Role
from storage.schema.migrate import migrate
from storage.telemetry import delivery
from storage.telemetry.delivery import Delivered
from tests.api.plant_rows import NOW
from tests.patience import PATIENCE_S, wait_for
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
NOW_MS = int(NOW.timestamp() * 1000)
PATH = "/api/v1/telemetry"
Send = Callable[..., httpx.Response]


@pytest.fixture
def settings() -> DoorSettings:
    return DoorSettings(most_payload_bytes=4096)


@pytest.fixture
def application(
    app_database: Database, ingest_database: Database, clock: ManualClock, settings: DoorSettings
) -> Iterator[FastAPI]:
    with Door(ingest_database, clock, settings) as door:
        access = Access()
        yield create_app(app_database, clock, access=access, console=False, version="1", door=door)


@pytest.fixture
def register(plant_rows: PlantRows) -> None:
    plant_rows.asset("P-101")
    plant_rows.site("other")


@pytest.fixture
def issue(app_database: Database, register: None) -> Callable[..., str]:  # noqa: ARG001
    def issue_(asset: str | None = None, site: str = "demo") -> str:
        with app_database.transaction() as tx:
            return device_tokens.issue(tx, site=site, asset=asset, name="a device", at=NOW, actor=typed("Ada")).token

    return issue_


@pytest.fixture
def send(client: TestClient) -> Send:
    def send_(token: str, document: Any, asset: str | None = None, **headers: str) -> httpx.Response:
        body = document if isinstance(document, bytes) else orjson.dumps(document)
        asked = {"asset": asset} if asset else {}
        shown = {"Authorization": f"Bearer {token}", **headers}
        return client.post(PATH, content=body, params=asked, headers=shown)

    return send_


def rows(superuser: Superuser, statement: str) -> list[tuple[object, ...]]:
    return superuser.execute(statement.encode()).fetchall()


def told(answer: httpx.Response) -> dict[str, int]:
    return {name: count for name, count in answer.json().items() if count and name != "refused"}


def test_what_is_answered_with_200_is_in_the_record(
    send: Send, issue: Callable[..., str], superuser: Superuser, ingest_database: Database
) -> None:
    token = issue("P-101")
    answer = send(token, {"ts": NOW_MS, "values": {"flow": 7.5, "head": 2}})
    assert (answer.status_code, told(answer)) == (200, {"received": 2, "stored": 2})
    assert rows(superuser, "SELECT value FROM reading ORDER BY value") == [(2.0,), (7.5,)]
    again = send(
        token, [{"ts": NOW_MS, "values": {"flow": 7.5, "head": 3}}, {"ts": NOW_MS + 1, "values": {"flow": "x"}}]
    )
    assert told(again) == {"received": 3, "duplicate": 1, "conflicting": 1, "quarantined": 1}
    assert again.json()["refused"] == [{"reason": "not_a_number", "detail": 'flow is "x"', "readings": 1}]
    with ingest_database.transaction() as tx:
        assert delivery.totals(tx) == {
            "demo/P-101": Delivered(
                device="demo/P-101", received=5, stored=2, duplicate=1, conflicting=1, quarantined=1
            )
        }


def test_latest_is_brought_forward(
    send: Send, issue: Callable[..., str], superuser: Superuser, application: FastAPI
) -> None:
    send(issue(), {"ts": NOW_MS, "values": {"flow": 7.5}}, "P-101")
    application.state.parts.door.close()
    assert rows(superuser, "SELECT value FROM latest") == [(7.5,)]


def test_many_devices_at_once_are_each_told_of_their_own(
    send: Send, issue: Callable[..., str], superuser: Superuser
) -> None:
    token = issue()
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(
                lambda n: send(token, [{"ts": NOW_MS + n, "values": {f"s{n % 7}": n}}] * (1 + n % 3), "P-101"),
                range(100),
            )
        )
    for n, answer in enumerate(answers):
        expected = {"received": 1 + n % 3, "stored": 1, "duplicate": n % 3}
        assert told(answer) == {name: count for name, count in expected.items() if count}, answer.text
    assert rows(superuser, "SELECT count(*) FROM reading") == [(100,)]


def test_a_token_that_is_wrong_missing_or_revoked_opens_nothing(
    client: TestClient, send: Send, issue: Callable[..., str], superuser: Superuser
) -> None:
    token = issue("P-101")
    for wrong in ("", "x", "dev_", "dev__", token + "x", token[:-1], "the plant's", "dev_nobody_secret", "dev_\x00_a"):
        answer = send(wrong, {"n": 1})
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized"), wrong
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.post(PATH, json={"n": 1}).status_code == 401
    assert send(token, {"n": 1}).status_code == 200
    (listed,) = client.get("/api/v1/device-tokens").json()
    assert (listed["asset"], listed["used_at"], listed["revoked_at"]) == ("P-101", "2026-03-04T12:00:00Z", None)
    path = f"/api/v1/device-tokens/{listed['token_id']}/revoke"
    assert client.post(path).status_code == 204
    assert send(token, {"n": 2}).status_code == 401
    assert token.split("_", 2)[2].encode() not in b"".join(
        bytes(str(value), "utf-8") for row in rows(superuser, "SELECT * FROM device_token") for value in row
    )


def test_a_device_token_opens_nothing_else(client: TestClient, issue: Callable[..., str]) -> None:
    shown = {"Authorization": f"Bearer {issue()}"}
    for path in ("/api/v1/assets", "/api/v1/device-tokens", PATH):
        assert client.get(path, headers=shown).status_code == 401


def test_tokens_are_issued_over_the_api(client: TestClient, send: Send, register: None) -> None:  # noqa: ARG001
    wish = {"site": "demo", "name": "gateway"}
    issued = client.post("/api/v1/device-tokens", json=wish)
    assert issued.status_code == 201
    assert send(issued.json()["token"], {"n": 1}, "P-101").status_code == 200
    assert client.post("/api/v1/device-tokens", json={**wish, "site": "nope"}).status_code == 404
    assert client.post("/api/v1/device-tokens", json={"site": "demo"}).status_code == 422


def test_a_token_opens_its_site_or_its_asset_alone(send: Send, issue: Callable[..., str], superuser: Superuser) -> None:
    assert send(issue("P-101"), {"n": 1}, "P-102").status_code == 403
    assert send(issue(), {"n": 1}).json()["error"] == "no_asset"
    assert send(issue(site="other"), {"n": 1}, "P-101").status_code == 202
    assert rows(superuser, "SELECT site_tag, asset_tag FROM quarantine") == [("other", "P-101")]
    assert rows(superuser, "SELECT FROM reading") == []


def test_a_stranger_is_held_until_it_is_approved(
    client: TestClient, send: Send, issue: Callable[..., str], superuser: Superuser
) -> None:
    answer = send(issue(), {"n": 1}, "泵/9")
    assert (answer.status_code, told(answer)) == (202, {"received": 1, "quarantined": 1})
    (stranger,) = client.get("/api/v1/quarantine/assets").json()
    assert (stranger["site"], stranger["asset"], stranger["readings"]) == ("demo", "泵/9", 1)
    approval = {"site": "demo", "asset": "泵/9", "asset_class": "pump"}
    assert client.post("/api/v1/quarantine/assets/approve", json=approval).status_code == 201
    assert client.post("/api/v1/quarantine/assets/approve", json=approval).status_code == 409
    assert rows(superuser, "SELECT tag FROM asset ORDER BY asset_id") == [("P-101",), ("泵/9",)]


def test_a_stranger_is_approved_as_a_class_of_the_register_or_dismissed(
    client: TestClient, send: Send, issue: Callable[..., str], superuser: Superuser
) -> None:
    send(issue(), {"n": 1}, "P-9")
    approval = {"site": "demo", "asset": "P-9", "asset_class": "pmup"}
    refused = client.post("/api/v1/quarantine/assets/approve", json=approval)
    assert (refused.status_code, refused.json()["error"]) == (400, "unknown_class")
    dismissal = {"site": "demo", "asset": "P-9"}
    answer = client.post("/api/v1/quarantine/assets/dismiss", json=dismissal)
    assert (answer.status_code, answer.json()) == (200, {"messages": 1, "readings": 1})
    assert client.get("/api/v1/quarantine/assets").json() == []
    known = {"site": "demo", "asset": "P-101"}
    assert client.post("/api/v1/quarantine/assets/dismiss", json=known).status_code == 409
    assert rows(superuser, "SELECT reason, count, readings FROM quarantine") == [("dismissed_asset", 1, 1)]


def test_what_cannot_be_used_is_refused_with_the_reason_and_kept(
    send: Send, issue: Callable[..., str], superuser: Superuser
) -> None:
    token = issue("P-101")
    for body, reason in ((b"{", "not_json"), (b"", "not_json"), ({"state": "on"}, "no_numbers"), ([1], "no_numbers")):
        answer = send(token, body)
        assert (answer.status_code, answer.json()["error"]) == (400, reason), body
    kept = rows(superuser, "SELECT reason, signal_key, count FROM quarantine ORDER BY reason, signal_key")
    assert kept == [("no_numbers", "", 2), ("not_json", "", 2)]


def test_gzip_is_unpacked_and_bounded(send: Send, issue: Callable[..., str], superuser: Superuser) -> None:
    token = issue("P-101")
    packed = {"Content-Encoding": "gzip"}
    whole = gzip.compress(orjson.dumps({"ts": NOW_MS, "values": {"n": 1}}))
    assert send(token, whole, **packed).status_code == 200
    for body, status, error in (
        (whole[:-4], 400, "not_gzip"),
        (b"{}", 400, "not_gzip"),
        (gzip.compress(b" " * 10**8), 413, "too_large"),
        (b"x" * 5000, 413, "too_large"),
    ):
        answer = send(token, body, **packed)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert send(token, b"x" * 5000).status_code == 413
    assert send(token, b"{}", **{"Content-Encoding": "br"}).status_code == 415
    assert rows(superuser, "SELECT count(*) FROM reading") == [(1,)]


def test_a_body_that_does_not_come_is_not_waited_for(
    application: FastAPI, issue: Callable[..., str], superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.telemetry._BODY_S", 0.05)

    async def body() -> AsyncIterator[bytes]:
        yield b'{"flow":'
        await asyncio.Event().wait()

    async def send_slowly() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://plant") as client:
            return await client.post(PATH, content=body(), headers={"Authorization": f"Bearer {issue('P-101')}"})

    answer = asyncio.run(asyncio.wait_for(send_slowly(), PATIENCE_S))
    assert (answer.status_code, answer.json()["error"]) == (408, "too_slow")
    assert "0.05 s" in answer.text
    assert rows(superuser, "SELECT FROM reading") == rows(superuser, "SELECT FROM quarantine") == []


def test_a_body_without_a_length_is_bounded_too(client: TestClient, issue: Callable[..., str]) -> None:
    shown = {"Authorization": f"Bearer {issue('P-101')}"}
    answer = client.post(PATH, content=(b"x" * 1000 for _ in range(10)), headers=shown)
    assert answer.status_code == 413


class TestALimitedDevice:
    @pytest.fixture
    def settings(self) -> DoorSettings:
        return DoorSettings(most_values_per_s=1e-9, burst_values=3)

    def test_is_told_so_and_counted(self, send: Send, issue: Callable[..., str], ingest_database: Database) -> None:
        token = issue("P-101")
        answers = [send(token, {"ts": NOW_MS + n, "values": {"n": n}}) for n in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert answers[-1].headers["Retry-After"] == "1"
        with ingest_database.transaction() as tx:
            assert delivery.totals(tx)["demo/P-101"] == Delivered(device="demo/P-101", received=5, stored=3, limited=2)


def test_while_the_database_is_away_a_device_is_told_to_come_again(tmp_path: Path, clock: ManualClock) -> None:
    server = PostgresServer(tmp_path / "server", durable=False)
    server.start()
    migrate(server.url, allow_unsupported=True)
    with psycopg.connect(server.url, autocommit=True) as superuser:
        PlantRows(superuser).asset("P-101")
    with (
        Database(server.url, role=Role.APP) as database,
        Database(server.url, role=Role.INGEST, wait_s=1.0) as own,
        Door(own, clock, DoorSettings()) as door,
    ):
        with database.transaction() as tx:
            token = device_tokens.issue(tx, site="demo", asset="P-101", name="d", at=NOW, actor=typed("Ada")).token
        app = create_app(database, clock, access=Access(), console=False, version="1", door=door)
        with TestClient(app, base_url="http://127.0.0.1:8080") as client:
            shown = {"Authorization": f"Bearer {token}"}
            assert client.post(PATH, headers=shown, json={"ts": NOW_MS, "values": {"n": 1}}).status_code == 200
            server.stop()
            away = client.post(PATH, headers=shown, json={"ts": NOW_MS + 1, "values": {"n": 2}})
            assert (away.status_code, away.json()["error"]) == (503, "unavailable")
            assert int(away.headers["Retry-After"]) > 0
            server.start()

            def comes_again() -> bool:
                return client.post(PATH, headers=shown, json={"ts": NOW_MS + 1, "values": {"n": 2}}).status_code == 200

            wait_for(comes_again, what="database that is back")
    server.stop()
