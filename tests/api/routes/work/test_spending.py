"""What an order costs, over HTTP."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from plant.orders.spending import Part, Trade
from storage.core.database import Database
from storage.orders import stock
from tests.plant_rows import NOON, PlantRows

ORDER = "/api/v1/work-orders/WO-000001"


@pytest.fixture(autouse=True)
def order(plant_rows: PlantRows, app_database: Database) -> None:
    plant_rows.order_event(plant_rows.work_order(plant_rows.asset()))
    with app_database.transaction() as tx:
        stock.put_currency(tx, "demo", "CNY")
        stock.put_trade(tx, "demo", Trade(tag="mechanic", name="Mechanic"))
        stock.put_part(tx, "demo", Part(number="6205", name="Bearing"))


def test_parts_labour_and_downtime_are_booked_and_the_cost_said(client: TestClient) -> None:
    received = client.post(
        "/api/v1/parts/receive", json={"site": "demo", "part": "6205", "quantity": "3", "price": "9.99"}
    )
    assert (received.json()["on_hand"], received.json()["price"]) == ("3", "9.99")
    assert client.post(f"{ORDER}/parts/reserve", json={"part": "6205", "quantity": 2}).status_code == 200
    assert client.post(f"{ORDER}/parts/release", json={"part": "6205", "quantity": 1}).status_code == 200
    assert client.post(f"{ORDER}/parts/issue", json={"part": "6205", "quantity": "2"}).status_code == 200
    worked = {"person": "ada", "trade": "mechanic", "day": "2026-03-04", "hours": "2.5"}
    assert client.post(f"{ORDER}/labour", json=worked).status_code == 200
    cost = client.get(f"{ORDER}/costs").json()
    assert cost["costs"] == [{"currency": "CNY", "parts": "19.98", "labour": "0", "other": "0", "total": "19.98"}]
    assert (cost["unpriced_hours"], cost["reserved"]) == ("2.5", [])
    (listed,) = client.get("/api/v1/parts", params={"site": "demo"}).json()
    assert (listed["free"], listed["reserved"]) == ("1", "0")
    stood = {"down_from": NOON.isoformat(), "reason": "seal leaks"}
    assert client.post(f"{ORDER}/downtimes", json=stood).status_code == 200
    assert client.post(f"{ORDER}/downtimes/end", json={"at": "2026-03-01T13:00:00Z"}).status_code == 200
    (of_order,) = client.get(f"{ORDER}/downtimes").json()
    assert client.get("/api/v1/downtimes", params={"site": "demo", "asset": "P-1"}).json() == [of_order]
    assert (of_order["order"], of_order["reason"]) == ("WO-000001", "seal leaks")
    kinds = [(one["part"], one["quantity"], one["hours"]) for one in client.get(ORDER).json()["bookings"]]
    assert kinds == [("6205", 2.0, None), (None, None, 2.5)]


def test_what_makes_no_sense_is_refused(client: TestClient) -> None:
    for path, body, status in (
        ("parts/issue", {"part": "6205", "quantity": 1}, 400),  # it has no price
        ("parts/issue", {"part": "6205", "quantity": 1, "without_price": True}, 409),  # and none is there
        ("parts/issue", {"part": "6205", "quantity": 1e308}, 422),
        ("parts/reserve", {"part": "NONE", "quantity": 1}, 404),
        ("labour", {"person": "ada", "trade": "mechanic", "day": "2026-03-04", "hours": 25}, 422),
        ("labour", {"person": "nobody", "trade": "mechanic", "day": "2026-03-04", "hours": 1}, 404),
        ("labour", {"person": "ada", "trade": "mechanic", "day": "soon", "hours": 1}, 422),
        ("downtimes", {"down_from": "2026-03-01T12:00:00", "reason": "x"}, 422),
        ("downtimes", {"down_from": "2026-03-01T12:00:00Z", "reason": "a\x00"}, 422),
        ("downtimes/end", {"at": "2026-03-01T12:00:00Z"}, 409),
    ):
        answer = client.post(f"{ORDER}/{path}", json=body)
        assert answer.status_code == status, (path, body, answer.text)
    assert client.get(ORDER).json()["revision"] == 1
    nowhere = {"site": "nowhere", "part": "6205", "quantity": 1}
    assert client.post("/api/v1/parts/receive", json=nowhere).status_code == 404
