"""What comes into a project as files, on its page: its schedule, its documents, its costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from nicegui import ui

from api.console.components.elements import box, mark, words
from api.console.components.forms import choice, closing, remark, said, sheet
from api.console.components.sending import sending_field, tried_field
from api.console.visit import Visit
from api.schemas.lifecycle.costs import CostImportShape
from api.schemas.lifecycle.schedule import MilestoneShape, ScheduleShape, WorkShape
from lifecycle.handover.looking import ProjectView
from lifecycle.handover.projects import VDI_CLASSES
from storage.projects.project_work import KeptWork

_MOST_SHOWN = 30
Done = Callable[[], Any]


def ask_schedule(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Let a person take over a schedule (MSPDI, XER or CSV) once they have seen what it moves."""
    to, show = f"{_address(view.project.tag)}/schedule", partial(_show_schedule, visit)
    _ask_file(visit, "schedule_import", to, on_done, testid="schedule-file", accept=".xml,.xer,.csv,.txt", show=show)


def ask_costs(visit: Visit, project: str, on_done: Done) -> None:
    """Let a person take over a table of costs or labour once they have seen how many lines it changes."""
    to, show = f"{_address(project)}/costs", partial(_show_costs, visit)
    _ask_file(visit, "costs_import", to, on_done, testid="costs-file", accept=".csv,.txt", show=show)


def _ask_file(
    visit: Visit,
    key: str,
    to: str,
    on_done: Done,
    *,
    testid: str,
    accept: str,
    show: Callable[[Mapping[str, Any]], None],
) -> None:
    with sheet(visit.t(key)) as dialog:
        words(visit.t(f"{key}_hint"), "muted")
        done = closing(dialog, on_done)
        tried_field(visit, testid, label=key, accept=accept, to=to, show=show, take="import_take", on_sent=done)


def _show_schedule(visit: Visit, found: Mapping[str, Any]) -> None:
    taken = ScheduleShape.model_validate(found)
    moved = [one for one in taken.slips if one.moved_days != 0]
    with box("lines"):
        for one in moved[:_MOST_SHOWN]:
            with box("line"):
                words(one.milestone.name, "strong clip")
                words(str(_stands(one.milestone) or "–"), "figures")
                is_new = one.moved_days is None
                words(visit.t("slip_new") if is_new else visit.t("milestone_slip", days=one.moved_days), "small")
        for gone in taken.gone[:_MOST_SHOWN]:
            words(visit.t("slip_gone", name=gone.name), "small")
    more = max(len(moved) - _MOST_SHOWN, 0) + max(len(taken.gone) - _MOST_SHOWN, 0)
    if more:
        words(visit.t("unmet_more", count=more), "small muted")
    words(visit.t("slip_same", count=len(taken.slips) - len(moved)), "small muted")
    if taken.work is not None:
        words(work_line(visit, taken.work), "small")


def _stands(one: MilestoneShape) -> date | None:
    return one.actual or one.forecast or one.planned


def work_line(visit: Visit, work: KeptWork | WorkShape) -> str:
    """Say how much of the work is done, and how much the plan had done by then."""
    numbers = {"done": f"{work.done_percent:g}", "day": work.status_on.isoformat(), "finished": work.finished}
    running = work.started - work.finished
    if work.planned_percent is None:
        return visit.t("work_done", **numbers, running=running, total=work.activities)
    planned = f"{work.planned_percent:g}"
    return visit.t("work_done_of_plan", **numbers, running=running, total=work.activities, planned=planned)


def _show_costs(visit: Visit, found: Mapping[str, Any]) -> None:
    counted = CostImportShape.model_validate(found)
    words(visit.t("costs_counted", added=counted.added, changed=counted.changed, left=counted.left), "small")


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
