"""The fields of a maintenance plan, in a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from nicegui import ui
from pydantic import ValidationError

from alerts.preventive import planning
from alerts.preventive.plan_file import PlanDescription
from api.console.components.elements import box, mark, words
from api.console.components.forms import Form, choice, remark, said
from api.console.texts.order_contents import ORDER_CONTENT_TEXTS
from api.console.texts.texts import TEXTS
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import Rejected
from plant.iso14224 import Names
from plant.orders.maintenance_plan import KeptPlan, MaintenancePlan, PlanKind
from plant.orders.rules import WorkType
from plant.people.rights import Right
from plant.people.seen_version import SeenVersion
from storage.identity import people
from storage.orders.job_plans import list_job_plans
from storage.register.assets import list_sites

_PRIORITIES = {str(one): (str(one), "") for one in range(1, 6)}
_WORK_TYPES = {one.value: ORDER_CONTENT_TEXTS[f"worktype_{one.value}"] for one in WorkType}
_TEXTS = ("rule", "begins", "working_days")
_NUMBERS = ("every", "running_above", "above", "below")
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanOffer:
    """What a plan may name: sites, teams and job plans, by their tags."""

    sites: dict[str, Names]
    teams: dict[str, Names]
    job_plans: dict[str, Names]


def read_offer(parts: Parts) -> PlanOffer:
    """Read what a plan may name.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        return PlanOffer(
            sites=list_sites(tx),
            teams={one.tag: (one.name, one.name_zh) for one in people.teams(tx)},
            job_plans={one.tag: (f"{one.tag} {one.name}", "") for one in list_job_plans(tx)},
        )


class PlanForm:
    """The fields; where a plan is changed, its asset and tag stay."""

    def __init__(self, visit: Visit, offered: PlanOffer, kept: KeptPlan | None) -> None:
        self._visit, self._kept = visit, kept
        plan = kept.plan if kept else None
        first = next(iter(offered.sites), None)
        self._fields: dict[str, Any] = {}
        with box("fields"):
            self._site = choice(visit, "site", offered.sites, kept.site if kept else first, "plan-site")
            for key in ("asset", "tag"):
                self._text(key, getattr(plan, key, ""))
            if kept:
                for field in (self._site, self._fields["asset"], self._fields["tag"]):
                    field.disable()
            for key in ("name", "name_zh"):
                self._text(key, getattr(plan, key, ""))
        with box("fields"):
            self._choice("work_type", _WORK_TYPES, plan.work_type.value if plan else WorkType.PREVENTIVE.value)
            self._choice("priority", _PRIORITIES, str(plan.priority if plan else 3))
            self._choice("team", offered.teams, plan.team if plan else None)
            self._choice("job_plan", offered.job_plans, plan.job_plan if plan else None)
            self._number("finish_within_days", plan.finish_within / _DAY if plan else 7)
            self._number("lead_days", plan.lead / _DAY if plan else 0)
        self._due(plan)

    def _due(self, plan: MaintenancePlan | None) -> None:
        """By what it is due: only the fields of that kind are shown."""
        kinds = {one.value: TEXTS[f"plankind_{one.value}"] for one in PlanKind}
        kind = plan.kind.value if plan else PlanKind.CALENDAR.value
        self._kind = choice(self._visit, "due_by", kinds, kind, "plan-kind")
        with box("fields") as calendar:
            self._text("rule", plan.rule if plan else "FREQ=MONTHLY;BYMONTHDAY=1")
            self._text("begins", plan.begins.isoformat(timespec="minutes") if plan and plan.begins else "")
            self._text("working_days", plan.working_days if plan else "")
        with box("fields") as meter:
            self._text("signal", plan.signal if plan else "")
        with box("fields") as every:
            for key in ("every", "running_above"):
                self._number(key, getattr(plan, key, None))
        with box("fields") as condition:
            for key in ("above", "below"):
                self._number(key, getattr(plan, key, None))
        self._floats = mark(ui.checkbox(self._visit.t("plan_floats"), value=bool(plan and plan.floats)), "plan-floats")

        def lay_out() -> None:
            calendar.set_visibility(self._kind.value == PlanKind.CALENDAR)
            meter.set_visibility(self._kind.value != PlanKind.CALENDAR)
            every.set_visibility(self._kind.value == PlanKind.METER)
            condition.set_visibility(self._kind.value == PlanKind.CONDITION)

        self._kind.on_value_change(lay_out)
        lay_out()

    def _text(self, key: str, value: str) -> None:
        field = remark(self._visit, f"plan_{key}", f"plan-{key}")
        field.set_value(value)
        self._fields[key] = field

    def _number(self, key: str, value: float | None) -> None:
        field = ui.number(label=self._visit.t(f"plan_{key}"), value=value).props("outlined dense")
        self._fields[key] = mark(field, f"plan-{key}")

    def _choice(self, key: str, options: dict[str, Names], value: str | None) -> None:
        field = choice(self._visit, key, options, value, f"plan-{key}")
        if key in {"team", "job_plan"}:
            field.props("clearable")
        self._fields[key] = field

    def offer(self, on_done: Callable[[], Any]) -> None:
        """Put the button below."""
        visit, kept = self._visit, self._kept
        site = kept.site if kept else str(self._site.value or "")
        if kept is None:
            words(visit.t("plan_orders_want_approval"), "small muted")

        def act(parts: Parts) -> KeptPlan:
            actor, clock, said = parts.principal, parts.clock, self._said()
            if kept is None:
                where = str(self._site.value or "")
                return planning.create_plan(parts.database, where, said, actor=actor, clock=clock)
            seen = SeenVersion.of(planning.plan_document(kept.plan))
            return planning.change_plan(parts.database, kept.site, said, actor=actor, clock=clock, seen=seen)

        need = (Right.WORK_ON_ORDERS, site)
        Form(visit, act, need=need, on_done=on_done, action="plan_save", hint="plan_save_hint")

    def _said(self) -> MaintenancePlan:
        """Return the plan that the fields say.

        Raises:
            Rejected: they say none.
        """
        kind = self._kind.value
        of_kind = {
            PlanKind.CALENDAR: _TEXTS,
            PlanKind.METER: ("signal", "every", "running_above"),
            PlanKind.CONDITION: ("signal", "above", "below"),
        }[PlanKind(kind)]
        left_out = {*_TEXTS, *_NUMBERS, "signal"} - set(of_kind)
        values: dict[str, Any] = {"floats": bool(self._floats.value)}
        for key, field in self._fields.items():
            value = said(field) if isinstance(field, ui.input) else field.value
            if key not in left_out and value not in (None, ""):
                values[key] = value
        try:
            return PlanDescription.model_validate(values).plan()
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise Rejected("bad_maintenance_plan", f"{where}: {first['msg']}".lstrip(": ")) from error
