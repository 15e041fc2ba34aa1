"""Fields from which files are sent to the API, as by a program: at once, or once a person has seen what they change."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.console.components.elements import box, mark, words
from api.console.components.forms import offer
from api.console.visit import Visit
from plant.escaped import escaped


def sending_field(
    visit: Visit, testid: str, *, label: str, accept: str, to: str, on_sent: Callable[[], Any], name_as: str = "name"
) -> Element:
    """Offer to choose files that go `to` an address; `name_as` is how it wants to be told what a file is called."""
    field = mark(Element("attach-files"), testid)
    field.props.update({"accept": accept, "label": visit.t(label), "to": to, "name-as": name_as})

    async def sent() -> None:
        visit.watch.hurry()
        done = on_sent()
        if inspect.iscoroutine(done):
            await done

    async def refused(event: GenericEventArguments) -> None:
        ui.notify(escaped(str(event.args.get("detail")), keeps_lines=True), type="negative", multi_line=True)

    field.on("attached", sent)
    field.on("refused", refused, args=["detail"])
    return field


def tried_field(
    visit: Visit,
    testid: str,
    *,
    label: str,
    accept: str,
    to: str,
    show: Callable[[Mapping[str, Any]], Any],
    take: str,
    on_sent: Callable[[], Any],
) -> Element:
    """Offer to choose a file that is tried at an address; `show` draws its answer, the button `take` has it taken."""
    field = sending_field(visit, testid, label=label, accept=accept, to=to, on_sent=on_sent, name_as="file")
    field.props["tries"] = True
    room = mark(box("stack"), f"{testid}-tried")

    def tried(event: GenericEventArguments) -> None:
        found = event.args["detail"]
        room.clear()
        with room:
            words(str(found["file"]), "strong")
            show(found["said"])
            offer(visit, take, press, testid=f"{testid}-take")

    def press() -> None:
        called = f"{json.dumps(field.html_id)}, {json.dumps(to)}"
        ui.run_javascript(f"window.sendFiles({called}, true)")

    field.on("tried", tried, args=["detail"])
    field.on("refused", room.clear)
    return field
