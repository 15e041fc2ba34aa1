"""The gates of a project in their order: whose each is, when it is due by the schedule, and when it may be passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lifecycle.schedule.milestones import Milestone
from plant.errors import Conflict
from plant.people.rights import Right


class GateName(StrEnum):
    """The gates, in the order in which they are passed."""

    FEASIBILITY = "feasibility"
    PRE_REVIEW = "pre_review"
    COMPLETENESS = "completeness"
    PUNCH_LIST = "punch_list"
    TRAINING = "training"
    SPARES = "spares"
    TELEMETRY = "telemetry"
    CONFIRMATION = "confirmation"
    TRIAL = "trial"
    SIGN_OFF = "sign_off"


class GateKind(StrEnum):
    """How a gate is passed: somebody says so, the rows say so, or it is signed."""

    SAID = "said"
    COUNTED = "counted"
    SIGNED = "signed"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateRule:
    """Who delivers, checks, and decides by which right; how; and how many days from completion it is due."""

    delivers: str
    checks: str
    decides: Right
    kind: GateKind
    days: int
    can_be_waived: bool = True


_ENGINEERING, _OPERATIONS, _SUPERVISOR, _BOTH = "engineering", "operations", "supervisor", "both"
_BY_ENGINEERING, _BY_OPERATIONS = Right.SIGN_FOR_ENGINEERING, Right.SIGN_FOR_OPERATIONS
RULES: Mapping[GateName, GateRule] = {
    GateName.FEASIBILITY: GateRule(
        delivers=_OPERATIONS, checks=_ENGINEERING, decides=_BY_OPERATIONS, kind=GateKind.SAID, days=0
    ),
    GateName.PRE_REVIEW: GateRule(
        delivers=_OPERATIONS, checks=_ENGINEERING, decides=_BY_OPERATIONS, kind=GateKind.SAID, days=-30
    ),
    GateName.COMPLETENESS: GateRule(
        delivers=_ENGINEERING, checks=_OPERATIONS, decides=_BY_ENGINEERING, kind=GateKind.COUNTED, days=-14
    ),
    GateName.PUNCH_LIST: GateRule(
        delivers=_ENGINEERING, checks=_OPERATIONS, decides=_BY_ENGINEERING, kind=GateKind.COUNTED, days=-7
    ),
    GateName.TRAINING: GateRule(
        delivers=_ENGINEERING, checks=_OPERATIONS, decides=_BY_OPERATIONS, kind=GateKind.COUNTED, days=-7
    ),
    GateName.SPARES: GateRule(
        delivers=_ENGINEERING, checks=_OPERATIONS, decides=_BY_OPERATIONS, kind=GateKind.COUNTED, days=-7
    ),
    GateName.TELEMETRY: GateRule(
        delivers=_ENGINEERING, checks=_OPERATIONS, decides=_BY_ENGINEERING, kind=GateKind.COUNTED, days=-3
    ),
    GateName.CONFIRMATION: GateRule(
        delivers=_OPERATIONS,
        checks=_ENGINEERING,
        decides=_BY_OPERATIONS,
        kind=GateKind.SIGNED,
        days=0,
        can_be_waived=False,
    ),
    GateName.TRIAL: GateRule(
        delivers=_OPERATIONS, checks=_ENGINEERING, decides=_BY_OPERATIONS, kind=GateKind.COUNTED, days=0
    ),
    GateName.SIGN_OFF: GateRule(
        delivers=_BOTH,
        checks=_SUPERVISOR,
        decides=_BY_OPERATIONS,
        kind=GateKind.SIGNED,
        days=7,
        can_be_waived=False,
    ),
}
_AFTER_TRIAL = frozenset({GateName.TRIAL, GateName.SIGN_OFF})


def deciding_side(gate: GateName) -> str:
    """Say which side decides on a gate.

    >>> deciding_side(GateName.COMPLETENESS), deciding_side(GateName.SIGN_OFF)
    ('engineering', 'both')
    """
    if gate is GateName.SIGN_OFF:
        return _BOTH
    return _ENGINEERING if RULES[gate].decides is _BY_ENGINEERING else _OPERATIONS


def due_of(gate: GateName, start: date | None, completion: date | None, trial_days: int) -> date | None:
    """Say when a gate is due; None where the schedule does not say yet.

    The feasibility report is due half-way from start to completion, the review 30 days before completion.

    >>> due_of(GateName.FEASIBILITY, date(2026, 1, 1), date(2026, 7, 1), 30).isoformat()
    '2026-04-01'
    >>> due_of(GateName.PRE_REVIEW, None, date(2026, 7, 1), 30).isoformat()
    '2026-06-01'
    >>> due_of(GateName.SIGN_OFF, None, date(2026, 7, 1), 30).isoformat()
    '2026-08-07'
    """
    if completion is None:
        return None
    if gate is GateName.FEASIBILITY:
        return start + (completion - start) // 2 if start else None
    return completion + timedelta(days=RULES[gate].days + (trial_days if gate in _AFTER_TRIAL else 0))


def span_of(milestones: Sequence[Milestone], completion_key: str = "") -> tuple[date | None, date | None]:
    """Return when a project starts and when it is complete: by the milestone named, or the last one."""
    standing = [(one.stands, one) for one in milestones if one.stands]
    if not standing:
        return None, None
    named = [at for at, one in standing if completion_key and one.key == completion_key]
    return min(at for at, _ in standing), named[0] if named else max(at for at, _ in standing)


def demand_order(gate: GateName, settled: Sequence[GateName]) -> None:
    """Let a gate be passed only once, and only after those before it.

    Raises:
        Conflict: it is settled, or an earlier one is not.

    >>> demand_order(GateName.PRE_REVIEW, [])
    Traceback (most recent call last):
    plant.errors.Conflict: the gate feasibility comes first
    """
    if gate in settled:
        raise Conflict(f"the gate {gate.value} is passed already")
    for before in GateName:
        if before is gate:
            return
        if before not in settled:
            raise Conflict(f"the gate {before.value} comes first")
