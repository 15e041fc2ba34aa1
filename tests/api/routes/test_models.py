"""Models, proposals and figures over HTTP, on models that were really trained."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.identity.access import Access
from models.training.queue import run_training
from models.training.train import train
from plant.model import RetrainingReason
from storage.models import proposals
from tests import people
from tests.models.conftest import START, Rows, closed_order, rows

__all__ = ["rows"]


@pytest.fixture
def client(rows: Rows) -> Iterator[TestClient]:
    """A plant with one asset whose model is challenged."""
    asset_id = rows.trained_asset()
    train(rows.database, clock=rows.clock, trained_by="Ada", asset_ids=[asset_id])
    application = create_app(rows.database, rows.clock, access=Access(), console=False, version="1")
    with TestClient(application, base_url="http://127.0.0.1:8080") as client:
        people.sign_in(client, rows.database, rows.clock)
        yield client


def standing(client: TestClient) -> dict[int, str]:
    found = client.get("/api/v1/models", params={"retired": True}).json()
    return {one["version"]: one["state"] for one in found}


def test_models_are_listed_with_their_back_test_and_shown_with_their_history(client: TestClient) -> None:
    challenger, champion = client.get("/api/v1/models").json()
    assert (challenger["version"], champion["version"], champion["asset"]) == (2, 1, "P-1")
    assert champion["figures"]["held_back"].keys() >= {"hours", "alarms", "alarms_per_day"}
    shown = client.get(f"/api/v1/models/{champion['model_id']}").json()
    assert [event["event"] for event in shown["events"]] == ["trained"]
    assert len(shown["data_sha256"]) == 64
    assert client.get("/api/v1/models/99").status_code == 404
    assert client.get("/api/v1/models", params={"site": "demo"}).status_code == 400
    assert client.get("/api/v1/models", params={"site": "demo", "asset": "X"}).status_code == 404


def test_a_challenger_is_promoted_and_rolled_back(client: TestClient) -> None:
    assert client.post("/api/v1/models/2/promote").json()["state"] == "champion"
    assert standing(client) == {1: "retired", 2: "champion"}
    assert client.post("/api/v1/models/2/promote").status_code == 409
    assert client.post("/api/v1/models/2/rollback").json()["version"] == 1
    assert standing(client) == {1: "champion", 2: "challenger"}
    assert client.post("/api/v1/models/1/rollback").status_code == 409
    assert client.post("/api/v1/models/2/promote", json={"actor": "Eve"}).status_code == 422


def test_a_model_that_cannot_be_loaded_is_a_conflict_in_one_line(client: TestClient, rows: Rows) -> None:
    rows.connection.execute("UPDATE model SET artifact = 'junk' WHERE version = 2")
    answer = client.post("/api/v1/models/2/promote")
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")
    assert "cannot be read, train it again" in answer.json()["detail"]
    assert standing(client) == {1: "champion", 2: "challenger"}


def test_proposals_are_accepted_or_dismissed_once(client: TestClient, rows: Rows) -> None:
    with rows.database.transaction() as tx:
        for reason in (RetrainingReason.INPUT_DRIFT, RetrainingReason.ALARM_RATE):
            proposals.put(tx, installation_id=1, asset_id=1, reason=reason, evidence={"signals": []}, at=START)
    assert len(client.get("/api/v1/proposals").json()) == 2
    accepted = client.post("/api/v1/proposals/1/accept", json={"note": "new oil"}).json()
    assert (accepted["state"], accepted["decided_by"], accepted["note"]) == ("accepted", "Ada", "new oil")
    assert client.post("/api/v1/proposals/2/dismiss").json()["state"] == "dismissed"
    assert client.post("/api/v1/proposals/2/accept").status_code == 409
    assert client.post("/api/v1/proposals/99/accept").status_code == 404
    assert client.get("/api/v1/proposals").json() == []
    run_training(rows.database, 1, clock=rows.clock)
    told = {one["proposal_id"]: one for one in client.get("/api/v1/proposals", params={"state": "all"}).json()}
    assert (told[1]["training_state"], told[1]["model_id"]) == ("trained", 3)
    assert told[2]["training_state"] is None


def test_figures_are_null_without_a_case_and_name_their_formulae(client: TestClient, rows: Rows) -> None:
    empty = client.get("/api/v1/figures/detection").json()
    (pump,) = empty["classes"]
    assert (pump["precision"], pump["recall"], pump["lead_to_failure_s"]) == (None, None, None)
    assert empty["formulae"]["precision"] == "confirmed / (confirmed + false_alarms)"
    assert empty["as_known_at"] == empty["to"]
    closed_order(rows, 1, outcome="confirmed", onset_s=10, started_s=200, restored_s=300, failed_s=75)
    rows.clock.sleep(10)
    (pump,) = client.get("/api/v1/figures/detection").json()["classes"]
    assert (pump["precision"], pump["recall"], pump["lead_to_failure_s"]) == (1.0, 1.0, 60.0)
    backwards = {"from": "2026-03-03T00:00:00Z", "to": "2026-03-02T00:00:00Z"}
    assert client.get("/api/v1/figures/detection", params=backwards).json()["error"] == "empty_span"
