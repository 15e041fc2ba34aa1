"""While an asset is worked on, out of service or learnt again, what is found there is recorded and nobody is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from alerts.alarms.desk import Desk, DeskReport
from alerts.alarms.suppression import return_to_service, take_out_of_service
from alerts.orders.commands import Codes, close_order, take_step
from lifecycle import ledger
from plant.alert import Alert, AlertState
from plant.clock import ManualClock
from plant.errors import Conflict
from plant.finding import Finding, FindingSource
from plant.iso14224 import Activity
from plant.people.principal import typed
from plant.work_order import Outcome, Step
from storage.core.database import Database
from storage.register import relearning
from storage.work import alerts as alert_rows
from storage.work import orders
from tests.alerts.conftest import ONSET
from tests.plant_rows import PlantRows

Found = Callable[..., Finding]
Look = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def go(app_database: Database, clock: ManualClock) -> Callable[..., datetime]:
    """Move WO-000001, a minute before each step; returns when the last one was taken."""

    def take(*steps: Step) -> datetime:
        for step in steps:
            clock.sleep(60)
            take_step(app_database, "WO-000001", step, actor=typed("Ada"), clock=clock)
        return clock.now()

    return take


@pytest.fixture
def later(found: Found) -> Callable[..., Finding]:
    """Write an episode that began at an instant and has lasted for some seconds."""

    def write(name: str, begin: datetime, *, lasted_s: float = 30.0, cleared: bool = False, **more: Any) -> Finding:
        end = begin + timedelta(seconds=lasted_s)
        return found(name, onset=begin, updated=end, cleared=end if cleared else None, window_to=end, **more)

    return write


def suppressed(superuser: Look) -> list[object]:
    return [row[0] for row in superuser.execute("SELECT suppressed FROM finding ORDER BY onset").fetchall()]


def only_alert(database: Database) -> Alert:
    with database.transaction() as tx:
        (alert,) = alert_rows.list_alerts(tx)
    return alert


def test_what_is_found_while_work_is_in_progress_is_recorded_and_nothing_is_raised(
    desk: Desk, found: Found, later: Callable[..., Finding], go: Callable[..., datetime], superuser: Look
) -> None:
    found()
    desk.round()
    began = go(Step.APPROVE, Step.START)
    later("while at work", began + timedelta(seconds=5), kind="limit", source=FindingSource.LIMIT)
    assert desk.round() == DeskReport(seen=1)
    assert suppressed(superuser) == [None, "work"]
    assert superuser.execute("SELECT count(*) FROM alert").fetchone() == (1,)


def test_what_goes_on_when_the_work_is_done_is_told_then(
    desk: Desk, found: Found, later: Callable[..., Finding], go: Callable[..., datetime], superuser: Look
) -> None:
    found(cleared=True)
    desk.round()
    began = go(Step.APPROVE, Step.START)
    onset = began + timedelta(seconds=5)
    other = {"kind": "limit", "source": FindingSource.LIMIT, "failure_mode": "OHE"}
    later("goes on", onset, **other)
    assert desk.round() == DeskReport(seen=1)
    go(Step.COMPLETE)
    later("goes on", onset, lasted_s=120, **other)
    assert desk.round() == DeskReport(seen=1, alerts_raised=1, orders_raised=1)
    assert suppressed(superuser) == [None, None]


def test_what_began_at_work_and_clears_just_after_it_is_not_told(
    desk: Desk, found: Found, later: Callable[..., Finding], go: Callable[..., datetime], superuser: Look
) -> None:
    found(cleared=True)
    desk.round()
    onset = go(Step.APPROVE, Step.START) + timedelta(seconds=5)
    later("run-down", onset, kind="limit", source=FindingSource.LIMIT)
    desk.round()
    go(Step.COMPLETE)
    later("run-down", onset, lasted_s=70, cleared=True, kind="limit", source=FindingSource.LIMIT)
    assert desk.round() == DeskReport(seen=1)
    assert suppressed(superuser) == [None, "work"]


def test_an_alert_is_suppressed_by_design_while_its_asset_is_worked_on(
    desk: Desk, found: Found, go: Callable[..., datetime], app_database: Database, clock: ManualClock
) -> None:
    found()
    desk.round()
    go(Step.APPROVE, Step.START)
    assert only_alert(app_database).flags.state(clock.now()) is AlertState.SUPPRESSED
    go(Step.AWAIT_MATERIAL)
    assert only_alert(app_database).flags.state(clock.now()) is AlertState.ACKNOWLEDGED
    go(Step.START, Step.COMPLETE)
    assert only_alert(app_database).flags.state(clock.now()) is AlertState.ACKNOWLEDGED
    with app_database.transaction() as tx:
        rows = tx.connection.execute(
            "SELECT entry->>'event' AS event FROM ledger WHERE entry->>'event' LIKE 'alert.%suppressed' ORDER BY seq"
        ).fetchall()
        assert isinstance(ledger.verify(tx, "demo"), ledger.VerifiedChain)
    assert [row["event"] for row in rows] == ["alert.suppressed", "alert.unsuppressed"] * 2


def test_an_episode_that_clears_during_the_work_ends_its_alert(
    desk: Desk, found: Found, go: Callable[..., datetime], app_database: Database
) -> None:
    found()
    desk.round()
    began = go(Step.APPROVE, Step.START)
    found(updated=began + timedelta(seconds=9))
    assert desk.round() == DeskReport(seen=1)
    end = began + timedelta(seconds=12)
    found(updated=end, cleared=end)
    assert desk.round() == DeskReport(seen=1, alerts_cleared=1)
    assert not only_alert(app_database).flags.active


def test_out_of_service_is_a_state_of_its_own_and_ends_when_the_asset_returns(
    desk: Desk,
    found: Found,
    later: Callable[..., Finding],
    app_database: Database,
    clock: ManualClock,
    superuser: Look,
) -> None:
    found()
    desk.round()
    take_out_of_service(app_database, "demo", "P-101", actor=typed("Ada"), clock=clock)
    assert only_alert(app_database).flags.state(clock.now()) is AlertState.OUT_OF_SERVICE
    later("meanwhile", clock.now() + timedelta(seconds=5), kind="limit", source=FindingSource.LIMIT)
    assert desk.round() == DeskReport(seen=1)
    assert suppressed(superuser) == [None, "out_of_service"]
    with pytest.raises(Conflict, match="out of service already"):
        take_out_of_service(app_database, "demo", "P-101", actor=typed("Ada"), clock=clock)
    clock.sleep(60)
    return_to_service(app_database, "demo", "P-101", actor=typed("Ada"), clock=clock)
    assert only_alert(app_database).flags.state(clock.now()) is AlertState.UNACKNOWLEDGED
    with pytest.raises(Conflict, match="not out of service"):
        return_to_service(app_database, "demo", "P-101", actor=typed("Ada"), clock=clock)
    later("afterwards", clock.now() + timedelta(seconds=5), kind="rate", source=FindingSource.RULE)
    assert desk.round().alerts_raised == 1


@pytest.mark.usefixtures("pump")
def test_an_asset_returns_to_the_state_it_was_taken_out_of(
    app_database: Database, clock: ManualClock, superuser: Look
) -> None:
    superuser.execute("UPDATE asset SET state = 'standby'")
    take_out_of_service(app_database, "demo", "P-101", actor=typed("Ada"), clock=clock)
    return_to_service(app_database, "demo", "P-101", actor=typed("Ada"), clock=clock)
    assert superuser.execute("SELECT state FROM asset").fetchone() == ("standby",)


def close(database: Database, clock: ManualClock, action: Activity) -> None:
    codes = Codes(outcome=Outcome.CONFIRMED, failure_mode="VIB", cause="3.4", action=action)
    close_order(database, "WO-000001", codes, actor=typed("Ada"), clock=clock)


def test_closing_with_a_replacement_lets_limits_watch_and_the_model_only_look_on(
    desk: Desk,
    found: Found,
    later: Callable[..., Finding],
    go: Callable[..., datetime],
    app_database: Database,
    clock: ManualClock,
    superuser: Look,
    pump: int,
) -> None:
    PlantRows(superuser).installation(pump)
    found()
    desk.round()
    completed = go(Step.APPROVE, Step.START, Step.COMPLETE)
    close(app_database, clock, Activity.REPLACE)
    with app_database.transaction() as tx:
        interval = relearning.standing(tx, pump)
        order = orders.get_order(tx, "WO-000001")
    assert interval is not None
    assert (interval.began, interval.reason, interval.order_id) == (completed, "action", order.order_id)
    found(updated=completed + timedelta(seconds=20))
    assert desk.round() == DeskReport(seen=1, alerts_cleared=1), "the old model's word no longer counts"
    later("model", completed + timedelta(seconds=30), failure_mode="OHE", kind="wear")
    later("limit", completed + timedelta(seconds=40), failure_mode="PDE", kind="limit", source=FindingSource.LIMIT)
    assert desk.round() == DeskReport(seen=2, alerts_raised=1, orders_raised=1)
    assert suppressed(superuser) == ["relearning", "relearning", None]


def test_closing_after_a_check_leaves_the_model_in_charge(
    desk: Desk,
    found: Found,
    go: Callable[..., datetime],
    app_database: Database,
    clock: ManualClock,
    superuser: Look,
    pump: int,
) -> None:
    PlantRows(superuser).installation(pump)
    found()
    desk.round()
    go(Step.APPROVE, Step.START, Step.COMPLETE)
    close(app_database, clock, Activity.CHECK)
    with app_database.transaction() as tx:
        assert relearning.standing(tx, pump) is None


def test_a_second_change_of_the_machine_begins_the_learning_anew(
    app_database: Database, superuser: Look, pump: int
) -> None:
    PlantRows(superuser).installation(pump)
    with app_database.transaction() as tx:
        for hours in (0, 5):
            since = ONSET + timedelta(hours=hours)
            assert relearning.open_interval(tx, asset_id=pump, reason="action", at=since, by="Ada")
        interval = relearning.standing(tx, pump)
        assert interval is not None
        assert interval.began == ONSET + timedelta(hours=5)
    ended = superuser.execute("SELECT ended, ended_how FROM relearning WHERE ended IS NOT NULL").fetchall()
    assert ended == [(ONSET + timedelta(hours=5), "superseded")]


def test_a_finding_whose_model_counts_again_is_told_again(
    desk: Desk,
    found: Found,
    go: Callable[..., datetime],
    app_database: Database,
    clock: ManualClock,
    superuser: Look,
    pump: int,
) -> None:
    PlantRows(superuser).installation(pump)
    found()
    desk.round()
    completed = go(Step.APPROVE, Step.START, Step.COMPLETE)
    close(app_database, clock, Activity.REPLACE)
    found(updated=completed + timedelta(seconds=20))
    desk.round()
    with app_database.transaction() as tx:
        relearning.end(tx, asset_id=pump, how="dismissed", at=completed + timedelta(minutes=1), by="Ada")
    found(updated=completed + timedelta(minutes=2))
    assert desk.round() == DeskReport(seen=1, alerts_repeated=1)
