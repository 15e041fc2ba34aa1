"""The application: the routes under /api/v1, the gate before them, and the console beside them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

from alerts.orders.attachments import AttachmentStore
from api import counting
from api.counting import Counting
from api.identity import answer_page
from api.identity.access import Access
from api.identity.gate import FILES, RequestGate
from api.identity.recognising import Recogniser
from api.identity.route_right import API as PREFIX
from api.identity.route_right import API_ROOT
from api.identity.route_rights import refuse_unlisted
from api.identity.signing_in import forgotten, login, provider_sign_in
from api.installation import BARE, ServedInstallation
from api.parts import Parts
from api.problems import handle_problems, problem
from api.protocol.body_limits import BodyLimits, routes_that_take_files
from api.protocol.idempotency import Idempotency
from api.protocol.methods import Methods
from api.protocol.openapi import describe
from api.protocol.parameters import refuse_unknown_parameters
from api.routes import (
    alerts,
    assets,
    changes,
    design,
    devices,
    exports,
    figures,
    knowledge,
    models,
    notices,
    orders,
    people,
    quarantine,
    status,
    telemetry,
)
from api.routes.administration import jobs, logins, mapping, notice_plans
from api.routes.lifecycle import column_mappings, costs, exchange, ledger, projects, retired, reviews
from api.routes.lifecycle import register as register_routes
from api.routes.lifecycle import requirements as requirement_routes
from api.routes.lifecycle import warranty as warranty_routes
from api.routes.work import answers, maintenance, reports, spending
from api.routes.work import attachments as attachment_routes
from api.routes.work import contents as order_contents
from api.routes.work import tasks as order_tasks
from ingest.door import Door
from plant.clock import Clock
from storage.core.change_waker import ChangeWaker
from storage.core.database import Database

_ROUTERS = (
    answers.router,
    orders.router,
    orders.codes_router,
    order_contents.router,
    attachment_routes.router,
    order_tasks.router,
    order_tasks.plan_router,
    maintenance.router,
    reports.router,
    spending.router,
    spending.part_router,
    spending.trade_router,
    spending.downtime_router,
    alerts.router,
    alerts.findings_router,
    alerts.incidents_router,
    warranty_routes.router,  # before assets, as the devices
    devices.router,  # before assets, whose tags take whatever follows
    devices.token_router,
    retired.router,
    retired.list_router,
    assets.router,
    models.router,
    models.proposal_router,
    changes.router,
    figures.router,
    exports.router,
    knowledge.search_router,
    knowledge.lesson_router,
    knowledge.order_router,
    ledger.router,
    projects.router,
    costs.router,
    exchange.router,
    register_routes.router,
    column_mappings.router,
    requirement_routes.router,
    reviews.router,
    quarantine.router,
    status.router,
    status.health_router,
    telemetry.router,
    design.router,
    notices.router,
    notices.own_router,
    jobs.router,
    logins.router,
    mapping.router,
    notice_plans.router,
    people.me_router,
    people.people_router,
    people.team_router,
    people.token_router,
    people.attempt_router,
)
_LEAST_PACKED_BYTES = 1000
_PACKING = 4  # of 9: a third of the work for a tenth more bytes
_DESCRIPTION = """Work orders, alerts, assets, telemetry and quarantine of a plant.

Times are RFC 3339, answered in UTC. Values are in the unit given beside them. Shares and scores are 0 to 1; a score of
1 is the worst and 0.5 the alarm line. A failure is answered as a problem of RFC 9457 in the caller's language
(Accept-Language: en, zh); 503 means: ask again later. A parameter that a route does not know is refused.
"""


def create_app(
    database: Database,
    clock: Clock,
    *,
    access: Access,
    console: bool = True,
    version: str,
    console_url: str = "",
    grafana_url: str = "",
    door: Door | None = None,
    registry: CollectorRegistry | None = None,
    data_folder: Path | None = None,
    attachments: AttachmentStore | None = None,
    installation: ServedInstallation | None = None,
) -> FastAPI:
    """Build the application on `database`, which speaks as the application's role; telemetry goes through `door`.

    The disk of `data_folder` is watched, where it is given. Files of orders are kept in `attachments`, the database
    unless told. `installation` is what the settings say beside the database.

    What is counted is added to `registry`, and said at `/metrics`. Nothing is read before the first request: with the
    database away the app starts, answers 503, and recovers. A process can hold one console.

    Raises:
        Conflict: this process has a console already.
        Misconfigured: nobody has decided who may use a route.
    """
    app = FastAPI(
        title="assetloop",
        version=version,
        description=_DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.parts = Parts(
        database=database,
        clock=clock,
        version=version,
        console_url=console_url.rstrip("/"),
        grafana_url=grafana_url.rstrip("/"),
        door=door,
        data_folder=data_folder,
        attachments=attachments or AttachmentStore(),
        installation=installation or BARE,
    )
    app.state.access = access
    app.state.streams = set()
    app.state.waker = ChangeWaker(database.url, role=database.role)
    app.state.registry = registry or CollectorRegistry()
    app.router.routes.extend(_routes())
    takes_files = set(routes_that_take_files(iter_route_contexts(app.routes)))
    app.add_middleware(Idempotency, database=database, clock=clock, takes_files=takes_files)
    app.add_middleware(BodyLimits, takes_files=takes_files)
    app.add_middleware(Methods)
    app.add_middleware(Counting, registry=app.state.registry)
    app.state.recogniser = Recogniser(database, clock)
    app.add_middleware(RequestGate, access=access, recogniser=app.state.recogniser)
    app.add_middleware(GZipMiddleware, minimum_size=_LEAST_PACKED_BYTES, compresslevel=_PACKING)  # outermost
    handle_problems(app)
    app.openapi = functools.partial(describe, app)  # type: ignore[method-assign]
    if console:
        from api.console.addresses import install

        install(app, app.state.parts, app.state.recogniser)
    refuse_unlisted(routes_of(app))
    return app


@functools.cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return every route but the console's pages: they are the same in every application, so made once a process."""
    router = APIRouter()
    for one in _ROUTERS:
        router.include_router(one, prefix=PREFIX, dependencies=[Depends(refuse_unknown_parameters)])
    for outside in (login, answer_page, forgotten, provider_sign_in, counting):
        router.include_router(outside.router)
    router.mount(API_ROOT, _nothing_here)
    return tuple(router.routes)


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Name every route by its method and path: those of the API, and the console's pages beneath them."""
    for route in iter_route_contexts(app.routes):
        methods, path = set(getattr(route, "methods", None) or ()), str(getattr(route, "path", ""))
        yield from ((method, path) for method in methods - {"HEAD", "OPTIONS"})
    for mounted in app.routes:
        if isinstance(mounted, Mount) and isinstance(mounted.app, FastAPI):
            yield from ((method, path) for method, path in routes_of(mounted.app) if not path.startswith(FILES))


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    said = f"nothing answers {scope['method']} {scope['path']}; see {PREFIX}/openapi.json"
    await problem(404, "not_found", said)(scope, receive, send)
