"""One occurrence makes one order, however many look and however often they die; and what is late is overdue once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from alerts.orders.commands import Codes, close_order, take_step
from alerts.orders.editing import OrderChanges, edit_order
from alerts.preventive import rounds
from alerts.preventive.plan_file import import_maintenance_plans, read_maintenance_plans
from alerts.preventive.rounds import note_overdue, raise_due
from plant.clock import ManualClock
from plant.errors import NotFound, Rejected, Unavailable
from plant.iso14224 import Activity
from plant.notices.notice import NoticeSubject
from plant.people.principal import typed
from plant.work_order import OrderState, Outcome, Step, WorkOrder
from storage.core.database import Database, Role
from storage.notices import notices
from storage.work import orders
from tests.plant_rows import PlantRows

ADA = typed("Ada")
HEAD = 'site = "demo"\n[[maintenance_plan]]\nasset = "P-1"\ntag = "grease"\nname = "Grease the bearings"\n'
WEEKLY = HEAD + 'rule = "FREQ=WEEKLY;BYDAY=MO"\nbegins = 2026-03-02T08:00:00\nfinish_within_days = 2\n'
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def pump(plant_rows: PlantRows) -> int:
    return plant_rows.asset()


@pytest.fixture
def plan(app_database: Database, clock: ManualClock, pump: int, tmp_path: Path) -> Callable[[str], dict[str, int]]:
    """Read a file of plans in."""
    assert pump

    def read(text: str) -> dict[str, int]:
        path = tmp_path / "plans.toml"
        path.write_text(text, encoding="utf-8")
        site, plans = read_maintenance_plans(path)
        with app_database.transaction() as tx:
            return import_maintenance_plans(tx, site, plans, clock=clock, by="Ada")

    return read


def at(clock: ManualClock, instant: datetime) -> None:
    clock.sleep((instant - clock.now()).total_seconds())


def every(database: Database) -> list[WorkOrder]:
    with database.transaction() as tx:
        return orders.list_orders(tx)


def finish(database: Database, clock: ManualClock, number: str) -> None:
    for step in (Step.APPROVE, Step.START, Step.COMPLETE):
        take_step(database, number, step, actor=ADA, clock=clock)


def test_a_plan_of_the_calendar_makes_an_order_when_it_is_due_and_says_why(
    app_database: Database, clock: ManualClock, plan: Callable[[str], dict[str, int]]
) -> None:
    assert plan(WEEKLY) == {"added": 1, "changed": 0, "left": 0}
    assert plan(WEEKLY) == {"added": 0, "changed": 0, "left": 1}
    assert raise_due(app_database, clock=clock) == []
    at(clock, MONDAY)
    assert raise_due(app_database, clock=clock) == ["WO-000001"]
    assert raise_due(app_database, clock=clock) == []
    (order,) = every(app_database)
    assert (order.title, order.work_type, order.failure_mode) == ("P-1: Grease the bearings", "preventive", "")
    assert order.requested_finish == MONDAY + timedelta(days=2)
    assert order.why["because"] == [
        {"condition": "calendar", "rule": "FREQ=WEEKLY;BYDAY=MO", "due": "2026-03-02T08:00:00.000Z"}
    ]


def test_a_fixed_plan_keeps_to_its_dates_and_what_was_missed_is_one_order(
    app_database: Database, clock: ManualClock, plan: Callable[[str], dict[str, int]]
) -> None:
    plan(WEEKLY)
    at(clock, MONDAY + 3 * WEEK + timedelta(hours=1))  # nobody looked for three weeks
    assert len(raise_due(app_database, clock=clock)) == 1
    finish(app_database, clock, "WO-000001")
    at(clock, MONDAY + 4 * WEEK)
    assert raise_due(app_database, clock=clock) == ["WO-000002"]
    at(clock, MONDAY + 5 * WEEK)
    assert raise_due(app_database, clock=clock) == []  # the one of last week still stands open: it is that one
    assert len(every(app_database)) == 2


def test_a_floating_plan_counts_from_when_the_work_was_done(
    app_database: Database, clock: ManualClock, plan: Callable[[str], dict[str, int]]
) -> None:
    plan(WEEKLY.replace("FREQ=WEEKLY;BYDAY=MO", "FREQ=DAILY;INTERVAL=10") + "floats = true\n")
    at(clock, MONDAY)
    raise_due(app_database, clock=clock)
    at(clock, MONDAY + timedelta(days=30))
    assert raise_due(app_database, clock=clock) == []
    finish(app_database, clock, "WO-000001")
    at(clock, MONDAY + timedelta(days=40) - timedelta(minutes=1))
    assert raise_due(app_database, clock=clock) == []
    clock.sleep(60)
    assert raise_due(app_database, clock=clock) == ["WO-000002"]


def test_an_order_is_raised_ahead_of_its_time_where_the_plan_says_so(
    app_database: Database, clock: ManualClock, plan: Callable[[str], dict[str, int]]
) -> None:
    plan(WEEKLY + "lead_days = 1\n")
    at(clock, MONDAY - timedelta(days=1))
    raise_due(app_database, clock=clock)
    assert every(app_database)[0].requested_finish == MONDAY + timedelta(days=2)


def test_running_hours_of_a_counter_make_an_order_each_time_they_are_through(
    app_database: Database, clock: ManualClock, plan: Callable[[str], dict[str, int]], plant_rows: PlantRows, pump: int
) -> None:
    signal = plant_rows.signal(pump, "run_hours")
    plan(HEAD + 'signal = "run_hours"\nevery = 500\n')

    def run(value: float) -> list[str]:
        clock.sleep(3600)
        plant_rows.connection.execute("DELETE FROM latest")
        plant_rows.latest(signal, clock.now(), value)
        return raise_due(app_database, clock=clock)

    assert [run(value) for value in (120.0, 619.9, 620.0, 700.0)] == [[], [], ["WO-000001"], []]
    finish(app_database, clock, "WO-000001")
    assert [run(value) for value in (1119.0, 1120.5)] == [[], ["WO-000002"]]
    finish(app_database, clock, "WO-000002")
    assert [run(value) for value in (3.0, 502.0, 503.0)] == [[], [], ["WO-000003"]]  # the counter was changed
    finish(app_database, clock, "WO-000003")
    counted = (903.0, 0.0, 1.0, 0.0, 99.0, 100.0)  # 400 before it is set back, and 100 on the new one
    assert [run(value) for value in counted] == [[], [], [], [], [], ["WO-000004"]]


def test_hours_in_which_a_signal_is_above_a_value_are_running_hours(
    app_database: Database, clock: ManualClock, plan: Callable[[str], dict[str, int]], plant_rows: PlantRows, pump: int
) -> None:
    signal = plant_rows.signal(pump, "speed_rpm")
    plan(HEAD + 'signal = "speed_rpm"\nevery = 1\nrunning_above = 100\n')
    began = clock.now()
    plant_rows.connection.execute("SELECT ensure_partition(%s, %s)", [began, began + timedelta(hours=3)])
    plant_rows.connection.execute("SELECT prepare_partitions(%s)", [began])
    for minute in range(1, 121):  # it runs every other minute
        row = {"lowest": 0.0, "highest": 0.0, "total": 1480.0 if minute % 2 else 0.0, "n": 1, "last": 0.0}
        plant_rows.add("reading_1m", signal_id=signal, time=began + timedelta(minutes=minute), **row)
    clock.sleep(2 * 3600 + 60)
    assert raise_due(app_database, clock=clock) == ["WO-000001"]
    assert raise_due(app_database, clock=clock) == []


def test_a_condition_makes_one_order_until_it_is_done_and_is_met_again(
    app_database: Database, clock: ManualClock, plan: Callable[[str], dict[str, int]], plant_rows: PlantRows, pump: int
) -> None:
    signal = plant_rows.signal(pump, "filter_bar")
    plan(HEAD + 'signal = "filter_bar"\nabove = 0.8\n')

    def say(value: float) -> list[str]:
        clock.sleep(60)
        plant_rows.connection.execute("DELETE FROM latest")
        plant_rows.latest(signal, clock.now(), value)
        return raise_due(app_database, clock=clock)

    assert [say(value) for value in (0.5, 0.9, 1.1)] == [[], ["WO-000001"], []]
    finish(app_database, clock, "WO-000001")
    assert raise_due(app_database, clock=clock) == []  # nothing newer was said since
    assert [say(value) for value in (0.2, 0.9)] == [[], ["WO-000002"]]


def test_planned_work_that_found_nothing_is_closed_without_a_failure_mode_and_is_no_label(
    app_database: Database,
    clock: ManualClock,
    plan: Callable[[str], dict[str, int]],
    superuser: psycopg.Connection[tuple[object, ...]],
) -> None:
    plan(WEEKLY)
    at(clock, MONDAY)
    raise_due(app_database, clock=clock)
    finish(app_database, clock, "WO-000001")
    confirmed = Codes(outcome=Outcome.CONFIRMED, failure_mode="", cause="", action=Activity.SERVICE)
    with pytest.raises(Rejected, match="unknown_failure_mode"):
        close_order(app_database, "WO-000001", confirmed, actor=ADA, clock=clock)
    nothing = replace(confirmed, outcome=Outcome.NO_FAULT_FOUND)
    assert close_order(app_database, "WO-000001", nothing, actor=ADA, clock=clock).state is OrderState.CLOSE
    assert superuser.execute("SELECT count(*) FROM label").fetchone() == (0,)


def test_many_processes_that_look_at_once_make_one_order_each_time(
    database_url: str, clock: ManualClock, plan: Callable[[str], dict[str, int]], plant_rows: PlantRows
) -> None:
    for number in range(4):
        plant_rows.asset(f"X-{number}")
        plan(WEEKLY.replace('"P-1"', f'"X-{number}"'))
    at(clock, MONDAY)
    with Database(database_url, role=Role.APP, most=8) as database, ThreadPoolExecutor(8) as pool:
        raised = [one for found in pool.map(lambda _: raise_due(database, clock=clock), range(16)) for one in found]
        assert len(raised) == len(every(database)) == 4


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let a round die when it comes to a step."""

    def die(at_step: str) -> None:
        def gone(*_: object, **__: object) -> None:
            raise Unavailable("killed")

        module, name = {
            "order": (rounds, "raise_order"),
            "occurrence": (rounds.rows, "note_occurrence"),
            "plan": (rounds.rows, "move_plan"),
        }[at_step]
        monkeypatch.setattr(module, name, gone)

    yield die
    monkeypatch.undo()


