"""Requests for a change of design over HTTP: seen, accepted with a change, sent out as BCF, and read back."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from tests.api.plant_rows import NOW
from tests.plant_rows import PlantRows

API = "/api/v1/design-requests"
RATE = {"failures": 5, "years": 2.0, "a_year": 2.5, "low": 0.8, "high": 5.8}


@pytest.fixture
def request_id(plant_rows: PlantRows) -> int:
    asset_id = plant_rows.asset("P-1")
    class_id = plant_rows._known("asset_class", "class_id", "pump")
    equipment_id = plant_rows.add("equipment", class_id=class_id, serial="1", manufacturer="Acme", model="M1")
    plant_rows.installation(asset_id, equipment_id=equipment_id, installed_from=NOW)
    signal_id = plant_rows.signal(asset_id, "temperature", high=90.0, unit="°C")
    plant_rows.connection.execute("SELECT ensure_partition(%s, %s)", [NOW, NOW])
    plant_rows.reading(signal_id, NOW, 95.0)
    order_id = plant_rows.work_order(asset_id, at=NOW, evidence=Jsonb({"signals": [{"signal": "temperature"}]}))
    evidence = {"rate": RATE, "rest": {**RATE, "a_year": None, "low": None, "high": None}, "machines": 1}
    evidence |= {"since": "2024-03-04", "until": "2026-03-04", "orders": [f"WO-{order_id:06d}"], "costs": []}
    row = {"site_id": plant_rows._known("site", "site_id", "demo"), "class_id": class_id, "failure_mode": "LEK"}
    return int(
        plant_rows.add(
            "design_request", **row, manufacturer="Acme", model="M1", opened_at=NOW, evidence=Jsonb(evidence)
        )
    )


def test_it_is_accepted_with_a_change_and_its_effect_is_not_yet_known(client: TestClient, request_id: int) -> None:
    wanted: dict[str, Any] = {"reason": "runs hot", "limits": [{"signal": "temperature", "high": 80.0}]}
    assert client.post(f"{API}/{request_id}/accept", json={"reason": "x"}).json()["error"] == "no_change"
    done = client.post(f"{API}/{request_id}/accept", json=wanted).json()
    assert (done["state"], done["decided_by"], done["effect"]["verdict"]) == ("accepted", "Ada", "not_yet_known")
    assert [(one["version"], one["what"], one["after"]["high"]) for one in done["changes"]] == [
        (1, "temperature", 80.0)
    ]
    assert client.post(f"{API}/{request_id}/reject", json={"reason": "no"}).status_code == 409


def test_job_plan_spares_and_requirements_change_with_it_or_nothing_does(client: TestClient, request_id: int) -> None:
    wanted: dict[str, Any] = {
        "reason": "runs hot",
        "job_plan": [{"plan": "first", "name": "First start", "step": [{"text": "Grease it", "kind": "check"}]}],
        "spares": [{"part": "12-7", "name": "Seal", "least": "2"}],
        "requirements": {"parameter": [{"name": "seal material", "values": ["FFKM"]}], "training": 1},
    }
    for wrong in ({"spares": [{"part": "12-7"}]}, {"job_plan": [{"plan": "none", "step": [{"text": "x"}]}]}):
        assert client.post(f"{API}/{request_id}/accept", json={**wanted, **wrong}).status_code == 404
    assert client.get("/api/v1/job-plans/first").status_code == 404
    done = client.post(f"{API}/{request_id}/accept", json=wanted).json()
    assert [(one["version"], one["kind"], one["what"]) for one in done["changes"]] == [
        (1, "job_plan", "first"),
        (2, "spares", "12-7"),
        (3, "requirement", "pump"),
    ]
    plan = client.get("/api/v1/job-plans/first").json()
    assert (plan["version"], plan["request_id"], plan["class_tag"]) == (1, request_id, "pump")


def test_it_goes_out_as_bcf_with_its_picture_and_its_status_comes_back(client: TestClient, request_id: int) -> None:
    file = client.get(f"{API}/{request_id}/bcf")
    assert file.headers["content-disposition"] == f'attachment; filename="DR-{request_id}.bcf"'
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file.content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'TopicStatus="Open"', b'TopicStatus="Resolved"'))
    (back,) = client.post(f"{API}/bcf", content=changed.getvalue()).json()
    assert (back["request_id"], back["bcf_status"], back["state"]) == (request_id, "Resolved", "open")
    assert client.post(f"{API}/bcf", content=b"x").json()["error"] == "bad_bcf"
    assert client.get(f"{API}/{request_id}/picture").content.startswith(b"\x89PNG")
