"""Every failure leaves as a problem of RFC 9457, in the caller's language; no traceback reaches a user."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.language import spoken
from api.refusals.refusals import refusal, title_of
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
_TYPE = "urn:assetloop:problem:"
_NEEDS_ONE_MORE_HEADER = {"revision_needed": 428}
_STATUS: dict[type[AssetloopError], tuple[int, str]] = {
    NotFound: (404, "not_found"),
    Conflict: (409, "conflict"),
    Unconfirmed: (403, "unconfirmed"),
    Forbidden: (403, "forbidden"),
    Unavailable: (503, "unavailable"),
    Misconfigured: (500, "misconfigured"),
}
_HTTP_WORDS = {404: "not_found", 405: "method_not_allowed", 408: "too_slow", 413: "too_large", 415: "unknown_encoding"}


class Problem(BaseModel):
    """What went wrong, by RFC 9457; `error` is the constant word at the end of `type`, to be told apart by a program.

    Where somebody else changed a thing meanwhile: how it stands, and how it would have stood.
    """

    type: str = Field(examples=["urn:assetloop:problem:not_found"])
    title: str = Field(examples=["Not found"], description="The kind of failure, in the caller's language.")
    status: int = Field(examples=[404])
    detail: str = Field(
        examples=["there is no work order WO-000009"], description="One line for a person, in the caller's language."
    )
    error: str = Field(examples=["not_found"])
    current: dict[str, Any] | None = None
    yours: dict[str, Any] | None = None


class ProblemAnswer(JSONResponse):
    """The answer that carries a problem."""

    media_type = "application/problem+json"


def problem(status: int, error: str, detail: str, **versions: dict[str, Any]) -> ProblemAnswer:
    """Build the answer for a failure; 503 says when to ask again."""
    language = spoken()
    headers = {"Content-Language": language.tag, "Vary": "Accept-Language"}
    if status == 503:
        headers["Retry-After"] = str(_RETRY_AFTER_S)
    said = Problem(
        type=f"{_TYPE}{error}",
        title=title_of(language, status),
        status=status,
        detail=refusal(language, detail),
        error=error,
        **versions,
    )
    return ProblemAnswer(said.model_dump(mode="json", exclude_none=True), status_code=status, headers=headers)


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


def problem_of(error: Exception) -> ProblemAnswer:
    """Answer an error of the product's as a problem."""
    if isinstance(error, Rejected):
        return problem(_NEEDS_ONE_MORE_HEADER.get(error.reason, 400), error.reason, error.detail)
    if isinstance(error, StaleRevision):
        return problem(412, "stale_revision", _line(error), current=error.current, yours=error.yours)
    for kind, (status, word) in _STATUS.items():
        if isinstance(error, kind):
            return problem(status, word, _line(error))
    if isinstance(error, HTTPException):
        return _http_problem(error)
    return problem(500, "internal", _line(error))


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    """Answer what breaks the document's rules with 422; a body that is no JSON at all with 400."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    found = error.errors()
    if found[0]["type"] == "json_invalid":
        return problem(400, "not_json", f"the body is no JSON: {found[0].get('ctx', {}).get('error', '')}")
    language = spoken()
    said = "; ".join(
        f"{'.'.join(str(part) for part in one['loc'])}: {refusal(language, one['msg'])}" for one in found[:5]
    )
    is_unknown = found[0]["type"] == "unknown_parameter"
    return problem(422, "unknown_parameter" if is_unknown else "malformed_request", said)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    return _http_problem(error)


def _http_problem(error: HTTPException) -> ProblemAnswer:
    word = _HTTP_WORDS.get(error.status_code, "http")
    answer = problem(error.status_code, word, str(error.detail))
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    _log.error("a request failed in an unforeseen way", extra={"path": request.url.path}, exc_info=error)
    return problem(500, "internal", "something failed here; the log of this process says what")


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]
