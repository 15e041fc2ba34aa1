"""Requests for a change of design over HTTP: seen, decided, and exchanged with BIM tools as BCF."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from api.bodies import read_body
from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.dispatch.design import AcceptanceWanted, DesignRequestShape, RejectionWanted
from lifecycle.feedback import deciding, exchange
from storage.notices import design

router = APIRouter(prefix="/design-requests", tags=["design requests"])
_MOST_BYTES = 8 * 2**20


@router.get("", responses=answers(400))
def list_design_requests(parts: GivenParts, pages: Pages) -> list[DesignRequestShape]:
    """List requests, the newest first."""
    with parts.database.transaction() as tx:
        found = design.list_requests(tx)
    listed = pages.through(found, lambda one: (one.request_id,), newest_first=True)
    return [DesignRequestShape.model_validate(one) for one in listed]


@router.post("/bcf", responses=answers(400, 403))
async def take_bcf_back(request: Request, parts: GivenParts) -> Response:
    """Read the status of requests back from a BCF file, which is the body."""
    body = await read_body(request, most_bytes=_MOST_BYTES)
    if isinstance(body, JSONResponse):
        return body
    taken = await run_in_threadpool(exchange.take_back, parts.database, body, actor=parts.principal)
    shapes = [DesignRequestShape.model_validate(one).model_dump(mode="json") for one in taken]
    return JSONResponse(shapes)


@router.get("/{request_id}", responses=answers(404))
def get_design_request(parts: GivenParts, request_id: int) -> DesignRequestShape:
    """Return one request with what it changed and what that brought."""
    with parts.database.transaction() as tx:
        found = design.get_request(tx, request_id)
        measured = deciding.effect(tx, found, clock=parts.clock)
        return DesignRequestShape.whole(found, design.changes(tx, request_id), measured)


@router.get("/{request_id}/bcf", response_class=Response, responses=answers(404))
def get_bcf(parts: GivenParts, request_id: int) -> Response:
    """Return a request as a BCF 2.1 file."""
    link = f"{parts.console_url}/engineering" if parts.console_url else None
    with parts.database.transaction() as tx:
        file = exchange.export_bcf(tx, design.get_request(tx, request_id), link=link)
    name = f'attachment; filename="DR-{request_id}.bcf"'
    return Response(file, media_type="application/octet-stream", headers={"content-disposition": name})


@router.get("/{request_id}/picture", response_class=Response, responses=answers(404))
def get_picture(parts: GivenParts, request_id: int) -> Response:
    """Return a request's picture: rates, and what the leading signals did before the newest failure."""
    with parts.database.transaction() as tx:
        return Response(exchange.picture_of(tx, design.get_request(tx, request_id)), media_type="image/png")


@router.post("/{request_id}/accept", responses=answers(400, 403, 404, 409))
def accept(parts: GivenParts, request_id: int, wanted: AcceptanceWanted) -> DesignRequestShape:
    """Accept a request and make its changes, all or none."""
    deciding.accept(
        parts.database, request_id, wanted.wishes(), reason=wanted.reason, actor=parts.principal, clock=parts.clock
    )
    return get_design_request(parts, request_id)


@router.post("/{request_id}/reject", responses=answers(400, 403, 404, 409))
def reject(parts: GivenParts, request_id: int, wanted: RejectionWanted) -> DesignRequestShape:
    """Reject a request with a reason."""
    deciding.reject(parts.database, request_id, reason=wanted.reason, actor=parts.principal, clock=parts.clock)
    return get_design_request(parts, request_id)
