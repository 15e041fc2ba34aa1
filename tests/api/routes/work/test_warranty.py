"""Warranties over HTTP: set, listed, marked on orders and alerts, claimed, answered, and the evidence in one file."""

from __future__ import annotations

import io
import zipfile

import psycopg
import pytest
from fastapi.testclient import TestClient

from storage.core.database import Database
from tests.api import plant_rows
from tests.api.plant_rows import NOW

API = "/api/v1"
Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.mark.usefixtures("plant")
def test_a_failure_within_a_warranty_is_marked_claimed_and_answered(
    client: TestClient, app_database: Database, superuser: Superuser
) -> None:
    plant_rows.sicken(app_database, superuser, NOW)
    (order,) = client.get(f"{API}/work-orders").json()
    number, place = order["number"], f"{API}/work-orders/{order['number']}/warranty"
    assert order["warranty_until"] is None
    assert client.get(place).json() == {"warranty": None, "claim": None, "steps": []}
    assert client.get(f"{API}/work-orders", params={"in_warranty": True}).json() == []
    for path in ("/claim", "/answer"):
        body = {"state": "accepted"} if path == "/answer" else {}
        assert client.post(place + path, json=body).status_code in {404, 409}
    assert client.get(f"{place}/evidence").status_code == 409
    wanted = {"starts": "2026-01-01", "months": 24, "guarantor": "Pumpen AG"}
    setting = f"{API}/assets/demo/P-102/warranty"
    assert client.post(setting, json=wanted | {"ends": "2027-01-01"}).status_code == 422
    assert client.post(f"{API}/assets/demo/P-999/warranty", json=wanted).status_code == 404
    assert client.post(setting, json=wanted).status_code == 204
    (standing,) = client.get(f"{API}/warranties", params={"on": "2026-12-01", "site": "demo"}).json()
    assert (standing["asset"], standing["ends"], standing["source"]) == ("P-102", "2027-12-31", "said")
    (marked,) = client.get(f"{API}/work-orders", params={"in_warranty": True}).json()
    assert (marked["number"], marked["warranty_until"]) == (number, "2027-12-31")
    assert client.get(f"{API}/work-orders/{number}").json()["warranty_until"] == "2027-12-31"
    assert [one["warranty_until"] for one in client.get(f"{API}/alerts").json()] == ["2027-12-31"]
    claimed = client.post(f"{place}/claim", json={"amount": "250.00", "note": "the bearing rumbles"})
    assert (claimed.status_code, claimed.json()["state"], claimed.json()["amount"]) == (201, "open", "250.00")
    assert client.post(f"{place}/claim", json={}).status_code == 409
    assert client.post(f"{place}/answer", json={"state": "rejected", "note": "no"}).status_code == 400
    assert client.post(f"{place}/answer", json={"state": "settled", "amount": "200"}).json()["amount"] == "200.00"
    assert [one["state"] for one in client.get(place).json()["steps"]] == ["open", "settled"]
    for asked, found in (({"guarantor": "pumpen ag"}, 1), ({"state": "open"}, 0), ({"project": "cw"}, 0)):
        assert len(client.get(f"{API}/warranty-claims", params=asked).json()) == found
    packed = client.get(f"{place}/evidence", params={"language": "zh"})
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as files:
        names = files.namelist()
    assert {"claim.zh.html", "signals.csv", "signals.png", "alert.json", "ledger.json", "MANIFEST"} <= set(names)
    assert "claim.en.html" not in names
