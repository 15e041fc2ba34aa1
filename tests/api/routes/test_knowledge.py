"""What is searched for over HTTP is found as on the console: what was learnt, and what is called so."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient


@pytest.mark.usefixtures("sick_plant")
def test_a_search_finds_assets_orders_and_alerts_by_their_names_and_words(client: TestClient) -> None:
    found = client.get("/api/v1/search", params={"q": "p-102"}).json()
    assert [(one["kind"], one["asset"]) for one in found["things"]] == [
        ("asset", "P-102"),
        ("order", "P-102"),
        ("alert", "P-102"),
    ]
    assert found["things"][1]["key"] == "WO-000001"
    assert client.get("/api/v1/search", params={"q": "nothing is called so"}).json()["things"] == []
    assert client.get("/api/v1/search", params={"q": " "}).status_code == 400
