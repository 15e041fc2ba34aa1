"""Goals both sides agree, a joint review whose decisions come back, and what one project teaches the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from lifecycle.handover import projects
from lifecycle.handover.gates import GateName
from lifecycle.handover.projects import ProjectWanted
from lifecycle.review import decisions, goals, recommending, reviewing
from lifecycle.review.document import ReviewDocument
from lifecycle.review.page import html_page
from lifecycle.review.recommending import WantedRecommendation
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.people.principal import Principal
from storage.core.database import Database
from storage.projects import goals as goal_rows
from storage.projects import projects as project_rows
from storage.projects.goals import GoalStanding, Measure
from storage.projects.readiness import put_in_service
from storage.projects.recommendations import Assumed, RecommendedKind
from tests.lifecycle.handover.test_passing import (
    BOTH,
    CHIEF,
    ENGINEER,
    MECHANIC,
    OPERATOR,
    Handover,
    Superuser,
    clock,
    handover,
)
from tests.plant_rows import PlantRows

__all__ = ["clock", "handover"]


def lines(review: ReviewDocument, key: str) -> list[tuple[str, str]]:
    """What a section says, in English."""
    return [(one.what.en, one.detail.en) for section in review.sections if section.key == key for one in section.lines]


class Reviewing:
    """A project under review, and what people do about it."""

    def __init__(self, handover: Handover, superuser: Superuser) -> None:
        self.handover, self.superuser = handover, superuser
        self.database: Database = handover.database
        self.clock: ManualClock = handover.clock
        self.rows: PlantRows = handover.rows

    def agree(self, measure: Measure, target: float) -> int:
        number = goals.propose_goal(self.database, "cw", measure, target, actor=ENGINEER, clock=self.clock)
        for side, actor in (("engineering", ENGINEER), ("operations", OPERATOR)):
            goals.agree_to_goal(self.database, "cw", number, side, actor=actor, clock=self.clock)  # type: ignore[arg-type]
        return number

    def standing(self) -> dict[Measure, GoalStanding]:
        with self.database.transaction() as tx:
            project = project_rows.get(tx, "cw")
            found = goal_rows.standing(tx, project.project_id, at=self.clock.now())
        return {one.measure: one for one in found}

    def enters_service(self) -> datetime:
        """Let the project's assets be in service from now on, by the clock of this test alone."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            put_in_service(tx, project_rows.get(tx, "cw").project_id, at=now)
        self.superuser.execute("DELETE FROM asset_state WHERE since > %s", [now])
        return now

    def fails(self, at: datetime, hours: float = 2.0, mode: str = "VIB") -> int:
        """A failure of P-1, found, repaired and closed with its codes; return its order."""
        asset_id = self.superuser.execute("SELECT asset_id FROM asset WHERE tag = 'P-1'").fetchone()[0]  # type: ignore[index]
        restored = at + timedelta(hours=hours)
        order_id = self.rows.work_order(asset_id, at=at, state="CLOSE")
        times = {"failed_at": at, "restored_at": restored, "closed_at": restored}
        codes = {"failure_mode": mode, "cause": "3.4", "action": "replace", "outcome": "confirmed"}
        self.rows.add("work_order_closing", order_id=order_id, **codes, **times, relearn=False, closed_by="Li")
        return order_id

    def draft(self, **more: object) -> ReviewDocument:
        return reviewing.draft(self.database, "cw", clock=self.clock, **more)  # type: ignore[arg-type]

    def hold(self, actor: Principal = OPERATOR) -> ReviewDocument:
        return reviewing.hold(self.database, "cw", actor=actor, clock=self.clock)


@pytest.fixture
def reviewed(handover: Handover, superuser: Superuser) -> Reviewing:
    return Reviewing(handover, superuser)