@pytest.mark.parametrize("step", ["order", "occurrence", "plan"])
def test_a_round_that_dies_leaves_nothing_half_done_and_the_next_one_does_it(
    app_database: Database,
    clock: ManualClock,
    plan: Callable[[str], dict[str, int]],
    dying: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    plan(WEEKLY)
    at(clock, MONDAY)
    dying(step)
    with pytest.raises(Unavailable):
        raise_due(app_database, clock=clock)
    assert every(app_database) == []
    monkeypatch.undo()
    assert len(raise_due(app_database, clock=clock)) == len(every(app_database)) == 1


def test_the_database_lets_an_occurrence_be_there_once(
    app_database: Database,
    clock: ManualClock,
    plan: Callable[[str], dict[str, int]],
    superuser: psycopg.Connection[tuple[object, ...]],
) -> None:
    plan(WEEKLY)
    at(clock, MONDAY)
    raise_due(app_database, clock=clock)
    with pytest.raises(psycopg.errors.UniqueViolation):
        superuser.execute("INSERT INTO maintenance_occurrence SELECT * FROM maintenance_occurrence")


def test_what_is_late_is_overdue_once_and_told_and_a_later_finish_ends_that(
    app_database: Database, clock: ManualClock, plan: Callable[[str], dict[str, int]]
) -> None:
    plan(WEEKLY)
    at(clock, MONDAY)
    raise_due(app_database, clock=clock)
    at(clock, MONDAY + timedelta(days=2))
    assert note_overdue(app_database, clock=clock) == []
    clock.sleep(1)
    assert note_overdue(app_database, clock=clock) == ["WO-000001"]
    assert note_overdue(app_database, clock=clock) == []
    (late,) = every(app_database)
    assert (late.overdue_at, late.acknowledged_at, late.is_overdue(clock.now())) == (clock.now(), None, True)
    with app_database.transaction() as tx:
        (told,) = notices.about(tx, NoticeSubject.REMINDER, "WO-000001")
        listed = orders.list_orders(tx, orders.OrderFilter(overdue_at=clock.now()))
    assert (told.notice.title.en, told.notice.title.zh) == ("Overdue: WO-000001 P-1", "已逾期：WO-000001 P-1")
    assert [one.number for one in listed] == ["WO-000001"]
    later = OrderChanges(requested_finish=clock.now() + timedelta(days=1))
    assert edit_order(app_database, "WO-000001", later, revision=None, actor=ADA, clock=clock).overdue_at is None
    finish(app_database, clock, "WO-000001")
    with app_database.transaction() as tx:
        assert notices.about(tx, NoticeSubject.REMINDER, "WO-000001")[0].ended_at == clock.now()
    assert every(app_database)[0].state is OrderState.COMP


SENSELESS_PLANS = [
    (WEEKLY.replace("FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=0"), "repeats every 1 to 9999, not every 0"),
    (HEAD + 'signal = "h"\nevery = 0\n', "every"),
    (HEAD + 'signal = "h"\nevery = 1e308\n', "every"),
    (HEAD + "every = 5\n", "want one"),
    (HEAD + 'rule = "FREQ=DAILY"\n', "begins is a local time"),
    (WEEKLY + 'signal = "h"\nevery = 5\n', "say one thing by which it is due"),
    (WEEKLY.replace("08:00:00", "08:00:00Z"), "local time without a zone"),
    (WEEKLY + 'working_days = "XX"\n', "days off of XX"),
    (HEAD, "say one thing by which it is due"),
]


def test_a_plan_that_makes_no_sense_is_refused(plan: Callable[[str], dict[str, int]]) -> None:
    for text, said in SENSELESS_PLANS:
        with pytest.raises(Rejected, match=said):
            plan(text)


def test_a_plan_that_is_never_due_or_for_an_asset_that_is_not_there_is_refused(
    plan: Callable[[str], dict[str, int]],
) -> None:
    with pytest.raises(Rejected, match="is never due"):
        plan(WEEKLY.replace("FREQ=WEEKLY;BYDAY=MO", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"))
    with pytest.raises(NotFound, match="no asset P-9"):
        plan(WEEKLY.replace("P-1", "P-9"))
