"""The desk does each thing once: whoever dies, whoever else is at work, whatever is delivered again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from alerts.alarms.acknowledgement import acknowledge_alert
from alerts.alarms.desk import Desk, DeskReport
from alerts.orders.commands import acknowledge_order
from lifecycle import ledger
from plant.alert import AlertState
from plant.clock import ManualClock
from plant.errors import NotFound
from plant.finding import Finding, FindingSource
from plant.people.principal import typed
from plant.severity import Severity
from plant.work_order import OrderState, WorkOrder
from storage.core.database import Database
from storage.work.alerts import get_alert, list_alerts
from storage.work.orders import OrderEvent, get_order, list_orders, order_events
from tests.alerts.conftest import ONSET

Found = Callable[..., Finding]
Look = psycopg.Connection[tuple[object, ...]]

EFFECTS = """
SELECT
    (SELECT count(*) FROM alert), (SELECT sum(count) FROM alert), (SELECT count(*) FROM work_order),
    (SELECT count(*) FROM work_order_event), (SELECT count(*) FROM ledger), (SELECT count(*) FROM procrastinate_jobs)
"""
NOTHING = (0, None, 0, 0, 0, 0)
ONE_OF_EACH = (1, 1, 1, 1, 2, 2)  # a job for the alert and one for the order


def only_order(database: Database) -> WorkOrder:
    with database.transaction() as tx:
        (order,) = list_orders(tx)
    return order


def events_of(database: Database, number: str) -> list[OrderEvent]:
    with database.transaction() as tx:
        return order_events(tx, get_order(tx, number).order_id)


def effects(superuser: Look) -> tuple[object, ...] | None:
    return superuser.execute(EFFECTS).fetchone()


def test_a_bad_finding_becomes_one_alert_and_one_order(
    desk: Desk, found: Found, app_database: Database, clock: ManualClock, superuser: Look
) -> None:
    finding = found()
    assert desk.round() == DeskReport(seen=1, alerts_raised=1, orders_raised=1)
    assert effects(superuser) == ONE_OF_EACH
    order = only_order(app_database)
    with app_database.transaction() as tx:
        (alert,) = list_alerts(tx, open_only=True)
    assert (alert.site, alert.asset, alert.onset, alert.raised_at) == ("demo", "P-101", finding.onset, clock.now())
    assert (order.number, order.state, order.severity) == ("WO-000001", OrderState.WAPPR, Severity.MAJOR)
    (event,) = events_of(app_database, order.number)
    assert (event.actor, event.event, event.published_at) == ("desk", "raised", None)
    assert event.document["link"] == "http://console.example/work-orders/WO-000001"
    assert event.document["evidence"] == order.evidence
    assert event.document["asset_name"] == "Feed pump A"


def test_the_ledger_holds_what_was_done_and_verifies(desk: Desk, found: Found, app_database: Database) -> None:
    found()
    desk.round()
    acknowledge_order(app_database, "WO-000001", actor=typed("ann"), clock=ManualClock(found().updated))
    with app_database.transaction() as tx:
        rows = tx.connection.execute("SELECT entry->>'event' AS event FROM ledger ORDER BY seq").fetchall()
        verdict = ledger.verify(tx, "demo")
    assert [row["event"] for row in rows] == [
        "alert.raised",
        "order.raised",
        "alert.acknowledged",
        "order.acknowledged",
    ]
    assert isinstance(verdict, ledger.VerifiedChain)
    assert verdict.entries == 4


def test_the_ledger_carries_the_fingerprint_of_the_document(desk: Desk, found: Found, app_database: Database) -> None:
    found()
    desk.round()
    (event,) = events_of(app_database, "WO-000001")
    with app_database.transaction() as tx:
        row = tx.connection.execute("SELECT entry FROM ledger WHERE entry->>'event' = 'order.raised'").fetchone()
    assert row is not None
    assert row["entry"]["document_sha256"] == ledger.fingerprint(event.document)


def test_an_episode_that_clears_before_the_on_delay_leaves_no_trace(desk: Desk, found: Found, superuser: Look) -> None:
    found(lasted_s=2)
    assert desk.round() == DeskReport(seen=1)
    found(lasted_s=4, cleared=True)
    assert desk.round() == DeskReport(seen=1)
    assert effects(superuser) == NOTHING


def test_a_watched_finding_is_looked_at_again_when_it_goes_on(desk: Desk, found: Found) -> None:
    found(lasted_s=2)
    assert desk.round() == DeskReport(seen=1)
    assert desk.round() == DeskReport()
    found(lasted_s=6)
    assert desk.round() == DeskReport(seen=1, alerts_raised=1, orders_raised=1)


def test_a_revision_is_looked_at_once(desk: Desk, found: Found, superuser: Look) -> None:
    found()
    desk.round()
    assert desk.round() == DeskReport()
    assert effects(superuser) == ONE_OF_EACH


def test_a_redelivered_finding_has_no_further_effect(desk: Desk, found: Found, superuser: Look) -> None:
    found()
    desk.round()
    found()
    assert desk.round() == DeskReport(seen=1)
    assert effects(superuser) == ONE_OF_EACH


def test_a_revision_whose_seeing_was_forgotten_has_no_further_effect(desk: Desk, found: Found, superuser: Look) -> None:
    found()
    desk.round()
    superuser.execute("DELETE FROM finding_seen; INSERT INTO finding_due SELECT finding_id FROM finding")
    assert desk.round() == DeskReport(seen=1)
    assert effects(superuser) == ONE_OF_EACH


def test_a_mild_finding_that_lasts_becomes_an_order(desk: Desk, found: Found) -> None:
    found(severity=Severity.MINOR, lasted_s=60)
    assert desk.round() == DeskReport(seen=1, alerts_raised=1)
    found(severity=Severity.MINOR, lasted_s=600)
    assert desk.round() == DeskReport(seen=1, orders_raised=1)


def test_a_finding_that_gets_worse_takes_its_alert_and_order_along(
    desk: Desk, found: Found, app_database: Database
) -> None:
    found()
    desk.round()
    before = only_order(app_database)
    found(severity=Severity.CRITICAL, score=0.9, lasted_s=60)
    assert desk.round() == DeskReport(seen=1, orders_changed=1)
    after = only_order(app_database)
    with app_database.transaction() as tx:
        assert list_alerts(tx)[0].severity is Severity.CRITICAL
    assert (after.severity, after.priority, after.evidence["score"]) == (Severity.CRITICAL, 1, 0.9)
    assert after.requested_finish < before.requested_finish
    assert [event.event for event in events_of(app_database, after.number)] == ["raised", "worsened"]


def test_a_finding_stays_with_its_order_when_its_failure_mode_changes(
    desk: Desk, found: Found, app_database: Database
) -> None:
    found()
    desk.round()
    found(failure_mode="OHE", severity=Severity.CRITICAL, lasted_s=60)
    assert desk.round() == DeskReport(seen=1, orders_changed=1)
    assert only_order(app_database).failure_mode == "VIB"


def test_a_further_episode_repeats_the_alert_and_joins_the_order(
    desk: Desk, found: Found, app_database: Database
) -> None:
    found()
    found(cleared=True)
    assert desk.round() == DeskReport(seen=1, alerts_raised=1, alerts_cleared=1, orders_raised=1)
    found("second", lasted_s=90)
    assert desk.round() == DeskReport(seen=1, alerts_repeated=1, orders_changed=1)
    with app_database.transaction() as tx:
        (alert,) = list_alerts(tx)
    assert (alert.count, alert.flags.active, alert.cleared_at) == (2, True, None)
    events = events_of(app_database, only_order(app_database).number)
    assert [(event.revision, event.event) for event in events] == [(1, "raised"), (2, "joined")]


def test_an_episode_of_another_failure_mode_gets_an_order_of_its_own(
    desk: Desk, found: Found, app_database: Database
) -> None:
    found(cleared=True)
    found("second", failure_mode="OHE")
    desk.round()
    with app_database.transaction() as tx:
        assert {order.failure_mode for order in list_orders(tx)} == {"VIB", "OHE"}
        assert len(list_alerts(tx)) == 1


def test_an_alert_of_two_findings_clears_with_the_second(desk: Desk, found: Found, app_database: Database) -> None:
    found()
    found("limit", source=FindingSource.LIMIT)
    desk.round()
    found(cleared=True)
    assert desk.round() == DeskReport(seen=1)
    found("limit", source=FindingSource.LIMIT, cleared=True)
    assert desk.round() == DeskReport(seen=1, alerts_cleared=1)
    with app_database.transaction() as tx:
        (alert,) = list_alerts(tx, open_only=True)
    assert (alert.count, alert.flags.active) == (2, False)


def test_after_it_was_acknowledged_and_cleared_the_next_episode_raises_a_new_alert(
    desk: Desk, found: Found, app_database: Database, clock: ManualClock
) -> None:
    found()
    desk.round()
    acknowledge_order(app_database, "WO-000001", actor=typed("ann"), clock=clock)
    found(cleared=True)
    assert desk.round() == DeskReport(seen=1, alerts_cleared=1)
    found("second")
    assert desk.round() == DeskReport(seen=1, alerts_raised=1, orders_changed=1)
    with app_database.transaction() as tx:
        assert len(list_alerts(tx)) == 2
        assert len(list_alerts(tx, open_only=True)) == 1


def test_an_order_that_was_closed_is_not_raised_again_for_the_same_episode(
    desk: Desk, found: Found, superuser: Look
) -> None:
    found()
    desk.round()
    superuser.execute("UPDATE work_order SET state = 'CLOSE'")
    found(lasted_s=60, severity=Severity.CRITICAL)
    desk.round()
    assert superuser.execute("SELECT count(*) FROM work_order").fetchone() == (1,)


def test_one_round_looks_at_the_newest_to_it_first(app_database: Database, clock: ManualClock, found: Found) -> None:
    found("watched", lasted_s=1)
    small = Desk(app_database, clock, most=1)
    assert small.round() == DeskReport(seen=1)
    found("watched", lasted_s=2)
    found("fresh", source=FindingSource.LIMIT)
    assert small.round() == DeskReport(seen=1, alerts_raised=1, orders_raised=1)
    assert small.round() == DeskReport(seen=1)


def test_a_finding_that_cannot_be_decided_hides_none_behind_it_and_is_tried_again(
    app_database: Database, clock: ManualClock, found: Found, superuser: Look, caplog: pytest.LogCaptureFixture
) -> None:
    bad = found("bad", onset=ONSET - timedelta(hours=1))
    found("good", source=FindingSource.LIMIT)
    superuser.execute("UPDATE finding SET severity = 'TERRIBLE' WHERE finding_id = %s", [bad.finding_id])
    small = Desk(app_database, clock, most=1)
    assert small.round() == DeskReport()
    assert small.round() == DeskReport(seen=1, alerts_raised=1, orders_raised=1)
    for pause_s in (4, 1, 9, 1, 19):  # tried after 5 s and 15 s, next after 35 s
        clock.sleep(pause_s)
        assert small.round() == DeskReport()
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.message == "a finding is set aside: the desk cannot decide"
    assert record.__dict__["finding_id"] == str(bad.finding_id)
    superuser.execute("UPDATE finding SET severity = 'MAJOR'")
    assert small.round() == DeskReport()
    clock.sleep(1)
    assert small.round().seen == 1


# Acknowledging ---------------------------------------------------------------------------------


def test_acknowledging_an_order_takes_note_of_its_alert_too(
    desk: Desk, found: Found, app_database: Database, clock: ManualClock
) -> None:
    found()
    desk.round()
    clock.sleep(60)
    order = acknowledge_order(app_database, "WO-000001", actor=typed("ann"), clock=clock)
    assert order == only_order(app_database)
    assert (order.acknowledged_by, order.acknowledged_at) == ("ann", clock.now())
    assert (order.state, order.revision) == (OrderState.WAPPR, 2)
    with app_database.transaction() as tx:
        (alert,) = list_alerts(tx)
    assert (alert.flags.state(clock.now()), alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, "ann")
    raised, noted = events_of(app_database, order.number)
    assert (noted.actor, noted.event, noted.document["event"]) == ("ann", "acknowledged", "acknowledged")
    assert noted.document["link"] == raised.document["link"]
    assert noted.document["acknowledged_by"] == "ann"


def test_acknowledging_an_order_again_changes_nothing(
    desk: Desk, found: Found, app_database: Database, clock: ManualClock, superuser: Look
) -> None:
    found()
    desk.round()
    first = acknowledge_order(app_database, "WO-000001", actor=typed("ann"), clock=clock)
    before = effects(superuser)
    clock.sleep(60)
    assert acknowledge_order(app_database, "WO-000001", actor=typed("bob"), clock=clock) == first
    assert effects(superuser) == before


def test_people_who_acknowledge_at_once_leave_one_event(
    desk: Desk, found: Found, app_database: Database, clock: ManualClock
) -> None:
    found()
    desk.round()
    start = threading.Barrier(4)
    answers: list[WorkOrder] = []

    def acknowledge(actor: str) -> None:
        start.wait()
        answers.append(acknowledge_order(app_database, "WO-000001", actor=typed(actor), clock=clock))

    threads = [threading.Thread(target=acknowledge, args=(actor,)) for actor in ("ann", "bob", "cleo", "dai")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [only_order(app_database)] * 4
    assert [event.event for event in events_of(app_database, "WO-000001")] == ["raised", "acknowledged"]


def test_acknowledging_an_alert_leaves_its_order_alone(
    desk: Desk, found: Found, app_database: Database, clock: ManualClock
) -> None:
    found()
    desk.round()
    with app_database.transaction() as tx:
        (alert,) = list_alerts(tx)
    noted = acknowledge_alert(app_database, alert.alert_id, actor=typed("ann"), clock=clock)
    clock.sleep(60)
    assert acknowledge_alert(app_database, alert.alert_id, actor=typed("bob"), clock=clock) == noted
    assert noted == replace(
        alert,
        flags=replace(alert.flags, acknowledged=True),
        acknowledged_at=noted.acknowledged_at,
        acknowledged_by="ann",
        acknowledged_recognised="process",
        revision=2,
    )
    with app_database.transaction() as tx:
        assert get_alert(tx, alert.alert_id) == noted
    assert only_order(app_database).acknowledged_at is None


@pytest.mark.parametrize("number", ["WO-000009", "WO-1", "nonsense", "WO-99999999999999", ""])
def test_an_unknown_order_is_not_found(app_database: Database, clock: ManualClock, number: str) -> None:
    with pytest.raises(NotFound, match="there is no work order"):
        acknowledge_order(app_database, number, actor=typed("ann"), clock=clock)


def test_an_unknown_alert_is_not_found(app_database: Database, clock: ManualClock) -> None:
    with pytest.raises(NotFound, match="there is no alert"):
        acknowledge_alert(app_database, uuid4(), actor=typed("ann"), clock=clock)