def test_a_goal_counts_once_somebody_of_each_side_has_agreed(reviewed: Reviewing) -> None:
    database, clock = reviewed.database, reviewed.clock

    def propose(actor: Principal, target: float) -> int:
        return goals.propose_goal(database, "cw", Measure.AVAILABILITY, target, actor=actor, clock=clock)

    with pytest.raises(Forbidden):
        propose(OPERATOR, 0.9)
    with pytest.raises(Rejected):
        propose(ENGINEER, 98.0)
    first = propose(ENGINEER, 0.9)
    goals.agree_to_goal(database, "cw", first, "engineering", actor=BOTH, clock=clock)
    assert reviewed.standing() == {}
    assert lines(reviewed.draft(), "goals") == [
        ("Availability", "90.0 % is proposed; engineering agreed by Max, operations has not agreed")
    ]
    with pytest.raises(Conflict, match="two people agree"):
        goals.agree_to_goal(database, "cw", first, "operations", actor=BOTH, clock=clock)
    with pytest.raises(Forbidden):
        goals.agree_to_goal(database, "cw", first, "operations", actor=ENGINEER, clock=clock)
    goals.agree_to_goal(database, "cw", first, "operations", actor=OPERATOR, clock=clock)
    with pytest.raises(Conflict, match="operations has agreed"):
        goals.agree_to_goal(database, "cw", first, "operations", actor=CHIEF, clock=clock)
    newer = propose(ENGINEER, 0.95)
    with pytest.raises(Conflict, match="a newer goal"):
        goals.agree_to_goal(database, "cw", first, "engineering", actor=ENGINEER, clock=clock)
    with pytest.raises(NotFound):
        goals.agree_to_goal(database, "cw", newer + 1, "engineering", actor=ENGINEER, clock=clock)
    assert reviewed.standing()[Measure.AVAILABILITY].target == 0.9, "the new one counts when both have agreed"


def test_goals_are_measured_against_what_was_a_week_before(reviewed: Reviewing, superuser: Superuser) -> None:
    superuser.execute("UPDATE site SET currency = 'EUR'")
    superuser.execute("UPDATE signal SET unit = 'kW' WHERE key = 'flow'")
    for measure, target in ((Measure.SCHEDULE, 5), (Measure.COST, 100), (Measure.ENERGY, 50), (Measure.FAILURES, 0)):
        reviewed.agree(measure, target)
    reviewed.agree(Measure.AVAILABILITY, 0.95)
    standing = reviewed.standing()
    assert (standing[Measure.SCHEDULE].actual, standing[Measure.SCHEDULE].is_met) == (9, False)
    assert (standing[Measure.COST].actual, standing[Measure.COST].currency) == (0, "EUR")
    assert standing[Measure.AVAILABILITY].actual is None, "nothing is required before service"
    began = reviewed.enters_service()
    reviewed.clock.sleep(8 * 86_400)
    order_id = reviewed.fails(began + timedelta(days=7, hours=12), hours=12)
    reviewed.rows.add(
        "work_order_booking",
        order_id=order_id,
        booked_at=reviewed.clock.now(),
        booked_by="Li",
        hours=2,
        cost=150,
        currency="EUR",
        note="",
    )
    reviewed.handover.hears(hours=2, value=2.5)
    standing = reviewed.standing()
    availability = standing[Measure.AVAILABILITY]
    assert (round(availability.actual or 0, 4), availability.before, availability.trend) == (0.9375, 1.0, "worse")
    assert (standing[Measure.COST].actual, standing[Measure.COST].is_met) == (150, False)
    assert (standing[Measure.FAILURES].actual, standing[Measure.FAILURES].before) == (1, 0)
    assert (standing[Measure.ENERGY].actual, standing[Measure.ENERGY].trend) == (60, "unknown")
    superuser.execute(
        "INSERT INTO project_cost (project_id, kind, key, day, amount, imported_at, imported_by)"
        " SELECT project_id, 'actual', 'L1', %s, 90, now(), 'Jonas' FROM project",
        [began.date()],
    )
    assert reviewed.standing()[Measure.COST].actual == 90, "a cost centre says what a project costs"
    superuser.execute("SET ROLE assetloop_grafana")
    shown = superuser.execute("SELECT measure, target FROM watch.project_goal").fetchall()
    superuser.execute("RESET ROLE")
    assert ("availability", 0.95) in shown


