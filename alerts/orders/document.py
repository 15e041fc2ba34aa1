"""What a work order says: its title, its evidence, and the JSON document that goes out with each revision."""

from __future__ import annotations

import math
from typing import Any

from plant.clock import iso
from plant.finding import Finding, FindingKind, Share
from plant.work_order import Closing, FailureReport, WorkOrder
from storage.models.remaining import RemainingLifeEstimate
from storage.register.assets import RegisteredAsset

_WRONG: dict[str, str] = {
    FindingKind.CONDITION: "condition deviates",
    FindingKind.WEAR: "slow wear",
    FindingKind.SENSOR_STUCK: "sensor stuck",
    FindingKind.SENSOR_DRIFT: "sensor drifts",
    FindingKind.SENSOR_SPIKES: "sensor has spikes",
    FindingKind.SENSOR_DROPOUT: "sensor silent",
    FindingKind.UNSEEN_REGIME: "regime not trained",
    FindingKind.LIMIT: "design limit exceeded",
    FindingKind.RATE: "changes too fast",
    FindingKind.SILENT: "says nothing",
}
_LEADING = 3
_LEADING_SHARE = 0.1


def title(finding: Finding, asset: RegisteredAsset) -> str:
    """Say in one line which asset, what is wrong, and which signals show it most.

    For instance `P-101 Feed pump A: condition deviates; vibration_de_mm_s 62 %, flow_m3_h 30 %`.
    """
    said = f"{_named(asset)}: {_what_is_wrong(finding)}"
    leading = [one for one in _by_share(finding) if one.share >= _LEADING_SHARE][:_LEADING]
    shown = ", ".join(f"{one.signal} {100 * one.share:.0f} %" for one in leading)
    return f"{said}; {shown}" if shown else said


def _named(asset: RegisteredAsset) -> str:
    return asset.asset if asset.name in ("", asset.asset) else f"{asset.asset} {asset.name}"


def _what_is_wrong(finding: Finding) -> str:
    """Say it in words; a kind that this program does not know is called by its name."""
    return _WRONG.get(finding.kind, finding.kind.replace("_", " "))


def evidence(finding: Finding, left: RemainingLifeEstimate | None = None) -> dict[str, Any]:
    """Write down, as JSON, what speaks for the order; times are data time."""
    return {
        "finding_id": str(finding.finding_id),
        "kind": finding.kind,
        "source": finding.source.value,
        "model_version": finding.source_version,
        "score": _number(finding.score),
        "onset": iso(finding.onset),
        "window": {"from": iso(finding.window_from), "to": iso(finding.window_to)},
        "signals": [
            {"signal": one.signal, "share": _number(one.share), "unit": one.unit} for one in _by_share(finding)
        ],
        "data_quality": {name: _number(value) for name, value in finding.quality.items()},
        "remaining_life": remaining_life(left) if left else None,
    }


def report_title(report: FailureReport, asset: RegisteredAsset) -> str:
    """Say in one line which asset, and what a person saw there."""
    return f"{_named(asset)}: {report.what}"


def report_evidence(report: FailureReport, left: RemainingLifeEstimate | None) -> dict[str, Any]:
    """Write down, as JSON, who reported a failure and when it was."""
    return {
        "source": "report",
        "reported_by": report.actor.name,
        "failed_at": iso(report.failed_at) if report.failed_at else None,
        "remaining_life": remaining_life(left) if left else None,
    }


def remaining_life(left: RemainingLifeEstimate) -> dict[str, Any]:
    """Write down, as JSON, how long the machine has left, in seconds from `as_of`, data time.

    It lies between `low_s` and `high_s` with the probability `coverage`; `high_s` is null where there is no end to it.
    All three are null where it is unknown, and `outlook` says why. `wear_limit` is the wear up to which was counted, in
    alarm lines; null where the history of the class told it.
    """
    return {
        "outlook": str(left.outlook),
        "likely_s": _seconds(left.likely_s),
        "low_s": _seconds(left.low_s),
        "high_s": _seconds(left.high_s),
        "coverage": left.coverage,
        "as_of": iso(left.time),
        "source_version": left.source_version,
        "wear_limit": left.wear_limit,
    }


def _seconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def order_document(
    order: WorkOrder,
    *,
    event: str,
    asset_name: str,
    link: str | None,
    note: str = "",
    closing: Closing | None = None,
) -> dict[str, Any]:
    """Write the order as the JSON document that goes out on MQTT and over the API, one per revision."""
    return {
        "number": order.number,
        "revision": order.revision,
        "event": event,
        "site": order.site,
        "asset": order.asset,
        "asset_name": asset_name,
        "class": order.asset_class,
        "state": order.state.value,
        "priority": order.priority,
        "severity": order.severity.value,
        "failure_mode": order.failure_mode,
        "title": order.title,
        "evidence": order.evidence,
        "work_type": order.work_type.value,
        "team": order.team,
        "assignee": order.assignee,
        "words": order.words or None,
        "why": order.why or None,
        "job_plan": order.job_plan,
        "job_plan_version": order.job_plan_version,
        "requested_finish": iso(order.requested_finish),
        "created_at": iso(order.created_at),
        "changed_at": iso(order.changed_at),
        "acknowledged_at": iso(order.acknowledged_at) if order.acknowledged_at else None,
        "acknowledged_by": order.acknowledged_by,
        "started_at": iso(order.started_at) if order.started_at else None,
        "completed_at": iso(order.completed_at) if order.completed_at else None,
        "closing": _codes(closing) if closing else None,
        "note": note or None,
        "link": link,
    }


def _codes(closing: Closing) -> dict[str, Any]:
    return {
        "outcome": closing.outcome.value,
        "failure_mode": closing.failure_mode,
        "cause": closing.cause,
        "action": closing.action.value,
        "note": closing.note,
        "failed_at": iso(closing.failed_at) if closing.failed_at else None,
        "restored_at": iso(closing.restored_at),
        "relearn": closing.relearn,
    }


def _by_share(finding: Finding) -> list[Share]:
    return sorted(finding.shares, key=lambda one: (-one.share, one.signal))


def _number(value: Any) -> Any:
    """Round to what a person can use; JSON knows neither NaN nor infinity, which become null."""
    if not isinstance(value, float):
        return value
    return round(value, 4) if math.isfinite(value) else None
