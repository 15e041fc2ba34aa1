"""What a finding deserves depends on how long it lasted, how bad it is, and what stands already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alarms import transitions
from alerts.alarms.rules import (
    WATCH,
    AlertMove,
    Decision,
    Delays,
    DeskRules,
    Existing,
    OrderMove,
    Wait,
    consider,
)
from alerts.orders import transitions as order_moves
from plant.alert import Alert
from plant.finding import Finding, FindingSource
from plant.orders.rules import DEFAULT_ORDER_RULES, choose_anyway, finish_within, priority_of
from plant.severity import Severity
from plant.work_order import OrderState, WorkOrder
from storage.register.assets import RegisteredAsset

ONSET = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RULES = DeskRules()
PUMP = RegisteredAsset(asset_id=1, site="demo", asset="P-101", name="Feed pump A", asset_class="pump")


def finding(severity: Severity = Severity.MAJOR, *, lasted_s: float = 30.0, cleared: bool = False) -> Finding:
    end = ONSET + timedelta(seconds=lasted_s)
    return Finding(
        finding_id=UUID(int=1),
        asset_id=1,
        kind="condition",
        failure_mode="VIB",
        source=FindingSource.MODEL,
        source_version="v1",
        onset=ONSET,
        updated=end,
        cleared=end if cleared else None,
        severity=severity,
        score=0.7,
        shares=(),
        window_from=ONSET,
        window_to=end,
    )


def alert(severity: Severity = Severity.MAJOR) -> Alert:
    return transitions.told(transitions.raised(finding(severity), PUMP, ONSET), ONSET)


def order(severity: Severity = Severity.MAJOR) -> WorkOrder:
    return order_moves.raised(1, PUMP, occasion(finding(severity)), ONSET)


def occasion(one: Finding) -> order_moves.Occasion:
    return order_moves.for_finding(one, PUMP, choose_anyway(DEFAULT_ORDER_RULES, Existing().case(one)))


@pytest.mark.parametrize("severity", list(Severity))
def test_an_episode_shorter_than_the_on_delay_is_watched(severity: Severity) -> None:
    assert consider(finding(severity, lasted_s=4.999), Existing(), RULES) == Decision(waits=Wait.DELAY)


def test_an_episode_as_long_as_the_on_delay_raises_an_alert_and_an_order() -> None:
    decision = consider(finding(lasted_s=5.0), Existing(), RULES)
    assert decision == Decision(alert=AlertMove.RAISE, order=OrderMove.RAISE, tells=True)


def test_an_episode_that_cleared_before_the_on_delay_raises_nothing() -> None:
    assert consider(finding(lasted_s=3.0, cleared=True), Existing(), RULES) == WATCH


def test_an_episode_that_came_and_went_while_no_desk_looked_is_told_and_cleared_at_once() -> None:
    decision = consider(finding(cleared=True), Existing(), RULES)
    assert decision == Decision(alert=AlertMove.RAISE, order=OrderMove.RAISE, tells=True, clears=True)


@pytest.mark.parametrize(
    ("severity", "lasted_s", "move"),
    [
        (Severity.CRITICAL, 10, OrderMove.RAISE),
        (Severity.MAJOR, 10, OrderMove.RAISE),
        (Severity.MINOR, 599, OrderMove.NONE),
        (Severity.MINOR, 600, OrderMove.RAISE),
        (Severity.WARNING, 6000, OrderMove.NONE),
    ],
)
def test_an_order_is_for_what_is_bad_or_lasts(severity: Severity, lasted_s: float, move: OrderMove) -> None:
    assert consider(finding(severity, lasted_s=lasted_s), Existing(), RULES).order is move


def test_a_further_episode_repeats_the_alert_and_joins_the_order() -> None:
    decision = consider(finding(Severity.MINOR), Existing(alert=alert(), order=order()), RULES)
    assert decision == Decision(alert=AlertMove.REPEAT, order=OrderMove.JOIN)


def test_a_finding_in_alert_and_order_moves_nothing_while_it_stays_as_it_is() -> None:
    existing = Existing(alert=alert(), is_in_alert=True, order=order(), is_in_order=True)
    assert consider(finding(), existing, RULES) == WATCH


def test_a_finding_that_gets_worse_takes_alert_and_order_with_it() -> None:
    existing = Existing(alert=alert(), is_in_alert=True, order=order(), is_in_order=True)
    decision = consider(finding(Severity.CRITICAL), existing, RULES)
    assert decision == Decision(alert=AlertMove.RISE, order=OrderMove.WORSEN)


def test_a_finding_whose_order_was_closed_gets_no_second_one() -> None:
    existing = Existing(alert=alert(), is_in_alert=True, is_in_order=True)
    assert consider(finding(Severity.CRITICAL), existing, RULES).order is OrderMove.NONE


def test_an_alert_clears_with_the_last_of_its_findings() -> None:
    existing = Existing(alert=alert(), is_in_alert=True, other_active_findings=1)
    assert not consider(finding(cleared=True), existing, RULES).clears
    assert consider(finding(cleared=True), replace(existing, other_active_findings=0), RULES).clears


def test_a_cleared_alert_does_not_clear_again() -> None:
    existing = Existing(alert=transitions.cleared(alert(), ONSET), is_in_alert=True)
    assert not consider(finding(cleared=True), existing, RULES).clears


@given(severity=st.sampled_from(Severity), lasted_s=st.floats(0, 1e4), cleared=st.booleans())
def test_deciding_again_after_the_effects_changes_nothing(severity: Severity, lasted_s: float, cleared: bool) -> None:
    one = finding(severity, lasted_s=lasted_s, cleared=cleared)
    decision = consider(one, Existing(), RULES)
    raised = None if decision.alert is AlertMove.NONE else transitions.raised(one, PUMP, ONSET)
    if raised and decision.tells:
        raised = transitions.told(raised, ONSET)
    if raised and decision.clears:
        raised = transitions.cleared(raised, ONSET)
    placed = None if decision.order is OrderMove.NONE else order_moves.raised(1, PUMP, occasion(one), ONSET)
    after = Existing(alert=raised, is_in_alert=raised is not None, order=placed, is_in_order=placed is not None)
    assert consider(one, after, RULES) == Decision(waits=decision.waits)


def grown(severity: Severity, *, at_s: float, worst: Severity = Severity.CRITICAL) -> Finding:
    """A finding whose worst was worse than it is now."""
    return replace(finding(worst, lasted_s=at_s), severity_now=severity)


def test_an_alert_rises_at_once_and_eases_when_it_was_milder_for_a_while() -> None:
    critical = alert(Severity.CRITICAL)
    existing = Existing(alert=critical, is_in_alert=True, is_in_order=True)
    assert consider(grown(Severity.CRITICAL, at_s=30), existing, RULES) == WATCH
    assert consider(grown(Severity.MINOR, at_s=40), existing, RULES).alert is AlertMove.NOTE_MILDER
    milder = transitions.noted_milder(critical, Severity.MINOR, ONSET + timedelta(seconds=40))
    waiting = replace(existing, alert=milder)
    assert consider(grown(Severity.WARNING, at_s=99), waiting, RULES).alert is AlertMove.NONE
    assert consider(grown(Severity.MAJOR, at_s=99), waiting, RULES).alert is AlertMove.NOTE_MILDER
    assert consider(grown(Severity.CRITICAL, at_s=99), waiting, RULES).alert is AlertMove.FORGET_MILDER
    assert consider(grown(Severity.WARNING, at_s=100), waiting, RULES).alert is AlertMove.EASE
    other = replace(waiting, other_active_findings=1, others_grade=Severity.CRITICAL)
    assert consider(grown(Severity.WARNING, at_s=100), other, RULES).alert is AlertMove.FORGET_MILDER


def test_an_alert_clears_when_its_off_delay_is_over() -> None:
    existing = Existing(alert=alert(), is_in_alert=True, is_in_order=True, delays=Delays(off_s=30))
    assert consider(finding(cleared=True), existing, RULES) == Decision(waits=Wait.OFF_DELAY)
    assert consider(finding(cleared=True), replace(existing, has_waited=True), RULES) == Decision(clears=True)


def test_that_findings_join_an_order_is_said_once_and_then_they_are_counted() -> None:
    existing = Existing(alert=alert(), order=order())
    assert consider(finding(), existing, RULES).order is OrderMove.JOIN
    assert consider(finding(), replace(existing, order_has_joined=True), RULES).order is OrderMove.COUNT


def test_what_is_shelved_gets_an_alert_and_neither_words_nor_an_order() -> None:
    decision = consider(finding(), Existing(is_shelved=True), RULES)
    assert decision == Decision(alert=AlertMove.RAISE, waits=Wait.SHELVED)


@pytest.mark.parametrize("silence", [Wait.WORK, Wait.OUT_OF_SERVICE, Wait.DESIGN, Wait.RELEARNING])
def test_what_is_silenced_waits_and_nothing_is_raised(silence: Wait) -> None:
    assert consider(finding(), Existing(silence=silence), RULES) == Decision(waits=silence)
    assert consider(finding(cleared=True), Existing(silence=silence), RULES) == WATCH


def test_an_order_only_becomes_more_urgent() -> None:
    first = order(Severity.MAJOR)
    later = ONSET + timedelta(days=2, hours=12)
    worse = order_moves.worsened(first, occasion(finding(Severity.CRITICAL)), later)
    assert (worse.priority, worse.revision, worse.state) == (1, 2, OrderState.WAPPR)
    assert worse.requested_finish == first.requested_finish


def test_worse_is_more_urgent() -> None:
    ranked = sorted(Severity, key=lambda one: -one.rank)
    assert [priority_of(one) for one in ranked] == [1, 2, 3, 4, 5]
    finishes = [finish_within(one) for one in ranked]
    assert finishes == sorted(finishes)
