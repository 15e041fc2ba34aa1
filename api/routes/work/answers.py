"""What engineering answers to an order, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from alerts.dispatch.answering import answers as use_cases
from api.parts import GivenParts
from api.problems import answers
from api.schemas.dispatch.notices import AnswerWanted, EngineeringAnswerShape, SettlementWanted
from storage.notices import answers as rows
from storage.work import orders

router = APIRouter(prefix="/work-orders/{number}/engineering-answers", tags=["work orders"])


@router.get("", responses=answers(404))
def list_answers(parts: GivenParts, number: str) -> list[EngineeringAnswerShape]:
    """List what engineering answered, oldest first."""
    with parts.database.transaction() as tx:
        found = rows.of_order(tx, orders.get_order(tx, number).order_id)
    return [EngineeringAnswerShape.model_validate(one) for one in found]


@router.post("", status_code=201, responses=answers(400, 403, 404, 409))
def answer(parts: GivenParts, number: str, wanted: AnswerWanted) -> list[EngineeringAnswerShape]:
    """Accept with a date, ask, or reject with a reason, for a team that one is of."""
    use_cases.answer_order(
        parts.database, number, wanted.given(), team=wanted.team, actor=parts.principal, clock=parts.clock
    )
    return list_answers(parts, number)


@router.post("/settle", responses=answers(400, 404, 409))
def settle(parts: GivenParts, number: str, wanted: SettlementWanted) -> list[EngineeringAnswerShape]:
    """Answer engineering's question; the order's clock goes on."""
    use_cases.settle_question(parts.database, number, wanted.said, actor=parts.principal, clock=parts.clock)
    return list_answers(parts, number)
