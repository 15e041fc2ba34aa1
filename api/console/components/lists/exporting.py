"""A list as a file: one button, three forms, and the filters as they are when it is pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlencode

from nicegui import ui

from api.console.components.elements import box, mark, words
from api.console.visit import Visit
from api.identity.route_right import API
from lifecycle.exporting.forms import FileForm

Asked = Mapping[str, str | list[str] | None]


def export_button(visit: Visit, path: str, asked: Callable[[], Asked], *, key: str = "export") -> None:
    """Offer what a list shows as a file; `asked` says the filters, in the words of the API's export `path`."""
    with mark(box("button quiet", tag="button"), key) as button:
        words(visit.t(key))
        with ui.menu():
            for form in FileForm:
                item = ui.menu_item(visit.t(f"export_{form.value}"), partial(_download, visit, path, form, asked))
                mark(item, f"export-{form.value}")
    button.props["aria-haspopup"] = "menu"


def _download(visit: Visit, path: str, form: FileForm, asked: Callable[[], Asked]) -> None:
    said = {key: value for key, value in asked().items() if value}
    query = urlencode({**said, "format": form.value, "heads": visit.language.value}, doseq=True)
    ui.download.from_url(f"{API}/exports/{path}?{query}")
