"""What signs, and what changes who may do what, asks for the credential again: for one act, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.identity.confirming import confirm, confirmed
from api.identity.credentials import set_password
from api.identity.first_people import enter_demo_people
from plant.clock import ManualClock
from plant.errors import Forbidden, NotFound, Unconfirmed
from plant.people.principal import Recognition
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.identity.people import Person
from tests import people

PASSWORD = "rain over the harbour"
ME = "/api/v1/me"
ACTS: list[tuple[str, dict[str, Any], str]] = [
    ("people", {"sign_in": "Cy", "name": "Cy"}, "person.add:cy"),
    ("people/bo/reach", {"mail": "bo@example.com"}, "person.reach:bo"),
    ("people/bo/roles", {"role": "engineering"}, "role.grant:bo"),
    ("people/bo/roles/withdraw", {"role": "engineering"}, "role.withdraw:bo"),
    ("people/bo/disable", {}, "person.disable:bo"),
    ("people/bo/enable", {}, "person.enable:bo"),
    ("people/bo/link", {}, "person.link:bo"),
    ("teams", {"tag": "t", "name": "T", "answers_for_engineering": True}, "team.put:t"),
    ("teams/t/members", {"sign_in": "bo"}, "team.join:t"),
    ("tokens", {"name": "m", "role": "operations"}, "token.issue:m"),
    ("me/tokens", {"name": "mine"}, "token.issue:mine"),
    ("me/reach", {"mail": "ada@example.com"}, "person.reach:ada"),
]


@pytest.fixture
def ada(app_database: Database, clock: ManualClock) -> Person:
    person = people.enter(app_database, clock)
    set_password(app_database, person.person_id, PASSWORD, actor=people.acting(person), clock=clock)
    return person


@pytest.fixture
def browser(application: FastAPI, ada: Person) -> Iterator[TestClient]:
    assert ada
    with TestClient(application, base_url="http://127.0.0.1:8080", follow_redirects=False) as client:
        client.post("/login", data={"name": "ada", "password": PASSWORD})
        yield client


def test_what_signs_asks_for_the_credential_again_and_is_good_for_one_act(
    ada: Person, app_database: Database, clock: ManualClock
) -> None:
    principal = people.acting(ada)
    with pytest.raises(Forbidden, match="show your password again"):
        principal.demand_confirmation("handover.sign:1")
    with pytest.raises(Forbidden, match="not your password"):
        confirm(app_database, principal, "guess", "handover.sign:1", address="here", clock=clock)
    secret = confirm(app_database, principal, PASSWORD, "handover.sign:1", address="here", clock=clock)
    signing = confirmed(app_database, principal, secret, clock=clock)
    signing.demand_confirmation("handover.sign:1")
    with pytest.raises(Forbidden):
        signing.demand_confirmation("handover.sign:2")
    with pytest.raises(NotFound, match="was used"):
        confirmed(app_database, principal, secret, clock=clock)
    late = confirm(app_database, principal, PASSWORD, "handover.sign:1", address="here", clock=clock)
    clock.sleep(121)
    with pytest.raises(NotFound):
        confirmed(app_database, principal, late, clock=clock)


def test_a_confirmation_is_its_owners_alone_and_no_tokens(
    ada: Person, app_database: Database, clock: ManualClock
) -> None:
    bo = people.acting(people.enter(app_database, clock, "bo", name="Bo"))
    secret = confirm(app_database, people.acting(ada), PASSWORD, "sign", address="here", clock=clock)
    with pytest.raises(NotFound):
        confirmed(app_database, bo, secret, clock=clock)
    by_token = people.replace(people.acting(ada), recognition=Recognition.TOKEN)
    with pytest.raises(Forbidden, match="only a person"):
        confirm(app_database, by_token, PASSWORD, "sign", address="here", clock=clock)


def test_a_confirmation_over_http_makes_one_request_confirmed(browser: TestClient, ada: Person) -> None:
    assert ada
    wanted = {"password": PASSWORD, "act": "handover.sign:1"}
    shown = {"X-Assetloop-Confirmation": browser.post(f"{ME}/confirm", json=wanted).json()["confirmation"]}
    assert browser.get(ME, headers=shown).status_code == 200
    assert browser.get(ME, headers=shown).status_code == 404


def test_every_change_of_who_may_do_what_wants_it_for_that_act_and_nobody_elses(
    browser: TestClient, ada: Person, app_database: Database, clock: ManualClock
) -> None:
    bo = people.enter(app_database, clock, "bo", name="Bo", roles=((PlantRole.OPERATIONS, None),))
    for path, body, act in ACTS:
        wanted, browser.headers["If-Match"] = f"/api/v1/{path}", "*"
        refused = browser.post(wanted, json=body)
        assert (refused.status_code, refused.json()["error"]) == (403, "unconfirmed"), path
        assert act in refused.json()["detail"]
        another = people.confirming(app_database, clock, ada, "something.else:bo")
        assert browser.post(wanted, json=body, headers=another).json()["error"] == "unconfirmed", path
        his = people.confirming(app_database, clock, bo, act)
        assert browser.post(wanted, json=body, headers=his).status_code == 404, path
        mine = people.confirming(app_database, clock, ada, act)
        assert browser.post(wanted, json=body, headers=mine).status_code in {200, 201, 204}, path
        assert browser.post(wanted, json=body, headers=mine).json()["detail"].startswith("this confirmation was used")


def test_a_token_and_the_command_line_show_theirs_each_time_but_sign_nothing(
    ada: Person, app_database: Database, clock: ManualClock
) -> None:
    by_token = people.replace(people.acting(ada), recognition=Recognition.TOKEN)
    by_token.demand_shown_again("person.disable:bo")
    people.SETUP.demand_shown_again("person.disable:bo")
    for one in (by_token, people.SETUP):
        with pytest.raises(Unconfirmed):
            one.demand_confirmation("handover.sign:1")
    assert app_database
    assert clock


def test_of_the_demo_one_click_is_enough_and_nobody_else_is_spared_the_password(
    ada: Person, app_database: Database, clock: ManualClock
) -> None:
    enter_demo_people(app_database, clock=clock)
    with app_database.transaction() as tx:
        li = next(one for one in people.people.everybody(tx) if one.sign_in == "li.wei")
    clicked = people.replace(people.acting(li), recognition=Recognition.ONE_CLICK)
    secret = confirm(app_database, clicked, "", "handover.sign:1", address="127.0.0.1", clock=clock)
    assert confirmed(app_database, clicked, secret, clock=clock).recognition is Recognition.ONE_CLICK
    for other in (people.acting(li), people.replace(people.acting(ada), recognition=Recognition.ONE_CLICK)):
        with pytest.raises(Forbidden):
            confirm(app_database, other, "", "handover.sign:1", address="127.0.0.1", clock=clock)
