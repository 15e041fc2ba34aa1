"""The maintenance plans: what is to be done again and again, and when; make one, change it, let it rest and go on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from nicegui import run

from alerts.preventive import planning
from api.console.components.elements import box, chip, heading, link, mark, moment, words
from api.console.components.forms import Form, offer, sheet
from api.console.components.frame import empty, filling, framed
from api.console.components.lists.filters import Filters
from api.console.components.lists.reading import ListReading
from api.console.components.orders.maintenance import due_in_words
from api.console.components.orders.plan_form import PlanForm, PlanOffer, read_offer
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from plant.orders.maintenance_plan import KeptPlan
from plant.people.rights import Right
from storage.orders.maintenance_plans import list_plans

_MOST = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class PlansFound:
    """The plans that are shown, and how many there are."""

    plans: list[KeptPlan]
    total: int


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("maintenance_plans")):
        try:
            offered = await run.io_bound(read_offer, visit.parts)
        except AssetloopError:
            offered = None
        await PlanListPage(visit, offered or PlanOffer(sites={}, teams={}, job_plans={})).reading.begin()


class PlanListPage:
    """The page's middle; read again after somebody changed a plan here, or something else is asked for."""

    def __init__(self, visit: Visit, offered: PlanOffer) -> None:
        self._visit, self._offered = visit, offered
        self._filters = Filters(visit)
        self.reading = ListReading(
            visit, read=self._read, show=self._show, seen=lambda counts: counts.orders_changed_at
        )
        with link("/work-orders", "plain-link small"):
            words(f"← {visit.t('back_orders')}")
        with box("spread"):
            heading(visit.t("maintenance_plans"))
            if visit.principal.may_somewhere(Right.WORK_ON_ORDERS):
                offer(visit, "plan_new", partial(self._ask, None))
        with box("filters"):
            self._filters.text("text", "find_plan").classes("wide-field")
            if len(offered.sites) > 1:
                self._filters.choice("site", offered.sites)
        self._room = filling(visit, box("card list plan-list", testid="plan-list"))
        self._filters.on_change = self.reading.again

    def _read(self, parts: Parts) -> PlansFound:
        with parts.database.transaction() as tx:
            kept = list_plans(tx, site=self._filters.of("site"))
        asked = (self._filters.of("text") or "").lower()
        found = [one for one in kept if asked in _words_of(one)]
        return PlansFound(plans=found[:_MOST], total=len(found))

    def _show(self, found: PlansFound) -> None:
        self._room.clear()
        with self._room:
            if not found.plans:
                self._nothing()
            for kept in found.plans:
                self._row(kept)
            if found.total > len(found.plans):
                words(self._visit.t("rows_some", first=1, last=len(found.plans), total=found.total), "small muted more")

    def _nothing(self) -> None:
        visit = self._visit
        if self._filters.of("text") or self._filters.of("site"):
            empty(visit.t("no_plans_asked"), "event_repeat")
            return
        empty(visit.t("no_plans"), "event_repeat", visit.t("no_plans_hint"))

    def _row(self, kept: KeptPlan) -> None:
        visit, plan = self._visit, kept.plan
        with box("entry", testid=f"plan-{plan.asset}-{plan.tag}"):
            with link(f"/assets/{quote(kept.site, safe='')}/{quote(plan.asset, safe='')}", "wide"):
                words(plan.asset, "strong clip")
                words(kept.site, "small muted clip")
            with box("wide"):
                words(named(visit.language, plan.name, plan.name_zh), "strong clip")
                words(" · ".join(part for part in (plan.tag, plan.job_plan, plan.team) if part), "small muted clip")
            with box():
                words(due_in_words(visit, plan), "small clip")
                if kept.is_active and kept.next_due:
                    moment(kept.next_due)
            with box("standing"):
                chip(visit.t("plan_active" if kept.is_active else "plan_rests"), "good" if kept.is_active else "off")
                if kept.last_order:
                    with link(f"/work-orders/{kept.last_order}", "plain-link small"):
                        words(kept.last_order)
            with box("acts"):
                self._acts(kept)

    def _acts(self, kept: KeptPlan) -> None:
        visit = self._visit
        if not visit.may(Right.WORK_ON_ORDERS, kept.site):
            return
        for key, ask in (
            ("plan_change", partial(self._ask, kept)),
            ("plan_rest" if kept.is_active else "plan_resume", partial(self._ask_rest, kept)),
        ):
            with mark(box("button quiet", tag="button"), f"{key}-ask") as button:
                words(visit.t(key))
            button.on("click", ask)

    def _ask(self, kept: KeptPlan | None) -> None:
        visit = self._visit
        with sheet(visit.t("plan_change" if kept else "plan_new")) as dialog:
            form = PlanForm(visit, self._offered, kept)

            async def done() -> None:
                dialog.close()
                await self.reading.again()

            form.offer(done)

    def _ask_rest(self, kept: KeptPlan) -> None:
        visit, plan = self._visit, kept.plan
        action = "plan_rest" if kept.is_active else "plan_resume"
        with sheet(f"{plan.asset}: {named(visit.language, plan.name, plan.name_zh)}") as dialog:

            def act(parts: Parts) -> KeptPlan:
                return planning.rest_plan(
                    parts.database,
                    kept.site,
                    plan.asset,
                    plan.tag,
                    is_active=not kept.is_active,
                    actor=parts.principal,
                    clock=parts.clock,
                )

            async def done() -> None:
                dialog.close()
                await self.reading.again()

            need = (Right.WORK_ON_ORDERS, kept.site)
            Form(visit, act, need=need, on_done=done, action=action, hint=f"{action}_hint")


def _words_of(kept: KeptPlan) -> str:
    plan = kept.plan
    return f"{kept.site} {plan.asset} {plan.tag} {plan.name} {plan.name_zh} {plan.team} {plan.job_plan}".lower()
