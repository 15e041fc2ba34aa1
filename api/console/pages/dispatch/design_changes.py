"""What a person wants changed by a request for a change of design: gathered one by one, then accepted together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, assert_never

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, mark, words
from api.console.components.forms import choice, number_of, offer, remark, said, sheet
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.feedback.changing import DesignWish, JobPlanChange, LimitChange, RequirementChange, SpareChange
from lifecycle.handover.projects import VDI_CLASSES
from lifecycle.requirements.requirement import ClassRequirement, ParameterRequirement, requirements_of_document
from plant.iso14224 import Names
from plant.orders.job_plan import JobPlan, JobStep, TaskKind
from storage.notices.design import DesignChange, DesignRequest
from storage.orders.job_plans import list_job_plans

_STEP_KINDS: Mapping[str, Names] = {
    "do": ("Is done", "执行"),
    "check": ("Is found right or not", "检查"),
    "reading": ("A reading", "测量"),
}
_ASKED: Mapping[str, Names] = {
    "parameters": ("A parameter", "参数"),
    "signals": ("A signal", "信号"),
    "limits": ("A signal's limit", "信号限值"),
    "spares": ("A spare part", "备件"),
    "documents": ("A document (class of VDI 2770)", "资料（VDI 2770 类别）"),
}
Keep = Callable[[DesignWish], None]


class DesignWishes:
    """The changes that were gathered so far, and buttons for more of each kind."""

    def __init__(self, visit: Visit, request: DesignRequest) -> None:
        self._visit, self._request = visit, request
        self.gathered: list[DesignWish] = []
        self._room: Element = box("stack", testid="wishes")
        with box("line"):
            for kind in ("limit", "job_plan", "spares", "requirement"):
                offer(visit, f"add_{kind}", partial(self._ask, kind), is_quiet=True)

    async def _ask(self, kind: str) -> None:
        visit = self._visit
        plans: Sequence[JobPlan] = ()
        if kind == "job_plan":
            plans = await run.io_bound(_plans, visit.parts, self._request.asset_class) or ()
        with sheet(visit.t(f"add_{kind}")) as dialog:
            words(visit.t(f"add_{kind}_hint"), "muted")
            read = _FIELDS[kind](visit) if kind != "job_plan" else _step_fields(visit, plans)

            def keep() -> None:
                wish = read()
                if wish is None:
                    ui.notify(visit.t("wish_lacks"), type="warning")
                    return
                self.gathered.append(wish)
                dialog.close()
                self._draw()

            offer(visit, "keep_wish", keep)

    def _draw(self) -> None:
        self._room.clear()
        with self._room:
            for place, wish in enumerate(self.gathered):
                with box("spread", testid=f"wish-{place}"):
                    words(wish_line(self._visit, wish))
                    with mark(box("button quiet", tag="button"), f"drop-{place}") as button:
                        words(self._visit.t("drop_wish"))
                    button.on("click", partial(self._drop, place))

    def _drop(self, place: int) -> None:
        del self.gathered[place]
        self._draw()


def _plans(parts: Parts, asset_class: str) -> list[JobPlan]:
    with parts.database.transaction() as tx:
        return [one for one in list_job_plans(tx, asset_class) if one.class_tag == asset_class]


def _limit_fields(visit: Visit) -> Callable[[], DesignWish | None]:
    signal = remark(visit, "change_signal", "change-signal")
    with box("line"):
        low, high = remark(visit, "change_low", "change-low"), remark(visit, "change_high", "change-high")

    def read() -> DesignWish | None:
        bounds = _bounds(low, high)
        if bounds is None or not said(signal):
            return None
        return LimitChange(signal=said(signal), low=bounds[0], high=bounds[1])

    return read


def _bounds(low: ui.input, high: ui.input) -> tuple[float | None, float | None] | None:
    """Read two bounds, each of which may be empty; None where one is no number."""
    found = [number_of(said(one)) for one in (low, high)]
    if any(bound is None and said(one) for bound, one in zip(found, (low, high), strict=True)):
        return None
    lowest, highest = (None if bound is None else float(bound) for bound in found)
    return lowest, highest


def _step_fields(visit: Visit, plans: Sequence[JobPlan]) -> Callable[[], DesignWish | None]:
    known = {one.tag: one for one in plans}
    tags: dict[str, Names] = {one.tag: (f"{one.name} v{one.version}", one.name_zh) for one in plans}
    plan = choice(visit, "job_plan", {**tags, "": ("A new one", "新建")}, next(iter(tags), ""), "change-plan")
    with box("line"):
        tag, name = remark(visit, "new_plan_tag", "new-plan"), remark(visit, "new_plan_name", "new-plan-name")
    for one in (tag, name):
        one.bind_visibility_from(plan, "value", value="")
    kind = choice(visit, "step_kind", _STEP_KINDS, "do", "step-kind")
    text, text_zh = remark(visit, "step_text", "step-text"), remark(visit, "step_text_zh", "step-text-zh")
    with box("line").bind_visibility_from(kind, "value", value="reading"):
        unit = remark(visit, "step_unit", "step-unit")
        low, high = remark(visit, "change_low", "step-low"), remark(visit, "change_high", "step-high")
    removed = remark(visit, "step_remove", "step-remove")

    def read() -> DesignWish | None:
        numbers = said(removed).replace(",", " ").split()
        if not (said(text) or numbers) or not all(one.isdigit() for one in numbers):
            return None
        is_reading = kind.value == "reading"
        bounds = _bounds(low, high) if is_reading else (None, None)
        if bounds is None:
            return None
        step = JobStep(
            text=said(text),
            text_zh=said(text_zh),
            kind=TaskKind(kind.value),
            unit=said(unit) if is_reading else "",
            low=bounds[0],
            high=bounds[1],
        )
        held = known.get(str(plan.value))
        return JobPlanChange(
            plan=held.tag if held else said(tag),
            version=held.version if held else None,
            remove=tuple(int(one) for one in numbers),
            add=(step,) if said(text) else (),
            name="" if held else said(name),
        )

    return read


def _spare_fields(visit: Visit) -> Callable[[], DesignWish | None]:
    part, name = remark(visit, "change_part", "change-part"), remark(visit, "change_part_name", "change-part-name")
    with box("line"):
        quantity, least = (
            remark(visit, "change_quantity", "change-quantity"),
            remark(visit, "change_least", "change-least"),
        )

    def read() -> DesignWish | None:
        used = number_of(said(quantity) or "1")
        stocked = number_of(said(least)) if said(least) else None
        if not said(part) or used is None or (said(least) and stocked is None):
            return None
        return SpareChange(part=said(part), quantity=used, least=stocked, name=said(name))

    return read


def _asked_fields(visit: Visit) -> Callable[[], DesignWish | None]:
    kind = choice(visit, "asked_kind", _ASKED, "parameters", "asked-kind")
    what = remark(visit, "asked_what", "asked-what")
    values = remark(visit, "asked_values", "asked-values")
    values.bind_visibility_from(kind, "value", value="parameters")

    def read() -> DesignWish | None:
        name = said(what)
        if not name or (kind.value == "documents" and name not in VDI_CLASSES):
            return None
        if kind.value == "parameters":
            allowed = tuple(filter(None, (one.strip() for one in said(values).split(";"))))
            asked: dict[str, Any] = {"parameters": (ParameterRequirement(name=name, values=allowed),)}
        else:
            asked = {str(kind.value): (name,)}
        return RequirementChange(asked=ClassRequirement(class_tag="", **asked))

    return read


_FIELDS: Mapping[str, Callable[[Visit], Callable[[], DesignWish | None]]] = {
    "limit": _limit_fields,
    "spares": _spare_fields,
    "requirement": _asked_fields,
}


def wish_line(visit: Visit, wish: DesignWish) -> str:
    """Say in a line what is wanted."""
    match wish:
        case LimitChange():
            return visit.t("said_limit", what=wish.signal, low=_bound(wish.low), high=_bound(wish.high))
        case JobPlanChange():
            added, removed = [step.text for step in wish.add], [str(one) for one in wish.remove]
            return _plan_line(visit, wish.plan, added, removed)
        case SpareChange():
            return _spare_line(visit, wish.part, wish.quantity, wish.least)
        case RequirementChange():
            return visit.t("said_requirement", what=", ".join(_asked_words(wish.asked)))
        case _:
            assert_never(wish)


def change_line(visit: Visit, change: DesignChange) -> str:
    """Say in a line what was changed, and as which version of what it is of."""
    after = change.after
    match change.kind:
        case "limit":
            return visit.t("said_limit", what=change.what, low=_bound(after["low"]), high=_bound(after["high"]))
        case "job_plan" if isinstance(after, dict):
            line = _plan_line(visit, change.what, after["added"], after["removed"])
        case "spares" if isinstance(after, dict):
            return _spare_line(visit, change.what, Decimal(after["quantity"]), Decimal(after["least"]))
        case "requirement" if isinstance(after, dict):
            line = visit.t("said_requirement", what=", ".join(_added_words(change)))
        case _:
            return str(after)
    return f"{line} ({visit.t('said_version', version=after['version'])})"


def _plan_line(visit: Visit, plan: str, added: Sequence[str], removed: Sequence[str]) -> str:
    steps = [*(f"+ {one}" for one in added), *(f"− {one}" for one in removed)]
    return visit.t("said_job_plan", what=plan, steps="; ".join(steps))


def _spare_line(visit: Visit, part: str, quantity: Decimal, least: Decimal | None) -> str:
    if not quantity:
        return visit.t("said_spares_none", what=part)
    stocked = "" if least is None else f", {visit.t('said_least', least=f'{least:f}')}"
    return visit.t("said_spares", what=part, quantity=f"{quantity:f}") + stocked


def _asked_words(asked: ClassRequirement) -> list[str]:
    parameters = [f"{one.called} = {' / '.join(one.values)}" if one.values else one.called for one in asked.parameters]
    return [*parameters, *asked.signals, *asked.limits, *asked.spares, *asked.documents]


def _added_words(change: DesignChange) -> list[str]:
    now, before = (_words_of(said) for said in (change.after, change.before))
    return [one for one in now if one not in before]


def _words_of(document: Mapping[str, Any] | None) -> list[str]:
    asked = requirements_of_document(dict(document)).classes if document else ()
    return [one for each in asked for one in _asked_words(each)]


def _bound(limit: float | None) -> str:
    return "–" if limit is None else f"{limit:g}"
