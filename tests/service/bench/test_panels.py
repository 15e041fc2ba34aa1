"""`assetloop bench panels` asks all that dashboards ask of a plant of its own, in which everything has happened."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grafana.build import dashboards
from grafana.languages import DashboardLanguage
from service.bench.panels import PanelFigures, PanelTime, asked_of
from storage.bench import panel_plant
from storage.bench.panel_plant import PanelPlant
from storage.core.database import Database, Role
from storage.core.grade import Grade
from storage.views.twin import read_twin

# A bench has no row for these: nothing chatters, proposes, is lost, or is asked of Prometheus.
_EMPTY = {"Chattering", "Proposals", "Punches", "What findings are made of", "Alerts", "Work", "Lost"}


@pytest.mark.long
def test_every_panel_is_asked_beside_a_plant_in_which_everything_has_happened(
    database_url: str, app_database: Database
) -> None:
    plant = PanelPlant(rows=1, until=datetime.now(UTC).replace(second=0, microsecond=0), assets=100, signals=5)
    panel_plant.build(database_url, plant, Grade.PLAIN, lambda *_: None)
    with app_database.transaction() as tx:
        assert panel_plant.readings(tx) == 100 * 5 * 360 + 5 * 3600
        built = dashboards(read_twin(tx), DashboardLanguage.ENGLISH, console_url="http://console")
        project = panel_plant.first_project(tx)
    found: list[PanelTime] = []
    with Database(database_url, role=Role.GRAFANA, most=1) as watched, watched.transaction() as tx:
        for dashboard in built.values():
            found += asked_of(tx, dashboard, Grade.PLAIN, project)
    assert {one.panel for one in found if not one.rows} <= _EMPTY
    assert len(found) > 90


def test_the_slowest_panel_stands_first_and_those_beyond_the_goal_are_counted() -> None:
    panels = tuple(
        PanelTime(dashboard="Plant", panel=name, ms=ms, processor_ms=10, rows=1)
        for name, ms in (("a", 5.0), ("b", 201.0))
    )
    lines = PanelFigures(grade="plain", readings=1, assets=1, panels=panels).lines().splitlines()
    assert lines[1] == "   201.0 ms    10 ms of processor      1 rows  Plant · b"
    assert lines[-1] == "1 of 2 take longer than 200 ms"
