"""API tokens: never more than their person has, for as long as they were issued, and of a machine its role."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.identity.people import disable_person
from api.identity.tokens import TokenWanted, issue_token, principal_of_token, revoke_token
from plant.clock import ManualClock
from plant.errors import Forbidden, NotFound, Rejected, Unconfirmed
from plant.people.principal import Recognition
from plant.people.rights import PlantRole, Right
from storage.core.database import Database
from tests import people
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_acts_in_its_persons_name_and_says_that_it_was_a_token(
    client: TestClient, app_database: Database, clock: ManualClock, sick_plant: None
) -> None:
    assert sick_plant is None
    shown = people.confirming(app_database, clock, people.enter(app_database, clock), "token.issue:nightly report")
    issued = client.post("/api/v1/me/tokens", json={"name": "nightly report"}, headers=shown).json()
    client.cookies.clear()
    shown = bearer(issued["token"])
    me = client.get("/api/v1/me", headers=shown).json()
    assert (me["name"], me["recognised"]) == ("Ada", "token")
    assert client.post("/api/v1/work-orders/WO-000001/acknowledge", headers=shown).status_code == 200
    assert client.get("/api/v1/work-orders/WO-000001", headers=shown).json()["acknowledged_by"] == "Ada"
    assert client.post("/api/v1/me/tokens", headers=shown, json={"name": "another"}).status_code == 403


def test_scopes_sites_and_the_persons_own_rights_narrow_a_token(
    app_database: Database, clock: ManualClock, superuser: Superuser
) -> None:
    for site in ("north", "south"):
        PlantRows(superuser).site(site)
    people.enter(
        app_database,
        clock,
        "li",
        name="Li",
        roles=((PlantRole.MAINTENANCE, "north"), (PlantRole.OPERATIONS, "south")),
    )
    wanted = TokenWanted(name="t", sign_in="li", scopes=(Right.SEE, Right.CLOSE_ORDERS), sites=("north", "east"))
    token = issue_token(app_database, wanted, actor=people.SETUP, clock=clock).token
    principal = principal_of_token(app_database, token, clock=clock)
    assert principal is not None
    assert principal.may(Right.CLOSE_ORDERS, "north")
    assert not principal.may(Right.ACKNOWLEDGE, "north")
    assert not principal.may(Right.SEE, "south")
    assert not principal.may(Right.SEE, "east")


def test_a_token_that_expired_was_revoked_or_whose_person_left_opens_nothing(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    people.enter(app_database, clock, "bo", name="Bo")
    tokens = [
        issue_token(app_database, TokenWanted(name="t", sign_in="bo", days=days), actor=people.SETUP, clock=clock)
        for days in (1, 90, 90)
    ]
    client.cookies.clear()
    assert [client.get("/api/v1/me", headers=bearer(one.token)).status_code for one in tokens] == [200, 200, 200]
    clock.sleep(timedelta(days=1).total_seconds())
    revoke_token(app_database, tokens[1].token_id, actor=people.SETUP, clock=clock)
    assert [client.get("/api/v1/me", headers=bearer(one.token)).status_code for one in tokens] == [401, 401, 200]
    disable_person(app_database, "bo", actor=people.SETUP, clock=clock)
    assert client.get("/api/v1/me", headers=bearer(tokens[2].token)).status_code == 401


def test_a_machine_has_the_rights_of_its_role_and_no_name_of_a_person(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    wanted = TokenWanted(name="prometheus", role=PlantRole.ADMINISTRATOR, scopes=(Right.SEE_METRICS,))
    token = issue_token(app_database, wanted, actor=people.SETUP, clock=clock).token
    client.cookies.clear()
    assert client.get("/metrics", headers=bearer(token)).status_code == 200
    assert client.get("/api/v1/people", headers=bearer(token)).status_code == 403
    assert client.get("/metrics").status_code == 401


def test_of_a_token_only_a_hash_is_kept_and_when_it_was_used_last(
    client: TestClient, app_database: Database, superuser: Superuser, clock: ManualClock
) -> None:
    shown = people.confirming(app_database, clock, people.enter(app_database, clock), "token.issue:t")
    issued = client.post("/api/v1/me/tokens", json={"name": "t"}, headers=shown).json()
    secret = issued["token"].split("_", 2)[2]
    rows = superuser.execute("SELECT * FROM api_token").fetchall()
    assert secret not in str(rows)
    (listed,) = client.get("/api/v1/me/tokens").json()
    assert listed["used_at"] is None
    client.get("/api/v1/me", headers=bearer(issued["token"]))
    (listed,) = client.get("/api/v1/me/tokens").json()
    assert listed["used_at"] is not None
    assert client.post(f"/api/v1/me/tokens/{listed['token_id']}/revoke").status_code == 204


def test_anothers_token_is_not_there(client: TestClient, app_database: Database, clock: ManualClock) -> None:
    people.enter(app_database, clock, "bo", name="Bo")
    issued = issue_token(app_database, TokenWanted(name="t", sign_in="bo"), actor=people.SETUP, clock=clock)
    assert client.post(f"/api/v1/me/tokens/{issued.token_id}/revoke").status_code == 404
    assert client.get("/api/v1/me/tokens").json() == []


def test_a_token_is_a_persons_or_a_machines(app_database: Database, clock: ManualClock) -> None:
    for wanted in (
        TokenWanted(name="t"),
        TokenWanted(name="t", sign_in="ada", role=PlantRole.OPERATIONS),
        TokenWanted(name="", role=PlantRole.OPERATIONS),
        TokenWanted(name="t", role=PlantRole.OPERATIONS, days=400),
    ):
        with pytest.raises(Rejected):
            issue_token(app_database, wanted, actor=people.SETUP, clock=clock)
    with pytest.raises(NotFound):
        issue_token(app_database, TokenWanted(name="t", sign_in="nobody"), actor=people.SETUP, clock=clock)


def test_who_came_by_pin_or_left_a_terminal_open_gets_no_token_without_the_password(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    ada = people.acting(people.enter(app_database, clock))
    for recognition in (Recognition.PASSWORD, Recognition.PIN, Recognition.PROVIDER):
        with pytest.raises(Unconfirmed):
            issue_token(
                app_database,
                TokenWanted(name="t", sign_in="ada"),
                actor=people.replace(ada, recognition=recognition),
                clock=clock,
            )
    answer = client.post("/api/v1/me/tokens", json={"name": "t"})
    assert (answer.status_code, answer.json()["error"]) == (403, "unconfirmed")


def test_a_machine_that_administers_issues_no_further_tokens(app_database: Database, clock: ManualClock) -> None:
    wanted = TokenWanted(name="m", role=PlantRole.ADMINISTRATOR)
    token = issue_token(app_database, wanted, actor=people.SETUP, clock=clock).token
    principal = principal_of_token(app_database, token, clock=clock)
    assert principal is not None
    with pytest.raises(Forbidden, match="issues no tokens"):
        issue_token(app_database, wanted, actor=principal, clock=clock)