def test_a_review_says_what_slipped_what_failed_and_what_each_side_owes(
    reviewed: Reviewing, superuser: Superuser
) -> None:
    review = reviewed.draft()
    assert lines(review, "slipped")[0] == ("Complete", "2026-07-10, +9 days against the first plan")
    assert ("Gate feasibility report", "late since 2026-04-06") in lines(review, "slipped")
    assert lines(review, "owes_operations") == [("Pass the gate feasibility report", "late since 2026-04-06")]
    reviewed.hold()
    reviewed.clock.sleep(86_400)
    reviewed.handover.passes(GateName.FEASIBILITY)
    reviewed.handover.passes(GateName.PRE_REVIEW)
    projects.raise_punch(
        reviewed.database, "cw", category="A", text="guard <b>", asset=None, actor=MECHANIC, clock=reviewed.clock
    )
    reviewed.handover.schedule("2026-07-20")
    asset_id = superuser.execute("SELECT asset_id FROM asset").fetchone()[0]  # type: ignore[index]
    reviewed.rows.work_order(asset_id, title="Vibration", requested_finish=reviewed.clock.now() - timedelta(days=3))
    reviewed.fails(reviewed.clock.now() - timedelta(hours=5))
    review = reviewed.draft()
    assert lines(review, "slipped")[0] == ("Complete", "2026-07-20, +10 days since the last review")
    assert lines(review, "failed") == [("P-1 WO-000002", "2026-06-02 Vibration")]
    owed = lines(review, "owes_engineering")
    assert ("No document: P-1 03-02", "due 2026-07-06") in owed
    assert ("Punch A1 guard <b>", "") in owed
    assert ("WO-000001 P-1: Vibration", "late since 2026-05-30") in owed, "it is in commissioning"
    assert lines(review, "owes_operations") == []
    for language, words in (("en", ("What engineering owes", "Draft")), ("zh", ("工程部门待办", "草稿"))):
        page = html_page(review, language)
        assert all(word in page for word in words)
        assert "guard &lt;b&gt;" in page, "what somebody wrote is text and nothing else"


def test_decisions_come_back_in_the_next_review_until_they_are_done(reviewed: Reviewing) -> None:
    database, clock = reviewed.database, reviewed.clock
    number = decisions.raise_decision(
        database,
        "cw",
        "Which seal is ordered?",
        side="engineering",
        owner="Jonas",
        due=date(2026, 6, 3),
        actor=OPERATOR,
        clock=clock,
    )
    first = reviewed.hold()
    with pytest.raises(Conflict, match="held just now"):
        reviewed.hold()
    assert (first.number, lines(first, "decisions")[0][1]) == (1, "Jonas, due 2026-06-03; reviews so far: 0")
    clock.sleep(7 * 86_400)
    second = reviewed.hold()
    assert second.since == first.until
    assert lines(second, "decisions")[0][1] == "Jonas, due 2026-06-03; reviews so far: 1"
    assert ("1. Which seal is ordered?", "late since 2026-06-03") in lines(second, "owes_engineering")
    with pytest.raises(Rejected):
        decisions.finish_decision(database, "cw", number, " ", actor=OPERATOR, clock=clock)
    clock.sleep(3600)
    decisions.finish_decision(database, "cw", number, "Type B", actor=OPERATOR, clock=clock)
    with pytest.raises(NotFound):
        decisions.finish_decision(database, "cw", number, "Type C", actor=OPERATOR, clock=clock)
    clock.sleep(6 * 86_400)
    assert lines(reviewed.hold(), "decisions")[0][1] == "done by Ana: Type B"
    clock.sleep(7 * 86_400)
    assert lines(reviewed.draft(), "decisions") == []
    kept = reviewing.held_review(database, "cw", 2)
    assert (kept.number, kept.held_by, lines(kept, "decisions")) == (2, "Ana", lines(second, "decisions"))
    with pytest.raises(NotFound):
        reviewing.held_review(database, "cw", 9)


def test_what_the_design_assumed_stands_beside_what_came_of_it(reviewed: Reviewing, superuser: Superuser) -> None:
    database, clock = reviewed.database, reviewed.clock
    superuser.execute(
        "UPDATE signal SET name = 'Flow', name_zh = '流量', unit = 'kW', low = 0, high = 2 WHERE key = 'flow'"
    )
    superuser.execute("UPDATE asset_class SET name = 'Pump', name_zh = '泵' WHERE tag = 'pump'")
    for what, value, part in (
        (Assumed.FAILURES, 0.1, ""),
        (Assumed.POWER, 2.0, ""),
        (Assumed.PARTS, 1.0, "BRG-6205"),
    ):
        recommending.assume(database, "cw", "pump", what, value, part=part, actor=ENGINEER, clock=clock)
    with pytest.raises(NotFound):
        recommending.assume(database, "cw", "fan", Assumed.POWER, 1.0, actor=ENGINEER, clock=clock)
    with pytest.raises(Rejected):
        recommending.assume(database, "cw", "pump", Assumed.PARTS, 1.0, actor=ENGINEER, clock=clock)
    assert lines(reviewed.draft(with_lessons=True), "assumptions") == [], "nothing is in service yet"
    began = reviewed.enters_service()
    clock.sleep(20 * 86_400)
    for day in (2, 5, 9):
        reviewed.fails(began + timedelta(days=day))
    reviewed.handover.hears(hours=2, value=2.5)
    review = reviewed.draft(with_lessons=True)
    found = dict(lines(review, "assumptions"))
    assert found["Power of a machine, Pump"] == "assumed 2 kW; seen 2.5 kW"
    assert found["Failures a year, Pump"].startswith("assumed 0.1; seen 54.8 (3 in 0.0548 machine-years")
    assert "assumed 1; seen 0 (0 in" in found["BRG-6205 a year, Pump"]
    assert dict(lines(review, "limits"))["P-1 Flow"] == "designed for 0 to 2 kW; measured 2.5 to 2.5, mean 2.5"
    tones = {one.what.en: one.tone for section in review.sections for one in section.lines}
    assert (tones["Failures a year, Pump"], tones["P-1 Flow"]) == ("alarm", "alarm")
    said = {one.what.zh for section in review.sections for one in section.lines}
    assert {"每年失效次数，泵", "P-1 流量"} <= said


