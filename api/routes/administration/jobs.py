"""Jobs over HTTP: what waits, what runs and what has failed; one that failed is run again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.administration import JobShape
from api.schemas.shape import NOTHING, Nothing
from storage.core import job_list
from storage.core.job_list import JobState

router = APIRouter(prefix="/jobs", tags=["administration"])
JobId = Annotated[int, Path(ge=0, lt=2**63)]


@router.get("", responses=answers(400, 403))
def list_jobs(parts: GivenParts, pages: Pages, state: JobState | None = None) -> list[JobShape]:
    """List the jobs of the queue, the newest first; what succeeded is not there any more."""
    with parts.database.transaction() as tx:
        found = job_list.list_jobs(tx, state=state, after=pages.after_number(), most=pages.one_more)
    return [JobShape.model_validate(one) for one in pages.page(found, lambda one: (one.job_id,))]


@router.get("/{job_id}", responses=answers(403, 404))
def get_job(parts: GivenParts, job_id: JobId) -> JobShape:
    """Show one job."""
    with parts.database.transaction() as tx:
        return JobShape.model_validate(job_list.get_job(tx, job_id))


@router.post("/{job_id}/again", responses=answers(403, 404, 409))
def run_job_again(parts: GivenParts, job_id: JobId, _nothing: Nothing = NOTHING) -> JobShape:
    """Let a job that has failed run once more, at once."""
    with parts.database.transaction() as tx:
        return JobShape.model_validate(job_list.run_again(tx, job_id, at=parts.clock.now()))
