"""The link in a message to engineering opens a page that works without an account, once, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from alerts.dispatch.answering.answers import settle_question
from alerts.dispatch.answering.invitations import invitation
from plant.clock import ManualClock
from plant.people.principal import typed
from storage.core.database import Database
from storage.notices import answers
from storage.work import orders
from tests.api.plant_rows import NOW
from tests.plant_rows import PlantRows

NUMBER = "WO-000001"


@pytest.fixture
def link(app_database: Database, plant_rows: PlantRows) -> str:
    plant_rows.add("team", tag="seals", name="Seals", answers_for_engineering=True)
    order_id = plant_rows.work_order(
        plant_rows.asset("P-1", site="north"), at=NOW, title="<b>P-1</b> leaks", team="seals"
    )
    with app_database.transaction() as tx:
        orders.add_event(
            tx,
            orders.OrderEvent(
                order_id=order_id,
                revision=1,
                at=NOW,
                actor="desk",
                event="raised",
                document={"number": NUMBER, "revision": 1, "asset_name": "Pump", "link": None},
            ),
        )
        told = invitation(tx, number=NUMBER, team="seals", occasion="1", at=NOW, link=f"/work-orders/{NUMBER}")
        assert told is None or told["link"] is None
        told = invitation(tx, number=NUMBER, team="seals", occasion="1", at=NOW, link=f"http://c/work-orders/{NUMBER}")
    assert told is not None
    return str(told["link"]).removeprefix("http://c")


@pytest.fixture
def phone(application: FastAPI) -> TestClient:
    return TestClient(application, base_url="http://127.0.0.1:8080")


def test_nobody_has_to_sign_in_and_what_strangers_wrote_is_text(phone: TestClient, link: str) -> None:
    page = phone.get(link, headers={"accept-language": "zh"})
    assert page.status_code == 200
    assert "按此日期接受" in page.text
    assert "&lt;b&gt;P-1&lt;/b&gt; leaks" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"


def test_it_is_accepted_once(phone: TestClient, link: str, app_database: Database) -> None:
    day = (NOW + timedelta(days=2)).date().isoformat()
    done = phone.post(link, data={"kind": "accept", "revision": 1, "planned_on": day})
    assert done.status_code == 200
    assert "Thank you" in done.text
    assert phone.post(link, data={"kind": "reject", "revision": 2, "said": "no"}).status_code == 409
    assert phone.get(link).status_code == 409
    with app_database.transaction() as tx:
        assert [one.kind for one in answers.of_order(tx, 1)] == ["accept"]


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "accept", "revision": 1},
        {"kind": "accept", "revision": 1, "planned_on": "2020-01-01"},
        {"kind": "accept", "revision": 1, "planned_on": "soon"},
        {"kind": "ask", "revision": 1, "said": ""},
        {"kind": "reject", "revision": 1, "said": "a\x07b"},
    ],
)
def test_half_an_answer_is_asked_for_again_and_the_link_stays_good(
    phone: TestClient, link: str, data: dict[str, str | int]
) -> None:
    answer = phone.post(link, data=data)
    assert answer.status_code == 400
    assert 'data-testid="fault"' in answer.text
    assert phone.get(link).status_code == 200


def test_who_read_an_older_revision_is_shown_the_new_one(
    phone: TestClient, link: str, app_database: Database, clock: ManualClock
) -> None:
    asked = phone.post(link, data={"kind": "ask", "revision": 1, "said": "which seal?"})
    assert asked.status_code == 200
    settle_question(app_database, NUMBER, "the inner one", actor=typed("Ann"), clock=clock)
    with app_database.transaction() as tx:
        told = invitation(tx, number=NUMBER, team="seals", occasion="3", at=NOW, link=f"http://c/work-orders/{NUMBER}")
    assert told is not None
    second = str(told["link"]).removeprefix("http://c")
    stale = phone.post(second, data={"kind": "ask", "revision": 1, "said": "which?"})
    assert stale.status_code == 409
    assert 'name="revision" value="3"' in stale.text


def test_a_link_that_is_none_of_ours_says_so_and_shows_nothing(phone: TestClient, link: str) -> None:
    forged = phone.get(link[:-4] + "AAAA")
    assert forged.status_code == 403
    assert "P-1" not in forged.text


def test_another_sites_page_cannot_answer(phone: TestClient, link: str) -> None:
    data = {"kind": "reject", "revision": 1, "said": "no"}
    assert phone.post(link, data=data, headers={"origin": "http://evil.example"}).status_code == 403
