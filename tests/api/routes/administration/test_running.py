"""What an administrator keeps running, over HTTP: jobs, logins at the broker, the mapping, ways that are tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from alerts.dispatch.dispatcher import Dispatcher
from alerts.dispatch.planning import Planner
from alerts.dispatch.plans import BUILT_IN
from alerts.dispatch.sending.ways_out import WaysOut
from api.app import create_app
from api.identity.access import Access
from api.installation import ServedInstallation
from lifecycle.register.broker_accounts import Accounts
from plant.clock import ManualClock
from plant.errors import Unavailable
from storage.core.database import Database
from tests import people

API = "/api/v1"
MAPPING = """
[[topic]]
pattern = "plant/{asset}/{signal}"
payload = "number"
site = "demo"
asset = "{asset}"
signal = "{signal}"
time_missing = "arrival"
"""
Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def running(app_database: Database, clock: ManualClock, tmp_path: Path) -> FastAPI:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    installation = ServedInstallation(logins=Accounts(tmp_path / "accounts"), mapping=mapping)
    return create_app(app_database, clock, access=Access(), console=False, version="1", installation=installation)


@pytest.fixture
def asking(running: FastAPI, app_database: Database, clock: ManualClock) -> Iterator[TestClient]:
    with TestClient(running, base_url="http://127.0.0.1:8080") as client:
        people.sign_in(client, app_database, clock)
        yield client


def test_a_job_that_failed_is_seen_without_what_it_was_given_and_run_again(
    asking: TestClient, superuser: Superuser
) -> None:
    for status, lock in (("failed", None), ("failed", "same"), ("todo", "same"), ("doing", None), ("succeeded", None)):
        superuser.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock, args, attempts)"
            " VALUES ('orders', 'alerts:publish_orders', %s, %s, '{\"account\": \"ada\"}', 3)",
            [status, lock],
        )
    listed = asking.get(f"{API}/jobs").json()
    assert [one["state"] for one in listed] == ["running", "waiting", "failed", "failed"]
    assert "ada" not in str(listed)
    _, waiting, same, failed = [one["job_id"] for one in listed]
    again = asking.post(f"{API}/jobs/{failed}/again", json={}).json()
    assert (again["state"], again["attempts"], again["next_at"] is None) == ("waiting", 4, False)
    assert asking.get(f"{API}/jobs/{failed}").json() == again
    refused = {one: asking.post(f"{API}/jobs/{one}/again", json={}) for one in (same, waiting)}
    assert {one.status_code for one in refused.values()} == {409}
    assert "another job waits already" in refused[same].json()["detail"]
    assert asking.get(f"{API}/jobs/{2**62}").status_code == 404
    assert asking.get(f"{API}/jobs", params={"state": "failed"}).json()[0]["job_id"] == same
    page = asking.get(f"{API}/jobs", params={"limit": 2})
    assert [one["job_id"] for one in asking.get(page.links["next"]["url"]).json()] == [same, failed]


def test_a_login_is_added_listed_without_its_password_and_revoked(asking: TestClient) -> None:
    wanted = {"name": "pump-101", "assets": [{"site": "demo", "asset": "P-101"}]}
    added = asking.post(f"{API}/device-logins", json=wanted, headers={"Idempotency-Key": "l-1"})
    assert added.status_code == 201
    assert len(added.json()["password"]) > 20
    told_again = asking.post(f"{API}/device-logins", json=wanted, headers={"Idempotency-Key": "l-1"})
    assert added.json()["password"] not in told_again.text
    assert asking.post(f"{API}/device-logins", json=wanted).status_code == 409
    (listed,) = asking.get(f"{API}/device-logins").json()
    assert (listed["name"], listed["has_password"]) == ("pump-101", True)
    assert listed["rights"][0] == "topic write assetloop/v1/demo/P-101/telemetry"
    assert asking.post(f"{API}/device-logins", json={"name": "x"}).json()["error"] == "no_topics"
    assert asking.post(f"{API}/device-logins/pump-101/revoke", json={}).status_code == 204
    assert asking.post(f"{API}/device-logins/pump-101/revoke", json={}).status_code == 404
    assert asking.get(f"{API}/device-logins").json() == []


def test_without_a_folder_of_logins_and_without_a_mapping_that_is_said(client: TestClient) -> None:
    chinese = client.get(f"{API}/device-logins", headers={"Accept-Language": "zh"})
    assert chinese.status_code == 409
    assert "ASSETLOOP_BROKER_ACCOUNTS" in chinese.json()["detail"]
    assert client.get(f"{API}/mapping").status_code == 404


def test_the_mapping_is_shown_checked_and_tried_and_nothing_is_stored(asking: TestClient) -> None:
    shown = asking.get(f"{API}/mapping").json()
    assert (shown["text"], shown["patterns"], shown["file"]) == (MAPPING, ["plant/{asset}/{signal}"], "mapping.toml")
    assert asking.post(f"{API}/mapping/check", json={"mapping": MAPPING}).json()["patterns"] == shown["patterns"]
    wrong = asking.post(f"{API}/mapping/check", json={"mapping": MAPPING.replace('"number"', '"numbers"')})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "bad_mapping")
    assert "payload" in wrong.json()["detail"]

    tried = asking.post(f"{API}/mapping/try", json={"topic": "plant/P-101/speed", "payload": "2.5"}).json()
    assert (tried["format"], tried["stored"]) == ("mapping", 1)
    assert (tried["readings"][0]["device"], tried["readings"][0]["value"]) == ("demo/P-101", 2.5)
    other = MAPPING.replace("plant/", "works/")
    elsewhere = {"topic": "works/P-101/speed", "payload_base64": "Mi41", "mapping": other}
    assert asking.post(f"{API}/mapping/try", json=elsewhere).json()["stored"] == 1
    refused = asking.post(f"{API}/mapping/try", json={"topic": "plant/P-101/speed", "payload": "fast"}).json()
    assert (refused["stored"], len(refused["refused"])) == (0, 1)
    assert asking.post(f"{API}/mapping/try", json={"topic": "x"}).json()["error"] == "one_payload"
    bad = {"topic": "x", "payload_base64": "?"}
    assert asking.post(f"{API}/mapping/try", json=bad).json()["error"] == "bad_base64"


@pytest.mark.parametrize("is_away", [False, True])
def test_a_way_is_tried_once_and_what_became_of_it_stands_among_the_messages(
    asking: TestClient, app_database: Database, clock: ManualClock, is_away: bool
) -> None:
    plans = asking.get(f"{API}/notices/plans").json()
    assert ([one["name"] for one in plans["ways"]], plans["plans"][0]["name"]) == (["mqtt"], "everything")
    asked = asking.post(f"{API}/notices/ways/mqtt/try", json={})
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    said: list[str] = []

    def publish(topic: str, _payload: bytes) -> None:
        if is_away:
            raise Unavailable("the broker is away")
        said.append(topic)

    planner = Planner(plans=BUILT_IN, on_call=lambda *_: None)
    dispatcher = Dispatcher(app_database, clock, planner, WaysOut(plans=BUILT_IN, publish=publish))
    with dispatcher.closing():
        dispatcher.round()
        dispatcher.round()
    (after,) = asking.get(f"{API}/notices", params={"subject_id": asked.json()["subject_id"]}).json()
    assert (after["state"], after["attempts"]) == ("dead" if is_away else "sent", 1)
    assert after["said"] == ("the broker is away" if is_away else "the broker has it")
    assert len(said) == (0 if is_away else 1)
    assert len(asking.get(f"{API}/notices").json()) == 1, "nobody else is told of a trial"
    assert asking.post(f"{API}/notices/ways/pigeon/try", json={}).status_code == 404
    assert asking.post(f"{API}/notices/ways/mqtt/try", json={"person": "ada"}).json()["error"] == "bad_receiver"
