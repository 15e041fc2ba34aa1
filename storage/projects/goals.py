"""The goals of a project as rows: proposed by one, agreed to by both sides, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from plant.errors import NotFound
from storage.core.database import Transaction

Trend = Literal["better", "same", "worse", "unknown"]


class Measure(StrEnum):
    """What a goal is about: days late, cost, kWh a day, availability, or failures in the first month of service."""

    SCHEDULE = "schedule"
    COST = "cost"
    ENERGY = "energy"
    AVAILABILITY = "availability"
    FAILURES = "failures"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedGoal:
    """The newest goal of a measure; it counts once somebody of each side has agreed."""

    goal_id: int
    measure: Measure
    target: float
    proposed_at: datetime
    proposed_by: str
    engineering_by: str | None
    operations_by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalStanding:
    """A goal that both sides agreed to: what is reached, what was a week before; None where nobody can say yet."""

    measure: Measure
    target: float
    currency: str
    actual: float | None
    before: float | None
    is_met: bool | None
    trend: Trend


def propose(tx: Transaction, project_id: int, measure: Measure, target: float, *, at: datetime, by: str) -> int:
    """Propose a goal and return its number."""
    values = {"measure": measure.value, "target": target, "at": at, "by": by}
    return int(tx.one("goals.propose", project_id=project_id, **values)["goal_id"])


def agree(tx: Transaction, project_id: int, goal_id: int, side: str, *, at: datetime, by: str) -> bool:
    """Let a side agree to a goal; False where it has already.

    Raises:
        NotFound: the project has no such goal.
    """
    get_goal(tx, project_id, goal_id)
    statement = "goals.agree_engineering" if side == "engineering" else "goals.agree_operations"
    return tx.first(statement, project_id=project_id, goal_id=goal_id, at=at, by=by) is not None


def get_goal(tx: Transaction, project_id: int, goal_id: int) -> ProposedGoal:
    """Return a goal.

    Raises:
        NotFound: the project has none of that number.
    """
    row = tx.first("goals.one", project_id=project_id, goal_id=goal_id)
    if row is None:
        raise NotFound(f"there is no goal {goal_id} in this project")
    return ProposedGoal(**{**row, "measure": Measure(row["measure"])})


def newest(tx: Transaction, project_id: int) -> list[ProposedGoal]:
    """Return the newest goal of each measure, agreed to or not."""
    found = tx.all("goals.newest", project_id=project_id)
    return [ProposedGoal(**{**row, "measure": Measure(row["measure"])}) for row in found]


def standing(tx: Transaction, project_id: int, *, at: datetime) -> list[GoalStanding]:
    """Return the goals that count, and how they stand at an instant."""
    found = tx.all("goals.standing", project_id=project_id, at=at)
    return [GoalStanding(**{**row, "measure": Measure(row["measure"])}) for row in found]
