"""Maintenance plans over HTTP: made, changed, let rest, and refused where they make no sense."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.plant_rows import PlantRows

PATH = "/api/v1/maintenance-plans"


def test_a_plan_is_made_changed_and_rests(client: TestClient, plant_rows: PlantRows) -> None:
    plant_rows.signal(plant_rows.asset("P-7"), "hours")
    plan = {"site": "demo", "asset": "P-7", "tag": "oil", "name": "Oil", "signal": "hours", "every": 500}
    made = client.post(PATH, json=plan)
    assert (made.status_code, made.json()["kind"], made.json()["is_active"]) == (201, "meter", True)
    assert client.post(PATH, json=plan).status_code == 409
    read = {"If-Match": made.headers["etag"]}
    assert client.post(f"{PATH}/change", json={**plan, "every": 250}, headers=read).json()["every"] == 250
    named = {name: plan[name] for name in ("site", "asset", "tag")}
    assert client.post(f"{PATH}/rest", json=named).json()["is_active"] is False
    assert client.post(f"{PATH}/resume", json=named).json()["is_active"] is True
    for wrong, status in (
        ({"every": 0}, 422),
        ({"signal": "nothing"}, 404),
        ({"job_plan": "nothing"}, 404),
        ({"team": "nobody"}, 404),
        ({"tag": "other"}, 404),
        ({"asset": "P-8"}, 404),
        ({"every": None, "signal": "", "rule": "FREQ=DAILY;INTERVAL=0", "begins": "2026-01-05T08:00"}, 422),
    ):
        answer = client.post(f"{PATH}/change", json={**plan, **wrong}, headers={"If-Match": "*"})
        assert answer.status_code == status, wrong
    (kept,) = client.get(PATH).json()
    assert (kept["every"], kept["tag"]) == (250, "oil")
