"""A kind of machine that fails too often is asked to be changed, once; engineering decides; the effect is measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import psycopg
import pytest

from alerts.orders.job_library import import_job_plans
from lifecycle.feedback.changing import JobPlanChange, LimitChange, RequirementChange, SpareChange
from lifecycle.feedback.deciding import accept, effect, reject
from lifecycle.feedback.looking import look
from lifecycle.feedback.rates import FailureRate, FeedbackRules, deserves_request, effect_of
from lifecycle.importing.applying import apply_facts
from lifecycle.importing.facts import AssetFact, ClassFact, Facts, JobPlanFact, SiteFact, Source
from lifecycle.requirements.agreeing import look_at_requirements
from lifecycle.requirements.requirement import ClassRequirement, ParameterRequirement
from plant.asset import SignalSpec
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.notices.notice import NoticeSubject
from plant.orders.job_plan import JobPlan, JobStep, TaskKind
from plant.people.principal import Principal, Recognition
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.notices import design, notices
from storage.orders.job_plans import get_job_plan, keep_job_plan
from storage.register import facts
from storage.work import ledger as ledger_rows
from tests.plant_rows import NOON, PlantRows

Look = psycopg.Connection[tuple[object, ...]]
ENGINEER = Principal(name="Cy", recognition=Recognition.PASSWORD, roles={"demo": frozenset({PlantRole.ENGINEERING})})
RULES = FeedbackRules()


class Fleet:
    """Pumps of makers at site demo, each installed two years before NOON, and what failed of them."""

    def __init__(self, rows: PlantRows) -> None:
        self.rows = rows
        self.count = 0

    def pump(self, maker: str, *, site: str = "demo", **columns: object) -> int:
        self.count += 1
        asset_id = self.rows.asset(f"P-{self.count}", site=site, **columns)
        class_id = self.rows._known("asset_class", "class_id", "pump")
        equipment_id = self.rows.add(
            "equipment", class_id=class_id, serial=str(self.count), manufacturer=maker, model="M1"
        )
        self.rows.installation(asset_id, equipment_id=equipment_id, installed_from=NOON - timedelta(days=730))
        self.rows.signal(asset_id, "temperature", high=90.0)
        return asset_id

    def fails(self, asset_id: int, *days_before: int, outcome: str = "confirmed") -> None:
        for days in days_before:
            at = NOON - timedelta(days=days)
            order_id = self.rows.work_order(asset_id, at=at, failure_mode="LEK", state="CLOSE")
            self.rows.add(
                "work_order_closing",
                order_id=order_id,
                outcome=outcome,
                failure_mode="LEK",
                cause="1.0",
                action="1",
                failed_at=at,
                restored_at=at,
                relearn=False,
                closed_at=at,
                closed_by="a test",
            )


@pytest.fixture
def fleet(plant_rows: PlantRows) -> Fleet:
    return Fleet(plant_rows)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def sick_fleet(fleet: Fleet) -> list[int]:
    """Two pumps of Acme that leak ten times in four years, and eight of others that leak twice in sixteen."""
    acme = [fleet.pump("Acme") for _ in range(2)]
    rest = [fleet.pump("Bolt") for _ in range(8)]
    fleet.fails(acme[0], 10, 100, 200, 300, 400)
    fleet.fails(acme[1], 50, 150, 250, 350, 450)
    fleet.fails(rest[0], 20, 500)
    fleet.fails(rest[1], 30, outcome="false_alarm")
    return acme


def test_a_kind_that_fails_too_often_is_asked_to_be_changed_once(
    app_database: Database, clock: ManualClock, fleet: Fleet
) -> None:
    sick_fleet(fleet)
    (request_id,) = look(app_database, clock, console_url="http://c")
    assert look(app_database, clock) == []
    with app_database.transaction() as tx:
        request = design.get_request(tx, request_id)
        (told,) = notices.about(tx, NoticeSubject.REQUEST, f"DR-{request_id}")
    assert (request.asset_class, request.failure_mode, request.manufacturer) == ("pump", "LEK", "Acme")
    assert len(request.evidence["orders"]) == 10
    rate, rest = request.evidence["rate"], request.evidence["rest"]
    assert (rate["failures"], round(rate["years"], 2), rest["failures"], round(rest["years"])) == (10, 4.0, 2, 16)
    assert rate["low"] < rate["a_year"] < rate["high"]
    assert request.evidence["doubt"] < 0.001
    assert told.notice.link == "http://c/engineering"


def test_time_out_of_service_is_no_exposure_and_an_area_is_another_context(
    app_database: Database, fleet: Fleet, plant_rows: PlantRows
) -> None:
    idle, elsewhere = fleet.pump("Acme"), fleet.pump("Acme", area="mill")
    plant_rows.add(
        "suppression",
        asset_id=idle,
        reason="out_of_service",
        began=NOON - timedelta(days=365.25),
        begun_by="a test",
    )
    fleet.fails(elsewhere, 10)
    with app_database.transaction() as tx:
        found = {one.context: one for one in design.groups(tx, since=NOON - timedelta(days=730), until=NOON)}
    assert (round(found[""].years, 2), found[""].failures) == (round(364.75 / 365.25, 2), 0)
    assert found["mill"].failures == 1


def others(groups: Sequence[FailureRate], mine: int) -> FailureRate:
    rest = [one for place, one in enumerate(groups) if place != mine]
    return FailureRate(failures=sum(one.failures for one in rest), years=sum(one.years for one in rest))


def test_equal_rates_open_next_to_no_request() -> None:
    """Fleets of twenty kinds that all fail alike; of 3000 such, 0.8 % are asked to be changed for nothing."""
    random = np.random.default_rng(7)
    years = random.uniform(2, 40, size=(300, 20))
    failures = random.poisson(0.5 * years)
    false = sum(
        any(
            deserves_request(rates[kind], others(rates, kind), RULES, tested=len(rates))
            for kind in range(len(rates))
            if rates[kind].failures >= 1.7 * 0.5 * rates[kind].years  # no other can be
        )
        for rates in (
            [FailureRate(failures=int(n), years=float(y)) for n, y in zip(row, time, strict=True)]
            for row, time in zip(failures, years, strict=True)
        )
    )
    assert false <= 6, f"{false} of 300 fleets"


def test_a_kind_that_fails_four_times_as_often_is_found() -> None:
    random = np.random.default_rng(2)
    found = 0
    for _ in range(100):
        rates = [FailureRate(failures=int(random.poisson(5)), years=10.0) for _ in range(9)]
        rates.append(FailureRate(failures=int(random.poisson(20)), years=10.0))
        found += deserves_request(rates[9], others(rates, 9), RULES, tested=10)
    assert found >= 90


def test_machines_are_compared_with_the_whole_fleet_and_with_their_like_elsewhere(
    app_database: Database, clock: ManualClock, fleet: Fleet
) -> None:
    """One pump leaks five times; alone at its site nobody could say whether that is much, other sites' pumps can."""
    sick = fleet.pump("Acme")
    fleet.fails(sick, 10, 100, 200, 300, 400)
    for site in ("north", "south"):
        like = fleet.pump("Acme", site=site)
        fleet.fails(like, 15, 115)
        for _ in range(4):
            fleet.pump("Bolt", site=site)
    (request_id,) = look(app_database, clock)
    with app_database.transaction() as tx:
        evidence = design.get_request(tx, request_id).evidence
    rates = {
        name: (evidence[name]["failures"], round(evidence[name]["years"])) for name in ("rate", "elsewhere", "rest")
    }
    assert rates == {"rate": (5, 2), "elsewhere": (4, 4), "rest": (0, 16)}
    assert evidence["sites"] == 3
    assert evidence["doubt"] < 0.001


