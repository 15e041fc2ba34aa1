"""How ingest does, who is heard, and what the API counts of itself, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from storage.core.database import Database
from storage.telemetry import delivery
from storage.telemetry.delivery import BatchDelivered, Delivered
from tests.api.plant_rows import NOW
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
PUMP = Delivered(device="demo/P-101", received=10, stored=6, duplicate=1, quarantined=2, conflicting=1, late=2)
FAN = Delivered(device="demo/F-401", received=5, stored=3, limited=2)


@pytest.fixture
def delivered(ingest_database: Database, superuser: Superuser) -> None:
    with ingest_database.transaction() as tx:
        delivery.record(tx, 0, 1, BatchDelivered.of([PUMP]), at=NOW - timedelta(hours=2))
        delivery.record(tx, 0, 2, BatchDelivered.of([PUMP, FAN]), at=NOW - timedelta(minutes=5))
    superuser.execute("SELECT fold_delivery(%s)", [NOW])
    with ingest_database.transaction() as tx:
        delivery.record(tx, 0, 3, BatchDelivered.of([PUMP]), at=NOW)
    PlantRows(superuser).slot(0, holder="a")
    superuser.execute("INSERT INTO ingest_loss (holder, at, messages, size_bytes) VALUES ('a', %s, 7, 700)", [NOW])


@pytest.mark.usefixtures("delivered")
def test_the_status_adds_up_what_came_folded_or_not(client: TestClient) -> None:
    told = client.get("/api/v1/ingest/status").json()
    assert {one["device"]: (one["received"], one["stored"], one["limited"]) for one in told["devices"]} == {
        "demo/P-101": (20, 12, 0),
        "demo/F-401": (5, 3, 2),
    }
    assert (told["lost_messages"], told["lost_bytes"], told["spooled_since"]) == (7, 700, None)
    assert [(slot["slot"], slot["is_held"], slot["is_listening"]) for slot in told["slots"]] == [(0, True, False)]


@pytest.mark.usefixtures("delivered")
def test_the_status_is_of_one_device_and_of_any_stretch(client: TestClient) -> None:
    asked = {"since": (NOW - timedelta(hours=3)).isoformat(), "device": "demo/P-101"}
    (told,) = client.get("/api/v1/ingest/status", params=asked).json()["devices"]
    assert told["received"] == 30
    minutes = client.get("/api/v1/ingest/minutes", params=asked).json()
    assert [(one["minute"], one["late"]) for one in minutes] == [
        ("2026-03-04T12:00:00Z", 2),
        ("2026-03-04T11:55:00Z", 2),
        ("2026-03-04T10:00:00Z", 2),
    ]
    assert client.get("/api/v1/ingest/status", params={"since": "yesterday"}).status_code == 422
    assert client.get("/api/v1/ingest/status", params={"since": "9999-12-31T23:59:59-14:00"}).status_code == 422


@pytest.mark.usefixtures("plant")
def test_liveness_is_told_of_one_asset_and_of_all(client: TestClient, superuser: Superuser) -> None:
    superuser.execute("UPDATE latest SET stored_at = now(), time = now() - interval '1 hour'")
    told = client.get("/api/v1/assets/demo/P-101/liveness").json()
    assert (told["session"], told["device"], told["sensors"]) == ("unknown", "alive", "stale")
    assert "flow_m3_h" in told["stale"]
    assert "speed_rpm" not in told["stale"]  # what was asked of a machine is no sensor
    assert len(client.get("/api/v1/liveness").json()) == 12
    assert client.get("/api/v1/assets/demo/P-999/liveness").status_code == 404


@pytest.mark.usefixtures("plant")
def test_requests_are_counted_by_route_and_never_by_path(client: TestClient) -> None:
    for path in ("/api/v1/assets/demo/P-101", "/api/v1/assets/demo/P-102", "/api/v1/a-strangers-path"):
        client.get(path)
    text = client.get("/metrics").text
    assert 'method="GET"' in text
    assert "P-101" not in text
    assert "a-strangers-path" not in text
    counted = [line for line in text.splitlines() if line.startswith("assetloop_api_requests_total")]
    assert sum(float(line.split()[-1]) for line in counted) == 3
    assert any('status="404"' in line for line in counted)
