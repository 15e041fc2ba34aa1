"""An order's tasks come from a version of a job plan; they are answered, and a failed one proposes an order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.alarms.desk import Desk
from alerts.orders.checklist import add_order_task, answer_task, dismiss_for_task, plan_order, raise_for_task
from alerts.orders.commands import take_step
from alerts.orders.job_library import LibraryDifference, import_job_plans
from lifecycle.register.importing import import_plant
from lifecycle.register.job_plan_file import read_job_plans
from lifecycle.register.plant_file import read_plant
from plant.clock import ManualClock
from plant.errors import Conflict, NotFound, Rejected
from plant.finding import Finding
from plant.orders.job_plan import OrderTask, TaskKind, Verdict
from plant.people.principal import typed
from plant.work_order import OrderState, Step, WorkOrder
from storage.core.database import Database
from storage.orders.job_plans import get_job_plan
from storage.orders.tasks import tasks_of
from storage.work import orders

ADA = typed("Ada")
PLANS = """
[[job_plan]]
tag = "bearing"
class = "pump"
name = "Change the bearing"
name_zh = "更换轴承"
hours = 4.5
trades = [{trade = "mechanic", people = 2, hours = 4.5}]
parts = [{number = "6205", quantity = 2}]
documents = ["SOP-12"]
safety = ["Lock out and tag out"]
  [[job_plan.step]]
  text = "Isolate the pump"
  text_zh = "隔离泵"
  [[job_plan.step]]
  text = "Vibration after the change"
  kind = "reading"
  unit = "mm/s"
  high = 4.5
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plans.toml"
    path.write_text(PLANS, encoding="utf-8")
    return path


def bring_in(database: Database, file: Path, clock: ManualClock) -> LibraryDifference:
    with database.transaction() as tx:
        return import_job_plans(tx, read_job_plans(file), at=clock.now(), by="Ada")


@pytest.fixture
def order(
    desk: Desk, found: Callable[..., Finding], app_database: Database, file: Path, clock: ManualClock
) -> WorkOrder:
    bring_in(app_database, file, clock)
    found()
    desk.round()
    return plan_order(app_database, "WO-000001", "bearing", actor=ADA, clock=clock)


def tasks(database: Database, number: str = "WO-000001") -> list[OrderTask]:
    with database.transaction() as tx:
        return tasks_of(tx, orders.get_order(tx, number).order_id)


def test_a_plan_that_changes_is_a_new_version_and_an_order_keeps_its_own(
    app_database: Database, order: WorkOrder, file: Path, clock: ManualClock
) -> None:
    assert (order.job_plan, order.job_plan_version) == ("bearing", 1)
    assert bring_in(app_database, file, clock) == LibraryDifference(added={}, changed={}, left=("bearing",))
    file.write_text(PLANS.replace("high = 4.5", "high = 2.8"), encoding="utf-8")
    assert bring_in(app_database, file, clock).changed == {"bearing": 2}
    assert [one.step.high for one in tasks(app_database)] == [None, 4.5]
    with app_database.transaction() as tx:
        assert [get_job_plan(tx, "bearing", version).steps[1].high for version in (1, 2, None)] == [4.5, 2.8, 2.8]
        assert get_job_plan(tx, "bearing").name_zh == "更换轴承"


def test_a_rule_gives_its_order_the_plan_it_names(
    app_database: Database, desk: Desk, found: Callable[..., Finding], file: Path, clock: ManualClock, tmp_path: Path
) -> None:
    bring_in(app_database, file, clock)
    plant = tmp_path / "plant.toml"
    plant.write_text(
        '[site]\ntag = "demo"\n[[class]]\ntag = "pump"\n[[class.order_rule]]\nname = "all"\njob_plan = "bearing"\n',
        encoding="utf-8",
    )
    with app_database.transaction() as tx:
        import_plant(tx, read_plant(plant), at=clock.now())
    found()
    desk.round()
    assert [one.step.text for one in tasks(app_database)] == ["Isolate the pump", "Vibration after the change"]


