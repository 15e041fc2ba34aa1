"""What changes in the plant, live: server-sent events that go on from the last one that was received."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.following import Feed, Followed, Position, follow
from api.identity.recognising import recogniser_of
from api.parts import GivenParts
from api.problems import answers
from plant.errors import NotFound, Rejected, Unavailable
from plant.people.rights import Right
from storage.core.change_waker import ChangeWaker
from storage.register import assets

router = APIRouter(prefix="/changes", tags=["changes"])
_MOST_STREAMS = 500
_EXAMPLE = 'id: 8231-12\\nevent: order\\ndata: {"subject":"order","subject_id":"WO-000001","event":"approved", …}\\n\\n'
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `alert`, `order`, `score`, `reading` and `missed`, until one goes or may not see.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


@router.get("", response_class=StreamingResponse, responses={**_STREAM, **answers(400, 404)})
async def follow_changes(
    request: Request,
    parts: GivenParts,
    of: Annotated[
        list[Literal["alerts", "orders", "scores", "readings"]] | None,
        Query(description="May be given again; scores and readings want an asset. Alerts and orders where absent."),
    ] = None,
    site: Annotated[str | None, Query(description="Of this site alone; every site that one sees where absent.")] = None,
    asset: Annotated[str | None, Query(description="Of this asset alone, by its tag; with `site`.")] = None,
    last_event_id: Annotated[
        str | None,
        Header(max_length=200, description="The id of the last event received; what came since is sent."),
    ] = None,
) -> StreamingResponse:
    """Follow what changes: alerts and orders in the order of commits, and what one asset says.

    What is sent after a break begins after `Last-Event-ID`, out of the record, up to seven days back. It ends when the
    token is revoked, the session is over or the right is withdrawn.
    """
    wanted = frozenset(of or ("alerts", "orders"))
    if (asset is not None and site is None) or (asset is None and wanted & {"scores", "readings"}):
        raise Rejected("no_asset", "scores and readings are of one asset: name site and asset")
    position = Position.read(last_event_id) if last_event_id else None
    asset_id = await run_in_threadpool(_asset_id, parts, site, asset)
    recogniser, waker = recogniser_of(request), _waker(request)

    def feed() -> Feed | None:
        principal = recogniser.principal(request)
        if principal is None or not principal.may_somewhere(Right.SEE) or (site and not principal.may(Right.SEE, site)):
            return None
        return Feed(parts=parts.of(principal, Right.SEE), wanted=wanted, site=site, asset_id=asset_id)

    open_streams = _count(request)
    events = follow(feed, position, waker)
    return StreamingResponse(
        _held(events, open_streams),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _asset_id(parts: GivenParts, site: str | None, asset: str | None) -> int | None:
    if site is not None:
        parts.principal.demand(Right.SEE, site)
    if site is None:
        return None
    with parts.database.transaction() as tx:
        if asset is not None:
            return assets.get_asset(tx, site, asset).asset_id
        if site not in assets.list_sites(tx):
            raise NotFound(f"there is no site {site}")
    return None


async def _held(events: AsyncIterator[Followed], streams: set[object]) -> AsyncIterator[bytes]:
    mark = object()
    streams.add(mark)
    try:
        async for event in events:
            yield event.encoded()
    finally:
        streams.discard(mark)


def _count(request: Request) -> set[object]:
    streams: set[object] = request.app.state.streams
    if len(streams) >= _MOST_STREAMS:
        raise Unavailable(f"{_MOST_STREAMS} follow already; come again later")
    return streams


def _waker(request: Request) -> ChangeWaker:
    waker: ChangeWaker = request.app.state.waker
    return waker
