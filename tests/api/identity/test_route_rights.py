"""The one table holds: every route, tried as every role, at one's own site and at another's."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app, routes_of
from api.identity.access import SESSION_COOKIE, Access
from api.identity.route_right import API, At, Reach, RouteRight
from api.identity.route_rights import PAGES, ROUTE_RIGHTS, as_table, right_of
from api.identity.tokens import TokenWanted, issue_token
from ingest.door import Door, DoorSettings
from plant.clock import ManualClock
from plant.people.principal import Principal
from plant.people.rights import EVERY_SITE, PlantRole, Right
from storage.core.database import Database
from tests import people
from tests.api.plant_rows import NOW
from tests.conftest import REPOSITORY
from tests.plant_rows import PlantRows

OWN, OTHER = "north", "south"
ROWS = [row for row in ROUTE_RIGHTS if row not in PAGES and isinstance(row.wants, Right)]
T = TypeVar("T")
Superuser = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Cell:
    """One request, and what has to become of it."""

    row: RouteRight
    role: PlantRole
    site: str


@pytest.fixture
def things(plant_rows: PlantRows) -> dict[str, dict[str, Any]]:
    """One of every kind of thing at each of two sites."""
    return {site: _things(plant_rows, site) for site in (OWN, OTHER)}


def _things(rows: PlantRows, site: str) -> dict[str, Any]:
    asset_id = rows.asset("P-1", site=site)
    installation_id = rows.installation(asset_id)
    model_id = rows.model(installation_id)
    proposal_id = rows.add(
        "proposal",
        installation_id=installation_id,
        asset_id=asset_id,
        reason="input_drift",
        evidence=psycopg.types.json.Jsonb({}),
        raised_at=NOW,
    )
    quarantine_id = rows.add(
        "quarantine",
        topic=f"assetloop/v1/{site}/X/telemetry",
        payload=b"{",
        sha256=b"s" * 31 + site[0].encode(),
        reason="not_json",
        detail="",
        site_tag=site,
        length=1,
        first_seen=NOW,
        last_seen=NOW,
    )
    site_id = rows.connection.execute("SELECT site_id FROM site WHERE tag = %s", [site]).fetchone()
    assert site_id is not None
    token_id = f"0{site}"
    rows.add(
        "device_token",
        token_id=token_id,
        site_id=site_id[0],
        name="gateway",
        sha256=b"t" * 32,
        issued_at=NOW,
        issued_by="a test",
    )
    lesson_id = uuid.uuid4()
    rows.add(
        "lesson",
        lesson_id=lesson_id,
        site_id=site_id[0],
        class_id=rows._known("asset_class", "class_id", "pump"),
        failure_mode="VIB",
        seen="hot",
        cause="",
        helped="grease",
        kept_at=NOW,
        kept_by="a test",
        changed_at=NOW,
        changed_by="a test",
    )
    return {
        "site": site,
        "lesson_id": lesson_id,
        "message_id": _message(rows, site),
        "request_id": _design_request(rows, site),
        "way": "mqtt",
        "tag": "P-1",
        "number": f"WO-{rows.work_order(asset_id):06d}",
        "alert_id": rows.alert(asset_id),
        "model_id": model_id,
        "proposal_id": proposal_id,
        "quarantine_id": quarantine_id,
        "token_id": token_id,
        "job_id": 1,
        "login": "nobody",
        "sign_in": "nobody",
        "team": "nobody",
        "booking_id": 1,
        "entry": 1,
        "project": _project(rows, site, site_id[0]),
        "punch_id": 1,
        "upload_id": uuid.UUID(int=1),
        "name": "nobody",
        "day": "2026-03-01",
        **dict.fromkeys(("decision_id", "goal_id", "recommendation_id"), 1),
        "gate": "feasibility",
        "position": 1,
        "attachment_id": "00000000-0000-0000-0000-000000000000",
    }


def _design_request(rows: PlantRows, site: str) -> Any:
    rate = {"failures": 0, "years": 1.0, "a_year": 0.0, "low": 0.0, "high": 3.7}
    evidence = {"rate": rate, "rest": rate, "orders": [], "costs": [], "machines": 1, "since": "", "until": ""}
    return rows.add(
        "design_request",
        site_id=rows._known("site", "site_id", site),
        class_id=rows._known("asset_class", "class_id", "pump"),
        failure_mode="LEK",
        manufacturer="Acme",
        model="M1",
        opened_at=NOW,
        evidence=psycopg.types.json.Jsonb(evidence),
    )


def _message(rows: PlantRows, site: str) -> Any:
    notice_id = rows.add(
        "notice",
        site=site,
        subject="incident",
        subject_id=site,
        severity="MAJOR",
        priority=2,
        document=psycopg.types.json.Jsonb({"title": {"en": "x", "zh": "x"}}),
        raised_at=NOW,
        changed_at=NOW,
    )
    return rows.add(
        "dispatch",
        notice_id=notice_id,
        revision=1,
        step=0,
        way="mqtt",
        document=psycopg.types.json.Jsonb({}),
        created_at=NOW,
        next_at=NOW,
    )


@pytest.fixture
def client(
    app_database: Database, ingest_database: Database, clock: ManualClock, things: object
) -> Iterator[TestClient]:
    assert things
    with Door(ingest_database, clock, DoorSettings()) as door:
        application = create_app(app_database, clock, access=Access(), console=False, version="1", door=door)
        with TestClient(application, base_url="http://127.0.0.1:8080", follow_redirects=False) as client:
            yield client


def in_one_loop(client: TestClient, asking: Callable[[httpx.AsyncClient], Coroutine[None, None, T]]) -> T:
    """Ask the application in its own loop: to go there for each step of a request takes longer than the step."""

    async def ask_all() -> T:
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url=client.base_url) as asking_client:
            return await asking(asking_client)

    assert client.portal is not None
    return client.portal.call(ask_all)


async def ask(
    client: httpx.AsyncClient, row: RouteRight, thing: dict[str, Any], headers: dict[str, str]
) -> httpx.Response:
    path = re.sub(r"\{(\w+)(:path)?\}", lambda found: str(thing[found[1]]), row.path)
    if row.method == "GET":
        device = {"device": f"{thing['site']}/P-1"}
        needed = {"search": {"q": "pump"}, "minutes": device, "series": {"signal": "none"}}
        # Of no asset: refused, once one is let in, where all else would not end.
        needed[f"{API}/changes"] = {"of": "scores"}
        return await client.get(path, headers=headers, params=needed.get(path, needed.get(path.rpartition("/")[2])))
    body: dict[str, Any] = {"nonsense": 1}
    if row.at is At.BODY:
        body = BODIES.get(row.path, {}) | {"site": thing["site"]}
    return await client.post(path, headers={**headers, "If-Match": "*"}, json=body)


async def ask_each(
    client: httpx.AsyncClient,
    *,
    asked: Sequence[tuple[RouteRight, str]],
    things: dict[str, dict[str, Any]],
    headers: dict[str, str],
) -> list[httpx.Response]:
    return [await ask(client, row, things[site], headers) for row, site in asked]


def _project(rows: PlantRows, site: str, site_id: object) -> str:
    rows.add("project", tag=f"p-{site}", site_id=site_id, name="P", created_at=NOW, created_by="a test")
    return f"p-{site}"


_PLAN_NAMED = {"asset": "P-1", "tag": "oil"}
_PLAN = {**_PLAN_NAMED, "name": "Oil", "signal": "hours", "every": 500}
BODIES: dict[str, dict[str, Any]] = {
    f"{API}/work-orders": {"asset": "P-1", "failure_mode": "LEK", "what": "it leaks"},
    f"{API}/quarantine/assets/approve": {"asset": "P-9", "asset_class": "pump"},
    f"{API}/quarantine/assets/dismiss": {"asset": "P-8"},
    f"{API}/device-tokens": {"name": "gateway"},
    f"{API}/projects": {"project": "cw", "name": "P"},
    f"{API}/lessons": {"asset_class": "pump", "failure_mode": "VIB", "seen": "hot", "helped": "grease"},
    f"{API}/parts": {"number": "6205"},
    f"{API}/trades": {"tag": "fitter"},
    f"{API}/parts/receive": {"part": "6205", "quantity": 1},
    **dict.fromkeys((f"{API}/maintenance-plans", f"{API}/maintenance-plans/change"), _PLAN),
    **dict.fromkeys((f"{API}/maintenance-plans/rest", f"{API}/maintenance-plans/resume"), _PLAN_NAMED),
}


def wanted(row: RouteRight, principal: Principal, site: str) -> set[str]:
    """Say by the table of roles alone what may become of a request."""
    assert isinstance(row.wants, Right)
    if row.at is At.EVERYWHERE:
        return {"let in"} if principal.may(row.wants, EVERY_SITE) else {"forbidden"}
    is_about_a_site = row.at not in {At.SITES_WITH_IT, At.NOWHERE}
    if is_about_a_site and not principal.may(Right.SEE, site):
        return {"not there"} if row.at is not At.BODY or principal.may(row.wants, OWN) else {"forbidden"}
    if not principal.may(row.wants, site if is_about_a_site else OWN):
        return {"forbidden"}
    return {"let in"}


def became(answer: httpx.Response) -> str:
    if answer.status_code == 404:
        detail = str(answer.json()["detail"])
        return "not there" if detail.startswith(("there is no such thing here", "there is no site")) else "let in"
    return {401: "unknown", 403: "forbidden"}.get(answer.status_code, "let in")


def test_a_thousand_cells_of_route_role_and_site_hold(
    client: TestClient, app_database: Database, clock: ManualClock, things: dict[str, dict[str, Any]]
) -> None:
    cells, wrong = 0, []
    for role in PlantRole:
        person = people.enter(app_database, clock, role.value, name=role.value, roles=((role, OWN),))
        principal = people.acting(person)
        cookie = people.cookie_of(app_database, clock, person)[SESSION_COOKIE]
        token = issue_token(app_database, TokenWanted(name="t", sign_in=role.value), actor=people.SETUP, clock=clock)
        for headers in ({"Cookie": f"{SESSION_COOKIE}={cookie}"}, {"Authorization": f"Bearer {token.token}"}):
            asked = [(row, site) for row in ROWS for site in (OWN, OTHER)]
            cells += len(asked)
            answers = in_one_loop(client, functools.partial(ask_each, asked=asked, things=things, headers=headers))
            for (row, site), answer in zip(asked, answers, strict=True):
                if became(answer) not in wanted(row, principal, site):
                    cell = f"{role} {row.method} {row.path} at {site}"
                    wrong.append(f"{cell}: {answer.status_code} {answer.text[:80]}")
    assert wrong == []
    assert cells > 1000


def test_nobody_and_an_expired_token_are_401_on_every_route(
    client: TestClient, app_database: Database, clock: ManualClock, things: dict[str, dict[str, Any]]
) -> None:
    wanted_token = TokenWanted(name="t", role=PlantRole.SUPERVISOR, days=1)
    token = issue_token(app_database, wanted_token, actor=people.SETUP, clock=clock)
    clock.sleep(24 * 3600 + 1)
    closed = [row for row in ROUTE_RIGHTS if row not in PAGES and row.wants is not Reach.ANYONE]
    asked = [(row, OWN) for row in closed if row.path != "/login/pin"]
    for headers in ({}, {"Authorization": f"Bearer {token.token}"}):
        answers = in_one_loop(client, functools.partial(ask_each, asked=asked, things=things, headers=headers))
        statuses = {
            f"{row.method} {row.path}": answer.status_code for (row, _), answer in zip(asked, answers, strict=True)
        }
        assert set(statuses.values()) == {401}, {path: status for path, status in statuses.items() if status != 401}


def test_lists_hold_what_is_of_ones_own_sites_and_nothing_else(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    roles = ((PlantRole.SUPERVISOR, OWN), (PlantRole.ADMINISTRATOR, OWN))
    person = people.enter(app_database, clock, "so", name="So", roles=roles)
    people.sign_in(client, app_database, clock, person)
    for path in (
        "work-orders",
        "alerts",
        "assets",
        "models",
        "proposals",
        "quarantine",
        "device-tokens",
        "liveness",
        "lessons",
    ):
        listed = client.get(f"{API}/{path}").json()
        assert len(listed) == 1, path
        assert OTHER not in str(listed), path


def test_a_person_who_sees_every_site_is_shown_both(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    people.sign_in(client, app_database, clock)
    assert [len(client.get(f"{API}/{path}").json()) for path in ("work-orders", "assets", "quarantine")] == [2, 2, 2]


def test_who_is_one_thing_here_and_another_there_is_forbidden_there_not_blind(
    client: TestClient, app_database: Database, clock: ManualClock, things: dict[str, dict[str, Any]]
) -> None:
    roles = ((PlantRole.SUPERVISOR, OWN), (PlantRole.OPERATIONS, OTHER))
    people.sign_in(client, app_database, clock, people.enter(app_database, clock, "bi", name="Bi", roles=roles))
    here, there = things[OWN]["model_id"], things[OTHER]["model_id"]
    assert client.post(f"{API}/models/{there}/promote").status_code == 403
    assert client.get(f"{API}/models/{there}").status_code == 200
    assert client.post(f"{API}/models/{here}/promote").status_code == 409  # it is in charge already


def test_the_database_itself_hides_other_sites_from_whoever_asks_on_somebodys_behalf(
    app_database: Database, things: dict[str, dict[str, Any]]
) -> None:
    assert things
    behalf = app_database.on_behalf_of(people.SETUP, sites=frozenset({OWN}))
    for table in ("site", "asset", "alert", "work_order", "proposal", "model", "quarantine", "device_token", "lesson"):
        with behalf.transaction() as tx:
            seen = tx.connection.execute(f"SELECT count(*) AS n FROM {table}".encode()).fetchone()
        with app_database.transaction() as tx:
            all_ = tx.connection.execute(f"SELECT count(*) AS n FROM {table}".encode()).fetchone()
        assert (seen, all_) == ({"n": 1}, {"n": 2}), table
    with app_database.on_behalf_of(people.SETUP, sites=frozenset()).transaction() as tx:
        assert tx.connection.execute("SELECT FROM watch.liveness").fetchall() == []


def test_every_route_is_in_the_table_and_every_row_is_a_route(client: TestClient) -> None:
    there = set(routes_of(client.app))  # type: ignore[arg-type]
    listed = {(row.method, row.path) for row in ROUTE_RIGHTS if row not in PAGES}
    assert there == listed
    assert len(ROUTE_RIGHTS) == len({(row.method, row.path) for row in ROUTE_RIGHTS})


def test_a_path_finds_its_own_row() -> None:
    for row in ROUTE_RIGHTS:
        path = re.sub(r"\{(\w+)(:path)?\}", "7", row.path)
        assert right_of(row.method, path) is row, path


@pytest.mark.sources
def test_the_docs_print_the_table_as_it_is() -> None:
    assert as_table() in (REPOSITORY / "docs" / "security.md").read_text()
