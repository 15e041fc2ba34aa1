"""What `assetloop model …` answers, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Told = Mapping[str, Any]


def model(one: Told) -> str:
    """Say in a line which model it is, how its back-test went, and whether it is refused."""
    found, kept = one["faults_found"]
    silent, calm = one["false_alarms_silent"]
    refused = f"; REFUSED: {one['refused']}" if one["refused"] else ""
    return (
        f"{one['site']}/{one['asset']} v{one['version']} {one['state']}: "
        f"trained {_minute(one['trained_at'])} by {one['trained_by']}; "
        f"back-test: {_number(one['held_back_alarms'])} alarms in {_number(one['held_back_hours'])} h held back, "
        f"{found} of {kept} faults found, {silent} of {calm} false alarms silent; alarm line {one['line']:g}{refused}"
    )


def shown(one: Told) -> str:
    """Say all that is known of a model."""
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(one["libraries"].items()))
    span = f"{one['data_rows']} rows from {_minute(one['data_from'])} to {_minute(one['data_to'])}"
    return "\n".join(
        [
            model(one),
            f"data: {span}, SHA-256 {one['data_sha256']}",
            f"libraries: {libraries}",
            *(f"{_minute(event['at'])} {event['event']} by {event['actor']}" for event in one["events"]),
            *map(_check, one["checks"]),
        ]
    )


def _check(one: Told) -> str:
    drifting = [signal["signal"] for signal in one["signals"] if signal["drifts"]]
    return (
        f"check up to {_minute(one['data_to'])}: {one['episodes']} episodes, {one['expected']:.2g} expected; "
        f"inputs that drift: {', '.join(drifting) or 'none'}"
    )


def proposal(one: Told) -> str:
    """Say in a line what is proposed, why, and what became of it."""
    decided = f" by {one['decided_by']}" if one["decided_by"] else ""
    training = (
        f"; training: {one['training_state']} {one['training_outcome']}".rstrip() if one["training_state"] else ""
    )
    return f"{one['proposal_id']} {one['site']}/{one['asset']} {one['reason']}: {one['state']}{decided}{training}"


def figures(one: Told) -> str:
    """Say how well each class is watched, and how the figures are made."""
    return "\n".join(
        [
            f"orders closed from {one['from']} to {one['to']}, as known at {one['as_known_at']}",
            *map(_class, one["classes"]),
            *(f"{name} = {formula}" for name, formula in one["formulae"].items()),
        ]
    )


def _class(one: Told) -> str:
    return (
        f"{one['asset_class']}: precision {_percent(one['precision'])}, recall {_percent(one['recall'])}, "
        f"lead time {_hours(one['lead_to_failure_s'])} to failure, {_hours(one['lead_to_work_s'])} to work "
        f"({one['confirmed']} confirmed, {one['false_alarms']} false, {one['missed']} missed, "
        f"{one['no_fault_found']} without a fault)"
    )


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{100 * part:.0f} %"


def _hours(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 3600:.1f} h"
