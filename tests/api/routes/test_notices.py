"""Notices over HTTP: what did not get through is seen and sent again; a person narrows what reaches them."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from api.app import create_app
from api.identity.access import Access
from plant.clock import ManualClock
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.notices import dispatches
from tests import people
from tests.api.plant_rows import NOW
from tests.plant_rows import PlantRows

API = "/api/v1"


@pytest.fixture
def message(plant_rows: PlantRows) -> str:
    plant_rows.site("north")
    title = {"en": "P-1 leaks", "zh": "P-1 泄漏"}
    notice_id = plant_rows.add(
        "notice",
        site="north",
        subject="incident",
        subject_id="i-1",
        severity="MAJOR",
        priority=2,
        document=Jsonb({"title": title, "link": None}),
        raised_at=NOW,
        changed_at=NOW,
    )
    return str(
        plant_rows.add(
            "dispatch",
            notice_id=notice_id,
            revision=1,
            step=0,
            way="cmms",
            document=Jsonb({}),
            created_at=NOW,
            next_at=NOW,
            state="dead",
            ended_at=NOW,
            said="the receiver answers 500",
        )
    )


def client(database: Database, clock: ManualClock, *roles: tuple[PlantRole, str | None]) -> TestClient:
    person = people.enter(database, clock, roles=roles)
    application = create_app(database, clock, access=Access(), console=False, version="1")
    cookies = people.cookie_of(database, clock, person)
    return TestClient(application, base_url="http://127.0.0.1:8080", cookies=cookies)


def test_a_dead_end_is_seen_at_its_site_and_sent_again(
    app_database: Database, clock: ManualClock, message: str
) -> None:
    with client(app_database, clock, (PlantRole.OPERATIONS, "north")) as ada:
        (seen,) = ada.get(f"{API}/notices", params={"state": "dead"}).json()
        assert (seen["dispatch_id"], seen["said"]) == (message, "the receiver answers 500")
        assert ada.post(f"{API}/notices/messages/{message}/again", json={}).status_code == 204
        assert ada.post(f"{API}/notices/messages/{message}/again", json={}).status_code == 409
    with app_database.transaction() as tx:
        (after,) = dispatches.list_dispatches(tx)
    assert (after.state, after.said) == ("waiting", "sent again by Ada")


def test_a_closed_way_is_opened_by_an_administrator(app_database: Database, clock: ManualClock, message: str) -> None:
    with app_database.transaction() as tx:
        dispatches.close_way(tx, "cmms", at=NOW, because="gone")
    with client(app_database, clock, (PlantRole.ADMINISTRATOR, None), (PlantRole.SUPERVISOR, None)) as ada:
        assert [one["way"] for one in ada.get(f"{API}/notices/closed-ways").json()] == ["cmms"]
        assert ada.post(f"{API}/notices/messages/{message}/again", json={}).status_code == 409
        assert ada.post(f"{API}/notices/ways/cmms/open", json={}).status_code == 204
        assert ada.post(f"{API}/notices/ways/cmms/open", json={}).status_code == 404


def test_a_person_says_what_reaches_them(app_database: Database, clock: ManualClock) -> None:
    wanted = {"at_least": "MAJOR", "areas": ["pump hall"], "hours": "Mon-Fri 07:00-19:00"}
    with client(app_database, clock, (PlantRole.OPERATIONS, None)) as ada:
        assert ada.get(f"{API}/me/notices").json() == {"at_least": "INDETERMINATE", "areas": None, "hours": ""}
        ada.headers["If-Match"] = ada.get(f"{API}/me/notices").headers["etag"]
        assert ada.post(f"{API}/me/notices", json=wanted).json() == wanted
        read = ada.get(f"{API}/me/notices")
        assert read.json() == wanted
        ada.headers["If-Match"] = read.headers["etag"]
        assert ada.post(f"{API}/me/notices", json={"hours": "late"}).json()["error"] == "bad_hours"