def test_what_is_accepted_is_made_in_the_register_and_each_version_says_from_which_request(
    app_database: Database, clock: ManualClock, fleet: Fleet, superuser: Look
) -> None:
    sick_fleet(fleet)
    (request_id,) = look(app_database, clock)
    with app_database.transaction() as tx:
        old = JobPlan(
            tag="seal", name="Seal", class_tag="pump", steps=(JobStep(text="Stop"), JobStep(text="Change seal"))
        )
        keep_job_plan(tx, old, at=NOON, by="Ann")
    flush = JobStep(text="Flush the line", kind=TaskKind.CHECK)
    material = ParameterRequirement(name="seal material", values=("FFKM",))
    wishes = [
        LimitChange(signal="temperature", high=80.0),
        JobPlanChange(plan="seal", version=1, remove=(1,), add=(flush,)),
        SpareChange(part="12-7", name="Seal of FFKM", quantity=Decimal(2), least=Decimal(1)),
        RequirementChange(asked=ClassRequirement(class_tag="", parameters=(material,), spares=("12-7",))),
    ]
    done = accept(app_database, request_id, wishes, reason="seals run hot", actor=ENGINEER, clock=clock)
    assert (done.state, done.decided_by, done.reason) == ("accepted", "Cy", "seals run hot")
    highs = superuser.execute(
        "SELECT manufacturer, array_agg(DISTINCT high), bool_and(is_own) FROM signal JOIN installation USING (asset_id)"
        " JOIN equipment USING (equipment_id) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert highs == [("Acme", [80.0], True), ("Bolt", [90.0], False)], "at machines of the kind alone, and to stay"
    with app_database.transaction() as tx:
        kept, plan = design.changes(tx, request_id), get_job_plan(tx, "seal")
        (told,) = notices.about(tx, NoticeSubject.REQUEST, f"DR-{request_id}")
        held = [row for row in facts.list_rows(tx, "part_uses", "demo") if row["class_tag"] == "pump"]
        entries = [json.loads(one.entry) for one in ledger_rows.entries_after(tx, "demo", 0, most=9)]
    (entry,) = [one for one in entries if one["event"] == "design_request.accepted"]
    assert [(one.version, one.kind, one.what) for one in kept] == [
        (1, "limit", "temperature"),
        (2, "job_plan", "seal"),
        (3, "spares", "12-7"),
        (4, "requirement", "pump"),
    ]
    assert kept[0].before == [{"asset": f"P-{n}", "low": None, "high": 90.0} for n in (1, 2)]
    assert (plan.version, plan.request_id, [one.text for one in plan.steps]) == (
        2,
        request_id,
        ["Change seal", "Flush the line"],
    )
    assert kept[1].after == {"version": 2, "added": ["Flush the line"], "removed": ["Stop"]}
    with app_database.transaction() as tx:
        older = replace(plan, steps=(JobStep(text="Stop"),), request_id=None)
        assert import_job_plans(tx, [older], at=NOON, by="Ann").replaced == {"seal": request_id}
    assert [(row["number"], row["name"], row["quantity"], row["least"]) for row in held] == [
        ("12-7", "Seal of FFKM", 2, 1)
    ]
    assert [(one["kind"], one["what"]) for one in entry["changes"]] == [(one.kind, one.what) for one in kept]
    assert {
        row[0] for row in superuser.execute("SELECT kind FROM register_change WHERE request_id = %s", [request_id])
    } == {"signal", "job plan", "part", "part use"}
    assert (told.ended_at is not None, told.notice.team) == (True, "engineering")
    assert look(app_database, clock) == [], "what was decided rests for a year"
    later = Facts(
        source=Source(kind="cobie", file="later.xlsx", sha256=""),
        site=SiteFact(tag="demo"),
        classes=(ClassFact(tag="pump", signals=(SignalSpec(key="temperature", name="T", high=90.0),)),),
        assets=tuple(
            AssetFact(tag=maker, class_tag="pump", serial=maker, manufacturer=maker, model="M1")
            for maker in ("Acme", "Bolt")
        ),
        job_plans=(JobPlanFact(plan=older), JobPlanFact(plan=replace(older, tag="other"))),
    )
    with app_database.transaction() as tx:
        keep_job_plan(tx, plan, at=NOON, by="Ann")  # as the request made it
        came = apply_facts(tx, later, at=NOON + timedelta(days=1), by="Ann")
        assert [one.what for one in came.faults] == [
            f"job plan seal was changed by DR-{request_id}, and the file says otherwise"
        ]
        assert get_job_plan(tx, "seal").steps == plan.steps
        held_now = facts.held_signals(tx, "demo")
        again = apply_facts(tx, later, at=NOON + timedelta(days=2), by="Ann")
    limits = {tag: held_now[tag, "temperature"][0].high for tag in ("Acme", "Bolt")}
    assert limits == {"Acme": 80.0, "Bolt": 90.0}, "a machine that is installed later gets the limits of its kind"
    assert any(f"Acme temperature has the limits of DR-{request_id}" in one for one in came.warnings)
    assert (again.is_none, again.warnings) == (True, ())


def test_what_is_asked_of_a_class_counts_for_projects_that_begin_after_it(
    app_database: Database, clock: ManualClock, fleet: Fleet
) -> None:
    sick_fleet(fleet)
    (request_id,) = look(app_database, clock)
    lacks = {}
    for name, days in (("before", -1), ("after", 1)):
        row = {"site_id": fleet.rows._known("site", "site_id", "demo"), "completion_key": "x"}
        project_id = fleet.rows.add(
            "project", tag=name, name=name, **row, created_at=NOON + timedelta(days=days), created_by="a test"
        )
        asset_id = fleet.rows._known("asset", "asset_id", "P-1")
        fleet.rows.add("project_asset", project_id=project_id, asset_id=asset_id)
    asked = RequirementChange(asked=ClassRequirement(class_tag="", spares=("12-7",)))
    accept(app_database, request_id, [asked], reason="seals run hot", actor=ENGINEER, clock=clock)
    for name in ("before", "after"):
        view = look_at_requirements(app_database, name)
        lacks[name] = ([(one.kind, one.what) for one in view.unmet], [one.request_id for one in view.standing])
    assert lacks == {"before": ([], []), "after": ([("no_spares", "12-7")], [request_id])}


def test_half_a_decision_is_none(app_database: Database, clock: ManualClock, fleet: Fleet) -> None:
    sick_fleet(fleet)
    (request_id,) = look(app_database, clock)
    limit = LimitChange(signal="temperature", high=80.0)
    with app_database.transaction() as tx:
        for tag, class_tag in (("every", ""), ("pump", "pump")):
            plan = JobPlan(tag=tag, name=tag, class_tag=class_tag, steps=(JobStep(text="Stop"),))
            keep_job_plan(tx, plan, at=NOON, by="Ann")
    operator = Principal(
        name="Ann", recognition=Recognition.PASSWORD, roles={"demo": frozenset({PlantRole.OPERATIONS})}
    )
    for changes, reason, actor, error in (
        ([limit], "x", operator, Forbidden),
        ([limit], " ", ENGINEER, Rejected),
        ([], "x", ENGINEER, Rejected),
        ([limit, LimitChange(signal="colour", high=1.0)], "x", ENGINEER, NotFound),
        ([LimitChange(signal="temperature", low=9.0, high=8.0)], "x", ENGINEER, Rejected),
        ([LimitChange(signal="temperature", high=float("nan"))], "x", ENGINEER, Rejected),
        ([limit, LimitChange(signal="temperature", high=80.0)], "x", ENGINEER, Rejected),
        ([limit, JobPlanChange(plan="seal", add=(JobStep(text="look"),))], "x", ENGINEER, NotFound),
        ([limit, JobPlanChange(plan="every", add=(JobStep(text="look"),))], "x", ENGINEER, Rejected),
        ([limit, JobPlanChange(plan="pump", add=(JobStep(text="x"),), version=2)], "x", ENGINEER, Conflict),
        ([limit, JobPlanChange(plan="pump", remove=(1,))], "x", ENGINEER, Rejected),
        ([limit, JobPlanChange(plan="pump", remove=(2,))], "x", ENGINEER, Rejected),
        ([limit, SpareChange(part="12-7")], "x", ENGINEER, NotFound),
        ([limit, SpareChange(part="12-7", name="Seal", quantity=Decimal(-1))], "x", ENGINEER, Rejected),
        ([limit, RequirementChange(asked=ClassRequirement(class_tag=""))], "x", ENGINEER, Rejected),
    ):
        with pytest.raises(error):
            accept(app_database, request_id, changes, reason=reason, actor=actor, clock=clock)
    with app_database.transaction() as tx:
        assert design.get_request(tx, request_id).state == "open"
        assert design.changes(tx, request_id) == []
    reject(app_database, request_id, reason="wrong oil", actor=ENGINEER, clock=clock)
    with pytest.raises(Conflict):
        reject(app_database, request_id, reason="wrong oil", actor=ENGINEER, clock=clock)


def test_what_a_change_brought_is_measured_and_not_yet_known_for_a_while(
    app_database: Database, clock: ManualClock, fleet: Fleet
) -> None:
    sick_fleet(fleet)
    (request_id,) = look(app_database, clock)
    change = SpareChange(part="12-8", name="Double seal")
    accept(app_database, request_id, [change], reason="seals run hot", actor=ENGINEER, clock=clock)
    verdicts, told = [], []
    for days in (30, 335, 365):
        clock.sleep(days * 86400)
        with app_database.transaction() as tx:
            measured = effect(tx, design.get_request(tx, request_id), clock=clock)
        assert measured is not None
        verdicts.append(measured.verdict)
        look(app_database, clock)
        with app_database.transaction() as tx:
            said = notices.about(tx, NoticeSubject.REQUEST, f"DR-{request_id}/effect")
        told.append([(one.notice.team, one.revision) for one in said])
    assert verdicts == ["not_yet_known", "better", "better"]
    once = sorted([(None, 1), ("engineering", 1)], key=str)
    assert [sorted(one, key=str) for one in told] == [[], once, once], "both are told, once, when it is known"
    assert (measured.before.failures, measured.after.failures, round(measured.after.years)) == (10, 0, 4)


def test_no_difference_is_said_only_once_ten_failures_would_have_shown_it() -> None:
    before = FailureRate(failures=10, years=10.0)
    assert effect_of(before, FailureRate(failures=5, years=6.0)) == "not_yet_known"
    assert effect_of(before, FailureRate(failures=11, years=12.0)) == "no_difference"
    assert effect_of(before, FailureRate(failures=30, years=10.0)) == "worse"
    assert effect_of(before, FailureRate(failures=0, years=0.0)) == "not_yet_known"
