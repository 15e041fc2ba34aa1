"""A lesson is kept once from a closed order, changed without loss, and seen where its site is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb

from alerts.knowledge.lessons import (
    keep_lesson,
    keep_order_lesson,
    offered,
    revise_lesson,
    suggested,
    withdraw_lesson,
)
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, NotFound, Rejected, StaleRevision
from plant.iso14224 import Activity
from plant.people.principal import Principal, Recognition
from plant.people.rights import PlantRole
from plant.work_order import Closing, Outcome
from storage.core.database import Database
from storage.knowledge import lessons
from storage.knowledge.lessons import LessonWords
from storage.work import orders
from tests.plant_rows import NOON, PlantRows

SAYS = LessonWords(
    failure_mode="VIB", seen="high 2X at the drive end", cause="misaligned", helped="aligned", signals=("vib_de",)
)
MEI = Principal(name="Mei", recognition=Recognition.PASSWORD, roles={"demo": frozenset({PlantRole.MAINTENANCE})})
OPERATOR = replace(MEI, name="Omar", roles={"demo": frozenset({PlantRole.OPERATIONS})})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def number(plant_rows: PlantRows) -> str:
    """A closed order at P-1."""
    evidence = {"signals": [{"signal": "flow", "share": 0.2}, {"signal": "vib_de", "share": 0.7}]}
    order_id = plant_rows.work_order(
        plant_rows.asset(), state="CLOSE", title="P-1: condition deviates", evidence=Jsonb(evidence)
    )
    return orders.order_number(order_id)


def test_a_lesson_is_kept_from_a_closed_order(app_database: Database, clock: ManualClock, number: str) -> None:
    kept = keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)
    with app_database.transaction() as tx:
        assert lessons.get(tx, kept.lesson_id) == kept
        assert lessons.of_order(tx, kept.order_id or 0) == kept.lesson_id
    assert (kept.site, kept.asset_class, kept.asset, kept.kept_by, kept.says) == ("demo", "pump", "P-1", "Mei", SAYS)


def test_an_order_teaches_one_lesson(app_database: Database, clock: ManualClock, number: str) -> None:
    keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)
    with pytest.raises(Conflict, match="taught its lesson already"):
        keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)


def test_an_order_that_stands_open_teaches_none(
    app_database: Database, clock: ManualClock, plant_rows: PlantRows
) -> None:
    number = orders.order_number(plant_rows.work_order(plant_rows.asset()))
    with pytest.raises(Conflict, match="still stands open"):
        keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)


def test_a_change_takes_no_wording_away(app_database: Database, clock: ManualClock, number: str) -> None:
    kept = keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)
    clock.sleep(60)
    better = replace(SAYS, cause="pipe strain")
    changed = revise_lesson(app_database, kept.lesson_id, better, revision=1, actor=MEI, clock=clock)
    with app_database.transaction() as tx:
        worded = [(one.revision, one.says, one.at) for one in lessons.revisions(tx, kept.lesson_id)]
    assert worded == [(1, SAYS, NOON), (2, better, NOON + timedelta(minutes=1))]
    assert (changed.says, changed.revision) == (better, 2)


def test_who_read_an_older_wording_is_told_so(app_database: Database, clock: ManualClock, number: str) -> None:
    kept = keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)
    revise_lesson(app_database, kept.lesson_id, SAYS, revision=1, actor=MEI, clock=clock)
    with pytest.raises(StaleRevision, match=r"changed by Mei at .*; look at both"):
        revise_lesson(app_database, kept.lesson_id, SAYS, revision=1, actor=MEI, clock=clock)


def test_a_withdrawn_lesson_is_listed_no_more_and_stays_in_the_record(
    app_database: Database, clock: ManualClock, number: str
) -> None:
    kept = keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)
    gone = withdraw_lesson(app_database, kept.lesson_id, revision=1, actor=MEI, clock=clock)
    with app_database.transaction() as tx:
        assert lessons.list_lessons(tx) == []
        assert [one.is_withdrawn for one in lessons.revisions(tx, kept.lesson_id)] == [False, True]
    assert gone.withdrawn_at == NOON


def test_what_is_no_lesson_is_refused(app_database: Database, clock: ManualClock, number: str) -> None:
    for wrong in (replace(SAYS, seen="  "), replace(SAYS, failure_mode="XXX"), replace(SAYS, helped="x" * 5000)):
        with pytest.raises(Rejected):
            keep_order_lesson(app_database, number, wrong, actor=MEI, clock=clock)
    with pytest.raises(Forbidden):
        keep_order_lesson(app_database, number, SAYS, actor=OPERATOR, clock=clock)


def test_a_lesson_of_another_site_is_not_there(
    app_database: Database, clock: ManualClock, plant_rows: PlantRows, number: str
) -> None:
    plant_rows.site("south")
    kept = keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)
    elsewhere = app_database.on_behalf_of(MEI, sites=frozenset({"south"}))
    with elsewhere.transaction() as tx:
        assert lessons.list_lessons(tx) == []
        with pytest.raises(NotFound):
            lessons.get(tx, kept.lesson_id)
    with pytest.raises(Conflict), elsewhere.transaction() as tx:
        lessons.revise(tx, kept.lesson_id, SAYS, revision=1, at=NOON, by="Mei")


def test_a_lesson_may_come_from_no_order(app_database: Database, clock: ManualClock, plant_rows: PlantRows) -> None:
    plant_rows.asset()
    kept = keep_lesson(app_database, "demo", "pump", SAYS, actor=MEI, clock=clock)
    assert (kept.order_id, kept.asset, kept.site, kept.asset_class) == (None, None, "demo", "pump")


def test_a_closed_order_suggests_what_it_taught(app_database: Database, number: str) -> None:
    closing = Closing(
        outcome=Outcome.CONFIRMED,
        failure_mode="OHE",
        cause="2.2",
        action=Activity.ADJUST,
        note="shimmed the motor feet",
        failed_at=None,
        restored_at=NOON,
        relearn=True,
        closed_at=NOON,
        closed_by="Mei",
    )
    with app_database.transaction() as tx:
        order = orders.get_order(tx, number)
    assert suggested(order, closing) == LessonWords(
        failure_mode="OHE",
        seen="P-1: condition deviates",
        cause="Installation error",
        helped="Adjust: shimmed the motor feet",
        signals=("vib_de", "flow"),
    )


@pytest.mark.parametrize(
    ("outcome", "is_offered"), [("confirmed", True), ("false_alarm", True), ("no_fault_found", False)]
)
def test_a_lesson_is_offered_once_where_something_was_to_be_learnt(
    app_database: Database, clock: ManualClock, number: str, plant_rows: PlantRows, outcome: str, is_offered: bool
) -> None:
    codes = {"outcome": outcome, "failure_mode": "VIB", "cause": "3.4", "action": "repair", "relearn": False}
    times = {"restored_at": NOON, "closed_at": NOON, "closed_by": "Mei", "note": "aligned"}
    plant_rows.add("work_order_closing", order_id=int(number.removeprefix("WO-")), **codes, **times)
    with app_database.transaction() as tx:
        words = offered(tx, orders.get_order(tx, number))
    assert (words is not None) == is_offered
    keep_order_lesson(app_database, number, SAYS, actor=MEI, clock=clock)
    with app_database.transaction() as tx:
        assert offered(tx, orders.get_order(tx, number)) is None
