"""A project's costs over HTTP: sums and curve, and the tables in and out."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from api.parts import GivenParts
from api.problems import answers
from api.routes.lifecycle.projects import FileName, whole_body
from api.schemas.lifecycle.costs import CostCentreShape, CostImportShape
from lifecycle.costs import cost_centre as costs
from lifecycle.costs.cost_table import write_costs, write_labour

router = APIRouter(prefix="/projects/{project}/costs", tags=["projects"])


@router.get("", responses=answers(403, 404))
def get_costs(parts: GivenParts, project: str) -> CostCentreShape:
    """Return what a project costs: sums by code, the S-curve, payments and labour."""
    return CostCentreShape.of(costs.cost_centre(parts.database, project))


@router.get("/table", response_class=Response, responses=answers(403, 404))
def get_cost_table(
    parts: GivenParts,
    project: str,
    what: Annotated[Literal["costs", "labour"], Query(description="Lines of cost, or days of labour.")] = "costs",
) -> Response:
    """Return costs or labour as the CSV that is read back without a difference."""
    found = costs.cost_centre(parts.database, project)
    body = write_costs(found.costs) if what == "costs" else write_labour(found.labour)
    name = {"Content-Disposition": f'attachment; filename="{what}.csv"'}
    return Response(b"\xef\xbb\xbf" + body.encode(), media_type="text/csv; charset=utf-8", headers=name)


@router.post("", responses=answers(400, 403, 404))
async def import_costs(
    request: Request, parts: GivenParts, project: str, file: FileName, dry_run: bool = False
) -> CostImportShape:
    """Take a table of costs or labour over, as the body; `dry_run` counts and writes nothing."""
    from starlette.concurrency import run_in_threadpool

    body = await whole_body(request)

    def take() -> CostImportShape:
        done = costs.import_costs(
            parts.database, project, file, body, actor=parts.principal, clock=parts.clock, is_trial=dry_run
        )
        return CostImportShape.model_validate(done)

    return await run_in_threadpool(take)
