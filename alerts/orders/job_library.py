"""The job library comes in from a TOML file, any number of times; what changed is kept as a new version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from plant.errors import NotFound
from plant.orders.job_plan import JobPlan
from storage.core.database import Transaction
from storage.orders.job_plans import find_job_plan, keep_job_plan
from storage.register import assets


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryDifference:
    """What an import of job plans did: their tags, with the version of those that are kept anew.

    `replaced` are those whose version before came from a request for a change of design, with its number.
    """

    added: dict[str, int]
    changed: dict[str, int]
    left: tuple[str, ...]
    replaced: dict[str, int] = field(default_factory=dict)


def import_job_plans(tx: Transaction, plans: list[JobPlan], *, at: datetime, by: str) -> LibraryDifference:
    """Keep job plans: one that says something new is its next version, the others are left.

    Raises:
        NotFound: a plan is for a class that the register does not know.
    """
    classes = assets.list_classes(tx)
    added, changed, left, replaced = {}, {}, [], {}
    for plan in plans:
        if plan.class_tag and plan.class_tag not in classes:
            raise NotFound(f"job plan {plan.tag} is for class {plan.class_tag}, which is not in the register")
        before = find_job_plan(tx, plan.tag)
        kept = keep_job_plan(tx, plan, at=at, by=by)
        if before is None:
            added[plan.tag] = kept.version
        elif kept.version > before.version:
            changed[plan.tag] = kept.version
            if before.request_id is not None:
                replaced[plan.tag] = before.request_id
        else:
            left.append(plan.tag)
    return LibraryDifference(added=added, changed=changed, left=tuple(left), replaced=replaced)
