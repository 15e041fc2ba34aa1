"""Remaining life on real parts: slow wear in the readings ends as an estimate with an interval in a work order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from alerts.alarms.desk import Desk
from api.app import create_app
from api.identity.access import Access
from models import jobs, training_requests
from models.scoring.scorer import Scorer
from storage.core.jobs import defer
from storage.schema import upkeep
from tests import people
from tests.api.conftest import TestClient
from tests.models.conftest import Rows, healthy_rows, rows
from tests.queue_worker import work_off

__all__ = ["rows"]
MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
A_DAY = 1_440  # rows
LIMIT = 2.0


@pytest.fixture
def client(rows: Rows) -> Iterator[TestClient]:
    application = create_app(rows.database, rows.clock, access=Access(), console=False, version="1")
    with TestClient(application, base_url="http://127.0.0.1:8080") as client:
        people.sign_in(client, rows.database, rows.clock)
        yield client


def tell(rows: Rows, url: str, task: str = "estimate_remaining_life") -> None:
    """Do what the worker's learning lane does in a minute."""
    with rows.database.transaction() as tx:
        defer(tx, f"{training_requests.NAMESPACE}:{task}", queue=jobs.LEARNING, timestamp=0)
    blueprint = jobs.model_blueprint(rows.database, rows.clock)
    work_off(url, {training_requests.NAMESPACE: blueprint}, [jobs.LEARNING])


def test_slow_wear_becomes_an_order_that_says_how_long_the_machine_has_left(
    rows: Rows, client: TestClient, database_url: str
) -> None:
    asset_id = rows.asset()
    readings = healthy_rows(8 * A_DAY, 3)
    readings[2 * A_DAY + A_DAY // 2 :, 0] += np.linspace(0.0, 0.77, 5 * A_DAY + A_DAY // 2)  # 1.4 spreads a day
    rows.write(asset_id, readings[: 2 * A_DAY], step_s=MINUTE_S)
    rows.declare(asset_id, 0, 2 * DAY_S - MINUTE_S)
    rows.train(asset_id)
    scorer, desk = Scorer(rows.database, rows.clock, "w"), Desk(rows.database, rows.clock)
    told: list[dict[str, Any]] = []
    for half_day in range(4, 16):
        part = readings[half_day * A_DAY // 2 : (half_day + 1) * A_DAY // 2]
        rows.write(asset_id, part, first_s=half_day * DAY_S / 2, step_s=MINUTE_S)
        rows.fall_silent()
        while scorer.round().behind:
            pass
        tell(rows, database_url, "tell_remaining_life" if half_day % 2 else "estimate_remaining_life")
        desk.round()
        people.sign_in(client, rows.database, rows.clock)  # a session has ended after half a day
        told.append(client.get("/api/v1/assets/demo/P-1").json()["remaining_life"])

    of_this_lane = "SELECT DISTINCT task_name, status::text FROM procrastinate_jobs WHERE queue_name = %s ORDER BY 1"
    assert rows.all(of_this_lane, jobs.LEARNING) == [
        ("models:estimate_remaining_life", "succeeded"),
        ("models:tell_remaining_life", "succeeded"),
    ], "jobs that an earlier release asked for are done under their old name"
    assert told[0]["likely_s"] is None, "a machine that is well has no trend"
    assert told[0]["outlook"] in {"too_short", "no_trend"}
    assert told[-1]["outlook"] == "reached"
    (order,) = client.get("/api/v1/work-orders").json()
    ((left,),) = rows.all("SELECT document->'evidence'->'remaining_life' FROM work_order_event WHERE event = 'raised'")
    assert isinstance(left, dict)
    assert left["outlook"] == "known"
    assert (left["source_version"], left["wear_limit"]) == ("wear/P-1/v1", LIMIT)
    assert told[-1]["wear_limit"] == LIMIT
    ((crossed,),) = rows.all("SELECT min(time) FROM wear WHERE wear >= %s", LIMIT)
    assert isinstance(crossed, datetime)
    truth_s = (crossed - datetime.fromisoformat(left["as_of"])).total_seconds()
    assert 0.2 * DAY_S < truth_s < 4 * DAY_S
    assert left["low_s"] < left["likely_s"] < left["high_s"]
    assert left["low_s"] - 3 * HOUR_S < truth_s < left["high_s"] + 3 * HOUR_S
    ((unknown,),) = rows.all("SELECT count(*) FROM remaining_life WHERE likely_s IS NULL")
    assert unknown <= 2, "what stays unknown for the same reason takes no further rows"

    assert order["evidence"]["remaining_life"]["as_of"] >= left["as_of"], "a worse finding brings the newer word"

    assert upkeep.forget(rows.database, now=rows.clock.now() + timedelta(days=400)) > 0
    assert client.get("/api/v1/assets/demo/P-1").json()["remaining_life"] == told[-1], "the last word stays"
    assert rows.all("SELECT count(*) FROM remaining_life") == [(1,)]
    assert client.get("/api/v1/work-orders").json() == [order], "an order keeps what it was told"


def test_an_order_that_a_person_reports_says_what_was_last_told(rows: Rows, client: TestClient) -> None:
    rows.asset()
    report = {"site": "demo", "asset": "P-1", "failure_mode": "VIB", "what": "it rattles"}
    (answer,) = [client.post("/api/v1/work-orders", json=report)]
    assert answer.json()["evidence"]["remaining_life"] is None
    assert client.get("/api/v1/assets/demo/P-1").json()["remaining_life"] is None
