"""Training and spares of a project, as its gates count them, and who answers for a gate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from api.console.components.elements import box, card, chip, words
from api.console.components.forms import choice, day_of, number_of, offer, remark, said, sheet, sheet_form
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.handover import readiness
from lifecycle.handover.gates import GateName, deciding_side
from lifecycle.handover.looking import GateView, ProjectView
from lifecycle.handover.readiness import TrainingHeld
from plant.people.rights import Right
from storage.projects.readiness import GateDuty, WantedSpare

Done = Callable[[], Any]


def training_card(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Show who was trained on what."""
    with card(visit.t("trainings")), box("lines", testid="trainings"):
        for one in view.trainings:
            with box("line"):
                words(f"{one.person} · {visit.class_name(one.asset_class)}", "strong clip")
                words(f"{one.held_on.isoformat()} · {one.taught_by}", "small muted")
        if not view.trainings:
            words(visit.t("none_yet"), "muted")
        if visit.may(Right.WORK_ON_PROJECTS, view.project.site):
            offer(visit, "training_record", partial(_ask_training, visit, view, on_done), is_quiet=True)


def spares_card(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Show which spares must be on stock, and which are."""
    with card(visit.t("spares")), box("lines", testid="spares"):
        for one in view.spares:
            _spare(visit, one)
        if not view.spares:
            words(visit.t("none_yet"), "muted")
        if visit.may(Right.PLAN_PROJECTS, view.project.site):
            offer(visit, "spare_want", partial(_ask_spare, visit, view, on_done), is_quiet=True)


def _spare(visit: Visit, one: WantedSpare) -> None:
    with box("line"):
        words(f"{one.part} {one.name}".strip(), "strong clip")
        free, wanted = (f"{value.normalize():f}" for value in (one.free, one.quantity))
        chip(visit.t("spare_stock", free=free, wanted=wanted), "good" if one.free >= one.quantity else "warning")


def answers_for(visit: Visit, one: GateView, *, on_ask: Callable[[], Any] | None = None) -> None:
    """Say who delivers, checks and decides at a gate: the sides, and by name where somebody said."""
    sides = {"delivers": one.rule.delivers, "checks": one.rule.checks, "decides": deciding_side(one.gate)}
    named = {part: getattr(one.duty, part) if one.duty else "" for part in sides}
    with box("line"):
        for part, side in sides.items():
            who = visit.word("side", side)
            if named[part]:
                who = visit.t("side_named", side=who, name=named[part])
            words(visit.t(f"gate_{part}", who=who), "small muted")
        if on_ask is not None:
            offer(visit, "duty_name", on_ask, testid=f"duty-{one.gate.value}", is_quiet=True)


def ask_duty(visit: Visit, view: ProjectView, gate: GateName, duty: GateDuty | None, on_done: Done) -> None:
    """Ask who answers for a gate by name."""
    with sheet(f"{visit.word('gate', gate.value)}: {visit.t('duty_name')}") as dialog:
        fields = {part: remark(visit, f"duty_{part}", f"duty-{part}") for part in ("delivers", "checks", "decides")}
        for part, field in fields.items():
            field.value = getattr(duty, part) if duty else ""

        def act(parts: Parts) -> None:
            named = {part: said(field) for part, field in fields.items()}
            readiness.name_duty(
                parts.database, view.project.tag, gate, **named, actor=parts.principal, clock=parts.clock
            )

        need = (Right.PLAN_PROJECTS, view.project.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="duty_keep", hint="duty_hint")


def _ask_training(visit: Visit, view: ProjectView, on_done: Done) -> None:
    with sheet(visit.t("training_record")) as dialog:
        asset_class = choice(
            visit,
            "training_class",
            {one: (one, one) for one in view.classes},
            next(iter(view.classes), None),
            "training-class",
        )
        person = remark(visit, "training_person", "training-person")
        taught_by = remark(visit, "training_taught_by", "training-taught-by")
        day = remark(visit, "day", "training-day")
        day.value = visit.parts.clock.now().date().isoformat()

        def lacks() -> str | None:
            return None if asset_class.value and day_of(said(day)) else visit.t("training_lacks")

        def act(parts: Parts) -> None:
            held = TrainingHeld(
                asset_class=str(asset_class.value),
                person=said(person),
                held_on=day_of(said(day)) or date.max,
                taught_by=said(taught_by),
            )
            readiness.record_training(parts.database, view.project.tag, held, actor=parts.principal, clock=parts.clock)

        need = (Right.WORK_ON_PROJECTS, view.project.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="training_keep", hint="training_hint", lacks=lacks)


def _ask_spare(visit: Visit, view: ProjectView, on_done: Done) -> None:
    with sheet(visit.t("spare_want")) as dialog:
        part = remark(visit, "spare_part", "spare-part")
        quantity = remark(visit, "spare_quantity", "spare-quantity")

        def lacks() -> str | None:
            return None if _quantity(said(quantity)) else visit.t("spare_lacks")

        def act(parts: Parts) -> None:
            wanted = _quantity(said(quantity)) or Decimal(0)
            readiness.want_spare(
                parts.database, view.project.tag, said(part), wanted, actor=parts.principal, clock=parts.clock
            )

        need = (Right.PLAN_PROJECTS, view.project.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="spare_keep", hint="spare_hint", lacks=lacks)


def _quantity(text: str) -> Decimal | None:
    value = number_of(text)
    return value if value is not None and value > 0 else None
