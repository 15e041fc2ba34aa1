"""The dashboard *Handover readiness*: how far each project is, and what it lacks (docs/handover.md)."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard, QueryVariable
from grafana_foundation_sdk.models.dashboard import VariableRefresh

from grafana import columns
from grafana.board import board, fill
from grafana.colours import ALARM, COUNT_STEPS, GOOD, UNKNOWN, WATCH, Steps
from grafana.links import HANDOVER_UID
from grafana.panels import listing, number, of_assets, properties
from grafana.sql import source, statement
from grafana.words import GATES, SIDES, STANDS

_SHARE_STEPS: Steps = ((None, UNKNOWN), (0.0, ALARM), (0.8, WATCH), (1.0, GOOD))


def handover_dashboard() -> Dashboard:
    """Build the dashboard; its variable `project` holds a project's tag."""
    begun = board("Handover readiness", uid=HANDOVER_UID, time_from="now-24h", refresh="5m").with_variable(_project())
    return fill(
        begun,
        [
            (listing("Projects", "handover.projects", _PROJECTS, nothing="There is no project yet"), 24, 6),
            (listing("Gates", "handover.gates", _GATES, nothing="There is no project yet"), 9, 12),
            (number("Ready", "handover.readiness", steps=_SHARE_STEPS, unit="percentunit"), 8, 4),
            (number("Open punches", "handover.punches", steps=COUNT_STEPS), 7, 4),
            (of_assets("Assets", "handover.assets", _ASSETS, nothing="The project has no assets"), 15, 8),
            (of_assets("Punches", "handover.open_punches", _PUNCHES, nothing="No punch is open"), 12, 8),
            (listing("Signatures", "handover.signatures", _SIGNATURES, nothing="Nobody has signed yet"), 12, 8),
        ],
    )


_PROJECTS = {
    "Project": columns.leads_to_project(),
    "Assets": columns.wide(80),
    "Gates passed": columns.bar(((None, UNKNOWN), (0.0, WATCH), (10.0, GOOD)), "none", 10),
    "Completion": [*columns.wide(130), *properties(unit="time:YYYY-MM-DD")],
    "Slipped": columns.figure(100, "suffix: d", 0),
}
_GATES = {
    "Gate": columns.named(GATES, 185),
    "Stands": columns.words(STANDS, 80),
    "Passed": columns.day(),
    "By": columns.least(100),
}
_ASSETS = {
    "Documents": columns.bar(_SHARE_STEPS, "percentunit", 1),
    "Punch A": columns.wide(75),
    "Punch B": columns.wide(75),
    "Signals that speak": [*columns.bar(_SHARE_STEPS, "percentunit", 1), *columns.wide(150)],
}
_PUNCHES = {
    "No.": columns.wide(60),
    "Category": columns.wide(80),
    "Raised": columns.moment(),
    "Carried to": [*columns.wide(110), *properties(unit="time:YYYY-MM-DD")],
}
_SIGNATURES = {
    "Gate": columns.named(GATES, 165),
    "Side": columns.named(SIDES, 95),
    "Person": columns.least(90),
    "Signed": columns.day(),
    "Stands": columns.words(STANDS, 80),
    "Why": columns.least(100),
}


def _project() -> QueryVariable:
    return (
        QueryVariable("project")
        .label("Project")
        .datasource(source())
        .query(statement("variables.project"))
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
    )
