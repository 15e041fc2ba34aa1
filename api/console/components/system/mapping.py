"""How the plant's own topics are read, and a payload that is tried with it."""

from __future__ import annotations

from pathlib import Path

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, chip, mark, record, words
from api.console.components.forms import look_up, offer, said
from api.console.visit import Visit
from ingest.mapping import known_formats
from ingest.trial import Trial, try_payload
from plant.errors import Misconfigured, Rejected


async def show_mapping(visit: Visit) -> None:
    """Draw the card."""
    path = visit.whole.installation.mapping
    text = await run.io_bound(_text_of, path) if path else visit.t("no_mapping")
    with card(visit.t("mapping")), box("stack"):
        words(visit.t("mapping_hint"), "muted")
        with box("payload", tag="pre", testid="mapping") as shown:
            shown.props["tabindex"] = "0"
            record(text or "", keeps_lines=True)
        with box("fields"):
            topic = mark(ui.input(label=visit.t("topic")).props("outlined dense maxlength=500"), "try-topic")
            payload = mark(ui.textarea(label=visit.t("payload")).props("outlined dense autogrow"), "try-payload")
        became = box("lines", testid="tried")

        async def press() -> None:
            found = await look_up(visit, lambda: _tried(visit, said(topic), str(payload.value or "")))
            if found is not None:
                _show(visit, became, found)

        with box("line"):
            offer(visit, "try_payload", press)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return f"{path.name}: {type(error).__name__}"


def _tried(visit: Visit, topic: str, payload: str) -> Trial:
    """Say what ingest would make of a payload.

    Raises:
        Rejected: the mapping makes no sense, or no topic is named.
    """
    around = visit.whole.installation
    if not topic:
        raise Rejected("no_topic", "say on which topic it comes")
    try:
        formats = known_formats(around.mapping, joins_sparkplug_names=around.joins_sparkplug_names)
    except Misconfigured as error:
        raise Rejected("bad_mapping", str(error)) from error
    arrival_us = round(visit.whole.clock.now().timestamp() * 1e6)
    return try_payload(formats, topic, payload.encode(), around.trial_rules, arrival_us=arrival_us)


def _show(visit: Visit, room: Element, trial: Trial) -> None:
    room.clear()
    with room:
        words(visit.t("read_by", name=trial.format) if trial.format else visit.t("read_by_none"), "strong")
        for one in trial.readings:
            with box("line"):
                record(f"{one.device} · {one.signal} = {one.value:g}", "figures")
                if one.flags:
                    chip(one.flags, "watch")
        for refused in trial.refused:
            with box("line"):
                chip(visit.reason(refused.reason), "warning")
                record(refused.detail, "small muted")
