"""The register over HTTP: a file is sent and confirmed, and its changes are asked for by day."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

REGISTER = "/api/v1/register"
TAGS = b"Tag,Class,Signal,High (bar)\nP-900,new,pressure,9\nP-901,,,\n"


@pytest.mark.usefixtures("plant")
def test_a_file_is_sent_seen_and_confirmed_and_days_are_compared(client: TestClient) -> None:
    known = client.get("/api/v1/assets/demo/P-101").json()["asset_class"]
    sent = client.post(f"{REGISTER}/demo/imports", params={"name": "t.csv", "class": known}, content=TAGS)
    assert (sent.status_code, sent.json()["state"]) == (201, "tried")
    assert any("P-900 is of the type new" in one["what"] for one in sent.json()["said"]["faults"])
    confirm = f"{REGISTER}/imports/{sent.json()['upload_id']}/confirm"
    assert client.post(confirm).json()["state"] == "confirmed"
    assert client.post(confirm).status_code == 409
    assert client.post(confirm.replace("confirm", "dismiss")).status_code == 409
    assert [one["file"] for one in client.get(f"{REGISTER}/imports").json()] == ["t.csv"]
    bad = client.post(f"{REGISTER}/demo/imports", params={"name": "t.xlsx"}, content=b"PK\x03\x04")
    assert (bad.status_code, bad.json()["error"]) == (400, "bad_file")
    assert client.get(f"{REGISTER}/nowhere/on/2999-01-01").status_code == 404
    stood = client.get(f"{REGISTER}/demo/on/2999-01-01").json()
    assert "P-101" in [one["item"] for one in stood if one["kind"] == "asset"]
    days = {"first": "2001-01-01", "second": "2999-01-01"}
    assert any(one["item"] == "P-101" for one in client.get(f"{REGISTER}/demo/changes", params=days).json())
    assert client.get(f"{REGISTER}/demo/changes", params={**days, "second": "2000-01-01"}).status_code == 400
