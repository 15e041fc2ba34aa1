"""What an accepted request changes in the register: limits, a job plan, the spare list, or what is asked of the class.

Each change is made by version, and the version says from which request it came. What would change nothing is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, assert_never

from lifecycle.requirements.requirement import (
    ClassRequirement,
    Requirements,
    merged,
    requirements_document,
    requirements_of_document,
)
from plant.errors import Conflict, NotFound, Rejected
from plant.orders.job_plan import JobPlan, JobStep
from storage.core.database import Transaction
from storage.notices import design
from storage.notices.design import DesignRequest
from storage.orders.job_plans import keep_job_plan, lock_job_plan
from storage.projects.requirements import keep_for_class, requirements_of_class
from storage.register import facts

_MOST_STEPS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitChange:
    """New limits of a signal at the machines of the request; None takes a limit away."""

    signal: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPlanChange:
    """Steps that a job plan of the class loses, by their numbers, and those that it gets at its end.

    `version` is the one whose steps were seen; another by now is a conflict. With a `name` a new plan is made.
    """

    plan: str
    version: int | None = None
    remove: tuple[int, ...] = ()
    add: tuple[JobStep, ...] = ()
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpareChange:
    """How many of a part a machine of the class uses, 0 for none any more, and how many should be on stock at least.

    With a `name` a part that is not there is made.
    """

    part: str
    quantity: Decimal = Decimal(1)
    least: Decimal | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementChange:
    """What is asked of the class beside what was asked before; it counts for projects that begin after that."""

    asked: ClassRequirement


DesignWish = LimitChange | JobPlanChange | SpareChange | RequirementChange


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeChange:
    """A change that was made: its kind, what it is of, and what was there before and is there now."""

    kind: str
    what: str
    before: Any
    after: Any


def make(tx: Transaction, request: DesignRequest, wish: DesignWish, *, at: datetime, by: str) -> MadeChange:
    """Make one change.

    Raises:
        NotFound: there is no such signal, job plan or part.
        Conflict: the job plan has another version by now.
        Rejected: it makes no sense, or changes nothing.
    """
    match wish:
        case LimitChange():
            return _set_limits(tx, request, wish)
        case JobPlanChange():
            return _change_plan(tx, request, wish, at, by)
        case SpareChange():
            return _change_spare(tx, request, wish)
        case RequirementChange():
            return _ask(tx, request, wish.asked, at, by)
        case _:
            assert_never(wish)


def _set_limits(tx: Transaction, request: DesignRequest, wish: LimitChange) -> MadeChange:
    """Set a signal's limits at every machine of the request."""
    for limit in (wish.low, wish.high):
        if limit is not None and not math.isfinite(limit):
            raise Rejected("bad_limit", "a limit is a number")
    if wish.low is not None and wish.high is not None and wish.low >= wish.high:
        raise Rejected("bad_limit", f"low {wish.low} is not below high {wish.high}")
    found = design.limits(tx, request, wish.signal)
    if not found:
        raise NotFound(f"no machine of the request has a signal {wish.signal}")
    if all((one["low"], one["high"]) == (wish.low, wish.high) for one in found):
        raise _nothing(f"the limits of {wish.signal}")
    for one in found:
        design.set_limit(tx, one["signal_id"], low=wish.low, high=wish.high)
    before = [{"asset": one["asset"], "low": one["low"], "high": one["high"]} for one in found]
    return MadeChange(kind="limit", what=wish.signal, before=before, after={"low": wish.low, "high": wish.high})


def _change_plan(tx: Transaction, request: DesignRequest, wish: JobPlanChange, at: datetime, by: str) -> MadeChange:
    newest = lock_job_plan(tx, wish.plan)
    if newest is None:
        if not wish.name:
            raise NotFound(f"there is no job plan {wish.plan}; give its name to make one")
        newest = JobPlan(tag=wish.plan, name=wish.name, class_tag=request.asset_class)
    if newest.class_tag != request.asset_class:
        whose = newest.class_tag or "every class"
        raise Rejected(
            "other_class", f"job plan {wish.plan} is for {whose}, the request is about {request.asset_class}"
        )
    if wish.version is not None and wish.version != newest.version:
        raise Conflict(f"job plan {wish.plan} is at version {newest.version} by now; look at its steps again")
    unknown = [number for number in wish.remove if not 1 <= number <= len(newest.steps)]
    if unknown:
        raise Rejected("bad_step", f"job plan {wish.plan} has no step {unknown[0]}")
    left = [step for number, step in enumerate(newest.steps, start=1) if number not in wish.remove]
    steps = (*left, *wish.add)
    if not 1 <= len(steps) <= _MOST_STEPS:
        raise Rejected("bad_step", f"a job plan has 1 to {_MOST_STEPS} steps, not {len(steps)}")
    kept = keep_job_plan(tx, replace(newest, steps=steps, request_id=request.request_id), at=at, by=by)
    if kept.version == newest.version:
        raise _nothing(f"job plan {wish.plan}")
    return MadeChange(
        kind="job_plan",
        what=wish.plan,
        before={"version": newest.version} if newest.version else None,
        after={
            "version": kept.version,
            "added": [step.text for step in wish.add],
            "removed": [newest.steps[number - 1].text for number in sorted(set(wish.remove))],
        },
    )


def _change_spare(tx: Transaction, request: DesignRequest, wish: SpareChange) -> MadeChange:
    for amount in (wish.quantity, wish.least):
        if amount is not None and not 0 <= amount <= 1_000_000:
            raise Rejected("bad_quantity", "a quantity is from 0 to 1,000,000")
    held = facts.part_of_class(tx, request.site, wish.part, request.class_id)
    if held is None and not wish.name:
        raise NotFound(f"site {request.site} has no part {wish.part}; give its name to make one")
    least, quantity = held or (Decimal(0), None)
    new_least = least if wish.least is None else wish.least
    if (least, quantity or Decimal(0)) == (new_least, wish.quantity):
        raise _nothing(f"part {wish.part}")
    if held is None or new_least != least:
        part = {"number": wish.part, "name": wish.name or None, "least": str(new_least)}
        list(facts.put_rows(tx, "parts", request.site, [part]))
    if wish.quantity:
        use = {"number": wish.part, "class_tag": request.asset_class, "quantity": str(wish.quantity)}
        list(facts.put_rows(tx, "part_uses", request.site, [use]))
    else:
        facts.drop_part_use(tx, request.site, wish.part, request.class_id)
    return MadeChange(
        kind="spares",
        what=wish.part,
        before=None if held is None else {"quantity": _number(quantity), "least": _number(least)},
        after={"quantity": _number(wish.quantity), "least": _number(new_least)},
    )


def _ask(tx: Transaction, request: DesignRequest, asked: ClassRequirement, at: datetime, by: str) -> MadeChange:
    kept = requirements_of_class(tx, request.class_id)
    nothing = ClassRequirement(class_tag=request.asset_class)
    before = requirements_of_document(kept.document).classes[0] if kept else nothing
    whole = merged(before, asked)
    if whole == before:
        raise _nothing(f"what is asked of {request.asset_class}")
    document = requirements_document(Requirements(classes=(whole,)))
    version = keep_for_class(tx, request.class_id, document=document, request_id=request.request_id, at=at, by=by)
    return MadeChange(
        kind="requirement",
        what=request.asset_class,
        before={"version": kept.version, **kept.document} if kept else None,
        after={"version": version, **document},
    )


def _number(amount: Decimal | None) -> str:
    return f"{(amount or Decimal(0)).normalize():f}"


def _nothing(what: str) -> Rejected:
    return Rejected("no_change", f"{what}: that is so already")
