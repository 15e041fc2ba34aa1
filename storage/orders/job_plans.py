"""The job library as rows: each version of a plan is kept as it was."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from plant.errors import Conflict, NotFound
from plant.orders.job_plan import JobPlan, JobStep, PlannedPart, TaskKind, TradeHours
from storage.core.database import Transaction


def keep_job_plan(tx: Transaction, plan: JobPlan, *, at: datetime, by: str) -> JobPlan:
    """Keep a plan as its next version, with the request that brings it; says it what the newest says, return that."""
    newest = lock_job_plan(tx, plan.tag)
    if newest is not None and replace(plan, version=newest.version, request_id=newest.request_id) == newest:
        tx.run("job_plans.bring_back", tag=plan.tag)
        return newest
    kept = replace(plan, version=1 if newest is None else newest.version + 1)
    tx.run(
        "job_plans.keep",
        tag=kept.tag,
        version=kept.version,
        class_tag=kept.class_tag,
        document=Jsonb(job_plan_document(kept)),
        at=at,
        by=by,
        request_id=kept.request_id,
    )
    return kept


def lock_job_plan(tx: Transaction, tag: str) -> JobPlan | None:
    """Return the newest version of a plan, or None, and let nobody else keep one until the transaction ends."""
    tx.all("job_plans.lock", tag=tag)
    return find_job_plan(tx, tag)


def find_job_plan(tx: Transaction, tag: str, version: int | None = None) -> JobPlan | None:
    """Return a version of a plan, the newest unless told, or None."""
    row = tx.first("job_plans.get", tag=tag, version=version)
    return _plan(row) if row else None


def get_job_plan(tx: Transaction, tag: str, version: int | None = None) -> JobPlan:
    """Return a version of a plan, the newest unless told; raises `NotFound` where there is none."""
    plan = find_job_plan(tx, tag, version)
    if plan is None:
        raise NotFound(f"there is no job plan {tag}{f' of version {version}' if version else ''}")
    return plan


def list_job_plans(tx: Transaction, class_tag: str | None = None) -> list[JobPlan]:
    """Return the newest version of every plan, or of those that a class can be given."""
    return [_plan(row) for row in tx.all("job_plans.newest", class_tag=class_tag)]


def retire_job_plan(tx: Transaction, tag: str, *, at: datetime) -> None:
    """Offer a plan no more; orders keep the version they have, and a file that says it again brings it back.

    Raises:
        Conflict: maintenance plans that go on use it.
    """
    tx.all("job_plans.lock", tag=tag)
    used = [row["tag"] for row in tx.all("job_plans.used_by", tag=tag)]
    if used:
        raise Conflict(f"maintenance plans of {', '.join(used[:5])} use it; let them rest first")
    tx.run("job_plans.retire", tag=tag, at=at)


def job_plan_document(plan: JobPlan) -> dict[str, Any]:
    """Write a plan as JSON, without its version and whence that came; amounts are strings: nothing is rounded."""
    document: dict[str, Any] = _jsonable(asdict(plan))
    del document["version"], document["request_id"]
    return document


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _jsonable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(one) for one in value]
    return str(value) if isinstance(value, Decimal | TaskKind) else value


def _plan(row: dict[str, Any]) -> JobPlan:
    return replace(plan_of_document(row["document"], row["version"]), request_id=row["request_id"])


def plan_of_document(document: dict[str, Any], version: int) -> JobPlan:
    """Return the plan that `job_plan_document` wrote."""
    return JobPlan(
        **{
            **document,
            "version": version,
            "hours": Decimal(document["hours"]),
            "trades": tuple(TradeHours(**{**one, "hours": Decimal(one["hours"])}) for one in document["trades"]),
            "parts": tuple(PlannedPart(**{**one, "quantity": Decimal(one["quantity"])}) for one in document["parts"]),
            "steps": tuple(JobStep(**{**one, "kind": TaskKind(one["kind"])}) for one in document["steps"]),
            **{name: tuple(document[name]) for name in ("documents", "safety", "safety_zh")},
        }
    )
