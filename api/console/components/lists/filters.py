"""The fields above a list and its pages; what they say stands in the address, so that it can be kept and passed on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from api.console.components.elements import box, mark, words
from api.console.components.forms import choice
from api.console.visit import Visit
from plant.iso14224 import Names

_LONGEST = 200


class Filters:
    """What is asked of a list. A field is made by `choice`, `text` or `tick`; `on_change` is told when one changes."""

    def __init__(self, visit: Visit, **defaults: str) -> None:
        self._visit = visit
        self._defaults = defaults
        self._values = {**defaults, **{key: said[:_LONGEST] for key, said in visit.asked.items()}}
        self.on_change: Callable[[], Any] = _nothing

    def of(self, key: str) -> str | None:
        """Return what a field says; None where it says nothing."""
        return self._values.get(key) or None

    def number(self, key: str) -> int:
        """Return a number that the address holds, 0 where it holds none.

        No list has ten million pages.
        """
        said = self._values.get(key, "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0

    def put(self, key: str, value: str, *, keeps_page: bool = False) -> Any:
        """Say something else; a list that is narrowed anew begins at its first page."""
        self._values[key] = value
        if not keeps_page:
            self._values.pop("page", None)
        self._keep_address()
        return self.on_change()

    def forget(self, *keys: str) -> None:
        """Say nothing of these any more, without telling anybody."""
        for key in keys:
            self._values.pop(key, None)

    def choice(self, key: str, options: Mapping[str, Names], *, label: str | None = None) -> ui.select:
        """Offer one of several; what the address asks for and nobody offers is forgotten."""
        if self.of(key) not in options:
            self._values[key] = self._defaults.get(key, "")
        field = choice(self._visit, label or key, options, self.of(key), f"filter-{key}")
        if key not in self._defaults:
            field.props("clearable")
        field.on_value_change(lambda event: self.put(key, str(event.value or "")))
        return field

    def text(self, key: str, label: str) -> ui.input:
        """Offer a field for a part of a text; the list follows shortly after the last letter."""
        field = ui.input(label=self._visit.t(label), value=self.of(key) or "")
        mark(field.props(f"outlined dense clearable debounce=300 maxlength={_LONGEST}"), f"filter-{key}")
        field.on_value_change(lambda event: self.put(key, str(event.value or "").strip()))
        return field

    def tick(self, key: str, label: str) -> ui.checkbox:
        """Offer a yes or no."""
        field = mark(ui.checkbox(self._visit.t(label), value=self.of(key) == "1"), f"filter-{key}")
        field.on_value_change(lambda event: self.put(key, "1" if event.value else ""))
        return field

    def query(self, **changed: str) -> str:
        """Write what is asked as the address has it, what is usual left out."""
        said = {**self._values, **changed}
        kept = {key: value for key, value in sorted(said.items()) if value and value != self._defaults.get(key)}
        return f"?{urlencode(kept)}" if kept else ""

    def _keep_address(self) -> None:
        ui.run_javascript(f"keepAddress({json.dumps(self.query())})")


def _nothing() -> None:
    return None


class Pages:
    """Which part of a long list is shown; the page stands in the address too."""

    def __init__(self, visit: Visit, filters: Filters, *, size: int) -> None:
        self._visit = visit
        self._filters = filters
        self.size = size
        self._room = box("pages", testid="pages")

    @property
    def skip(self) -> int:
        """Return how many come before this page."""
        return max(0, self._filters.number("page") - 1) * self.size

    def set_visibility(self, visible: bool) -> None:
        """Show it or not."""
        self._room.set_visibility(visible)

    def show(self, shown: int, total: int) -> None:
        """Say which part is shown, and offer the pages beside it."""
        visit, first = self._visit, self.skip
        self._room.clear()
        with self._room:
            if shown == total:
                if total:
                    words(visit.t("rows_all", total=total), "small muted")
                return
            words(visit.t("rows_some", first=first + 1, last=first + shown, total=total), "small muted figures")
            page = first // self.size + 1
            self._turn("page_before", page - 1, offered=page > 1)
            self._turn("page_after", page + 1, offered=first + shown < total)

    def _turn(self, key: str, page: int, *, offered: bool) -> None:
        with mark(box("button quiet", tag="button"), key) as button:
            words(self._visit.t(key))
        if offered:
            button.on("click", partial(self._filters.put, "page", str(page), keeps_page=True))
        else:
            button.props["disabled"] = True
