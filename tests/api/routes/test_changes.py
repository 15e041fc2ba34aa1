"""What changes is told live, goes on after a break, and to nobody who may not see it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from api import following
from api.identity.tokens import TokenWanted, issue_token, revoke_token
from api.serve import serve
from plant.clock import ManualClock
from plant.people.rights import PlantRole
from storage.core.database import Database
from tests import people
from tests.api.plant_rows import NOW
from tests.conftest import free_port
from tests.patience import PATIENCE_S, wait_for

CHANGES = "/api/v1/changes"
ORDER = "/api/v1/work-orders/WO-000001"
Superuser = psycopg.Connection[tuple[object, ...]]
pytestmark = pytest.mark.usefixtures("sick_plant")


@pytest.fixture
def site(
    application: FastAPI, app_database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    """A client of a real server, as which Ada acts."""
    monkeypatch.setattr(following, "_LOOKS_EVERY_S", 0.2)
    port, stop = free_port(), threading.Event()
    thread = threading.Thread(target=serve, args=(application, "127.0.0.1", port, stop))
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
        people.sign_in(client, app_database, clock)

        def answers() -> bool:
            try:
                return client.get("/login").status_code < 500
            except httpx.TransportError:
                return False

        wait_for(answers, what="server that answers")
        yield client
    stop.set()
    thread.join(PATIENCE_S)


def events(answer: httpx.Response) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Read a stream as id, kind and document."""
    said: dict[str, str] = {}
    for line in answer.iter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            said[name] = value
        elif said:
            yield said["id"], said["event"], json.loads(said["data"])
            said = {}


def test_changes_come_in_order_and_those_of_a_break_come_after_it(site: httpx.Client) -> None:
    asked = {"of": "orders"}
    with site.stream("GET", CHANGES, params=asked) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        heard = events(stream)
        assert next(heard)[1] == "begun"
        site.post(f"{ORDER}/approve")
        event_id, kind, document = next(heard)
    assert (kind, document["subject_id"], document["event"]) == ("order", "WO-000001", "approved")
    assert (document["site"], document["asset"]) == ("demo", "P-102")
    site.post(f"{ORDER}/start")
    site.post(f"{ORDER}/complete")
    with site.stream("GET", CHANGES, params=asked, headers={"Last-Event-ID": event_id}) as stream:
        heard = events(stream)
        later = [next(heard) for _ in range(2)]
    assert [one[2]["revision"] for one in later] == [document["revision"] + 1, document["revision"] + 2]
    with site.stream("GET", CHANGES, params=asked, headers={"Last-Event-ID": later[0][0]}) as stream:
        assert next(events(stream)) == later[1]


def test_an_asset_tells_its_readings_and_scores(site: httpx.Client, superuser: Superuser) -> None:
    asked = {"of": ["readings", "scores"], "site": "demo", "asset": "P-101"}
    with site.stream("GET", CHANGES, params=asked) as stream:
        heard = events(stream)
        assert next(heard)[1] == "begun"
        later = NOW + timedelta(seconds=5)
        superuser.execute(
            "INSERT INTO reading (time, signal_id, value) SELECT %s, signal_id, 7"
            " FROM signal JOIN asset USING (asset_id) WHERE tag = 'P-101' AND key = 'flow_m3_h'",
            [later],
        )
        superuser.execute(
            "INSERT INTO score SELECT asset_id, %s, 1, 0.4, 0.3, 0 FROM asset WHERE tag = 'P-101'", [later]
        )
        told = {kind: document for _, kind, document in (next(heard), next(heard))}
    assert told["reading"] == {"time": "2026-03-04T12:00:05Z", "signal": "flow_m3_h", "value": 7.0}
    assert told["score"]["score_max"] == 0.4


def test_it_is_of_ones_own_sites_and_ends_with_the_token(
    site: httpx.Client, app_database: Database, clock: ManualClock
) -> None:
    wanted = {site_: TokenWanted(name=site_, role=PlantRole.OPERATIONS, sites=(site_,)) for site_ in ("demo",)}
    token = issue_token(app_database, wanted["demo"], actor=people.SETUP, clock=clock)
    stranger = issue_token(
        app_database,
        TokenWanted(name="none", role=PlantRole.MAINTENANCE, sites=("north",)),
        actor=people.SETUP,
        clock=clock,
    )
    with (
        httpx.Client(base_url=site.base_url, timeout=PATIENCE_S) as elsewhere,
        elsewhere.stream("GET", CHANGES, headers={"Authorization": f"Bearer {token.token}"}) as stream,
        elsewhere.stream("GET", CHANGES, headers={"Authorization": f"Bearer {stranger.token}"}) as blind,
    ):
        heard, nothing = events(stream), events(blind)
        assert (next(heard)[1], next(nothing)[1]) == ("begun", "begun")
        site.post(f"{ORDER}/approve")
        assert next(heard)[1] in {"alert", "order"}
        for issued in (token, stranger):
            revoke_token(app_database, issued.token_id, actor=people.SETUP, clock=clock)
        assert {one[1] for one in heard} <= {"alert", "order"}
        assert list(nothing) == []


def test_what_makes_no_sense_is_refused(site: httpx.Client) -> None:
    for asked, headers, status in (
        ({"of": "readings"}, {}, 400),
        ({"asset": "P-101"}, {}, 400),
        ({"of": "everything"}, {}, 422),
        ({"site": "demo", "asset": "X"}, {}, 404),
        ({"site": "nowhere"}, {}, 404),
        ({}, {"Last-Event-ID": "x"}, 400),
        ({}, {"Last-Event-ID": "9999999999999999999-1-1-1"}, 400),
    ):
        assert site.get(CHANGES, params=asked, headers=headers).status_code == status, asked
    assert site.head(CHANGES).status_code == 200
