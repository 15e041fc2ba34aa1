"""The list of projects, each with the gate that is next."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from nicegui import run

from api.console.components.elements import box, chip, heading, link, words
from api.console.components.frame import empty, filling, framed
from api.console.visit import Visit
from lifecycle.handover.looking import ProjectView, view_of
from storage.projects import projects as rows


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("handover")):
        with box("spread"):
            with box("title"):
                heading(visit.t("handover"))
                words(visit.t("handover_hint"), "muted")
            with link("/warranty", "button quiet", testid="warranties"):
                words(visit.t("warranties"))
        room = filling(visit, box("stack", testid="projects"))
        found = await run.io_bound(_read, visit)
        with room:
            for view in found or ():
                _line(visit, view)
            if not found:
                empty(visit.t("no_projects"), "handshake", visit.t("no_projects_hint"))


def _read(visit: Visit) -> Sequence[ProjectView]:
    with visit.parts.database.transaction() as tx:
        return [view_of(tx, one, visit.parts.clock) for one in rows.every(tx)]


def _line(visit: Visit, view: ProjectView) -> None:
    project = view.project
    following = next((one for one in view.gates if one.is_next), None)
    with link(f"/handover/{quote(project.tag, safe='')}", "card spread", testid=f"project-{project.tag}"):
        with box():
            words(project.name, "strong clip")
            words(f"{project.tag} · {project.site}", "small muted")
        with box("line right"):
            words(visit.t("project_assets", count=len(project.assets)), "small muted")
            if view.is_handed_over or following is None:
                chip(visit.t("handed_over"), "good")
            else:
                chip(visit.t("project_next", gate=visit.word("gate", following.gate.value)), "plain")
