"""Notices over HTTP: what went out and what did not, ways that are closed, and one's own wishes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from alerts.dispatch import upkeep
from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.revisions import VersionDemanded, tag_version
from api.schemas.dispatch.notices import ClosedWayShape, MessageState, NoticeMessageShape, PreferenceShape
from api.schemas.shape import NOTHING, Nothing
from storage.notices import dispatches

router = APIRouter(prefix="/notices", tags=["notices"])
own_router = APIRouter(prefix="/me/notices", tags=["notices"])


@router.get("", responses=answers(400))
def list_messages(
    parts: GivenParts,
    pages: Pages,
    state: MessageState | None = None,
    subject_id: Annotated[str | None, Query(description="Of one thing, as an order's number.")] = None,
) -> list[NoticeMessageShape]:
    """List messages, the newest first."""
    with parts.database.transaction() as tx:
        found = dispatches.list_dispatches(
            tx, state=state, subject_id=subject_id, after=pages.after(), most=pages.one_more
        )
    listed = pages.page(found, lambda one: (one.created_at, one.dispatch_id))
    return [NoticeMessageShape.model_validate(vars_of(one)) for one in listed]


def vars_of(one: dispatches.DispatchRecord) -> dict[str, object]:
    """Return a message as a dict, its title as it is kept."""
    return {name: getattr(one, name) for name in NoticeMessageShape.model_fields}


@router.post("/messages/{message_id}/again", status_code=204, responses=answers(400, 404, 409))
def send_again(parts: GivenParts, message_id: UUID, _nothing: Nothing = NOTHING) -> None:
    """Send a message again that has ended badly, under the same key."""
    upkeep.send_again(parts.database, message_id, actor=parts.principal, clock=parts.clock)


@router.get("/closed-ways", responses=answers())
def list_closed_ways(parts: GivenParts) -> list[ClosedWayShape]:
    """List the ways by which nothing goes out."""
    with parts.database.transaction() as tx:
        return [ClosedWayShape.model_validate(one) for one in dispatches.closed_ways(tx)]


@router.post("/ways/{way}/open", status_code=204, responses=answers(400, 404))
def open_way(parts: GivenParts, way: str, _nothing: Nothing = NOTHING) -> None:
    """Let messages go out by a way again."""
    upkeep.open_way(parts.database, way)


@own_router.get("", responses=answers(403))
def get_preference(parts: GivenParts, response: Response) -> PreferenceShape:
    """Say how one narrows what reaches oneself."""
    found = upkeep.preference(parts.database, actor=parts.principal)
    tag_version(response, upkeep.preference_document(found))
    return PreferenceShape.of(found)


@own_router.post("", responses=answers(400, 403, 412, 428))
def set_preference(
    parts: GivenParts, wanted: PreferenceShape, seen: VersionDemanded, response: Response
) -> PreferenceShape:
    """Narrow what reaches oneself: by severity, area, and hours of one's own time zone."""
    upkeep.prefer(parts.database, wanted.wanted(), actor=parts.principal, clock=parts.clock, seen=seen)
    tag_version(response, upkeep.preference_document(wanted.wanted()))
    return wanted
