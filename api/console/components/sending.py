"""A field from which files are sent to the API at once, as by a program; what is refused is said."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.console.components.elements import mark
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
