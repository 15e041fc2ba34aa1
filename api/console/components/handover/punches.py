"""The punch list of a project: raised, closed, carried to a date; out to a BIM tool, and its status back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from api.console.components.elements import box, card, chip, link, words
from api.console.components.forms import choice, day_of, offer, remark, said, sheet, sheet_form
from api.console.components.sending import sending_field
from api.console.texts.lifecycle.handover import HANDOVER_TEXTS
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.handover import projects
from lifecycle.handover.looking import ProjectView
from plant.people.rights import Right
from storage.projects.projects import Punch

Done = Callable[[], Any]
_CATEGORIES = {one: HANDOVER_TEXTS[f"punch_{one}"] for one in ("A", "B")}


def punches_card(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Show the punch list, and offer what may be done with it."""
    may_work = visit.may(Right.WORK_ON_PROJECTS, view.project.site)
    with card(visit.t("punches")), box("history", testid="punches"):
        for one in view.punches:
            with box("step"):
                _punch(visit, view, one, on_done)
        if not view.punches:
            words(visit.t("none_yet"), "muted")
        if may_work:
            offer(visit, "punch_raise", partial(_ask_punch, visit, view, on_done))
        if view.punches:
            _exchange(visit, view, on_done, may_work=may_work)


def _punch(visit: Visit, view: ProjectView, one: Punch, on_done: Done) -> None:
    site = view.project.site
    words(f"{one.category}{one.punch_id} {one.asset or ''} {one.text}", "strong")
    with box("line"):
        words(_state(visit, one), "small muted")
        if one.bcf_status:
            chip(visit.t("punch_bcf_status", status=one.bcf_status), "plain")
    if one.closed_at is not None:
        return
    with box("line"):
        if visit.may(Right.WORK_ON_PROJECTS, site):
            close = partial(_ask_close, visit, view, one, on_done)
            offer(visit, "punch_close", close, testid=f"punch-close-{one.punch_id}", is_quiet=True)
        if one.category == "B" and visit.may(Right.SIGN_FOR_OPERATIONS, site):
            carry = partial(_ask_carry, visit, view, one, on_done)
            offer(visit, "punch_carry", carry, testid=f"punch-carry-{one.punch_id}", is_quiet=True)


def _state(visit: Visit, one: Punch) -> str:
    if one.closed_at is not None:
        return visit.t("punch_closed", actor=one.closed_by)
    if one.carried_to is not None:
        return visit.t("punch_carried", day=one.carried_to.isoformat(), actor=one.carried_by)
    return visit.t("punch_open")


def _exchange(visit: Visit, view: ProjectView, on_done: Done, *, may_work: bool) -> None:
    address = f"/api/v1/projects/{quote(view.project.tag, safe='')}/punches/bcf"
    with box("line"), link(address, "button quiet", testid="punches-bcf"):
        words(visit.t("punches_bcf"))
    if may_work:
        words(visit.t("punches_bcf_back"), "small muted")
        sending_field(
            visit, "punches-back", label="punches_bcf_back", accept=".bcf,.bcfzip", to=address, on_sent=on_done
        )


def _ask_close(visit: Visit, view: ProjectView, one: Punch, on_done: Done) -> None:
    with sheet(f"{one.category}{one.punch_id} {one.text}") as dialog:

        def act(parts: Parts) -> None:
            projects.close_punch(
                parts.database, view.project.tag, one.punch_id, actor=parts.principal, clock=parts.clock
            )

        need = (Right.WORK_ON_PROJECTS, view.project.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="punch_close_now", hint="punch_close_hint")


def _ask_carry(visit: Visit, view: ProjectView, one: Punch, on_done: Done) -> None:
    with sheet(f"{one.category}{one.punch_id} {one.text}") as dialog:
        day = remark(visit, "day", "punch-day")

        def lacks() -> str | None:
            return None if day_of(said(day)) else visit.t("bad_day", what=said(day))

        def act(parts: Parts) -> None:
            until = day_of(said(day)) or date.max
            projects.carry_punch(
                parts.database, view.project.tag, one.punch_id, until, actor=parts.principal, clock=parts.clock
            )

        need = (Right.SIGN_FOR_OPERATIONS, view.project.site)
        sheet_form(
            visit, act, dialog, on_done, need=need, action="punch_carry_now", hint="punch_carry_hint", lacks=lacks
        )


def _ask_punch(visit: Visit, view: ProjectView, on_done: Done) -> None:
    with sheet(visit.t("punch_raise")) as dialog:
        text = remark(visit, "punch_text", "punch-text")
        category = choice(visit, "punch_category", _CATEGORIES, "B", "punch-category")
        assets = {one: (one, one) for one in view.project.assets}
        asset = choice(visit, "punch_asset", assets, None, "punch-asset").props("clearable")

        def lacks() -> str | None:
            return None if said(text) else visit.t("punch_lacks")

        def act(parts: Parts) -> None:
            projects.raise_punch(
                parts.database,
                view.project.tag,
                category=str(category.value),
                text=said(text),
                asset=str(asset.value) if asset.value else None,
                actor=parts.principal,
                clock=parts.clock,
            )

        need = (Right.WORK_ON_PROJECTS, view.project.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="punch_keep", hint="punch_hint", lacks=lacks)
