"""The list of alerts, each to be acknowledged where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from urllib.parse import quote

from nicegui import ui
from nicegui.element import Element

from alerts.alarms.acknowledgement import acknowledge_alert
from alerts.alarms.shelving import shelve_alert, unshelve_alert
from alerts.alarms.wording import why
from api.console.components.elements import box, chip, heading, link, mark, moment, words, zone
from api.console.components.forms import Form, remark, said, sheet
from api.console.components.frame import empty, framed
from api.console.pages.orders import OpenOrAll
from api.console.visit import Visit, changed
from api.console.watch import Picture
from api.parts import Parts
from plant.alert import Alert, AlertState
from plant.people.rights import Right

_MOST = 100
_TONES = {AlertState.NORMAL: "good", AlertState.UNACKNOWLEDGED: "alarm", AlertState.RTN_UNACKNOWLEDGED: "warning"}


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("alerts")):
        with box("spread"):
            heading(visit.t("alerts"))
            choice = OpenOrAll(visit)
        rows = box("card list alerts", testid="alerts")
        follower = changed(partial(_rows, visit, rows), lambda picture: (choice.show_all, _listed(visit, picture)))
        choice.on_change = lambda: follower(visit.watch.look())
        visit.follow(follower)


def _listed(visit: Visit, picture: Picture) -> tuple[tuple[Alert, str], ...]:
    return tuple((alert, visit.name(picture.asset(alert.site, alert.asset))) for alert in picture.alerts)


def _is_open(alert: Alert) -> bool:
    return alert.flags.active or not alert.flags.acknowledged


def _rows(visit: Visit, rows: Element, found: tuple[bool, Sequence[tuple[Alert, str]]]) -> None:
    show_all, listed = found
    shown = [one for one in listed if show_all or _is_open(one[0])][:_MOST]
    rows.clear()
    with rows:
        if not shown:
            empty(visit.t("no_alerts_all" if show_all else "no_alerts"), "notifications_none")
            return
        _head(visit)
        for alert, asset_name in shown:
            _row(visit, alert, asset_name)


def _head(visit: Visit) -> None:
    with box("entry head"):
        for key in ("severity", "asset", "kind", "state"):
            words(visit.t(key))
        with box("line"):
            words(visit.t("onset"))
            zone()
        words(visit.t("times"))
        words(visit.t("acknowledged"))


def _row(visit: Visit, alert: Alert, asset_name: str) -> None:
    state = alert.flags.state(visit.parts.clock.now())
    with box("entry", testid=f"alert-{alert.alert_id}"):
        with box():
            chip(visit.word("severity", alert.severity.value), alert.severity.value)
        with link(f"/assets/{quote(alert.site, safe='')}/{quote(alert.asset, safe='')}", "wide"):
            words(alert.asset, "strong clip")
            words(asset_name, "small muted clip")
        words(visit.word("kind", alert.kind), "wide clip")
        with box():
            chip(visit.word("alert", state.value), _TONES.get(state, "unknown"))
        moment(alert.onset)
        words(f"{alert.count}×", "figures")
        with box("right"):
            if alert.flags.acknowledged:
                by = visit.who(alert.acknowledged_by or visit.t("acknowledged"), alert.acknowledged_recognised)
                words(by, "clip strong")
                moment(alert.acknowledged_at).classes("small muted")
            _buttons(visit, alert)


def _buttons(visit: Visit, alert: Alert) -> None:
    """Offer what may be done: take note of it, put it aside, take it up again."""
    is_shelved = alert.flags.is_shelved(visit.parts.clock.now())
    if not alert.flags.acknowledged and visit.may(Right.ACKNOWLEDGE, alert.site):
        _button(visit, alert, "acknowledge", _ask)
    if alert.flags.is_open and visit.may(Right.SHELVE_ALERTS, alert.site):
        _button(visit, alert, "unshelve" if is_shelved else "shelve", _ask_unshelving if is_shelved else _ask_shelving)


def _button(visit: Visit, alert: Alert, action: str, ask: Callable[[Visit, Alert], None]) -> None:
    with mark(box("button quiet", tag="button"), f"{action}-{alert.alert_id}") as button:
        words(visit.t(action))
    button.on("click", partial(ask, visit, alert))


@contextmanager
def _about(visit: Visit, alert: Alert) -> Iterator[ui.dialog]:
    """Open a sheet that says why the alert is there."""
    with sheet(f"{alert.asset}: {visit.word('kind', alert.kind)}") as dialog:
        for line in why(alert):
            words(line.in_language(visit.language), "small")
        yield dialog


def _ask(visit: Visit, alert: Alert) -> None:
    with _about(visit, alert) as dialog:
        comment = remark(visit, "note", "comment")

        def acknowledge(parts: Parts) -> Alert:
            return acknowledge_alert(
                parts.database, alert.alert_id, actor=parts.principal, clock=parts.clock, comment=said(comment)
            )

        Form(visit, acknowledge, need=(Right.ACKNOWLEDGE, alert.site), on_done=dialog.close)


def _ask_shelving(visit: Visit, alert: Alert) -> None:
    with _about(visit, alert) as dialog:
        reason = remark(visit, "shelve_reason", "reason")
        hours = mark(
            ui.number(label=visit.t("shelve_hours"), value=1, min=0.25, max=720, step=0.25).props("outlined dense"),
            "hours",
        )

        def shelve(parts: Parts) -> Alert:
            return shelve_alert(
                parts.database,
                alert.alert_id,
                hours=float(hours.value or 0),
                reason=said(reason),
                actor=parts.principal,
                clock=parts.clock,
            )

        Form(
            visit,
            shelve,
            need=(Right.SHELVE_ALERTS, alert.site),
            on_done=dialog.close,
            action="shelve",
            hint="shelve_hint",
            lacks=lambda: None if said(reason) else visit.t("shelve_reason_needed"),
        )


def _ask_unshelving(visit: Visit, alert: Alert) -> None:
    def unshelve(parts: Parts) -> Alert:
        return unshelve_alert(parts.database, alert.alert_id, actor=parts.principal, clock=parts.clock)

    with _about(visit, alert) as dialog:
        words(f"{alert.shelved_by or ''}: {alert.shelved_why or ''}", "small muted")
        Form(
            visit,
            unshelve,
            need=(Right.SHELVE_ALERTS, alert.site),
            on_done=dialog.close,
            action="unshelve",
            hint="unshelve_hint",
        )
