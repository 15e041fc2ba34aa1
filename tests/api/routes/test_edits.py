"""Whatever people edit is changed from the version that they read, by one mechanism, so that nobody's edit is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.identity import people as use_cases
from plant.clock import ManualClock
from storage.core.database import Database
from tests import people

API = "/api/v1"
SITE = "demo"
LESSON = {"failure_mode": "VIB", "seen": "hot", "helped": "grease"}
PLAN = {"site": SITE, "asset": "P-101", "tag": "grease", "name": "Grease", "signal": "vibration_de_mm_s", "every": 500}
TEAM = {"tag": "seals", "name": "Seals"}
REACH = {"mail": "ada@plant.example"}
ALARM = {"class_tag": "centrifugal_pump", "kind": "limit", "priority": 2, "cause": "dry"}
JOB = {"tag": "seal", "name": "Change the seal", "step": [{"text": "Drain it"}]}
PART = {"site": SITE, "number": "6205", "name": "Bearing", "price": "12.50"}
TRADE = {"site": SITE, "tag": "mechanic", "rate": "64.00"}


@dataclass(frozen=True)
class Edited:
    """What is edited where: how it is made, its other wordings, and what the answer says of it."""

    path: str
    makes: dict[str, Any] | None
    edit: str
    wordings: tuple[dict[str, Any], dict[str, Any]]
    field: str


TABLE = [
    Edited("/lessons", {**LESSON, "site": SITE, "asset_class": "centrifugal_pump"}, "/lessons/{lesson_id}/revise",
           ({**LESSON, "seen": "very hot"}, {**LESSON, "seen": "loud"}), "seen"),
    Edited("/maintenance-plans", PLAN, "/maintenance-plans/change",
           ({**PLAN, "name": "Oil"}, {**PLAN, "name": "Grease well"}), "name"),
    Edited("/teams", TEAM, "/teams", ({**TEAM, "name": "Seals, north"}, {**TEAM, "name": "Seals, south"}), "name"),
    Edited("/me/reach", None, "/me/reach", (REACH, {"mail": "ada@home.example"}), "mail"),
    Edited("/me/notices", None, "/me/notices", ({"at_least": "MAJOR"}, {"at_least": "MINOR"}), "at_least"),
    Edited("/rationalisations", ALARM, "/rationalisations",
           ({**ALARM, "cause": "blocked"}, {**ALARM, "cause": "shut"}), "cause"),
    Edited("/job-plans", JOB, "/job-plans", ({**JOB, "name": "Seal"}, {**JOB, "name": "Change both seals"}), "name"),
    Edited("/parts", PART, "/parts", ({**PART, "name": "Ball bearing"}, {**PART, "name": "Roller bearing"}), "name"),
    Edited("/trades", TRADE, "/trades", ({**TRADE, "name": "Fitter"}, {**TRADE, "name": "Mechanic"}), "name"),
]  # fmt: skip


@pytest.fixture
def asking(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Ada, who need not show her password again for each of these."""
    monkeypatch.setattr(use_cases.Principal, "demand_shown_again", lambda *_: None)
    return client


@pytest.mark.usefixtures("plant")
@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.path)
def test_an_edit_says_which_version_was_read_and_is_refused_with_both_once_that_is_not_the_one(
    asking: TestClient, one: Edited
) -> None:
    made = asking.get(f"{API}{one.path}") if one.makes is None else asking.post(f"{API}{one.path}", json=one.makes)
    assert made.status_code in {200, 201}, made.text
    tag = made.headers.get("etag", '"1"')  # a lesson that is kept is its first revision
    where, (first, second) = f"{API}{one.edit.format(**made.json())}", one.wordings
    assert asking.post(where, json=first).json()["error"] == "revision_needed"
    assert asking.post(where, json=first, headers={"If-Match": "?"}).json()["error"] == "bad_if_match"

    edited = asking.post(where, json=first, headers={"If-Match": tag})
    assert edited.status_code in {200, 201}, edited.text
    assert edited.headers["etag"] not in {tag, ""}
    assert edited.json()[one.field] == first[one.field]

    late = asking.post(where, json=second, headers={"If-Match": tag})
    assert (late.status_code, late.json()["error"]) == (412, "stale_revision"), late.text
    assert late.json()["current"][one.field] == first[one.field]
    assert late.json()["yours"][one.field] == second[one.field]

    several = f'"1", W/{edited.headers["etag"]}'
    assert asking.post(where, json=second, headers={"If-Match": several}).json()[one.field] == second[one.field]
    assert asking.post(where, json=first, headers={"If-Match": "*"}).json()[one.field] == first[one.field]


@pytest.mark.usefixtures("plant")
def test_a_list_says_by_which_tag_each_thing_is_edited(asking: TestClient) -> None:
    for path, makes in (("/maintenance-plans", PLAN), ("/teams", TEAM), ("/rationalisations", ALARM), ("/parts", PART)):
        made = asking.post(f"{API}{path}", json=makes)
        assert f'"{made.json()["etag"]}"' == made.headers["etag"]
        assert made.json()["etag"] in {one["etag"] for one in asking.get(f"{API}{path}").json()}
    assert asking.get(f"{API}/teams/seals").headers["etag"] == f'"{asking.get(f"{API}/teams/seals").json()["etag"]}"'
    assert asking.get(f"{API}/people/ada").headers["etag"] == asking.get(f"{API}/me/reach").headers["etag"]


@pytest.mark.usefixtures("plant")
def test_what_was_read_and_is_not_there_is_not_made_anew(asking: TestClient) -> None:
    for path, makes in (("/teams", TEAM), ("/parts", PART), ("/job-plans", JOB)):
        answer = asking.post(f"{API}{path}", json=makes, headers={"If-Match": '"9f86d081884c7d65"'})
        assert (answer.status_code, answer.json().get("current")) == (412, {}), path


def test_a_person_of_another_site_is_not_shown(client: TestClient, app_database: Database, clock: ManualClock) -> None:
    assert client.get(f"{API}/people/nobody").status_code == 404
    assert people.enter(app_database, clock, "bo", name="Bo")
    assert client.get(f"{API}/people/bo").json()["name"] == "Bo"
