"""The list of alerts, each to be acknowledged where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from nicegui.element import Element

from alerts.alarms.acknowledgement import acknowledge_alert
from api.console.components.elements import box, chip, heading, link, mark, moment, words, zone
from api.console.components.forms import Form, sheet
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
            elif visit.may(Right.ACKNOWLEDGE, alert.site):
                _button(visit, alert)


def _button(visit: Visit, alert: Alert) -> None:
    with mark(box("button quiet", tag="button"), f"acknowledge-{alert.alert_id}") as button:
        words(visit.t("acknowledge"))
    button.on("click", partial(_ask, visit, alert))


def _ask(visit: Visit, alert: Alert) -> None:
    def acknowledge(parts: Parts) -> Alert:
        return acknowledge_alert(parts.database, alert.alert_id, actor=parts.principal, clock=parts.clock)

    with sheet(f"{alert.asset}: {visit.word('kind', alert.kind)}") as dialog:
        Form(visit, acknowledge, need=(Right.ACKNOWLEDGE, alert.site), on_done=dialog.close)
