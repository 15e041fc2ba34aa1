"""Why an order is there, who does it, its title and dates, and what people say about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.element import Element

from alerts.orders import editing
from api.console.both_versions import show_both
from api.console.components.elements import age, box, card, mark, moment, words
from api.console.components.forms import Form, choice, offer, remark, said, sheet
from api.console.components.instants import InstantField
from api.console.order_evidence import OrderPeople
from api.console.texts.order_contents import ORDER_CONTENT_TEXTS
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import StaleRevision
from plant.orders.rules import WorkType
from plant.people.rights import Right
from plant.work_order import WorkOrder
from storage.orders.comments import OrderComment

Done = Callable[[], Any]
_PRIORITIES = {str(one): (str(one), "") for one in range(1, 6)}
_WORK_TYPES = {one.value: ORDER_CONTENT_TEXTS[f"worktype_{one.value}"] for one in WorkType}


def why_card(visit: Visit, order: WorkOrder) -> None:
    """Say by which rule the order was raised, and what met each of its conditions."""
    why = order.why
    if not why:
        return
    with card(visit.t("why")), box("lines", testid="why"):
        words(visit.t("why_rule", rule=visit.word("rule", str(why.get("rule", "")))), "strong")
        for one in why.get("because") or ():
            words(_condition(visit, one), "muted")
        within = age(visit.language, float(why.get("finish_within_s") or 0))
        work_type = visit.word("worktype", str(why.get("work_type")))
        words(visit.t("why_gave", work_type=work_type, priority=why.get("priority"), within=within))


def _condition(visit: Visit, one: dict[str, Any]) -> str:
    kind = str(one.get("condition"))
    shown = {name: one.get(name, "") for name in ("found", "least", "most")}
    if kind == "severity":
        shown = {name: visit.word("severity", str(value)) for name, value in shown.items()}
    elif kind == "remaining_life":
        shown = {name: age(visit.language, float(value or 0)) for name, value in shown.items()}
    elif kind == "failure_mode":
        shown["found"] = visit.word("mode", str(shown["found"]))
    if kind == "failed_task":
        return visit.t("why_failed_task", order=one.get("order", ""), task=one.get("task", ""))
    if kind in {"calendar", "meter", "value"}:
        named_too = {name: one.get(name, "") for name in ("rule", "signal", "limit")}
        return visit.t(f"why_{kind}", **shown, **named_too)
    return visit.t(f"why_{kind}", **shown)


def assignment_card(visit: Visit, order: WorkOrder, people: OrderPeople, on_done: Done) -> None:
    """Show who does it; let it be given to somebody else, and its title and dates be changed."""
    with card(visit.t("assignment")), box("form", testid="assignment"):
        words(visit.word("worktype", order.work_type.value), "muted")
        for key, who in (("team", people.team_name(order.team, visit.language)), ("assignee", order.assignee_name)):
            words(f"{visit.t(key)}: {who or visit.t('nobody_yet')}", "strong" if who else "muted")
        if order.state.is_open and visit.may(Right.WORK_ON_ORDERS, order.site):
            offer(visit, "assign", partial(_ask_assignment, visit, order, people, on_done), is_quiet=True)
            offer(visit, "edit_order", partial(_ask_edit, visit, order, on_done), is_quiet=True)


def _ask_assignment(visit: Visit, order: WorkOrder, people: OrderPeople, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('assign')}") as dialog:
        with box("fields"):
            team = choice(visit, "team", people.teams, order.team, "assign-team")
            person = choice(visit, "assignee", people.able, order.assignee, "assign-person")
        for field in (team, person):
            field.props("clearable")

        def act(parts: Parts, revision: int | None) -> WorkOrder:
            return editing.assign_order(
                parts.database,
                order.number,
                team=team.value,
                person=person.value,
                revision=revision,
                actor=parts.principal,
                clock=parts.clock,
            )

        _Guarded(visit, order, dialog, act, on_done).form("assign", "assign_hint")


def _ask_edit(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('edit_order')}") as dialog:
        title = remark(visit, "title_line", "edit-title")
        title.set_value(order.title)
        with box("fields"):
            priority = choice(visit, "priority", _PRIORITIES, str(order.priority), "edit-priority")
            work_type = choice(visit, "work_type", _WORK_TYPES, order.work_type.value, "edit-type")
            finish = InstantField(visit, "due", order.requested_finish)
        offered = finish.value

        def act(parts: Parts, revision: int | None) -> WorkOrder:
            changes = editing.OrderChanges(
                title=said(title),
                priority=int(priority.value),
                work_type=WorkType(work_type.value),
                requested_finish=None if finish.value == offered else finish.value,
            )
            return editing.edit_order(
                parts.database, order.number, changes, revision=revision, actor=parts.principal, clock=parts.clock
            )

        _Guarded(visit, order, dialog, act, on_done).form("edit_do", "edit_hint")


class _Guarded:
    """A form that changes the order from the revision that was shown; where that is stale, both versions are shown."""

    def __init__(
        self,
        visit: Visit,
        order: WorkOrder,
        dialog: ui.dialog,
        act: Callable[[Parts, int | None], WorkOrder],
        on_done: Done,
    ) -> None:
        self._visit = visit
        self._order = order
        self._dialog = dialog
        self._act = act
        self._on_done = on_done
        self._revision: int | None = order.revision
        self._both: Element = box("both")

    def form(self, action: str, hint: str) -> None:
        """Show who acts, and the button."""
        Form(
            self._visit,
            lambda parts: self._act(parts, self._revision),
            need=(Right.WORK_ON_ORDERS, self._order.site),
            on_done=self._done,
            action=action,
            hint=hint,
            on_conflict=self._show_both,
        )

    def _done(self) -> Any:
        self._dialog.close()
        return self._on_done()

    def _show_both(self, stale: StaleRevision) -> None:
        """Show how it stands and how it would; saving again is then a decision."""
        self._revision = int(stale.current["revision"])
        show_both(self._visit, self._both, stale)


def comments_card(
    visit: Visit, order: WorkOrder, comments: Sequence[OrderComment], draft: dict[str, str], on_done: Done
) -> None:
    """Show what was said, and let whoever may say more; `draft` keeps what is typed while the page is drawn anew."""
    with card(visit.t("comments")), box("history", testid="comments"):
        if not comments:
            words(visit.t("no_comments"), "muted")
        for one in comments:
            with box("step"):
                with box("spread"):
                    words(one.by, "strong clip")
                    moment(one.at, "full").classes("small muted")
                words(one.said, keeps_lines=True)
        if visit.may(Right.COMMENT_ON_ORDERS, order.site):
            _comment_form(visit, order, draft, on_done)


def _comment_form(visit: Visit, order: WorkOrder, draft: dict[str, str], on_done: Done) -> None:
    field = ui.textarea(label=visit.t("comment"), value=draft.get("comment", "")).props(
        "outlined dense autogrow maxlength=4000"
    )
    mark(field, "comment").on_value_change(lambda: draft.update(comment=str(field.value or "")))

    def act(parts: Parts) -> WorkOrder:
        spoken = draft.pop("comment", "")
        return editing.comment_on_order(parts.database, order.number, spoken, actor=parts.principal, clock=parts.clock)

    def lacks() -> str | None:
        return None if str(field.value or "").strip() else visit.t("comment_needed")

    Form(
        visit,
        act,
        need=(Right.COMMENT_ON_ORDERS, order.site),
        on_done=on_done,
        action="comment_do",
        hint="comment_hint",
        lacks=lacks,
    )
