"""What belongs to a work order, over HTTP: its words, who does it, and what people say about it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from alerts.orders import editing
from api.parts import GivenParts
from api.problems import answers
from api.revisions import RevisionDemanded, RevisionRead, tag_revision
from api.schemas.orders import OrderShape
from api.schemas.work.contents import NewAssignment, NewComment, NewOrderValues

router = APIRouter(prefix="/work-orders/{number}", tags=["work orders"])
_CHANGED = answers(400, 404, 409, 412)


@router.post("/edit", responses=answers(400, 404, 409, 412, 428))
def edit_work_order(
    parts: GivenParts, number: str, values: NewOrderValues, revision: RevisionDemanded, response: Response
) -> OrderShape:
    """Change title, priority, type or requested finish. What belongs to the order stays as it is."""
    changes = editing.OrderChanges(**values.model_dump())
    order = editing.edit_order(
        parts.database, number, changes, revision=revision, actor=parts.principal, clock=parts.clock
    )
    tag_revision(response, order.revision)
    return OrderShape.model_validate(order)


@router.post("/assign", responses=_CHANGED)
def assign_work_order(
    parts: GivenParts, number: str, to: NewAssignment, revision: RevisionRead, response: Response
) -> OrderShape:
    """Give it to a team and to a person; null gives it to nobody."""
    order = editing.assign_order(
        parts.database,
        number,
        team=to.team,
        person=to.assignee,
        revision=revision,
        actor=parts.principal,
        clock=parts.clock,
    )
    tag_revision(response, order.revision)
    return OrderShape.model_validate(order)


@router.post("/comments", status_code=201, responses=answers(400, 404))
def comment_on_work_order(parts: GivenParts, number: str, comment: NewComment, response: Response) -> OrderShape:
    """Say something about it; what was said stays."""
    order = editing.comment_on_order(parts.database, number, comment.said, actor=parts.principal, clock=parts.clock)
    tag_revision(response, order.revision)
    return OrderShape.model_validate(order)