def test_a_reading_is_judged_by_its_limits_and_earlier_answers_stay(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    answer_task(app_database, order.number, 1, verdict=Verdict.PASS, actor=ADA, clock=clock)
    answer_task(app_database, order.number, 2, reading=7.1, actor=ADA, clock=clock)
    answer_task(app_database, order.number, 2, reading=2.2, note="tightened", actor=ADA, clock=clock)
    first, second = tasks(app_database)
    assert first.answer is not None
    assert second.answer is not None
    assert (first.answer.verdict, second.answer.verdict, second.answer.reading) == (Verdict.PASS, Verdict.PASS, 2.2)
    assert (second.answers, second.answer.note, second.proposes_order) == (2, "tightened", False)


def test_a_failed_task_proposes_an_order_that_is_raised_once(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    answer_task(app_database, order.number, 2, reading=7.1, note="still loud", actor=ADA, clock=clock)
    assert tasks(app_database)[1].proposes_order
    raised = raise_for_task(app_database, order.number, 2, failure_mode="NOI", actor=ADA, clock=clock)
    assert (raised.number, raised.failure_mode, raised.words) == ("WO-000002", "NOI", "still loud")
    assert raised.evidence["order"] == order.number
    assert raised.why["because"][0]["condition"] == "failed_task"
    task = tasks(app_database)[1]
    assert (task.raised_order, task.proposes_order) == ("WO-000002", False)
    with pytest.raises(Conflict, match="proposes no order, or it was decided"):
        raise_for_task(app_database, order.number, 2, failure_mode="OTH", actor=ADA, clock=clock)
    with app_database.transaction() as tx:
        assert len(orders.list_orders(tx)) == 2


def test_that_a_failed_task_leads_to_no_order_wants_a_reason(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    answer_task(app_database, order.number, 1, verdict=Verdict.FAIL, actor=ADA, clock=clock)
    with pytest.raises(Rejected, match="no_reason"):
        dismiss_for_task(app_database, order.number, 1, note=" ", actor=ADA, clock=clock)
    dismiss_for_task(app_database, order.number, 1, note="valve tagged already", actor=ADA, clock=clock)
    assert (tasks(app_database)[0].is_decided, tasks(app_database)[0].raised_order) == (True, None)


def test_the_work_is_not_done_before_every_task_is_answered(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    add_order_task(app_database, order.number, "Clean up", kind=TaskKind.CHECK, actor=ADA, clock=clock)
    for step in (Step.APPROVE, Step.START):
        take_step(app_database, order.number, step, actor=ADA, clock=clock)
    with pytest.raises(Conflict, match="tasks 1, 2, 3 of work order WO-000001 are not answered"):
        take_step(app_database, order.number, Step.COMPLETE, actor=ADA, clock=clock)
    answer_task(app_database, order.number, 1, verdict=Verdict.PASS, actor=ADA, clock=clock)
    answer_task(app_database, order.number, 2, reading=1.0, actor=ADA, clock=clock)
    answer_task(app_database, order.number, 3, verdict=Verdict.SKIPPED, note="night shift", actor=ADA, clock=clock)
    assert take_step(app_database, order.number, Step.COMPLETE, actor=ADA, clock=clock).state is OrderState.COMP


NO_ANSWERS: list[tuple[int, dict[str, object], str]] = [
    (1, {"reading": 1.0}, "no_reading_asked"),
    (1, {}, "no_verdict"),
    (1, {"verdict": Verdict.SKIPPED}, "no_reason"),
    (1, {"verdict": Verdict.PASS, "note": "a\x00b"}, "control_character"),
    (2, {"verdict": Verdict.PASS}, "no_reading"),
    (2, {"reading": 1e308}, "bad_reading"),
    (2, {"reading": float("nan")}, "bad_reading"),
]


def test_an_answer_that_is_none_is_refused_and_nothing_is_written(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    for position, answer, reason in NO_ANSWERS:
        with pytest.raises(Rejected) as caught:
            answer_task(app_database, order.number, position, **answer, actor=ADA, clock=clock)  # type: ignore[arg-type]
        assert caught.value.reason == reason, answer
        assert all(one.answer is None for one in tasks(app_database)), answer


def test_what_is_not_there_is_not_found_and_a_second_plan_refused(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    with pytest.raises(NotFound, match="no task 9"):
        answer_task(app_database, order.number, 9, verdict=Verdict.PASS, actor=ADA, clock=clock)
    with pytest.raises(NotFound, match="no job plan nothing"):
        plan_order(app_database, order.number, "nothing", actor=ADA, clock=clock)
    with pytest.raises(Conflict, match="follows job plan bearing already"):
        plan_order(app_database, order.number, "bearing", actor=ADA, clock=clock)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("hours = 4.5", "hours = 1e308", "hours"),
        ("quantity = 2", "quantity = -1", "quantity"),
        ('kind = "reading"', 'kind = "check"', "low and high bound a reading"),
        ("high = 4.5", "low = 5.0\n  high = 4.5", "low 5.0 is above high 4.5"),
        ('tag = "bearing"', 'tag = "a\\u0007b"', "control character"),
        ('name = "Change the bearing"', 'nonsense = "x"', "name"),
    ],
)
def test_a_library_that_makes_no_sense_is_refused(file: Path, before: str, after: str, said: str) -> None:
    file.write_text(PLANS.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(Rejected, match=said):
        read_job_plans(file)


def test_a_plan_for_a_class_that_is_not_there_is_refused_whole(
    app_database: Database, file: Path, clock: ManualClock
) -> None:
    with pytest.raises(NotFound, match="class pump, which is not in the register"):
        bring_in(app_database, file, clock)
