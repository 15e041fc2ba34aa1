"""Whom notices are for, over HTTP, and a way that is tried out."""

from __future__ import annotations

from fastapi import APIRouter

from alerts.dispatch.trying import ask_for_trial
from api.parts import GivenParts
from api.problems import answers
from api.schemas.administration import NoticePlansShape, TrialWanted
from api.schemas.dispatch.notices import NoticeMessageShape

router = APIRouter(prefix="/notices", tags=["notices"])


@router.get("/plans", responses=answers(403))
def list_notice_plans(parts: GivenParts) -> NoticePlansShape:
    """List the ways and the plans, as the file says that ASSETLOOP_NOTIFY names; no address, no secret."""
    return NoticePlansShape.of(parts.installation.plans())


@router.post("/ways/{way}/try", status_code=202, responses=answers(400, 403, 404, 409))
def try_way(parts: GivenParts, way: str, wanted: TrialWanted) -> NoticeMessageShape:
    """Let a message that says that it is a trial go out by a way, once; what became of it stands among the messages."""
    plans = parts.installation.plans()
    message = ask_for_trial(parts.database, plans, way, person=wanted.person, actor=parts.principal, clock=parts.clock)
    return NoticeMessageShape.model_validate({name: getattr(message, name) for name in NoticeMessageShape.model_fields})
