"""What comes into a project as files, on its page: its schedule, its documents, its costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from nicegui import ui

from api.console.components.elements import box, mark, words
from api.console.components.forms import choice, remark, said, sheet
from api.console.components.sending import sending_field
from api.console.visit import Visit
from lifecycle.handover.looking import ProjectView
from lifecycle.handover.projects import VDI_CLASSES

Done = Callable[[], Any]


def ask_schedule(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Let a person take over a schedule: MSPDI, XER or CSV."""
    with sheet(visit.t("schedule_import")) as dialog:
        words(visit.t("schedule_import_hint"), "muted")
        sending_field(
            visit,
            "schedule-file",
            label="schedule_import",
            accept=".xml,.xer,.csv,.txt",
            to=f"{_address(view)}/schedule",
            on_sent=_closing(dialog, on_done),
            name_as="file",
        )


def ask_costs(visit: Visit, project: str, on_done: Done) -> None:
    """Let a person take over a table of costs or labour."""
    with sheet(visit.t("costs_import")) as dialog:
        words(visit.t("costs_import_hint"), "muted")
        sending_field(
            visit,
            "costs-file",
            label="costs_import",
            accept=".csv,.txt",
            to=f"/api/v1/projects/{quote(project, safe='')}/costs",
            on_sent=_closing(dialog, on_done),
            name_as="file",
        )


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
                    to=f"{_address(view)}/documents?{urlencode(asked)}",
                    on_sent=_closing(dialog, on_done),
                    name_as="file",
                )

        for one in (vdi_class, title, version, asset):
            one.on_value_change(offer_file)
        offer_file()


def _asset_choice(visit: Visit, assets: Sequence[str]) -> ui.select:
    field = ui.select({"": visit.t("document_whole"), **{one: one for one in assets}}, label=visit.t("asset"), value="")
    return mark(field.props("outlined dense options-dense behavior=menu"), "document-asset")


def _address(view: ProjectView) -> str:
    return f"/api/v1/projects/{quote(view.project.tag, safe='')}"


def _closing(dialog: ui.dialog, on_done: Done) -> Done:
    def done() -> Any:
        dialog.close()
        return on_done()

    return done
