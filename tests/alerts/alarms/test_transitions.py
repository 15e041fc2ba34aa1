"""An alert walks through the states of ISA-18.2."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from alerts.alarms import transitions
from plant.alert import Alert, AlertState
from plant.finding import Finding, FindingSource
from plant.severity import Severity
from storage.register.assets import RegisteredAsset

ONSET = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AT = datetime(2026, 3, 1, 12, 1, tzinfo=UTC)
PUMP = RegisteredAsset(asset_id=1, site="demo", asset="P-101", name="Feed pump A", asset_class="pump")


@pytest.fixture
def finding() -> Finding:
    return Finding(
        finding_id=UUID(int=1),
        asset_id=1,
        kind="condition",
        failure_mode="VIB",
        source=FindingSource.MODEL,
        source_version="v1",
        onset=ONSET,
        updated=AT,
        severity=Severity.MAJOR,
        score=0.7,
        shares=(),
        window_from=ONSET,
        window_to=AT,
    )


def test_an_alert_begins_where_its_finding_began(finding: Finding) -> None:
    alert = transitions.raised(finding, PUMP, AT)
    assert (alert.onset, alert.raised_at, alert.count) == (ONSET, AT, 1)
    assert alert.flags.state(AT) is AlertState.UNACKNOWLEDGED


def test_the_same_finding_always_raises_the_same_alert(finding: Finding) -> None:
    other = replace(finding, finding_id=UUID(int=2))
    assert transitions.raised(finding, PUMP, AT).alert_id == transitions.raised(finding, PUMP, AT).alert_id
    assert transitions.raised(finding, PUMP, AT).alert_id != transitions.raised(other, PUMP, AT).alert_id


def told(finding: Finding) -> Alert:
    return transitions.told(transitions.raised(finding, PUMP, AT), AT)


def test_a_cleared_alert_stays_open_until_it_is_acknowledged(finding: Finding) -> None:
    cleared = transitions.cleared(told(finding), AT)
    assert cleared.flags.state(AT) is AlertState.RTN_UNACKNOWLEDGED
    noted = transitions.acknowledged(cleared, "ann", AT, "vented")
    assert noted.flags.state(AT) is AlertState.NORMAL
    assert (noted.acknowledged_by, noted.acknowledged_at, noted.comment) == ("ann", AT, "vented")


def test_of_what_nobody_was_told_nobody_has_to_take_note(finding: Finding) -> None:
    assert transitions.cleared(transitions.raised(finding, PUMP, AT), AT).flags.state(AT) is AlertState.NORMAL


def test_a_repeat_makes_a_cleared_alert_active_again(finding: Finding) -> None:
    again = transitions.repeated(transitions.cleared(told(finding), AT), finding)
    assert (again.flags.active, again.cleared_at, again.count, again.onset) == (True, None, 2, ONSET)


def test_an_alert_rises_at_once_and_eases_to_the_worst_it_was_meanwhile(finding: Finding) -> None:
    alert = transitions.risen(told(finding), Severity.CRITICAL)
    assert alert.severity is Severity.CRITICAL
    milder = transitions.noted_milder(alert, Severity.WARNING, AT)
    milder = transitions.noted_milder(milder, Severity.MINOR, AT + timedelta(seconds=5))
    assert (milder.severity, milder.milder, milder.milder_since) == (Severity.CRITICAL, Severity.MINOR, AT)
    eased = transitions.eased(milder)
    assert (eased.severity, eased.milder, eased.milder_since) == (Severity.MINOR, None, None)
    assert transitions.not_milder(milder).milder_since is None


def test_what_was_shelved_comes_back_unacknowledged_when_people_are_told(finding: Finding) -> None:
    noted = transitions.acknowledged(told(finding), "ann", AT)
    shelved = transitions.shelved(noted, "ann", AT + timedelta(hours=1), "known, part is on its way")
    assert shelved.flags.state(AT) is AlertState.SHELVED
    back = transitions.told_again(shelved, AT + timedelta(hours=1))
    assert back.flags.state(AT + timedelta(hours=1)) is AlertState.UNACKNOWLEDGED
    assert (back.told, back.shelved_by) == (2, None)
    assert transitions.unshelved(shelved).flags.state(AT) is AlertState.UNACKNOWLEDGED


def test_what_was_acknowledged_before_it_was_suppressed_need_not_be_told_again(finding: Finding) -> None:
    noted = transitions.acknowledged(told(finding), "ann", AT)
    hidden = transitions.hidden(noted, suppressed=True, out_of_service=False)
    assert (hidden.flags.state(AT), hidden.told_at) == (AlertState.SUPPRESSED, AT)
    assert transitions.hidden(told(finding), suppressed=False, out_of_service=True).told_at is None
