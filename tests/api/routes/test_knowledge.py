"""What is searched for over HTTP is found as on the console: what was learnt, and what is called so."""

from __future__ import annotations

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.plant_rows import PlantRows


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


def test_an_asset_is_found_by_the_words_of_its_name_its_class_and_its_signals(
    client: TestClient, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    plant = PlantRows(superuser)
    plant.asset_class("centrifugal", name="Centrifugal pump", name_zh="离心泵")
    pump = plant.asset("X-7", site="demo", asset_class="centrifugal", name="Bilge pump A", name_zh="舱底水泵A")
    plant.signal(pump, "de_c", name="Drive-end bearing temperature", name_zh="驱动端轴承温度")

    def found(text: str) -> list[str]:
        things = client.get("/api/v1/search", params={"q": text}).json()["things"]
        return [one["asset"] for one in things if one["kind"] == "asset"]

    for text in (
        "舱底水泵 A",
        "a 舱底",
        "bilge A",
        "离心泵",
        "离心泵 舱底",
        "centrifugal bilge",
        "轴承",
        "bearing temp",
    ):
        assert found(text) == ["X-7"], text
    for text in ("舱底水泵 Z", "轴承 舱底", "齿轮箱"):
        assert found(text) == [], text
