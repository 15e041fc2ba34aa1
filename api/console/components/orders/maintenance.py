"""The work at an asset, on its page: when it stood and for which order, what is planned, and when that is due."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import run

from api.console.components.elements import box, card, link, moment, number, words
from api.console.components.orders.spending import downtime_card
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from plant.orders.maintenance_plan import KeptPlan, MaintenancePlan, PlanKind
from plant.orders.spending import Downtime
from storage.orders.downtimes import list_downtimes
from storage.orders.maintenance_plans import list_plans
from storage.register import assets


async def work_at_asset(visit: Visit, site: str, tag: str) -> None:
    """Show when an asset stood and its plans; nothing where the page says that it is not there or cannot be read."""
    stood, plans = await run.io_bound(_read, visit.parts, site, tag) or ((), ())
    downtime_card(visit, None, stood)
    maintenance_card(visit, plans)


def _read(parts: Parts, site: str, tag: str) -> tuple[Sequence[Downtime], Sequence[KeptPlan]]:
    try:
        with parts.database.transaction() as tx:
            stood = list_downtimes(tx, asset_id=assets.get_asset(tx, site, tag).asset_id, most=10)
            return stood, list_plans(tx, site=site, asset=tag)
    except AssetloopError:
        return (), ()


def maintenance_card(visit: Visit, plans: Sequence[KeptPlan]) -> None:
    """Show the plans of an asset, where it has any."""
    if not plans:
        return
    with card(visit.t("maintenance")), box("history", testid="maintenance"):
        for one in plans:
            with box("step"):
                with box("spread"):
                    words(named(visit.language, one.plan.name, one.plan.name_zh), "strong")
                    if one.last_order:
                        with link(f"/work-orders/{one.last_order}", "plain-link small"):
                            words(one.last_order)
                _due(visit, one)


def due_in_words(visit: Visit, plan: MaintenancePlan) -> str:
    """Say by what a plan is due."""
    if plan.kind is PlanKind.CALENDAR:
        return plan.rule
    if plan.kind is PlanKind.METER:
        return visit.t("maintenance_every", every=number(plan.every), signal=plan.signal)
    return visit.t("maintenance_condition", signal=plan.signal)


def _due(visit: Visit, one: KeptPlan) -> None:
    plan = one.plan
    if not one.is_active:
        words(visit.t("maintenance_rests"), "small muted")
    elif plan.kind is PlanKind.CALENDAR:
        with box("line small muted"):
            words(visit.t("maintenance_next"))
            moment(one.next_due)
            words(plan.rule)
    else:
        words(due_in_words(visit, plan), "small muted")
