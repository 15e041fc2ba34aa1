"""The rows of the list of alerts: a group is one incident, its likely root first, the others below it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from nicegui.element import Element

from api.console.components.alarms import sheets
from api.console.components.alarms.about import assumed_words, why_in_a_line
from api.console.components.elements import at_site, box, chip, link, mark, moment, words, zone
from api.console.components.orders.warranty import warranty_chip
from api.console.connection import DrawnTick
from api.console.texts.texts import named
from api.console.visit import Visit
from plant.alert import Alert, AlertState
from plant.people.rights import Right
from storage.views.alert_list import AlertGroup, ListedAlert

_TONES = {AlertState.NORMAL: "good", AlertState.UNACKNOWLEDGED: "alarm", AlertState.RTN_UNACKNOWLEDGED: "warning"}


class AlertRows:
    """The list; it keeps in mind what is chosen and what is open when it is drawn anew."""

    def __init__(
        self, visit: Visit, room: Element, *, on_done: Callable[[], Any], on_choice: Callable[[], None]
    ) -> None:
        self._visit = visit
        self._room = room
        self._on_done = on_done
        self._on_choice = on_choice
        self._groups: Sequence[AlertGroup] = ()
        self._open: set[UUID] = set()
        self._chosen: set[UUID] = set()
        self._ticks: dict[UUID, DrawnTick] = {}

    @property
    def chosen(self) -> list[Alert]:
        """Return the alerts that are chosen, those of whole incidents too."""
        return [one.alert for group in self._groups if group.group_id in self._chosen for one in group.members]

    def choose(self, group_ids: set[UUID]) -> None:
        """Choose these groups and no others."""
        for group_id, tick in self._ticks.items():
            tick.set_value(group_id in group_ids)

    def choose_all(self) -> None:
        """Choose every group that is shown."""
        self.choose({group.group_id for group in self._groups})

    def show(self, groups: Sequence[AlertGroup]) -> None:
        """Draw the list."""
        self._groups = groups
        there = {group.group_id for group in groups}
        self._chosen &= there
        self._ticks = {}
        self._room.clear()
        with self._room:
            self._head()
            for group in groups:
                with box("group"):
                    self._group(group)
        self._on_choice()

    def _head(self) -> None:
        visit = self._visit
        with box("entry head"):
            box()
            for key in ("severity", "asset", "kind", "state"):
                words(visit.t(key))
            with box("line"):
                words(visit.t("onset"))
                zone()
            box("acts")

    def _group(self, group: AlertGroup) -> None:
        others = group.members[1:]
        with at_site(box("entry", testid=f"alert-{group.root.alert.alert_id}"), group.root.alert.site):
            self._tick(group)
            button = self._row(group.root, len(others))
        if button is None:
            return
        members = box("members")

        def turn(*, is_open: bool) -> None:
            members.clear()
            button.props["aria-expanded"] = "true" if is_open else "false"
            if is_open:
                self._open.add(group.group_id)
                self._fill(members, others)
            else:
                self._open.discard(group.group_id)

        button.on("click", lambda: turn(is_open=group.group_id not in self._open))
        turn(is_open=group.group_id in self._open)

    def _fill(self, members: Element, others: Sequence[ListedAlert]) -> None:
        with members:
            for one in others:
                with at_site(box("entry", testid=f"alert-{one.alert.alert_id}"), one.alert.site):
                    box()
                    self._row(one, 0)

    def _tick(self, group: AlertGroup) -> None:
        def ticked(is_on: bool) -> None:
            if is_on:
                self._chosen.add(group.group_id)
            else:
                self._chosen.discard(group.group_id)
            if group.group_id in self._ticks:
                self._ticks[group.group_id].set_value(is_on)  # the one that was ticked may be gone
            self._on_choice()

        tick = DrawnTick(is_on=group.group_id in self._chosen, on_tick=ticked).props("dense")
        tick.props["aria-label"] = self._visit.t("select", what=group.root.alert.asset)
        self._ticks[group.group_id] = mark(tick, f"choose-{group.root.alert.alert_id}")

    def _row(self, one: ListedAlert, others: int) -> Element | None:
        visit, alert = self._visit, one.alert
        state = alert.flags.state(visit.parts.clock.now())
        with box():
            chip(visit.word("severity", alert.severity.value), alert.severity.value)
        with link(f"/assets/{quote(alert.site, safe='')}/{quote(alert.asset, safe='')}", "wide"):
            words(alert.asset, "strong clip")
            words(_where(visit, one), "small muted clip")
        button = None
        with box("wide"):
            words(visit.word("kind", alert.kind), "clip")
            words(why_in_a_line(visit, alert), "small muted why")
            if one.assumed is not None:
                words(assumed_words(visit, one.assumed), "small muted why")
            if others:
                with mark(box("more", tag="button"), f"more-{alert.alert_id}") as button:
                    words(f"{visit.t('incident_more', count=others)} · {visit.t('likely_root')}")
        with box("standing"):
            chip(visit.word("alert", state.value), _TONES.get(state, "unknown"))
            warranty_chip(visit, one.warranty_until)
            _noted(visit, alert)
        with box("since"):
            moment(alert.onset)
            if alert.count > 1:
                words(visit.t("came_times", count=alert.count), "small muted")
        with box("acts"):
            self._acts(alert)
        return button

    def _acts(self, alert: Alert) -> None:
        """Offer what may be done: look why, take note of it, put it aside, take it up again."""
        visit = self._visit
        self._button("about_alert", partial(sheets.show_alert, visit, alert))
        if not alert.flags.acknowledged and visit.may(Right.ACKNOWLEDGE, alert.site):
            self._button("acknowledge", partial(sheets.ask_note, visit, alert, self._on_done))
        if alert.flags.is_open and visit.may(Right.SHELVE_ALERTS, alert.site):
            if alert.flags.is_shelved(visit.parts.clock.now()):
                self._button("unshelve", partial(sheets.ask_unshelving, visit, alert, self._on_done))
            else:
                self._button("shelve", partial(sheets.ask_shelving, visit, alert, self._on_done))

    def _button(self, action: str, ask: Callable[[], Awaitable[None]]) -> None:
        async def press() -> None:
            with self._room:  # the row may be drawn anew, and the button with it be gone, before the sheet is there
                await ask()

        with mark(box("button quiet", tag="button"), f"{action}-ask") as button:
            words(self._visit.t(action))
        button.on("click", press)


def _where(visit: Visit, one: ListedAlert) -> str:
    name = named(visit.language, one.name, one.name_zh)
    return " · ".join(part for part in ("" if name == one.alert.asset else name, one.area) if part)


def _noted(visit: Visit, alert: Alert) -> None:
    if alert.flags.acknowledged:
        words(visit.who(alert.acknowledged_by or "", alert.acknowledged_recognised), "small clip")
        moment(alert.acknowledged_at).classes("small muted")
