"""What was made by mistake goes out of view over HTTP, comes back, or becomes part of what was meant."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.usefixtures("plant")
PUMP = "/api/v1/assets/demo/P-101"


def keys(client: TestClient) -> list[str]:
    return [signal["key"] for signal in client.get(PUMP).json()["signals"]]


def retired(client: TestClient) -> list[tuple[str, str | None]]:
    return [(one["asset"], one["key"]) for one in client.get("/api/v1/register/retired").json()]


def test_signals_go_out_of_view_and_come_back(client: TestClient) -> None:
    before = keys(client)
    chosen = {"signals": [before[0]]}
    assert client.post(f"{PUMP}/retire", json=chosen).json()["signals"] == [before[0]]
    assert (keys(client), retired(client)) == (before[1:], [("P-101", before[0])])
    assert client.post(f"{PUMP}/restore", json=chosen).json()["signals"] == [before[0]]
    assert (keys(client), retired(client)) == (before, [])
    assert client.post(f"{PUMP}/retire", json={"signals": ["nothing"]}).status_code == 404
    assert client.post(f"{PUMP}/retire", json={"signals": []}).status_code == 422


def test_an_asset_goes_out_of_view_and_comes_back(client: TestClient) -> None:
    assert client.post(f"{PUMP}/retire", json={}).status_code == 200
    assert client.get(PUMP).status_code == 404
    assert retired(client) == [("P-101", None)]
    assert client.post(f"{PUMP}/retire", json={}).status_code == 409
    assert client.post(f"{PUMP}/restore", json={}).status_code == 200
    assert client.get(PUMP).status_code == 200


def test_a_signal_or_an_asset_becomes_part_of_another(client: TestClient) -> None:
    first, second, *_ = keys(client)
    assert client.post(f"{PUMP}/merge", json={"signal": first, "into": second}).json()["signals"] == [first]
    assert first not in keys(client)
    assert client.post(f"{PUMP}/merge", json={"signal": second, "into": "x", "into_site": "demo"}).status_code == 400
    assert client.post(f"{PUMP}/merge", json={"into": "P-101"}).status_code == 400
    assert client.post(f"{PUMP}/merge", json={"into": "P-999"}).status_code == 404
    assert client.post(f"{PUMP}/merge", json={"into": "P-102"}).status_code == 200
    assert client.get(PUMP).status_code == 404
