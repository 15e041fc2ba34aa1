"""A project's costs and labour as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from storage.core.database import Transaction

CostKind = Literal["budget", "committed", "actual", "payment"]
Outcome = Literal["added", "changed", "left"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """An amount on a day: planned in the budget, ordered, incurred or paid; `key` is the cost system's own."""

    kind: CostKind
    key: str
    day: date
    code: str
    amount: Decimal
    said: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabourLine:
    """The days that a person worked in a trade in a month, which its first day names."""

    person: str
    trade: str
    month: date
    days: Decimal


def put_cost(tx: Transaction, project_id: int, line: CostLine, *, at: datetime, by: str) -> Outcome:
    """Keep a line, and say whether it was new or said something else."""
    return _outcome(tx, "costs.put", project_id, line, at, by)


def put_labour(tx: Transaction, project_id: int, line: LabourLine, *, at: datetime, by: str) -> Outcome:
    """Keep a person's days, and say whether they were new or others."""
    return _outcome(tx, "costs.put_labour", project_id, line, at, by)


def _outcome(
    tx: Transaction, name: str, project_id: int, line: CostLine | LabourLine, at: datetime, by: str
) -> Outcome:
    row = tx.first(name, project_id=project_id, at=at, by=by, **asdict(line))
    if row is None:
        return "left"
    return "added" if row["is_new"] else "changed"


def costs_of(tx: Transaction, project_id: int) -> list[CostLine]:
    """Return every line of cost, by day."""
    return [CostLine(**row) for row in tx.all("costs.costs", project_id=project_id)]


def labour_of(tx: Transaction, project_id: int) -> list[LabourLine]:
    """Return the days that people worked, by month."""
    return [LabourLine(**row) for row in tx.all("costs.labour", project_id=project_id)]
