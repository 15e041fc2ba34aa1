"""Tasks and job plans over HTTP."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from plant.orders.job_plan import JobPlan, JobStep, TaskKind
from storage.core.database import Database
from storage.orders.job_plans import keep_job_plan
from tests.api.plant_rows import NOW

ORDER = "/api/v1/work-orders/WO-000001"
PLAN = JobPlan(
    tag="bearing",
    name="Change the bearing",
    steps=(JobStep(text="Isolate"), JobStep(text="Vibration", kind=TaskKind.READING, unit="mm/s", high=4.5)),
)


@pytest.mark.usefixtures("sick_plant")
def test_an_order_follows_a_plan_is_answered_and_leads_to_another(client: TestClient, app_database: Database) -> None:
    with app_database.transaction() as tx:
        keep_job_plan(tx, PLAN, at=NOW, by="a test")
    assert [one["version"] for one in client.get("/api/v1/job-plans").json()] == [1]
    assert client.get("/api/v1/job-plans/bearing").json()["steps"][1]["high"] == 4.5
    assert client.get("/api/v1/job-plans/bearing?version=2").status_code == 404
    assert client.post(f"{ORDER}/job-plans", json={"job_plan": "bearing"}).json()["job_plan_version"] == 1
    assert client.post(f"{ORDER}/tasks", json={"text": "Clean up"}).status_code == 201
    assert client.post(f"{ORDER}/tasks/2/answer", json={"reading": 7.0}).status_code == 200
    assert client.post(f"{ORDER}/tasks/1/answer", json={"verdict": "fail"}).status_code == 200
    raised = client.post(f"{ORDER}/tasks/2/raise", json={"failure_mode": "NOI"})
    assert (raised.status_code, raised.json()["number"]) == (201, "WO-000002")
    assert client.post(f"{ORDER}/tasks/1/dismiss", json={"note": "known"}).status_code == 200
    tasks = client.get(f"{ORDER}/tasks").json()
    assert [(one["text"], one["raised_order"], one["proposes_order"]) for one in tasks] == [
        ("Isolate", None, False),
        ("Vibration", "WO-000002", False),
        ("Clean up", None, False),
    ]
    assert tasks[1]["answer"]["verdict"] == "fail"


@pytest.mark.usefixtures("sick_plant")
def test_what_makes_no_sense_is_refused(client: TestClient) -> None:
    client.post(f"{ORDER}/tasks", json={"text": "Look", "kind": "reading"})
    for path, body, status in (
        ("tasks", {"text": ""}, 422),
        ("tasks", {"text": "a\x07b"}, 422),
        ("tasks", {"text": "x", "kind": "magic"}, 422),
        ("tasks/1/answer", {"reading": 1e308}, 400),
        ("tasks/1/answer", {"verdict": "splendid"}, 422),
        ("tasks/x/answer", {"verdict": "pass"}, 422),
        ("tasks/1/raise", {"failure_mode": "NIX"}, 400),
    ):
        assert client.post(f"{ORDER}/{path}", json=body).status_code == status, (path, body)
    assert client.post(f"{ORDER}/tasks/9/answer", json={"verdict": "pass"}).status_code == 404
    assert client.post(f"{ORDER}/tasks/1/raise", json={"failure_mode": "NOI"}).status_code == 409
    assert client.get(f"{ORDER}/tasks").json()[0]["answer"] is None
