"""A person makes a maintenance plan, changes it, lets it rest and go on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from alerts.preventive.plan_file import import_maintenance_plans
from plant.clock import Clock
from plant.errors import Conflict, NotFound
from plant.orders.maintenance_plan import KeptPlan, MaintenancePlan
from plant.people.principal import Principal
from plant.people.rights import Right
from plant.people.seen_version import ANY_VERSION, SeenVersion
from storage.core.database import Database, Transaction
from storage.identity import people
from storage.orders import job_plans, maintenance_plans
from storage.register import assets


def create_plan(database: Database, site: str, plan: MaintenancePlan, *, actor: Principal, clock: Clock) -> KeptPlan:
    """Make a plan of an asset; it is due from now on.

    Raises:
        NotFound: there is no such asset, signal, job plan or team.
        Conflict: the asset has a plan of this tag.
        Rejected: it is never due.
    """
    return _put(database, site, plan, actor=actor, clock=clock, seen=None)


def plan_document(plan: MaintenancePlan) -> dict[str, Any]:
    """Return what is changed where a plan says other things."""
    return asdict(plan)


def change_plan(
    database: Database,
    site: str,
    plan: MaintenancePlan,
    *,
    actor: Principal,
    clock: Clock,
    seen: SeenVersion = ANY_VERSION,
) -> KeptPlan:
    """Let a plan say other things from now on; how often it was due stays.

    Raises:
        NotFound: there is no such plan, signal, job plan or team.
        Rejected: it is never due.
        StaleRevision: it is not the version that was `seen`.
    """
    return _put(database, site, plan, actor=actor, clock=clock, seen=seen)


def _put(
    database: Database, site: str, plan: MaintenancePlan, *, actor: Principal, clock: Clock, seen: SeenVersion | None
) -> KeptPlan:
    actor.demand(Right.WORK_ON_ORDERS, site)
    with database.transaction() as tx:
        _demand_what_it_names(tx, site, plan)
        maintenance_plans.lock_tag(tx, site, plan.asset, plan.tag)
        there = _find(tx, site, plan.asset, plan.tag)
        if seen is None and there is not None:
            raise Conflict(f"{plan.asset} has a plan {plan.tag} already; change it, or choose another tag")
        if seen is not None:
            there = _get(tx, site, plan.asset, plan.tag)
            seen.refuse_stale(plan_document(there.plan), plan_document(plan), f"plan {plan.tag} of {plan.asset}")
        import_maintenance_plans(tx, site, [plan], clock=clock, by=actor.name)
        return _get(tx, site, plan.asset, plan.tag)


def _demand_what_it_names(tx: Transaction, site: str, plan: MaintenancePlan) -> None:
    asset = assets.get_asset(tx, site, plan.asset)
    if plan.signal and plan.signal not in assets.units(tx, asset.asset_id):
        raise NotFound(f"{plan.asset} has no signal {plan.signal}")
    if plan.job_plan:
        job_plans.get_job_plan(tx, plan.job_plan)
    if plan.team and not people.knows_team(tx, plan.team):
        raise NotFound(f"there is no team {plan.team}")


def rest_plan(
    database: Database, site: str, asset: str, tag: str, *, is_active: bool, actor: Principal, clock: Clock
) -> KeptPlan:
    """Let a plan make no orders any more, or go on.

    Raises:
        NotFound: there is no such plan.
    """
    actor.demand(Right.WORK_ON_ORDERS, site)
    with database.transaction() as tx:
        kept = _get(tx, site, asset, tag)
        maintenance_plans.activate_plan(tx, kept.plan_id, is_active=is_active, at=clock.now(), by=actor.name)
        return _get(tx, site, asset, tag)


def _get(tx: Transaction, site: str, asset: str, tag: str) -> KeptPlan:
    kept = _find(tx, site, asset, tag)
    if kept is None:
        raise NotFound(f"{asset} has no plan {tag}")
    return kept


def _find(tx: Transaction, site: str, asset: str, tag: str) -> KeptPlan | None:
    found = maintenance_plans.list_plans(tx, site=site, asset=asset)
    return next((one for one in found if one.plan.tag == tag), None)
