"""Every failure leaves as problem JSON of one shape; no traceback reaches a user."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from plant.errors import (
    AssetloopError,
    Conflict,
    Forbidden,
    Misconfigured,
    NotFound,
    Rejected,
    StaleRevision,
    Unavailable,
    Unconfirmed,
)

_log = logging.getLogger(__name__)
_RETRY_AFTER_S = 5
_STATUS: dict[type[AssetloopError], tuple[int, str]] = {
    NotFound: (404, "not_found"),
    Conflict: (409, "conflict"),
    Unconfirmed: (403, "unconfirmed"),
    Forbidden: (403, "forbidden"),
    Unavailable: (503, "unavailable"),
    Misconfigured: (500, "misconfigured"),
}


class Problem(BaseModel):
    """What went wrong: a constant word, and one line for a person.

    Where somebody else changed a thing meanwhile: how it stands, and how it would have stood.
    """

    error: str = Field(examples=["not_found"])
    detail: str = Field(examples=["there is no work order WO-000009"])
    current: dict[str, Any] | None = None
    yours: dict[str, Any] | None = None


def problem(status: int, error: str, detail: str, **versions: dict[str, Any]) -> JSONResponse:
    """Build the answer for a failure; 503 says when to ask again."""
    headers = {"Retry-After": str(_RETRY_AFTER_S)} if status == 503 else None
    return JSONResponse(
        Problem(error=error, detail=detail, **versions).model_dump(mode="json", exclude_none=True),
        status_code=status,
        headers=headers,
    )


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Say in OpenAPI with which failures a route may answer, besides those every route has."""
    return {status: {"model": Problem} for status in (*statuses, 503)}


def handle_problems(app: FastAPI) -> None:
    """Make `app` answer every failure as a problem."""
    app.add_exception_handler(AssetloopError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(_: Request, error: Exception) -> JSONResponse:
    return problem_of(error)


def problem_of(error: Exception) -> JSONResponse:
    """Answer an error of the product's as a problem."""
    if isinstance(error, Rejected):
        return problem(400, error.reason, error.detail)
    if isinstance(error, StaleRevision):
        return problem(412, "stale_revision", _line(error), current=error.current, yours=error.yours)
    for kind, (status, word) in _STATUS.items():
        if isinstance(error, kind):
            return problem(status, word, _line(error))
    return problem(500, "internal", _line(error))


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(400, "malformed_request", f"{where}: {first['msg']}")


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    word = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http")
    return problem(error.status_code, word, str(error.detail))


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    _log.error("a request failed in an unforeseen way", extra={"path": request.url.path}, exc_info=error)
    return problem(500, "internal", "something failed here; the log of this process says what")


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]
