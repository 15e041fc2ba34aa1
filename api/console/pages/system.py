"""What keeps the product running: jobs, whom notices are for, logins at the broker, the mapping."""

from __future__ import annotations

from functools import partial

from nicegui import run

from alerts.dispatch.plans import NoticePlans
from api.console.components.elements import box, heading, record, words
from api.console.components.frame import framed
from api.console.components.system.device_tokens import DeviceTokensCard
from api.console.components.system.jobs import JobsCard
from api.console.components.system.logins import LoginsCard
from api.console.components.system.mapping import show_mapping
from api.console.components.system.ways import show_ways
from api.console.visit import Visit
from plant.errors import AssetloopError
from plant.people.rights import EVERY_SITE, Right

_EVERY_S = 3.0


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("system")):
        with box("title"):
            heading(visit.t("system"))
            words(visit.t("system_hint"), "muted")
        jobs = JobsCard(visit)
        await jobs.read()
        if visit.may(Right.MANAGE_PEOPLE, EVERY_SITE):
            await _ways(visit)
        accounts = visit.whole.installation.logins
        if accounts is not None and visit.may(Right.MANAGE_DEVICES, EVERY_SITE):
            await LoginsCard(visit, accounts).read()
        if visit.principal.may_somewhere(Right.MANAGE_DEVICES):
            await DeviceTokensCard(visit).read()
        if visit.may(Right.SEE_INGEST, EVERY_SITE):
            await show_mapping(visit)
    visit.every(_EVERY_S, partial(jobs.read))


async def _ways(visit: Visit) -> None:
    try:
        plans: NoticePlans | None = await run.io_bound(visit.whole.installation.plans)
    except AssetloopError as error:
        record(str(error), "muted")
        return
    if plans is not None:
        show_ways(visit, plans)
