"""The API's description is the one that is kept, and random requests get no answer that it does not name."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.identity.access import SESSION_COOKIE, Access
from api.identity.route_rights import ROUTE_RIGHTS
from api.protocol.openapi import as_text, describe
from ingest.door import Door, DoorSettings
from plant.clock import ManualClock
from plant.people.rights import PlantRole
from storage.core.database import Database
from tests import people
from tests.conftest import REPOSITORY

CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance]
CHECKS += [response_schema_conformance]
CASES, SEED = int(os.environ.get("CASES", "0")), int(os.environ.get("SEED", "1"))
_SECONDS = 12.0
_TAKEN = frozenset({"method", "url", "params", "json", "headers"})


def test_the_description_is_the_one_that_is_kept(application: FastAPI) -> None:
    kept = (REPOSITORY / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert as_text(describe(application)) == kept, "look at the change, then run: make openapi"


def test_every_route_is_described_with_what_it_may_refuse(application: FastAPI) -> None:
    document = describe(application)
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    rows = {(row.method, row.path.replace(":path", "")) for row in ROUTE_RIGHTS if row.path.startswith("/api/")}
    assert rows - described == {("GET", "/api/v1/openapi.json")}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
            assert {"403", "422", "503"} <= operation["responses"].keys(), path
            problems = {code: one for code, one in operation["responses"].items() if code >= "400"}
            assert all(one == {"$ref": f"#/components/responses/{code}"} for code, one in problems.items()), path


@pytest.mark.usefixtures("sick_plant")
def test_every_document_that_is_taken_has_an_example_that_is_taken(client: TestClient, application: FastAPI) -> None:
    shown, refused = 0, []
    for path, methods in describe(application)["paths"].items():
        body = methods.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        if body is None:
            continue
        example = body["example"] if "example" in body else next(iter(body["examples"].values()))["value"]
        filled = re.sub(r"\{(\w+)\}", lambda part: _PLACES.get(part[1], "1"), path)
        answer = client.post(filled, json=example, headers={"If-Match": "*"})
        refused += [(path, example, answer.text)] if answer.status_code == 422 else []
        shown += 1
    assert refused == []
    assert shown > 60


_PLACES = {
    **dict.fromkeys(("alert_id", "lesson_id", "upload_id", "message_id"), "00000000-0000-4000-8000-000000000000"),
    "site": "demo",
    "tag": "P-101",
    "number": "WO-000001",
    "gate": "feasibility",
}


@pytest.fixture
def asked(
    app_database: Database,
    ingest_database: Database,
    clock: ManualClock,
    sick_plant: None,  # noqa: ARG001 - filled first
) -> Iterator[tuple[Any, FastAPI, list[dict[str, str]]]]:
    """The API as schemathesis sees it, and the heads of Ada's requests, who may everything, and of a viewer's."""
    with Door(ingest_database, clock, DoorSettings()) as door:
        app = create_app(app_database, clock, access=Access(), console=False, version="1", door=door)
        viewer = people.enter(app_database, clock, "bo", name="Bo", roles=((PlantRole.OPERATIONS, "demo"),))
        cookies = [
            people.cookie_of(app_database, clock, one)[SESSION_COOKIE]
            for one in (people.enter(app_database, clock), viewer)
        ]
        document = describe(app)
        del document["paths"]["/api/v1/changes"]  # it does not end
        for methods in document["paths"].values():
            for operation in methods.values():
                operation.pop("security", None)  # no credential is made up: everything is asked as Ada
        yield schemathesis.openapi.from_dict(document), app, [{"Cookie": f"{SESSION_COOKIE}={one}"} for one in cookies]


def test_random_requests_get_no_failure_of_the_servers_and_no_answer_that_is_not_described(
    asked: tuple[Any, FastAPI, list[dict[str, str]]],
) -> None:
    schema, app, heads = asked
    operations = [one.ok() for one in schema.get_all_operations()]
    each = max(1, CASES // len(operations) // len(heads)) if CASES else 2
    wrong: Counter[str] = Counter()
    answered: Counter[int] = Counter()
    until = time.process_time() + _SECONDS
    # The application is called in this thread: a client of a thread of its own costs each request seven more turns.
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", follow_redirects=False)
    with asyncio.Runner() as runner:
        for operation in operations:
            if CASES or time.process_time() < until:
                _try(operation, lambda **asked: runner.run(client.request(**asked)), heads, each, wrong, answered)
        runner.run(client.aclose())
    sys.stdout.write(f"{answered.total()} requests: {dict(sorted(answered.items()))}\n")
    assert wrong == {}
    assert answered.total() > len(operations) / 2


def _try(
    operation: Any,
    asked: Callable[..., httpx.Response],
    heads: list[dict[str, str]],
    each: int,
    wrong: Counter[str],
    answered: Counter[int],
) -> None:
    @seed(SEED)
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        # To make a request up costs more than to answer it: each is asked by both.
        for head in heads:
            named = case.as_transport_kwargs(base_url="http://127.0.0.1", headers=head)
            answer = asked(
                **{name: value for name, value in named.items() if name in _TAKEN}, content=named.get("data")
            )
            answered[answer.status_code] += 1
            try:
                case.validate_response(answer, checks=CHECKS)
            except schemathesis.errors.SchemathesisError as error:
                wrong[f"{operation.label} {answer.status_code} {str(error)[:200]}"] += 1
            except BaseExceptionGroup as error:
                wrong[f"{operation.label} {answer.status_code} {error.exceptions[0]!s:.300} {answer.text[:200]}"] += 1

    ask()
