"""Whom notices are for: the ways, each with a button that tries it, and the plans step by step."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from alerts.dispatch.plans import NoticePlan, NoticePlans, PlanStep, Way, WayKind
from alerts.dispatch.trying import ask_for_trial
from api.console.components.elements import box, card, chip, link, mark, words
from api.console.components.forms import attempt, offer, said, sheet
from api.console.visit import Visit
from plant.people.rights import EVERY_SITE, Right


def show_ways(visit: Visit, plans: NoticePlans) -> None:
    """Draw the card."""
    with card(visit.t("notice_rules")), box("stack"):
        words(visit.t("notice_rules_hint"), "muted")
        with box("list ways", testid="ways"):
            for _, way in sorted(plans.ways.items()):
                _way(visit, plans, way)
        with box("lines", testid="plans"):
            for plan in plans.plans:
                _plan(visit, plan)
        with link("/notices"):
            words(visit.t("what_became_of_it"))


def _way(visit: Visit, plans: NoticePlans, way: Way) -> None:
    with box("entry", testid=f"way-{way.name}"):
        words(way.name, "strong clip")
        chip(way.kind.value.upper() if way.kind is WayKind.MQTT else way.kind.value, "plain")
        words(visit.t("way_each" if way.each else "way_one"), "small muted wide")
        with box("line right"):
            ask = partial(_ask, visit, plans, way) if way.each else partial(_try, visit, plans, way, "")
            offer(visit, "try_way", ask, testid=f"try-{way.name}", is_quiet=True)


def _plan(visit: Visit, plan: NoticePlan) -> None:
    about = [*sorted(plan.sites), *sorted(plan.areas), *sorted(plan.teams)]
    with box("line"):
        words(plan.name, "strong")
        words(", ".join(about) or visit.t("plan_for_all"), "small muted")
        for step in plan.steps:
            chip(_step(visit, step), "plain").classes("verbatim")


def _step(visit: Visit, step: PlanStep) -> str:
    to = ", ".join(step.people)
    reached = f"{' + '.join(step.ways)} → {to}" if to else " + ".join(step.ways)
    minutes = round(step.after.total_seconds() / 60)
    return visit.t("plan_after", minutes=minutes, way=reached) if minutes else reached


def _ask(visit: Visit, plans: NoticePlans, way: Way) -> None:
    with sheet(f"{way.name}: {visit.t('try_way')}") as dialog:
        person = mark(ui.input(label=visit.t("login_name")).props("outlined dense maxlength=100"), "try-person")

        async def press() -> None:
            if await _try(visit, plans, way, said(person)):
                dialog.close()

        offer(visit, "try_way", press, testid="try-do")


async def _try(visit: Visit, plans: NoticePlans, way: Way, person: str) -> bool:
    def act() -> None:
        parts = visit.renewed(Right.MANAGE_PEOPLE)
        parts.principal.demand(Right.MANAGE_PEOPLE, EVERY_SITE)
        database = visit.whole.database.on_behalf_of(parts.principal, sites=None)
        ask_for_trial(database, plans, way.name, person=person, actor=parts.principal, clock=parts.clock)

    done = await attempt(visit, act)
    if done:
        ui.notify(visit.t("way_is_tried"), type="positive")
    return done
