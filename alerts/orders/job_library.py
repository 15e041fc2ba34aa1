"""The job library comes in from a TOML file, any number of times; what changed is kept as a new version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lifecycle.register.writing import enter_document
from plant.clock import Clock
from plant.errors import NotFound
from plant.orders.job_plan import JobPlan
from plant.people.principal import Principal
from plant.people.rights import EVERY_SITE, Right
from plant.people.seen_version import SeenVersion, refuse_unseen
from storage.core.database import Database, Transaction
from storage.orders.job_plans import find_job_plan, job_plan_document, keep_job_plan, lock_job_plan
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


def write_job_plan(
    database: Database, plan: JobPlan, *, actor: Principal, clock: Clock, seen: SeenVersion | None = None
) -> JobPlan:
    """Make a plan, or its next version; the version that was `seen` is its number.

    Raises:
        NotFound: it is for a class that the register does not know.
        Rejected: there is such a plan, and it is not said which version of it was seen.
        StaleRevision: there is a newer version than that.
    """
    actor.demand(Right.REGISTER_ASSETS, EVERY_SITE)
    with database.transaction() as tx:
        if plan.class_tag and plan.class_tag not in assets.list_classes(tx):
            raise NotFound(f"there is no class {plan.class_tag}")
        newest = lock_job_plan(tx, plan.tag)
        _refuse_stale(newest, plan, seen)
        kept = keep_job_plan(tx, plan, at=clock.now(), by=actor.name)
        if newest is None or kept.version > newest.version:
            document = {**job_plan_document(kept), "version": kept.version}
            enter_document(tx, "job_plan.put", plan.tag, document, actor=actor, at=clock.now())
        return kept


def _refuse_stale(newest: JobPlan | None, plan: JobPlan, seen: SeenVersion | None) -> None:
    now = None if newest is None else {**job_plan_document(newest), "version": newest.version}
    if newest is not None and seen is not None and seen.revision == newest.version:
        return
    refuse_unseen(seen, now, job_plan_document(plan), f"job plan {plan.tag}")


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
