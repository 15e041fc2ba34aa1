"""Telemetry over HTTP: as over the broker, and answered only once it is committed."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.bodies import read_body
from api.parts import GivenParts, Parts
from api.problems import answers, problem
from api.schemas.telemetry import MessageShape
from ingest.commit.batch_account import MessageOutcome
from ingest.door import Door
from lifecycle.register import device_tokens
from lifecycle.register.device_tokens import Scope
from plant.errors import Forbidden, Rejected, Unavailable
from plant.mqtt.topics import telemetry_topic

router = APIRouter(prefix="/telemetry", tags=["telemetry"])
_BODY_S = 30.0
_REFUSES_ALL = frozenset({"not_json", "no_numbers", "too_large", "undecodable", "unknown_topic"})
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "description": 'The native JSON: `{"key": number, …}`, `{"ts": ms, "values": {…}}`, or an array.',
                    "oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}],
                },
                "example": {"ts": 1769846400000, "values": {"vibration_de_mm_s": 2.1}},
            }
        },
    },
}
Credentials = Annotated[
    HTTPAuthorizationCredentials | None,
    Security(HTTPBearer(scheme_name="deviceToken", description="A device token.", auto_error=False)),
]


@router.post(
    "",
    response_model=MessageShape,
    responses={202: {"model": MessageShape}, **answers(400, 401, 403, 408, 409, 413, 415, 429)},
    openapi_extra=_BODY,
)
async def post_telemetry(
    request: Request,
    response: Response,
    parts: GivenParts,
    shown: Credentials,
    asset: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Tag; needless where the token opens one alone.")
    ] = None,
) -> MessageShape | Response:
    """Store a message of a device in the native JSON, as is or with Content-Encoding gzip.

    Wants `Authorization: Bearer` with a device token. 200: it is committed. 202: the asset waits for its approval, and
    what it said is stored then. 400: nothing of it can be used; it is in quarantine. 409: other values are stored for
    these instants. 429: beyond the device's rate limit.
    """
    door = parts.door
    if door is None:
        raise Unavailable("telemetry is not taken here; ask the process that `assetloop serve` runs")
    scope = await run_in_threadpool(_scope, door, parts, shown.credentials) if shown else None
    if scope is None:
        refusal = problem(401, "unauthorized", "show a device token: Authorization: Bearer dev_…")
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal
    topic = telemetry_topic(scope.site, _asset(scope, asset))
    try:
        async with asyncio.timeout(_BODY_S):
            body = await read_body(request, most_bytes=door.settings.most_payload_bytes)
    except TimeoutError:
        return problem(408, "too_slow", f"the body was not there after {_BODY_S:g} s")
    if isinstance(body, Response):
        return body
    return _answer(await run_in_threadpool(door.store, topic, body), response)


def _scope(door: Door, parts: Parts, token: str) -> Scope | None:
    with door.database.transaction() as tx:
        return device_tokens.admit(tx, token, at=parts.clock.now())


def _asset(scope: Scope, asked: str | None) -> str:
    if scope.asset is None and asked is None:
        raise Rejected("no_asset", "this token is a gateway's: name the asset, as ?asset=P-101")
    if scope.asset is not None and asked not in {None, scope.asset}:
        raise Forbidden(f"this token opens asset {scope.asset} alone")
    return scope.asset or asked or ""


def _answer(outcome: MessageOutcome, response: Response) -> MessageShape | Response:
    whole = [one for one in outcome.refused if one.reason in _REFUSES_ALL]
    if whole and outcome.quarantined == outcome.received:
        return problem(400, whole[0].reason, whole[0].detail)
    if outcome.limited and outcome.limited == outcome.received:
        refusal = problem(429, "limited", "beyond the rate limit of this device; send less, or later")
        refusal.headers["Retry-After"] = "1"
        return refusal
    if any(one.reason == "unknown_asset" for one in outcome.refused):
        response.status_code = 202
    elif outcome.conflicting and outcome.conflicting == outcome.received:
        return problem(409, "conflicting", "other values are stored for these instants; yours are kept beside them")
    elif outcome.received and not outcome.stored + outcome.duplicate:
        return problem(400, outcome.refused[0].reason, "; ".join(one.detail for one in outcome.refused)[:400])
    return MessageShape.model_validate(outcome)
