"""Planned maintenance over HTTP: list the plans, make one, change it, let it rest and go on."""

from __future__ import annotations

from fastapi import APIRouter, Response

from alerts.preventive import planning
from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.revisions import VersionDemanded, tag_version
from api.schemas.work.maintenance import MaintenancePlanShape, MaintenancePlanWanted, PlanNamed
from storage.orders import maintenance_plans

router = APIRouter(prefix="/maintenance-plans", tags=["work orders"])


@router.get("", responses=answers(400))
def list_maintenance_plans(
    parts: GivenParts, pages: Pages, site: str | None = None, asset: str | None = None
) -> list[MaintenancePlanShape]:
    """List planned maintenance, and when each plan is due next."""
    with parts.database.transaction() as tx:
        found = maintenance_plans.list_plans(tx, site=site, asset=asset)
    return [MaintenancePlanShape.of(one) for one in pages.through(found, lambda one: (one.plan.tag, one.asset_id))]


@router.post("", status_code=201, responses=answers(400, 403, 404, 409))
def create_maintenance_plan(
    parts: GivenParts, wanted: MaintenancePlanWanted, response: Response
) -> MaintenancePlanShape:
    """Make a plan of an asset; it is due from now on."""
    kept = planning.create_plan(parts.database, wanted.site, wanted.plan(), actor=parts.principal, clock=parts.clock)
    tag_version(response, planning.plan_document(kept.plan))
    return MaintenancePlanShape.of(kept)


@router.post("/change", responses=answers(400, 403, 404, 412, 428))
def change_maintenance_plan(
    parts: GivenParts, wanted: MaintenancePlanWanted, seen: VersionDemanded, response: Response
) -> MaintenancePlanShape:
    """Let the plan of this asset and tag say what is sent, all of it, from now on; it goes on counting."""
    kept = planning.change_plan(
        parts.database, wanted.site, wanted.plan(), actor=parts.principal, clock=parts.clock, seen=seen
    )
    tag_version(response, planning.plan_document(kept.plan))
    return MaintenancePlanShape.of(kept)


@router.post("/rest", responses=answers(400, 403, 404))
def rest_maintenance_plan(parts: GivenParts, named: PlanNamed) -> MaintenancePlanShape:
    """Let a plan make no orders any more."""
    return _activate(parts, named, is_active=False)


@router.post("/resume", responses=answers(400, 403, 404))
def resume_maintenance_plan(parts: GivenParts, named: PlanNamed) -> MaintenancePlanShape:
    """Let a plan that rests go on."""
    return _activate(parts, named, is_active=True)


def _activate(parts: GivenParts, named: PlanNamed, *, is_active: bool) -> MaintenancePlanShape:
    kept = planning.rest_plan(
        parts.database,
        named.site,
        named.asset,
        named.tag,
        is_active=is_active,
        actor=parts.principal,
        clock=parts.clock,
    )
    return MaintenancePlanShape.of(kept)
