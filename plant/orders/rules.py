"""Which order a class of equipment gets, and why: rules in plain values, decided purely, the first that fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, assert_never

from plant.severity import Severity


class WorkType(StrEnum):
    """What kind of maintenance an order is (EN 13306)."""

    CORRECTIVE = "corrective"
    CONDITION_BASED = "condition_based"
    PREVENTIVE = "preventive"
    INSPECTION = "inspection"
    MODIFICATION = "modification"


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCase:
    """What an order would be about.

    `lasted_s` is None where a person says so: then nothing has to last. `life_s` is how long the machine is likely to
    have left, None where that is unknown.
    """

    severity: Severity
    failure_mode: str
    lasted_s: float | None = None
    life_s: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRule:
    """When a case deserves an order, and which: its conditions must all hold.

    A condition that is None asks nothing. `priority` and `finish_within` follow the severity where they are None.
    """

    name: str
    from_severity: Severity = Severity.INDETERMINATE
    lasting_s: float = 0.0
    life_within_s: float | None = None
    failure_mode: str | None = None
    work_type: WorkType = WorkType.CORRECTIVE
    priority: int | None = None
    finish_within: timedelta | None = None
    team: str = ""
    job_plan: str = ""

    def fits(self, case: OrderCase) -> bool:
        """Say whether the case deserves the order of this rule.

        >>> rule = OrderRule(name="soon", life_within_s=86_400)
        >>> rule.fits(OrderCase(severity=Severity.MINOR, failure_mode="VIB", life_s=3_600))
        True
        """
        return (
            case.severity.at_least(self.from_severity)
            and (case.lasted_s is None or case.lasted_s >= self.lasting_s)
            and (self.life_within_s is None or (case.life_s is not None and case.life_s <= self.life_within_s))
            and self.failure_mode in (None, case.failure_mode)
        )

    def because(self, case: OrderCase) -> list[dict[str, Any]]:
        """Write down, as JSON, each condition and what met it."""
        said: list[dict[str, Any]] = [
            {"condition": "severity", "least": self.from_severity.value, "found": case.severity.value}
        ]
        if self.lasting_s and case.lasted_s is not None:
            said.append({"condition": "lasted", "least": self.lasting_s, "found": round(case.lasted_s, 1)})
        if self.life_within_s is not None and case.life_s is not None:
            said.append({"condition": "remaining_life", "most": self.life_within_s, "found": round(case.life_s)})
        if self.failure_mode is not None:
            said.append({"condition": "failure_mode", "found": case.failure_mode})
        return said


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderChoice:
    """The order that a case gets; `why` is what is kept of the reason, as JSON."""

    work_type: WorkType
    priority: int
    finish_within: timedelta
    team: str
    job_plan: str
    why: dict[str, Any]


DEFAULT_ORDER_RULES = (
    OrderRule(name="bad enough", from_severity=Severity.MAJOR),
    OrderRule(name="lasts", from_severity=Severity.MINOR, lasting_s=600.0),
)
"""What holds for a class whose register says nothing else."""

_AS_THE_SEVERITY = OrderRule(name="as its severity")

_FINISH_WITHIN = {
    Severity.CRITICAL: timedelta(days=1),
    Severity.MAJOR: timedelta(days=3),
    Severity.MINOR: timedelta(days=14),
    Severity.WARNING: timedelta(days=30),
    Severity.INDETERMINATE: timedelta(days=60),
}


def priority_of(severity: Severity) -> int:
    """Return an order's priority, 1 the most urgent.

    >>> priority_of(Severity.CRITICAL), priority_of(Severity.MAJOR)
    (1, 2)
    """
    match severity:
        case Severity.CRITICAL:
            return 1
        case Severity.MAJOR:
            return 2
        case Severity.MINOR:
            return 3
        case Severity.WARNING:
            return 4
        case Severity.INDETERMINATE:
            return 5
        case _:
            assert_never(severity)


def finish_within(severity: Severity) -> timedelta:
    """Return within which time work of this severity should be done."""
    return _FINISH_WITHIN[severity]


def choose(rules: Sequence[OrderRule], case: OrderCase) -> OrderChoice | None:
    """Return the order of the first rule that fits; None where the case deserves none.

    >>> choose(DEFAULT_ORDER_RULES, OrderCase(severity=Severity.MINOR, failure_mode="VIB", lasted_s=599)) is None
    True
    >>> choose(DEFAULT_ORDER_RULES, OrderCase(severity=Severity.MAJOR, failure_mode="VIB", lasted_s=5)).priority
    2
    """
    return next((_choice(rule, case) for rule in rules if rule.fits(case)), None)


def choose_anyway(rules: Sequence[OrderRule], case: OrderCase) -> OrderChoice:
    """Return the order of the first rule that fits, else one as urgent as its severity: somebody wants one."""
    return choose(rules, case) or _choice(_AS_THE_SEVERITY, case)


def _choice(rule: OrderRule, case: OrderCase) -> OrderChoice:
    priority = rule.priority or priority_of(case.severity)
    within = rule.finish_within or finish_within(case.severity)
    return OrderChoice(
        work_type=rule.work_type,
        priority=priority,
        finish_within=within,
        team=rule.team,
        job_plan=rule.job_plan,
        why={
            "rule": rule.name,
            "because": rule.because(case),
            "work_type": rule.work_type.value,
            "priority": priority,
            "finish_within_s": within.total_seconds(),
            "team": rule.team or None,
            "job_plan": rule.job_plan or None,
        },
    )
