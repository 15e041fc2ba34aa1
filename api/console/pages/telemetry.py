"""What devices sent within the last hour and what became of it, and whether ingest listens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from nicegui import run
from nicegui.element import Element

from api.console.components.elements import box, chip, heading, words
from api.console.components.frame import empty, filling, framed
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from plant.people.rights import Right
from storage.telemetry import delivery
from storage.telemetry.delivery import Delivered, IngestStatus
from storage.telemetry.slots import Slot

_SINCE = timedelta(hours=1)
_EVERY_S = 3.0
_MOST = 200
_COUNTS = ("received", "stored", "duplicate", "late", "quarantined", "conflicting", "limited")
_ALARMING = frozenset({"quarantined", "conflicting", "limited"})


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("telemetry")):
        with box("title"):
            heading(visit.t("telemetry"))
            words(visit.t("telemetry_hint"), "muted")
        slots = box("line", testid="slots")
        rows = filling(visit, box("card list deliveries", testid="deliveries"))
        await _read(visit, slots, rows)
        visit.every(_EVERY_S, partial(_read, visit, slots, rows))


async def _read(visit: Visit, slots: Element, rows: Element) -> None:
    """Read and show; while the database is away, what was shown stays."""
    try:
        found = await run.io_bound(read, visit.parts_for(Right.SEE_INGEST))
    except AssetloopError:
        return
    if found is not None:
        _show_slots(visit, slots, found)
        _show_devices(visit, rows, found)


def read(parts: Parts) -> IngestStatus:
    """Read what became of the last hour.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        found = delivery.status(tx, since=parts.clock.now() - _SINCE)
    seen = [one for one in found.devices if parts.principal.may(Right.SEE_INGEST, _site(one.device))]
    return replace(found, devices=seen)


def _site(device: str) -> str:
    site, slash, _ = device.partition("/")
    return site if slash else ""


def _show_slots(visit: Visit, room: Element, flow: IngestStatus) -> None:
    room.clear()
    with room:
        for slot in flow.slots:
            chip(visit.t("slot_is", slot=slot.slot, state=visit.t(_state(slot))), _tone(slot))
        if not flow.slots:
            chip(visit.t("slot_none"), "silent")
        if flow.spooled_since is not None:
            chip(visit.t("spooled"), "watch")
        if flow.lost_bytes:
            chip(visit.t("lost", count=flow.lost_messages), "alarm")


def _state(slot: Slot) -> str:
    if not slot.is_held:
        return "slot_left"
    return "slot_listening" if slot.is_listening else "slot_away"


def _tone(slot: Slot) -> str:
    return "good" if slot.is_held and slot.is_listening else "alarm"


def _show_devices(visit: Visit, room: Element, flow: IngestStatus) -> None:
    room.clear()
    with room:
        if not flow.devices:
            empty(visit.t("no_telemetry"), "sensors")
            return
        with box("entry head"):
            words(visit.t("device"))
            for name in _COUNTS:
                words(visit.word("count", name), "right")
        _row(visit, flow.sums(), visit.t("all_devices"))
        for one in sorted(flow.devices, key=_trouble, reverse=True)[:_MOST]:
            _row(visit, one, one.device)


def _trouble(one: Delivered) -> tuple[int, int]:
    return one.quarantined + one.conflicting + one.limited, one.received


def _row(visit: Visit, one: Delivered, name: str) -> None:
    with box("entry", testid=f"delivered-{one.device}"):
        words(name, "strong clip wide")
        for count in _COUNTS:
            value = getattr(one, count)
            with box("line right"):
                words(visit.word("count", count), "only-small small muted")
                words(f"{value:,}", "figures alarming" if value and count in _ALARMING else "figures")