def test_what_was_accepted_is_a_requirement_of_the_next_project_and_its_effect_is_seen(reviewed: Reviewing) -> None:
    database, clock = reviewed.database, reviewed.clock

    def recommend(kind: RecommendedKind, what: str, quantity: int = 1) -> int:
        wanted = WantedRecommendation(
            asset_class="pump", kind=kind, what=what, quantity=Decimal(quantity), because="seals failed"
        )
        return recommending.recommend(database, "cw", wanted, actor=ENGINEER, clock=clock)

    made = [
        recommend(RecommendedKind.DOCUMENT, "03-05"),
        recommend(RecommendedKind.TRAINING, "seals", 2),
        recommend(RecommendedKind.SPARE, "SEAL-7", 3),
        recommend(RecommendedKind.CHECK, "align the coupling"),
        recommend(RecommendedKind.CHECK, "not wanted"),
    ]
    with pytest.raises(Rejected):
        recommend(RecommendedKind.DOCUMENT, "no class")

    def decide(number: int, actor: Principal, *, yes: bool = True) -> None:
        recommending.decide_on_recommendation(database, "cw", number, is_accepted=yes, actor=actor, clock=clock)

    with pytest.raises(Conflict, match="somebody else decides"):
        decide(made[0], ENGINEER)
    with pytest.raises(Forbidden):
        decide(made[0], MECHANIC)
    for number in made:
        decide(number, OPERATOR, yes=number != made[-1])
    with pytest.raises(Conflict, match="was decided"):
        decide(made[0], OPERATOR)
    began = reviewed.enters_service()
    reviewed.fails(began + timedelta(days=1))
    clock.sleep(40 * 86_400)

    reviewed.rows.asset("P-2")
    wanted = ProjectWanted(tag="cw2", site="demo", name="Second", assets=("P-2",), required_documents=())
    projects.add_project(database, wanted, actor=ENGINEER, clock=clock)
    second = Handover.__new__(Handover)
    second.database, second.clock, second.rows, second.tag = database, clock, reviewed.rows, "cw2"
    assert second.lacks(GateName.PRE_REVIEW) == []
    second.passes(GateName.FEASIBILITY)
    assert second.lacks(GateName.PRE_REVIEW) == ["check: pump: align the coupling (cw)"]
    with pytest.raises(Conflict):
        second.passes(GateName.PRE_REVIEW)
    with pytest.raises(NotFound):
        recommending.answer_check(database, "cw2", made[-1], "done", actor=OPERATOR, clock=clock)
    recommending.answer_check(database, "cw2", made[3], "0.02 mm", actor=OPERATOR, clock=clock)
    second.passes(GateName.PRE_REVIEW)
    assert second.lacks(GateName.COMPLETENESS) == ["document: P-2 03-05"]
    assert [(one.part, one.quantity) for one in second.look().spares] == [("SEAL-7", 3)]
    review = reviewing.draft(database, "cw2", clock=clock, with_lessons=True)
    assert ("Document for pump: 03-05", "open; from cw: seals failed") in lines(review, "taken_over")
    assert ("Check for pump: align the coupling", "met; from cw: seals failed – 0.02 mm") in lines(review, "taken_over")
    with database.transaction() as tx:
        put_in_service(tx, project_rows.get(tx, "cw2").project_id, at=clock.now())
    clock.sleep(40 * 86_400)
    review = reviewing.draft(database, "cw2", clock=clock, with_lessons=True)
    assert ("Failures in the first month", "here 0; in cw 1") in lines(review, "taken_over")
