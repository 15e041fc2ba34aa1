"""The console's pages and their addresses, put on the application."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from nicegui import core, run, ui
from starlette.responses import HTMLResponse, Response

from api.console.connection import KEPT_S, keep_pages
from api.console.pages import (
    account,
    alerts,
    asset,
    model,
    models,
    order,
    orders,
    overview,
    people,
    plans,
    quarantine,
    system,
    telemetry,
)
from api.console.pages.dispatch import engineering, notices
from api.console.pages.knowledge import figures, search
from api.console.pages.labels import labels, machine
from api.console.pages.lifecycle import certificate, ledger, projects, review, warranties
from api.console.pages.lifecycle import project as project_page
from api.console.pages.lifecycle import register as register_page
from api.console.visit import Ground, Visit
from api.console.watch import Watches
from api.identity.gate import refused
from api.identity.recognising import Recogniser
from api.identity.signing_in.login_page import SIGN, missing_page
from api.parts import Parts
from plant.errors import AssetloopError, Conflict

# NiceGUI answers 500 where a page is not built within 3 s: on a busy machine, or while the database is being restarted,
# it takes longer. People rather wait.
_LONGEST_BUILD_S = 60.0
_Build = Callable[..., Awaitable[Response | None]] | Callable[..., Awaitable[None]]


def page(path: str) -> Callable[[_Build], object]:
    """Put a page at an address; where it cannot be built, a person is told why, and it asks again while that passes."""

    def put(build: _Build) -> object:
        @functools.wraps(build)
        async def built(request: Request, **parts: Any) -> Response | None:
            try:
                return await build(request, **parts)
            except AssetloopError as error:
                return refused(request, error)

        return ui.page(path, response_timeout=_LONGEST_BUILD_S, reconnect_timeout=KEPT_S)(built)

    return put


def install(app: FastAPI, parts: Parts, recogniser: Recogniser) -> None:
    """Put the console on `app`, beside the routes that are there; last, since it answers every other path.

    Raises:
        Conflict: this process has a console already.
    """
    if core.app.config.has_run_config:
        raise Conflict("this process has a console already; start another process for another one")
    # Nobody else's page may read what the console's library answers: it reflected any origin, with credentials.
    core.sio.eio.cors_allowed_origins = []
    keep_pages()
    ground = Ground(parts=parts, watches=Watches(parts), recogniser=recogniser)
    _declare_lists(ground)
    _declare_knowledge(ground)
    _declare_people(ground)
    _declare_lifecycle(ground)
    _declare_labels(ground)
    _declare_things(ground)
    ui.run_with(
        app,
        title="assetloop",
        favicon=SIGN,
        dark=None,
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=10.0,
        binding_refresh_interval=None,
        gzip_middleware_factory=None,  # the application packs, after the gate has named a page's scripts
    )


def _declare_lists(ground: Ground) -> None:
    @page("/")
    async def show_overview(request: Request) -> None:
        await overview.show(Visit(ground, request))

    @page("/work-orders")
    async def show_orders(request: Request) -> None:
        await orders.show(Visit(ground, request))

    @page("/maintenance-plans")
    async def show_plans(request: Request) -> None:
        await plans.show(Visit(ground, request))

    @page("/alerts")
    async def show_alerts(request: Request) -> None:
        await alerts.show(Visit(ground, request))

    @page("/models")
    async def show_models(request: Request) -> None:
        await models.show(Visit(ground, request))

    @page("/quarantine")
    async def show_quarantine(request: Request) -> None:
        await quarantine.show(Visit(ground, request))

    @page("/telemetry")
    async def show_telemetry(request: Request) -> None:
        await telemetry.show(Visit(ground, request))


def _declare_knowledge(ground: Ground) -> None:
    @page("/search")
    async def show_search(request: Request, q: str = "") -> None:
        await search.show(Visit(ground, request), q)

    @page("/figures")
    async def show_figures(request: Request, by: str = "site") -> None:
        await figures.show(Visit(ground, request), by)


def _declare_people(ground: Ground) -> None:
    @page("/engineering")
    async def show_engineering(request: Request) -> None:
        await engineering.show(Visit(ground, request))

    @page("/notices")
    async def show_notices(request: Request) -> None:
        await notices.show(Visit(ground, request))

    @page("/people")
    async def show_people(request: Request) -> None:
        await people.show(Visit(ground, request))

    @page("/system")
    async def show_system(request: Request) -> None:
        await system.show(Visit(ground, request))

    @page("/account")
    async def show_account(request: Request) -> None:
        await account.show(Visit(ground, request))


def _declare_lifecycle(ground: Ground) -> None:
    @page("/handover")
    async def show_projects(request: Request) -> None:
        await projects.show(Visit(ground, request))

    @page("/handover/{project}/certificate")
    async def show_certificate(request: Request, project: str) -> None:
        await certificate.show(Visit(ground, request), project)

    @page("/handover/{project}/review")
    async def show_review(request: Request, project: str, number: int | None = None) -> None:
        await review.show(Visit(ground, request), project, number)

    @page("/handover/{project}")
    async def show_project(request: Request, project: str) -> None:
        await project_page.show(Visit(ground, request), project)

    @page("/warranty")
    async def show_warranties(request: Request) -> None:
        await warranties.show(Visit(ground, request))

    @page("/register")
    async def show_register(request: Request) -> None:
        await register_page.show(Visit(ground, request))

    @page("/ledger")
    async def show_ledger(request: Request) -> None:
        await ledger.show(Visit(ground, request))


def _declare_labels(ground: Ground) -> None:
    @page("/labels")
    async def show_labels(request: Request) -> None:
        await labels.show(Visit(ground, request))

    @page("/at/{site}/{tag:path}")
    async def show_machine(request: Request, site: str, tag: str) -> Response | None:
        return await _of_asset(Visit(ground, request), machine.show, site, tag)


def _declare_things(ground: Ground) -> None:
    @page("/work-orders/{number}")
    async def show_order(request: Request, number: str) -> None:
        await order.show(Visit(ground, request), number)

    @page("/models/{site}/{tag:path}")
    async def show_model(request: Request, site: str, tag: str) -> Response | None:
        return await _of_asset(Visit(ground, request), model.show, site, tag)

    @page("/assets/{site}/{tag:path}")
    async def show_asset(request: Request, site: str, tag: str) -> Response | None:
        return await _of_asset(Visit(ground, request), asset.show, site, tag)


async def _of_asset(
    visit: Visit, show: Callable[[Visit, str, str], Awaitable[None]], site: str, tag: str
) -> Response | None:
    """Show a page of an asset, or that there is no such asset."""
    if not await run.io_bound(visit.knows_asset, site, tag):
        return _missing(visit)
    await show(visit, site, tag)
    return None


def _missing(visit: Visit) -> Response:
    return HTMLResponse(missing_page(visit.language), status_code=404)
