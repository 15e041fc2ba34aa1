"""The page *Handover*: a gate is passed, a punch raised, one is waived by password, and what is signed is looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from api.identity.credentials import set_password
from lifecycle.costs.cost_centre import import_costs
from lifecycle.handover import projects
from lifecycle.handover.projects import ProjectWanted
from plant.clock import SystemClock
from storage.core.database import Database
from tests import people
from tests.api.console.conftest import Tab
from tests.api.plant_rows import sicken

pytestmark = pytest.mark.needs("chromium")
OpenTab = Callable[..., Tab]
Superuser = psycopg.Connection[tuple[object, ...]]
PASSWORD = "rain over the harbour"


def send(tab: Tab, testid: str, name: str, body: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": body}
    tab.page.get_by_test_id(testid).locator("input").set_input_files(files=[file])  # type: ignore[list-item]


@pytest.mark.usefixtures("plant")
def test_a_page_is_drawn_again_though_the_sheet_that_was_pressed_in_is_gone(
    console: str, open_tab: OpenTab, app_database: Database, database_url: str
) -> None:
    wanted = ProjectWanted(tag="cw", site="demo", name="Cooling water", assets=("P-101",))
    projects.add_project(app_database, wanted, actor=people.SETUP, clock=SystemClock())
    tab = open_tab(console, width=1366)
    tab.open("/handover/cw")
    tab.page.get_by_test_id("gate-feasibility").get_by_test_id("gate_pass").click()
    tab.page.get_by_test_id("gate-note").fill("the concept can be operated")
    with psycopg.connect(database_url) as holding:
        holding.execute("LOCK TABLE warranty_claim")  # the page reads it, the gate does not
        tab.page.get_by_test_id("gate-do").click()
        tab.page.locator(".q-dialog").wait_for(state="detached")
    tab.page.get_by_test_id("gate-feasibility").get_by_text("passed by Ada Lovelace").wait_for()


@pytest.mark.usefixtures("plant")
def test_a_project_is_led_through_its_gates(
    console: str, open_tab: OpenTab, app_database: Database, superuser: Superuser
) -> None:
    clock = SystemClock()
    ada = people.enter(app_database, clock, name="Ada Lovelace")
    set_password(app_database, ada.person_id, PASSWORD, actor=people.acting(ada), clock=clock)
    wanted = ProjectWanted(tag="cw", site="demo", name="Cooling water", assets=("P-101",))
    projects.add_project(app_database, wanted, actor=people.SETUP, clock=clock)
    costs = b"kind,key,day,code,amount\nbudget,B,2026-01-15,p,1000\nactual,I,2026-02-01,p,400\n"
    import_costs(app_database, "cw", "costs.csv", costs, actor=people.SETUP, clock=clock)
    tab = open_tab(console, width=1366)
    tab.open("/handover")
    tab.page.get_by_test_id("project-cw").click()
    assert tab.page.get_by_test_id("costs-left").inner_text() == "600"
    tab.page.get_by_test_id("costs-curve").locator("svg").wait_for()
    tab.page.get_by_test_id("gate-feasibility").get_by_test_id("gate_pass").click()
    tab.page.get_by_test_id("gate-note").fill("the concept can be operated")
    tab.page.get_by_test_id("gate-do").click()
    tab.page.get_by_test_id("gate-feasibility").get_by_text("passed by Ada Lovelace").wait_for()
    tab.page.get_by_test_id("gate-pre_review").get_by_test_id("gate_waive").click()
    tab.page.get_by_test_id("gate-reason").fill("reviewed with the sister plant")
    tab.page.get_by_test_id("confirm-password").fill(PASSWORD)
    tab.page.get_by_test_id("gate-do").click()
    tab.page.get_by_text("WAIVED by Ada Lovelace: reviewed with the sister plant").wait_for()
    tab.page.get_by_text("No document: P-101 03-02").wait_for()
    tab.page.get_by_test_id("schedule_import").click()
    send(tab, "schedule-file", "plan.csv", b"key,name,planned\nM1,Handover,2027-03-01\n")
    tab.page.get_by_test_id("schedule-file-tried").get_by_text("2027-03-01").wait_for()
    assert tab.page.get_by_test_id("milestones").get_by_text("2027-03-01").count() == 0, "nothing is taken before"
    tab.page.get_by_test_id("schedule-file-take").click()
    tab.page.get_by_test_id("milestones").get_by_text("2027-03-01").wait_for()
    tab.page.get_by_test_id("document_file").click()
    tab.page.get_by_test_id("document-title").fill("Manual & drawings")
    send(tab, "document-file", "manual.pdf", b"%PDF-1.7")
    tab.page.get_by_test_id("documents").get_by_text("cw  03-02  Manual & drawings  v1").wait_for()
    tab.page.get_by_test_id("requirements_import").click()
    send(tab, "requirements-file", "cw.toml", b'[[class]]\ntag = "*"\ndocuments = ["02-04"]\nserial = true\n')
    tab.page.get_by_text("added: every class, document: 02-04").wait_for()
    tab.page.get_by_test_id("requirements-file-take").click()
    tab.page.get_by_test_id("requirements").get_by_text("No document: 02-04").wait_for()
    tab.page.get_by_test_id("costs_import").click()
    send(tab, "costs-file", "more.csv", b"kind,key,day,code,amount\nactual,J,2026-03-01,p,100\n")
    tab.page.get_by_text("Lines: 1 new, 0 changed, 0 as before").wait_for()
    tab.page.get_by_test_id("costs-file-take").click()
    tab.page.locator("[data-testid=costs-left]", has_text="500").wait_for()
    tab.page.get_by_test_id("duty-completeness").click()
    for part, name in (("delivers", "Jonas"), ("checks", "Ana"), ("decides", "Amara")):
        tab.page.get_by_test_id(f"duty-{part}").fill(name)
    tab.page.get_by_test_id("duty_keep").click()
    tab.page.get_by_text("Delivers: engineering, Jonas").wait_for()
    tab.page.get_by_test_id("training_record").click()
    tab.page.get_by_test_id("training-person").fill("Li Wei")
    tab.page.get_by_test_id("training-taught-by").fill("Jonas")
    tab.page.get_by_test_id("training_keep").click()
    tab.page.get_by_test_id("trainings").get_by_text("Li Wei").wait_for()
    tab.page.get_by_test_id("spare_want").click()
    tab.page.get_by_test_id("spare-part").fill("BRG-6205")
    tab.page.get_by_test_id("spare-quantity").fill("2")
    tab.page.get_by_test_id("spare_keep").click()
    tab.page.get_by_test_id("spares").get_by_text("0 of 2 on stock").wait_for()
    for gate in ("completeness", "punch_list", "training", "spares", "telemetry"):
        superuser.execute(
            "INSERT INTO project_gate (project_id, gate, outcome, at, actor, recognised)"
            " SELECT project_id, %s, 'passed', now(), 'Jonas', 'password' FROM project",
            [gate],
        )
    tab = open_tab(console, locale="zh-CN", width=390)
    tab.open("/handover/cw")
    tab.page.get_by_test_id("punch_raise").click()
    tab.page.get_by_test_id("punch-text").fill("油漆未完成")
    tab.page.get_by_test_id("punch_keep").click()
    tab.page.get_by_test_id("punches").get_by_text("油漆未完成").wait_for()
    tab.page.get_by_test_id("punch-carry-1").click()
    tab.page.get_by_test_id("punch-day").fill("2026-12-01")
    tab.page.get_by_test_id("punch_carry_now").click()
    tab.page.get_by_text("延至 2026-12-01，由 Ada Lovelace 批准").wait_for()
    with tab.page.expect_download() as download:
        tab.page.get_by_test_id("punches-bcf").click()
    tab.page.get_by_test_id("punches-back").locator("input").set_input_files(
        {"name": "punches.bcf", "mimeType": "application/octet-stream", "buffer": download.value.path().read_bytes()}
    )
    tab.page.get_by_test_id("punches").get_by_text("BIM 工具：Open").wait_for()
    tab.page.get_by_test_id("gate_sign").click()
    tab.page.get_by_test_id("manifest").get_by_text("punch 1 B").wait_for()
    tab.page.get_by_test_id("confirm-password").fill(PASSWORD)
    tab.page.get_by_test_id("sign-operations").click()
    tab.page.get_by_test_id("signatures").get_by_text("Ada Lovelace（运行部门）").wait_for()
    tab.page.get_by_test_id("certificate").click()
    tab.page.get_by_text("草稿").wait_for()
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    _review(open_tab(console, width=1366))
    tab.open("/handover/cw/review?number=1")
    tab.page.get_by_test_id("section-decisions").get_by_text("Which seal is ordered?").wait_for()
    tab.page.get_by_text("第 1 次评审，主持人 Ada Lovelace").wait_for()
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _review(tab: Tab) -> None:
    """Decide something, propose a goal and agree to it, recommend a check, and hold the review."""
    tab.open("/handover/cw")
    tab.page.get_by_test_id("review").click()
    tab.page.get_by_test_id("decision_raise").click()
    tab.page.get_by_test_id("decision-text").fill("Which seal is ordered?")
    tab.page.get_by_test_id("decision-owner").fill("Jonas")
    tab.page.get_by_test_id("decision-day").fill("2026-06-03")
    tab.page.get_by_test_id("decision_keep").click()
    tab.page.get_by_test_id("section-decisions").get_by_text("Which seal is ordered?").wait_for()
    tab.page.get_by_test_id("goal_propose").click()
    tab.page.get_by_test_id("goal-target").fill("0.98")
    tab.page.get_by_test_id("goal_keep").click()
    tab.page.get_by_test_id("goal-agree-availability-engineering").click()
    tab.page.get_by_test_id("goal_agree_now").click()
    tab.page.get_by_text("engineering agreed by Ada Lovelace").wait_for()
    tab.page.get_by_test_id("recommend").click()
    tab.page.get_by_test_id("recommend-what").fill("align the coupling")
    tab.page.get_by_test_id("recommend-because").fill("it shook")
    tab.page.get_by_test_id("recommend_keep").click()
    tab.page.get_by_test_id("section-recommendations").get_by_text("align the coupling").wait_for()
    tab.page.get_by_test_id("review_hold").click()
    tab.page.get_by_test_id("review_keep").click()
    tab.page.get_by_test_id("review-1").wait_for()


@pytest.mark.usefixtures("plant")
def test_a_failure_within_a_warranty_is_marked_and_claimed(
    console: str, open_tab: OpenTab, app_database: Database, superuser: Superuser
) -> None:
    sicken(app_database, superuser, SystemClock().now())
    page = open_tab(console, width=1366).page
    page.goto(f"{console}/assets/demo/P-102")
    page.get_by_test_id("warranty_set").click()
    today = datetime.now(UTC).date()
    page.get_by_test_id("warranty-starts").fill((today - timedelta(days=30)).isoformat())
    page.get_by_test_id("warranty-ends").fill("soon")
    page.get_by_test_id("warranty_keep").click()
    page.get_by_text("Say its first and last day").wait_for()
    page.get_by_test_id("warranty-ends").fill((today + timedelta(days=700)).isoformat())
    page.get_by_test_id("warranty-guarantor").fill("Pumpen AG")
    page.get_by_test_id("warranty_keep").click()
    page.get_by_test_id("asset-warranty").get_by_text("Guarantor: Pumpen AG").wait_for()
    page.goto(f"{console}/alerts")
    page.get_by_test_id("warranty").wait_for()
    page.goto(f"{console}/work-orders?warranty=1")
    page.get_by_test_id("warranty").wait_for()
    page.get_by_test_id("export").click()
    with page.expect_download() as exported:
        page.get_by_test_id("export-csv").click()
    assert Path(exported.value.path()).read_bytes().count(b"\r\n") == 2, "the head, and the order in warranty"
    page.get_by_test_id("warranty").click()
    page.get_by_test_id("order-warranty").get_by_test_id("claim_make").click()
    page.get_by_test_id("claim-amount").fill("250,50")
    page.locator(".sheet").get_by_test_id("claim_make").click()
    page.get_by_test_id("claim_answer").click()
    page.get_by_test_id("claim-note").fill("they replace the bearing")
    page.get_by_test_id("claim_keep").click()
    page.get_by_test_id("order-warranty").get_by_text("they replace the bearing").wait_for()
    with page.expect_download() as download:
        page.get_by_test_id("claim-evidence").click()
    assert download.value.suggested_filename.endswith("-claim.zip")
    tab = open_tab(console, locale="zh-CN", width=390)
    tab.open("/warranty?guarantor=pumpen+ag")
    tab.page.get_by_test_id("claims").get_by_text("250.50").wait_for()
    tab.page.get_by_test_id("claims").get_by_text("已接受").wait_for()
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
