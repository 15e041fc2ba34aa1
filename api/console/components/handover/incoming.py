"""What comes into a project as files, on its page: its schedule, its documents, its costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from nicegui import ui

from api.console.components.elements import box, mark, words
from api.console.components.forms import choice, closing, remark, said, sheet
from api.console.components.sending import sending_field
from api.console.visit import Visit
from lifecycle.handover.looking import ProjectView
from lifecycle.handover.projects import VDI_CLASSES

Done = Callable[[], Any]


def ask_schedule(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Let a person take over a schedule: MSPDI, XER or CSV."""
    to = f"{_address(view.project.tag)}/schedule"
    _ask_file(visit, "schedule_import", to, on_done, testid="schedule-file", accept=".xml,.xer,.csv,.txt")


def ask_costs(visit: Visit, project: str, on_done: Done) -> None:
    """Let a person take over a table of costs or labour."""
    _ask_file(visit, "costs_import", f"{_address(project)}/costs", on_done, testid="costs-file", accept=".csv,.txt")


def _ask_file(visit: Visit, key: str, to: str, on_done: Done, *, testid: str, accept: str) -> None:
    with sheet(visit.t(key)) as dialog:
        words(visit.t(f"{key}_hint"), "muted")
        done = closing(dialog, on_done)
        sending_field(visit, testid, label=key, accept=accept, to=to, on_sent=done, name_as="file")


def ask_document(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Let a person file a version of a document; the file goes once its class, title and version are said."""
    with sheet(visit.t("document_file")) as dialog:
        words(visit.t("document_file_hint"), "muted")
        classes = {one: (f"{one} {visit.t(f'vdi_{one}')}", "") for one in VDI_CLASSES}
        vdi_class = choice(visit, "document_class", classes, "03-02", "document-class")
        title = remark(visit, "document_title", "document-title")
        version = remark(visit, "document_version", "document-version")
        version.value = "1"
        asset = _asset_choice(visit, view.project.assets)
        room = box("stack")

        def offer_file() -> None:
            room.clear()
            asked = {"vdi_class": str(vdi_class.value), "title": said(title), "version": said(version)}
            if asset.value:
                asked["asset"] = str(asset.value)
            with room:
                if not (asked["title"] and asked["version"]):
                    words(visit.t("document_say"), "small muted")
                    return
                sending_field(
                    visit,
                    "document-file",
                    label="document_file",
                    accept="",
                    to=f"{_address(view.project.tag)}/documents?{urlencode(asked)}",
                    on_sent=closing(dialog, on_done),
                    name_as="file",
                )

        for one in (vdi_class, title, version, asset):
            one.on_value_change(offer_file)
        offer_file()


def _asset_choice(visit: Visit, assets: Sequence[str]) -> ui.select:
    field = ui.select({"": visit.t("document_whole"), **{one: one for one in assets}}, label=visit.t("asset"), value="")
    return mark(field.props("outlined dense options-dense behavior=menu"), "document-asset")


def _address(project: str) -> str:
    return f"/api/v1/projects/{quote(project, safe='')}"
