"""How a person says that they have seen something: a name, a button, and what the record answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from nicegui import run, ui

from api.console.elements import box, mark, words
from api.console.visit import Visit
from plant.errors import AssetloopError

Acknowledge = Callable[[str], Any]


class Form:
    """A name field and a button; `acknowledge` runs in a thread and is given the name."""

    def __init__(self, visit: Visit, acknowledge: Acknowledge, *, on_done: Callable[[], Any]) -> None:
        self._visit = visit
        self._acknowledge = acknowledge
        self._on_done = on_done
        with box("form"):
            words(visit.t("acknowledge_hint"), "muted")
            self._name = ui.input(placeholder=visit.t("your_name"), value=visit.actor)
            self._name.props("outlined dense maxlength=100 autocomplete=name")
            self._name.props["aria-label"] = visit.t("your_name")
            mark(self._name, "actor").on("keydown.enter", self._press)
            with mark(box("button", tag="button"), "acknowledge") as self._button:
                words(visit.t("acknowledge"))
            self._button.on("click", self._press)

    async def _press(self) -> None:
        actor = str(self._name.value or "").strip()
        if not actor:
            ui.notify(self._visit.t("name_needed"), type="warning")
            return
        try:
            await run.io_bound(self._acknowledge, actor)
        except AssetloopError as error:
            ui.notify(str(error), type="negative")
            return
        self._visit.remember_actor(actor)
        self._visit.watch.hurry()
        done = self._on_done()
        if inspect.isawaitable(done):
            await done
