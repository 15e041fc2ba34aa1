"""An alert walks through the states of ISA-18.2."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from alerts.alarms import transitions
from plant.alert import AlertState
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


def test_a_cleared_alert_stays_open_until_it_is_acknowledged(finding: Finding) -> None:
    cleared = transitions.cleared(transitions.raised(finding, PUMP, AT), AT)
    assert cleared.flags.state(AT) is AlertState.RTN_UNACKNOWLEDGED
    noted = transitions.acknowledged(cleared, "ann", AT)
    assert noted.flags.state(AT) is AlertState.NORMAL
    assert (noted.acknowledged_by, noted.acknowledged_at) == ("ann", AT)


def test_a_repeat_makes_a_cleared_alert_active_again(finding: Finding) -> None:
    again = transitions.repeated(transitions.cleared(transitions.raised(finding, PUMP, AT), AT), finding)
    assert (again.flags.active, again.cleared_at, again.count, again.onset) == (True, None, 2, ONSET)


def test_an_alert_never_becomes_milder_while_it_stands(finding: Finding) -> None:
    alert = transitions.raised(finding, PUMP, AT)
    assert transitions.risen(alert, replace(finding, severity=Severity.CRITICAL)).severity is Severity.CRITICAL
    assert transitions.repeated(alert, replace(finding, severity=Severity.MINOR)).severity is Severity.MAJOR
