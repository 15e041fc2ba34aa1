"""The description of the API, with the failures that each route may really answer with; `make openapi` writes it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.identity.route_right import Reach
from api.identity.route_rights import right_of
from api.language import Language
from api.protocol.examples import example_of
from api.refusals.refusals import title_of

Document = dict[str, Any]
_PROBLEM = "application/problem+json"
_EVERYWHERE = (403, 422, 503)  # a host that is not served, an unknown parameter, the database away
_OF_A_POST = (400, 408, 409, 413)  # what is no JSON, too slow, under way under its key, too large
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Done once under this key; the same answer is given again for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_NEXT = {
    "description": 'The next page, where there is one: `<…>; rel="next"` (RFC 8288).',
    "schema": {"type": "string"},
}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token of a person's or a machine's: api_…"},
    "session": {"type": "apiKey", "in": "cookie", "name": "assetloop_session", "description": "Who is signed in."},
}


def describe(app: FastAPI) -> Document:
    """Return the OpenAPI document of an application, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        schemas = document["components"]["schemas"]
        for path, method, operation in _operations(document):
            _mend(path, method, operation)
            _show_an_example(operation, schemas)
        for leftover in ("HTTPValidationError", "ValidationError"):
            schemas.pop(leftover, None)
        document["components"]["responses"] = {str(status): _problem(status) for status in _named(document)}
        document["components"].setdefault("securitySchemes", {}).update(_SCHEMES)
        app.openapi_schema = document
    return app.openapi_schema


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        yield from ((path, method.upper(), operation) for method, operation in methods.items())


def _named(document: Document) -> list[int]:
    return sorted({int(code) for *_, one in _operations(document) for code in one["responses"] if code >= "400"})


def _mend(path: str, method: str, operation: Document) -> None:
    row = right_of(method, path)
    answers, parameters = operation["responses"], operation.setdefault("parameters", [])
    named = {one["name"].lower() for one in parameters}
    wants = row.wants if row else None
    may_answer = {int(code) for code in answers if code.isdigit() and int(code) >= 400} | set(_EVERYWHERE)
    may_answer |= set() if wants is Reach.ANYONE else {401}
    may_answer |= set(_OF_A_POST) if method == "POST" else set()
    may_answer |= {400} if any(one["in"] in {"path", "query"} for one in parameters) else set()  # nothing keeps a NUL
    may_answer -= set() if "if-match" in named else {412, 428}
    for code in [one for one in answers if one.isdigit() and int(one) >= 400]:
        del answers[code]
    for status in sorted(may_answer):
        answers[str(status)] = {"$ref": f"#/components/responses/{status}"}
    if "cursor" in named:
        answers["200"].setdefault("headers", {})["Link"] = _NEXT
    if method == "POST" and wants is not Reach.DEVICE_TOKEN:
        parameters.append(_KEY)
    if wants is not Reach.ANYONE and wants is not Reach.DEVICE_TOKEN:
        operation["security"] = [{"token": []}, {"session": []}]
    if not parameters:
        del operation["parameters"]


def _show_an_example(operation: Document, schemas: Document) -> None:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and not body.keys() & {"example", "examples"} and "schema" in body:
        body["example"] = example_of(body["schema"], schemas)


def _problem(status: int) -> Document:
    title = title_of(Language.EN, status)
    return {
        "description": title,
        "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def as_text(document: Document) -> str:
    """Return the document as it is kept in docs/openapi.json: without a version, which changes with every release."""
    kept = {**document, "info": {**document["info"], "version": "as released"}}
    return json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write() -> None:
    """Print the document of this version."""
    from api.app import create_app
    from api.identity.access import Access
    from plant.clock import SystemClock
    from storage.core.database import Database, Role

    app = create_app(
        Database("postgresql://", role=Role.APP), SystemClock(), access=Access(), console=False, version="as released"
    )
    sys.stdout.write(as_text(describe(app)))


if __name__ == "__main__":
    write()
