"""The life of a model on real parts: alert, order, closing code, label; repair, re-learning, proposal, promotion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from alerts.alarms.desk import Desk
from api.app import create_app
from api.identity.access import Access
from lifecycle import ledger
from models import jobs, training_requests
from models.scoring.scorer import Scorer
from models.training.threshold import level_of
from storage.core.jobs import defer
from tests import people
from tests.api.conftest import TestClient
from tests.models.conftest import START, Rows, healthy_rows, rows
from tests.queue_worker import work_off

__all__ = ["rows"]
V1 = "/api/v1"
CODES = {"failure_mode": "VIB", "cause": "3.4", "action": "replace", "note": "bearing, drive end"}
NEW_NORMAL = np.array([0.5, 3.0, 0.0])  # five and six scales away from the old one


class Plant:
    """One pump whose readings a test writes, and everything that watches it: scoring, desk, worker, API."""

    def __init__(self, rows: Rows, url: str, client: TestClient) -> None:
        self.rows = rows
        self._url = url
        self.client = client
        self.asset_id = rows.trained_asset()
        self.now_s = 400.0
        self._scorer = Scorer(rows.database, rows.clock, "w")
        self._desk = Desk(rows.database, rows.clock)

    def run(self, readings: NDArray[np.float64]) -> None:
        """Let the pump measure, a row a second, and everybody look at it in between."""
        for part in np.array_split(readings, max(1, len(readings) // 600)):
            self.rows.write(self.asset_id, part, first_s=self.now_s)
            self.now_s += len(part)
            self.rows.fall_silent()
            self.now_s += 10
            self._scorer.round()
            self._desk.round()

    def work(self) -> None:
        """Do what the learning and the training lane of a worker do in a minute."""
        with self.rows.database.transaction() as tx:
            defer(tx, f"{training_requests.NAMESPACE}:learn", queue=jobs.LEARNING, timestamp=0)
        blueprint = jobs.model_blueprint(self.rows.database, self.rows.clock)
        lanes = (jobs.LEARNING, training_requests.QUEUE)
        work_off(self._url, {training_requests.NAMESPACE: blueprint}, lanes)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.client.get(V1 + path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.client.post(V1 + path, json=body or {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def open_order(self) -> str:
        (order,) = self.get("/work-orders")
        number: str = order["number"]
        return number

    def take(self, number: str, *steps: str) -> None:
        for step in steps:
            self.rows.clock.sleep(1)
            self.now_s += 1
            self.post(f"/work-orders/{number}/{step}")


@pytest.fixture
def plant(rows: Rows, database_url: str) -> Iterator[Plant]:
    application = create_app(rows.database, rows.clock, access=Access(), console=False, version="1")
    with TestClient(application, base_url="http://127.0.0.1:8080") as client:
        people.sign_in(client, rows.database, rows.clock)
        yield Plant(rows, database_url, client)


def shaking(n: int, seed: int, by: float) -> NDArray[np.float64]:
    """The pump shakes by so much in all but the first minute and the last."""
    readings = healthy_rows(n, seed)
    readings[60 : n - 60, 0] += by
    return readings


def standing(plant: Plant) -> dict[int, str]:
    return {one["version"]: one["state"] for one in plant.get("/models", retired=True)}


def test_false_alarms_raise_the_line_until_the_same_is_no_alarm_any_more(plant: Plant) -> None:
    false_alarms = 0
    for _ in range(4):
        known = len(plant.get("/findings"))
        plant.run(shaking(720, 1, 0.14))
        if len(plant.get("/findings")) == known:
            break
        false_alarms += 1
        number = plant.open_order() if plant.get("/work-orders") else _raised_by_hand(plant)
        plant.take(number, "approve", "start", "complete")
        plant.post(f"/work-orders/{number}/close", {**CODES, "outcome": "false_alarm", "action": "check"})
        before = plant.get("/models")[0]["line"]
        plant.work()
        assert before < plant.get("/models")[0]["line"] <= 1.25 * before
    assert 1 <= false_alarms <= 3
    (model,) = plant.get("/models")
    shown = plant.get(f"/models/{model['model_id']}")
    assert [event["event"] for event in shown["events"]] == ["trained"] + ["line_moved"] * false_alarms
    ((score,),) = plant.rows.all("SELECT score_max FROM score ORDER BY time DESC LIMIT 1")
    assert level_of(float(str(score)), model["line"]) > 1.1, "as trained it would have been an alarm"
    (pump,) = plant.get("/figures/detection")["classes"]
    assert (pump["precision"], pump["recall"], pump["false_alarms"]) == (0.0, None, false_alarms)


def _raised_by_hand(plant: Plant) -> str:
    """Raise an order where the alert alone was too mild for one; what was found joins it."""
    answer = plant.client.post(
        f"{V1}/work-orders",
        json={"site": "demo", "asset": "P-1", "failure_mode": "VIB", "what": "have a look"},
    )
    number: str = answer.json()["number"]
    return number


def test_from_a_fault_over_its_repair_to_a_model_of_the_new_normal_and_back(plant: Plant) -> None:
    # a fault: alert, order
    plant.run(shaking(300, 2, 3.0))
    number = plant.open_order()
    plant.take(number, "approve", "start")

    # while it is worked on, what is found is recorded and nobody is told
    told = len(plant.get("/alerts", state="all"))
    plant.run(healthy_rows(300, 3) * np.array([0.0, 0.5, 0.0]))
    assert {one["suppressed"] for one in plant.get("/findings", open_only=True)} <= {"work", None}
    assert plant.get("/findings", suppressed_only=True)
    assert len(plant.get("/alerts", state="all")) == told

    # closed as confirmed with a replacement: it is learnt again
    plant.take(number, "complete")
    plant.post(f"/work-orders/{number}/close", {**CODES, "outcome": "confirmed"})
    assert plant.get("/assets/demo/P-1")["relearning_since"] is not None
    plant.run(healthy_rows(3900, 4) + NEW_NORMAL)
    asset = plant.get("/assets/demo/P-1")
    assert (asset["health"], asset["score"]) == ("learning", None)
    assert len(plant.get("/alerts", state="all")) == told, "the old model only looks on"
    assert "relearning" in {one["suppressed"] for one in plant.get("/findings", suppressed_only=True)}

    # enough clean data: proposed with evidence, accepted by a person, trained as a challenger with its back-test
    assert standing(plant) == {1: "champion"}
    plant.work()
    (proposal,) = plant.get("/proposals")
    assert proposal["reason"] == "relearning"
    assert proposal["evidence"]["clean_s"] >= proposal["evidence"]["needed_s"]
    assert {one["signal"] for one in proposal["evidence"]["signals"] if one["drifts"]} == {"vibration", "temperature"}
    assert standing(plant) == {1: "champion"}, "nothing is trained before somebody says so"
    plant.post(f"/proposals/{proposal['proposal_id']}/accept")
    plant.work()
    assert standing(plant) == {1: "champion", 2: "challenger"}
    challenger = next(one for one in plant.get("/models") if one["state"] == "challenger")
    figures = challenger["figures"]
    assert figures["held_back"]["alarms"] == 0
    assert (figures["faults"]["kept"], figures["faults"]["found"]) == (1, 1)

    # promoted by a person: the new normal is normal
    plant.post(f"/models/{challenger['model_id']}/promote")
    assert standing(plant) == {1: "retired", 2: "champion"}
    found = len(plant.get("/findings"))
    plant.run(healthy_rows(600, 5) + NEW_NORMAL)
    asset = plant.get("/assets/demo/P-1")
    assert (asset["relearning_since"], asset["score"] < 0.5) == (None, True)
    assert len(plant.get("/findings")) == found

    # and rolled back: the old model is in charge again, with its own opinion
    back = plant.post(f"/models/{challenger['model_id']}/rollback")
    assert (back["version"], standing(plant)) == (1, {1: "champion", 2: "challenger"})
    plant.run(healthy_rows(600, 7) + NEW_NORMAL)
    assert [one["source_version"] for one in plant.get("/findings", open_only=True) if not one["suppressed"]] == [
        "condition/P-1/v1"
    ]
    (pump,) = plant.get("/figures/detection")["classes"]
    assert (pump["precision"], pump["recall"], pump["confirmed"]) == (1.0, 1.0, 1)
    with plant.rows.database.transaction() as tx:
        assert isinstance(ledger.verify(tx, "demo"), ledger.VerifiedChain)
        events = {
            row["event"] for row in tx.connection.execute("SELECT entry->>'event' AS event FROM ledger").fetchall()
        }
    assert events >= {
        *("alert.raised", "order.raised", "order.closed", "relearning.began", "proposal.accepted"),
        *("model.promoted", "relearning.ended", "model.rolled_back_to"),
    }


def test_a_worker_that_is_told_nothing_new_does_nothing_new(plant: Plant) -> None:
    plant.run(healthy_rows(600, 6))

    def rows_of(*tables: str) -> list[int]:
        counted = [plant.rows.all(f"SELECT count(*) FROM {table}") for table in tables]
        return [int(str(count)) for ((count,),) in counted]

    watched: Callable[[], list[int]] = lambda: rows_of("proposal", "label", "model_event", "training", "ledger")  # noqa: E731
    before = watched()
    plant.work()
    plant.work()
    assert watched() == before
    assert plant.get("/models")[0]["data_to"] == (START + timedelta(seconds=399)).isoformat().replace("+00:00", "Z")
