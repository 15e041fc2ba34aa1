"""What is assumed of a machine after an alarm, and what a person says of it, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.identity.access import Access
from plant.people.rights import PlantRole
from tests import people
from tests.models.conftest import START, Rows, rows

__all__ = ["rows"]
STATE = "/api/v1/assets/demo/P-1/state"


@pytest.fixture
def client(rows: Rows) -> Iterator[TestClient]:
    """A plant with one asset whose model was in alarm and is so no more; the machine stayed elsewhere."""
    asset_id = rows.asset()
    ended = {"cleared": START + timedelta(minutes=9), "elsewhere": True}
    rows.plant.finding(asset_id, at=START + timedelta(minutes=5), **ended)
    rows.clock.sleep(3600)
    application = create_app(rows.database, rows.clock, access=Access(), console=False, version="1")
    with TestClient(application, base_url="http://127.0.0.1:8080") as client:
        yield client


def sign_in(client: TestClient, rows: Rows, role: PlantRole) -> None:
    who = people.enter(rows.database, rows.clock, role.value, name=role.value.title(), roles=((role, None),))
    client.cookies.update(people.cookie_of(rows.database, rows.clock, who))


def test_the_new_normal_is_assumed_until_maintenance_says_that_it_is_faulty(client: TestClient, rows: Rows) -> None:
    sign_in(client, rows, PlantRole.MAINTENANCE)
    assert client.get(STATE).json() == {
        "assumed": "new_normal",
        "assumed_since": "2026-03-02T12:09:00Z",
        "labels": [],
    }
    (finding,) = client.get("/api/v1/findings").json()
    assert (finding["assumed"], finding["assumed_since"]) == ("new_normal", "2026-03-02T12:09:00Z")
    answer = client.post(STATE, json={"says": "faulty", "note": "it still knocks"})
    assert answer.status_code == 200
    (label,) = answer.json()["labels"]
    assert (label["says"], label["since"], label["said_by"]) == ("faulty", "2026-03-02T12:05:00Z", "Maintenance")
    assert (label["said_at"], label["note"]) == ("2026-03-02T13:00:00Z", "it still knocks")


def test_operations_may_look_and_not_say(client: TestClient, rows: Rows) -> None:
    sign_in(client, rows, PlantRole.OPERATIONS)
    assert client.get(STATE).status_code == 200
    assert client.post(STATE, json={"says": "normal"}).status_code == 403


def test_what_cannot_be_said_is_refused(client: TestClient, rows: Rows) -> None:
    sign_in(client, rows, PlantRole.ENGINEERING)
    assert client.post(STATE, json={"says": "perhaps"}).status_code == 422
    assert client.post(STATE, json={"says": "normal", "since": "2027-01-01T00:00:00Z"}).status_code == 400
    assert client.post("/api/v1/assets/demo/X/state", json={"says": "normal"}).status_code == 404
    assert client.post(STATE, json={"says": "normal", "since": "2026-03-02T12:30:00Z"}).status_code == 200
