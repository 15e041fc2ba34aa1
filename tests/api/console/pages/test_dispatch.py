"""What goes out, on its pages: what did not get through is sent again, a request for a change of design is decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from plant.clock import SystemClock
from storage.core.database import Database
from storage.identity import people
from storage.notices import contacts, design, dispatches
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")
_WANTED = {
    "job_plan": {"new-plan": "first", "new-plan-name": "First start", "step-text": "Grease it"},
    "spares": {"change-part": "12-7", "change-part-name": "Seal", "change-least": "2"},
    "requirement": {"asked-what": "seal material", "asked-values": "FFKM"},
    "limit": {"change-signal": "temperature", "change-high": "80"},
}
RATE = {"failures": 5, "years": 2.0, "a_year": 2.5, "low": 0.8, "high": 5.8}


def test_what_did_not_get_through_is_sent_again_and_a_design_request_is_accepted(
    console: str, open_tab: Callable[..., Any], plant_rows: PlantRows, app_database: Database
) -> None:
    _dead_message(plant_rows)
    _design_request(plant_rows)
    page = open_tab(console).page
    page.goto(f"{console}/notices")
    dead = page.get_by_test_id("message-dead")
    dead.get_by_text("the receiver answers 500").wait_for()
    dead.get_by_test_id("send_again").click()
    page.get_by_test_id("message-waiting").wait_for()
    page.get_by_test_id("own-areas").fill("north, south")
    page.get_by_test_id("save_wishes").click()
    page.locator(".q-notification").wait_for()
    page.goto(f"{console}/engineering")
    request = page.locator("[data-testid^=request-]").first
    request.get_by_test_id("accept_request").click()
    page.locator(".q-notification").first.wait_for()  # no change was named
    page.get_by_test_id("request-reason").fill("runs hot")
    for kind, typed in _WANTED.items():
        request.get_by_test_id(f"add_{kind}").click()
        for field, text in typed.items():
            page.get_by_test_id(field).fill(text)
        page.get_by_test_id("keep_wish").click()
        page.get_by_test_id("keep_wish").wait_for(state="detached")
    request.get_by_test_id("drop-3").click()
    request.get_by_test_id("wish-3").wait_for(state="detached")
    request.get_by_test_id("accept_request").click()
    request.get_by_text("1. Job plan first: + Grease it (version 1)").wait_for()
    request.get_by_text("2. Spare part 12-7: 1 a machine, at least 2 on stock").wait_for()
    request.get_by_text("3. Asked of the class: seal material = FFKM (version 1)").wait_for()
    with app_database.transaction() as tx:
        assert [one.state for one in design.list_requests(tx)] == ["accepted"]
        assert [one.state for one in dispatches.list_dispatches(tx, most=9)] == ["waiting"]
        ada = people.by_sign_in(tx, "ada")
        assert ada is not None
        assert contacts.preference(tx, ada.person_id).areas == ("north", "south")


def _dead_message(rows: PlantRows) -> None:
    now = SystemClock().now()
    rows.site("north")
    document = Jsonb({"title": {"en": "P-1 leaks", "zh": "P-1 泄漏"}, "link": None})
    notice = {"site": "north", "subject": "incident", "subject_id": "i-1", "severity": "MAJOR", "priority": 2}
    notice_id = rows.add("notice", **notice, document=document, raised_at=now, changed_at=now)
    ended = {"state": "dead", "ended_at": now, "said": "the receiver answers 500"}
    message = {"notice_id": notice_id, "revision": 1, "step": 0, "way": "cmms", "document": Jsonb({})}
    rows.add("dispatch", **message, **ended, created_at=now, next_at=now)


def _design_request(rows: PlantRows) -> None:
    now = SystemClock().now()
    number = f"WO-{rows.work_order(rows.asset('P-1'), at=now):06d}"
    evidence = {"rate": RATE, "rest": {**RATE, "a_year": None, "low": None, "high": None}, "machines": 1}
    evidence |= {"since": "2024-03-04", "until": "2026-03-04", "orders": [number], "costs": []}
    site_id, class_id = (
        rows.connection.execute(statement).fetchone()[0]  # type: ignore[index]
        for statement in ("SELECT site_id FROM site WHERE tag = 'demo'", "SELECT class_id FROM asset_class")
    )
    row = {"site_id": site_id, "class_id": class_id, "failure_mode": "LEK", "evidence": Jsonb(evidence)}
    rows.add("design_request", **row, manufacturer="Acme", model="M1", opened_at=now)
