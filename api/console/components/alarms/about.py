"""All of an alert: which signals show it, what is assumed of the machine, what to do, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from api.console.components.elements import age, box, heading, link, moment, number, words
from api.console.components.orders.warranty import warranty_chip
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from plant.alarms.rationalisation import Rationalisation
from plant.alert import Alert
from plant.finding import Assumption
from storage.register.rationalisations import rationalisations_of
from storage.views.alert_list import ListedAlert, listed_alert, order_of_alert
from storage.work.alerts import AlertEvent, alert_events

_MOST_EVENTS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class AboutAlert:
    """An alert, what was thought through about its kind, what became of it, and the order that it led to."""

    listed: ListedAlert
    said: Rationalisation | None
    events: Sequence[AlertEvent]
    order: str | None


def read_about(parts: Parts, alert_id: UUID) -> AboutAlert:
    """Read all of an alert.

    Raises:
        NotFound: there is none that may be seen.
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        listed = listed_alert(tx, alert_id)
        asset_id = listed.alert.asset_id
        said = rationalisations_of(tx, [asset_id]).get((asset_id, listed.alert.kind))
        events = alert_events(tx, alert_id)
        return AboutAlert(listed=listed, said=said, events=events, order=order_of_alert(tx, alert_id))


def show_about(visit: Visit, about: AboutAlert) -> None:
    """Show why an alert is there, what is assumed of its machine, and what to do."""
    alert = about.listed.alert
    warranty_chip(visit, about.listed.warranty_until)
    heading(visit.t("why_this_alert"), 2)
    _signals(visit, alert)
    _assumed(visit, about.listed)
    heading(visit.t("what_to_do"), 2)
    _to_do(visit, about.said)
    if about.order is not None:
        with box("line"):
            words(visit.t("order"), "muted")
            with link(f"/work-orders/{about.order}", "plain-link strong"):
                words(about.order)


def _signals(visit: Visit, alert: Alert) -> None:
    signals = alert.evidence.get("signals") or ()
    if not signals:
        words(visit.t("no_signal_named"), "muted")
        return
    with box("shown-signals", testid="why-signals"):
        for key in ("signal", "value", "limits", "share"):
            words(visit.t(key), "small muted")
        for one in signals:
            words(signal_name(visit, one), "strong")
            words(f"{number(one.get('value'))} {one.get('unit') or ''}".rstrip(), "figures")
            words(limits_of(one), "muted figures")
            words(f"{100 * (one.get('share') or 0):.0f} %", "figures")


def signal_name(visit: Visit, one: dict[str, Any]) -> str:
    """Return how a signal of an alert's evidence is called."""
    return named(visit.language, one.get("name") or one["signal"], one.get("name_zh") or "")


def limits_of(one: dict[str, Any]) -> str:
    """Write down a signal's limits.

    >>> limits_of({"low": 1.0, "high": 7.1}), limits_of({"high": 7.1}), limits_of({})
    ('1…7.1', '≤ 7.1', '–')
    """
    low, high = one.get("low"), one.get("high")
    if low is not None and high is not None:
        return f"{low:g}…{high:g}"
    if low is not None:
        return f"≥ {low:g}"
    return f"≤ {high:g}" if high is not None else "–"


def why_in_a_line(visit: Visit, alert: Alert) -> str:
    """Say which signal shows it most, with its value and limit; nothing where none is named."""
    signals = alert.evidence.get("signals") or ()
    if not signals:
        return ""
    first = signals[0]
    value = f" {number(first['value'])} {first.get('unit') or ''}".rstrip() if first.get("value") is not None else ""
    limits = limits_of(first)
    return f"{signal_name(visit, first)}{value}{'' if limits == '–' else f' ({limits})'}"


def _assumed(visit: Visit, listed: ListedAlert) -> None:
    if listed.assumed is None:
        return
    alert = listed.alert
    with box("line", testid="assumed"):
        words(assumed_words(visit, listed.assumed), "strong")
        words(visit.t("since"), "muted")
        moment(listed.assumed_since, "full").classes("muted")
        with link(f"/assets/{quote(alert.site, safe='')}/{quote(alert.asset, safe='')}", "plain-link small"):
            words(visit.t("say_otherwise"))


def assumed_words(visit: Visit, assumed: Assumption) -> str:
    """Say what is assumed of a machine."""
    return visit.t(f"assumed_{assumed.value}")


def _to_do(visit: Visit, said: Rationalisation | None) -> None:
    if said is None:
        words(visit.t("not_rationalised"), "muted")
        return
    texts = (
        ("likely_cause", named(visit.language, said.cause or said.cause_zh, said.cause_zh)),
        ("consequence", named(visit.language, said.consequence or said.consequence_zh, said.consequence_zh)),
        ("action", named(visit.language, said.action or said.action_zh, said.action_zh)),
        ("respond_within", age(visit.language, said.respond_within_s) if said.respond_within_s else ""),
        ("priority", str(said.priority or "")),
    )
    with box("asked", testid="what-to-do"):
        for key, text in texts:
            if text:
                words(visit.t(key), "muted")
                words(text, "strong" if key == "action" else "", keeps_lines=True)


def show_history(visit: Visit, about: AboutAlert) -> None:
    """Show what became of an alert, the newest first."""
    heading(visit.t("history"), 2)
    with box("history", testid="alert-history"):
        for event in reversed(about.events[-_MOST_EVENTS:]):
            with box("step"):
                with box("spread"):
                    words(visit.word("became", event.event), "strong")
                    words(event.actor, "small muted clip")
                moment(event.at, "full").classes("small muted")
                if event.note:
                    words(event.note, "small", keeps_lines=True)
