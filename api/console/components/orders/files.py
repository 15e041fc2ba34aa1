"""The files of an order on its page: pictures as such, everything else by its name; and the field that adds more."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.console.components.elements import box, card, link, mark, moment, words
from api.console.visit import Visit
from plant.escaped import escaped
from plant.orders.attachment import MEDIA_TYPES, SHOWN, Attachment
from plant.people.rights import Right
from plant.work_order import WorkOrder

Done = Callable[[], Any]
_ACCEPT = ",".join(f".{ending}" for ending in MEDIA_TYPES)
_SEND_S = 300.0


def address_of(number: str) -> str:
    """Return where the files of an order are."""
    return f"/api/v1/work-orders/{quote(number, safe='')}/attachments"


def files_card(visit: Visit, order: WorkOrder, files: Sequence[Attachment], on_done: Done) -> None:
    """Show the files of an order, and let who may add some."""
    may = visit.may(Right.COMMENT_ON_ORDERS, order.site)
    if not files and not may:
        return
    with card(visit.t("files")), box("stack", testid="files"):
        if not files:
            words(visit.t("no_files"), "muted")
        with box("pictures"):
            for one in files:
                _file(order, one)
        if may:
            _adding(visit, order, on_done)


def _file(order: WorkOrder, one: Attachment) -> None:
    address = f"{address_of(order.number)}/{one.attachment_id}"
    with link(address, "plain-link picture"):
        if one.media_type in SHOWN:
            picture = box(tag="img")
            picture.props.update({"src": address, "alt": escaped(one.name), "loading": "lazy"})
        words(one.name, "small clip")
        if one.words:
            words(one.words, "small muted", keeps_lines=True)
        words(one.added_by, "small muted clip")
        moment(one.added_at).classes("small muted")


def _adding(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    words(visit.t("files_hint", most=f"{visit.parts.attachments.most_bytes / 2**20:.0f}"), "small muted")
    field = files_field(visit, to=address_of(order.number))

    async def attached() -> None:
        visit.watch.hurry()
        done = on_done()
        if inspect.iscoroutine(done):
            await done

    async def refused(event: GenericEventArguments) -> None:
        ui.notify(escaped(str(event.args.get("detail")), keeps_lines=True), type="negative")
        await attached()

    field.on("attached", attached)
    field.on("refused", refused, args=["detail"])


def files_field(visit: Visit, *, to: str = "") -> Element:
    """Let a person choose files; they are sent `to` an address at once, or wait for `send_files`."""
    field = mark(Element("attach-files"), "attach")
    field.props.update({"accept": _ACCEPT, "label": visit.t("files"), "to": to})
    return field


async def send_files(field: Element, number: str) -> list[str]:
    """Send the files that were chosen to an order; return why some were refused."""
    call = f"return await window.sendFiles({json.dumps(field.html_id)}, {json.dumps(address_of(number))})"
    try:
        return list(await ui.run_javascript(call, timeout=_SEND_S) or ())
    except TimeoutError:
        return ["…"]
