"""A project's cost centre: tables come in and go out, and what they add up to."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lifecycle import ledger
from lifecycle.costs.cost_table import read_cost_table
from lifecycle.ledger_events import FileImported
from plant.clock import Clock
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database
from storage.orders.stock import currency_of
from storage.projects import costs as rows
from storage.projects.costs import CostLine, LabourLine, Outcome
from storage.projects.projects import get


class _TrialOver(Exception):
    """What was tried is taken back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostSums:
    """What was planned, ordered, incurred and paid under one code."""

    code: str
    budget: Decimal
    committed: Decimal
    actual: Decimal
    paid: Decimal

    @property
    def left(self) -> Decimal:
        """Return what of the budget is neither ordered nor, without an order, incurred."""
        return self.budget - max(self.committed, self.actual)


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePoint:
    """What has come together up to the end of a month."""

    month: date
    planned: Decimal
    committed: Decimal
    actual: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class CostCentre:
    """Everything about a project's costs; `currency` is empty where the site has none."""

    currency: str
    codes: Sequence[CostSums]
    total: CostSums
    curve: Sequence[CurvePoint]
    payments: Sequence[CostLine]
    labour: Sequence[LabourLine]
    costs: Sequence[CostLine]


def import_costs(
    database: Database, tag: str, file: str, body: bytes, *, actor: Principal, clock: Clock, is_trial: bool = False
) -> dict[Outcome, int]:
    """Take a table of costs or labour over, all of it or nothing, and count what it did; `is_trial` leaves nothing.

    Raises:
        NotFound: there is no such project.
        Forbidden: who acts does not plan projects at its site.
        Rejected: the file is no such table, or a row makes no sense.
    """
    table = read_cost_table(body)
    counts: Counter[Outcome] = Counter()
    try:
        with database.transaction() as tx:
            project = get(tx, tag, locks=True)
            actor.demand(Right.PLAN_PROJECTS, project.site)
            now = clock.now()
            for cost in table.costs:
                counts[rows.put_cost(tx, project.project_id, cost, at=now, by=actor.name)] += 1
            for labour in table.labour:
                counts[rows.put_labour(tx, project.project_id, labour, at=now, by=actor.name)] += 1
            if is_trial:
                raise _TrialOver
            if counts["added"] or counts["changed"]:
                said = {"added": counts["added"], "changed": counts["changed"]}
                digest = hashlib.sha256(body).hexdigest()
                imported = FileImported(actor=actor.name, what="costs", file=file, sha256=digest, counts=said)
                ledger.append(tx, project.site, imported, now)
    except _TrialOver:
        pass
    return {"added": counts["added"], "changed": counts["changed"], "left": counts["left"]}


def cost_centre(database: Database, tag: str) -> CostCentre:
    """Read what a project costs.

    Raises:
        NotFound: there is no such project.
    """
    with database.transaction() as tx:
        project = get(tx, tag)
        costs, labour = rows.costs_of(tx, project.project_id), rows.labour_of(tx, project.project_id)
        currency = currency_of(tx, project.site)
    codes = sorted({one.code for one in costs})
    return CostCentre(
        currency=currency,
        codes=[_sums(code, [one for one in costs if one.code == code]) for code in codes],
        total=_sums("", costs),
        curve=curve_of(costs),
        payments=[one for one in costs if one.kind == "payment"],
        labour=labour,
        costs=costs,
    )


def _sums(code: str, lines: Sequence[CostLine]) -> CostSums:
    by_kind: dict[str, Decimal] = defaultdict(Decimal)
    for one in lines:
        by_kind[one.kind] += one.amount
    return CostSums(
        code=code,
        budget=by_kind["budget"],
        committed=by_kind["committed"],
        actual=by_kind["actual"],
        paid=by_kind["payment"],
    )


def curve_of(costs: Sequence[CostLine]) -> list[CurvePoint]:
    """Return the S-curve: what has come together month by month, every month from the first to the last.

    >>> line = CostLine(kind="budget", key="1", day=date(2026, 1, 9), code="", amount=Decimal(5))
    >>> later = CostLine(kind="actual", key="1", day=date(2026, 3, 1), code="", amount=Decimal(4))
    >>> [(point.month.month, int(point.planned), int(point.actual)) for point in curve_of([line, later])]
    [(1, 5, 0), (2, 5, 0), (3, 5, 4)]
    """
    if not costs:
        return []
    by_month: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for one in costs:
        by_month[one.day.replace(day=1), one.kind] += one.amount
    months = [month for month, _ in by_month]
    at, last = min(months), max(months)
    sums, points = {"budget": Decimal(), "committed": Decimal(), "actual": Decimal()}, []
    while at <= last:
        sums = {kind: so_far + by_month[at, kind] for kind, so_far in sums.items()}
        points.append(CurvePoint(month=at, planned=sums["budget"], committed=sums["committed"], actual=sums["actual"]))
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return points
