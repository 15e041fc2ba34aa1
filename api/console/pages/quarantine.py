"""What could not be stored, and why, and who waits for approval; a payload is read when somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nicegui.element import Element

from api.console.components.elements import box, chip, heading, moment, record, words, zone
from api.console.components.forms import look_up, sheet
from api.console.components.frame import empty, filling, framed
from api.console.components.lists.exporting import export_button
from api.console.components.register.register_changes import RetiredCard
from api.console.components.unknown_assets import StrangersCard
from api.console.visit import Visit, changed
from api.parts import Parts
from api.schemas.quarantine import text_of
from plant.people.rights import Right
from storage.views import overview
from storage.views.overview import Quarantined

_MOST = 100


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("quarantine")):
        with box("title"):
            with box("spread"):
                heading(visit.t("quarantine"))
                export_button(visit, "quarantine", dict)
            words(visit.t("quarantine_hint"), "muted")
        await StrangersCard(visit).follow()
        await RetiredCard(visit).read()
        rows = filling(visit, box("card list quarantine", testid="quarantine"))
        visit.follow(changed(partial(_rows, visit, rows), lambda picture: picture.quarantine))


def _rows(visit: Visit, rows: Element, held: Sequence[Quarantined]) -> None:
    rows.clear()
    with rows:
        if not held:
            empty(visit.t("no_quarantine"), "inventory_2")
            return
        _head(visit)
        for one in held[:_MOST]:
            _row(visit, one)


def _head(visit: Visit) -> None:
    with box("entry head"):
        for key in ("reason", "topic", "detail", "times"):
            words(visit.t(key))
        with box("line"):
            words(visit.t("last_seen"))
            zone()


def _row(visit: Visit, held: Quarantined) -> None:
    with box("entry opens", testid=f"held-{held.quarantine_id}") as row:
        with box():
            chip(visit.reason(held.reason), "warning")
        words(held.topic, "wide clip")
        record(held.detail, "wide muted clip")
        words(f"{held.count}×", "figures")
        moment(held.last_seen)
    row.props["role"], row.props["tabindex"] = "button", "0"
    for event in ("click", "keydown.enter"):
        row.on(event, partial(_open, visit, held.quarantine_id))


async def _open(visit: Visit, quarantine_id: int) -> None:
    held = await look_up(visit, lambda: read(visit.parts_for(Right.SEE_INGEST), quarantine_id))
    if held is not None:
        _sheet(visit, held)


def read(parts: Parts, quarantine_id: int) -> Quarantined:
    """Read one held payload.

    Raises:
        NotFound: nothing is held under that number.
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        return overview.get_quarantined(tx, quarantine_id)


def _sheet(visit: Visit, held: Quarantined) -> None:
    payload = held.payload or b""
    with sheet(f"{visit.reason(held.reason)}: {held.topic}") as dialog:
        record(held.detail, "muted")
        with box("line small muted"):
            words(visit.t("first_seen"))
            moment(held.first_seen, "full")
            words(f"· {visit.t('last_seen')}")
            moment(held.last_seen, "full")
            words(f"· {visit.t('bytes_kept', kept=len(payload), length=held.length)}")
        shown = text_of(payload)
        with box("payload", tag="pre"):
            words(payload.hex(" ") if shown is None else shown, keeps_lines=True)
        with box("button quiet close", tag="button") as button:
            words(visit.t("close"))
        button.on("click", dialog.close)
