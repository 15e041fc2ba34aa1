"""An order says in plain words what is wrong, and its document is JSON that anybody can read."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from alerts.orders import document, transitions
from plant.finding import Finding, FindingSource, Share
from plant.orders.rules import DEFAULT_ORDER_RULES, OrderCase, choose_anyway
from plant.severity import Severity
from storage.models.remaining import RemainingLifeEstimate
from storage.register.assets import RegisteredAsset

ONSET = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AT = datetime(2026, 3, 1, 12, 1, tzinfo=UTC)
PUMP = RegisteredAsset(asset_id=1, site="demo", asset="P-101", name="Feed pump A", asset_class="pump")
FINDING = Finding(
    finding_id=UUID(int=7),
    asset_id=1,
    kind="condition",
    failure_mode="VIB",
    source=FindingSource.MODEL,
    source_version="condition/P-101/v1",
    onset=ONSET,
    updated=ONSET + timedelta(seconds=30),
    severity=Severity.MAJOR,
    score=0.712345,
    shares=(
        Share(signal="flow_m3_h", share=0.08, unit="m³/h"),
        Share(signal="bearing_temperature_c", share=0.3, unit="°C"),
        Share(signal="vibration_de_mm_s", share=0.62, unit="mm/s"),
    ),
    window_from=ONSET,
    window_to=ONSET + timedelta(seconds=30),
    quality={"missing": 0.0},
)

LEFT = RemainingLifeEstimate(
    asset_id=1,
    time=ONSET,
    installation_id=1,
    source_version="wear/P-101/v1",
    wear_limit=2.5,
    outlook="known",
    likely_s=86_400.2,
    low_s=43_200.0,
    high_s=None,
    coverage=0.8,
    estimated_at=AT,
)


def occasion(finding: Finding, left: RemainingLifeEstimate | None = None) -> transitions.Occasion:
    case = OrderCase(severity=finding.severity, failure_mode=finding.failure_mode, lasted_s=finding.lasted_s)
    return transitions.for_finding(finding, PUMP, choose_anyway(DEFAULT_ORDER_RULES, case), left)


def test_the_title_names_the_asset_and_the_leading_signals() -> None:
    said = "P-101 Feed pump A: condition deviates; vibration_de_mm_s 62 %, bearing_temperature_c 30 %"
    assert document.title(FINDING, PUMP) == said


def test_a_title_without_signals_ends_after_what_is_wrong() -> None:
    assert document.title(replace(FINDING, shares=()), PUMP) == "P-101 Feed pump A: condition deviates"


def test_a_name_that_is_the_tag_is_not_said_twice() -> None:
    named = replace(PUMP, name="P-101")
    assert document.title(replace(FINDING, shares=()), named) == "P-101: condition deviates"


@pytest.mark.parametrize("source", list(FindingSource))
def test_every_source_has_words(source: FindingSource) -> None:
    assert document.title(replace(FINDING, source=source), PUMP)


def test_the_document_holds_all_that_engineering_needs() -> None:
    order = transitions.raised(17, PUMP, occasion(FINDING, LEFT), AT)
    written = document.order_document(
        order, event="raised", asset_name="Feed pump A", link="http://console/work-orders/WO-000017"
    )
    assert written == {
        "number": "WO-000017",
        "revision": 1,
        "event": "raised",
        "site": "demo",
        "asset": "P-101",
        "asset_name": "Feed pump A",
        "class": "pump",
        "state": "WAPPR",
        "priority": 2,
        "severity": "MAJOR",
        "failure_mode": "VIB",
        "work_type": "corrective",
        "team": None,
        "assignee": None,
        "words": None,
        "why": {
            "rule": "bad enough",
            "because": [{"condition": "severity", "least": "MAJOR", "found": "MAJOR"}],
            "work_type": "corrective",
            "priority": 2,
            "finish_within_s": 259_200.0,
            "team": None,
            "job_plan": None,
        },
        "job_plan": None,
        "job_plan_version": None,
        "title": "P-101 Feed pump A: condition deviates; vibration_de_mm_s 62 %, bearing_temperature_c 30 %",
        "evidence": {
            "finding_id": "00000000-0000-0000-0000-000000000007",
            "kind": "condition",
            "source": "model",
            "model_version": "condition/P-101/v1",
            "score": 0.7123,
            "onset": "2026-03-01T12:00:00.000Z",
            "window": {"from": "2026-03-01T12:00:00.000Z", "to": "2026-03-01T12:00:30.000Z"},
            "signals": [
                {"signal": "vibration_de_mm_s", "share": 0.62, "unit": "mm/s"},
                {"signal": "bearing_temperature_c", "share": 0.3, "unit": "°C"},
                {"signal": "flow_m3_h", "share": 0.08, "unit": "m³/h"},
            ],
            "data_quality": {"missing": 0.0},
            "remaining_life": {
                "outlook": "known",
                "likely_s": 86400,
                "low_s": 43200,
                "high_s": None,
                "coverage": 0.8,
                "as_of": "2026-03-01T12:00:00.000Z",
                "source_version": "wear/P-101/v1",
                "wear_limit": 2.5,
            },
        },
        "requested_finish": "2026-03-04T12:01:00.000Z",
        "created_at": "2026-03-01T12:01:00.000Z",
        "changed_at": "2026-03-01T12:01:00.000Z",
        "acknowledged_at": None,
        "acknowledged_by": None,
        "started_at": None,
        "completed_at": None,
        "closing": None,
        "note": None,
        "link": "http://console/work-orders/WO-000017",
    }


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_figure_that_json_does_not_know_becomes_null(value: float) -> None:
    evidence = document.evidence(replace(FINDING, score=value, quality={"missing": value}))
    assert (evidence["score"], evidence["data_quality"]) == (None, {"missing": None})
    json.dumps(evidence, allow_nan=False)


def test_an_order_without_a_word_on_remaining_life_says_none() -> None:
    assert document.evidence(FINDING)["remaining_life"] is None


def test_a_worse_finding_takes_over_the_newer_word_on_remaining_life() -> None:
    order = transitions.raised(17, PUMP, occasion(FINDING), AT)
    unknown = replace(LEFT, outlook="no_trend", likely_s=None, low_s=None)
    worse = transitions.worsened(order, occasion(replace(FINDING, severity=Severity.CRITICAL), unknown), AT)
    assert worse.evidence["remaining_life"] | {"outlook": "", "likely_s": 0} == {
        "outlook": "",
        "likely_s": 0,
        "low_s": None,
        "high_s": None,
        "coverage": 0.8,
        "as_of": "2026-03-01T12:00:00.000Z",
        "source_version": "wear/P-101/v1",
        "wear_limit": 2.5,
    }
    assert worse.evidence["remaining_life"]["outlook"] == "no_trend"
