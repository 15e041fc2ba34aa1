"""What is built is stable, complete, and answers when Grafana asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from grafana.build import build
from grafana.colours import UNKNOWN
from plant.health import Health
from storage.core.database import Database
from tests.grafana.panels import run_panels


def test_every_panel_returns_rows_as_grafanas_role(built: Path, plant: Database) -> None:
    answers = run_panels(plant.url, built, variables={"asset": _sick(plant)})
    assert [f"{answer.dashboard} · {answer.panel}" for answer in answers if not answer.rows] == []
    assert {answer.dashboard for answer in answers} == {"Plant", "Digital twin", "Asset"}
    assert len(answers) >= 15


def test_the_twin_asks_for_one_wide_row_that_tells_who_is_sick(built: Path, plant: Database) -> None:
    answer = next(one for one in run_panels(plant.url, built) if one.dashboard == "Digital twin")
    (row,) = answer.rows
    sick = _sick(plant)
    assert row[f"a{sick} rank"] == Health.ALARM.rank
    assert row[f"a{sick} health"] == pytest.approx(28)
    assert row[f"a{sick} status"] == "alarm"
    assert sum(value == "no model" for value in row.values()) == 1
    assert sum(name.startswith("s") for name in row) == 24


def test_building_twice_writes_the_same_bytes_and_touches_nothing(built: Path, plant: Database) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in _files(built)}
    build(plant, built)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in _files(built)} == before


def test_the_answer_names_every_file_written(plant: Database, tmp_path: Path) -> None:
    assert sorted(build(plant, tmp_path)) == _files(tmp_path)


def test_a_changed_register_changes_the_twin_alone(
    built: Path, plant: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    before = {path: path.read_bytes() for path in _files(built)}
    superuser.execute("UPDATE asset SET name = 'Renamed' WHERE tag = 'P-101'")
    build(plant, built)
    changed = [path.name for path, data in before.items() if path.read_bytes() != data]
    assert changed == ["digital-twin.json"]


def test_an_empty_register_builds_too(app_database: Database, tmp_path: Path) -> None:
    build(app_database, tmp_path)
    run_panels(app_database.url, tmp_path)
    twin = _read(tmp_path, "digital-twin")
    assert "register import" in twin["panels"][0]["options"]["content"]


def test_panels_have_ids_of_their_own_and_do_not_overlap(built: Path) -> None:
    for name in ("plant", "asset", "digital-twin"):
        panels = _read(built, name)["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        cells = [cell for panel in panels for cell in _cells(panel["gridPos"])]
        assert len(set(cells)) == len(cells), name
        assert all(x < 24 for x, _ in cells)


def test_viewers_cannot_change_what_is_provisioned(built: Path) -> None:
    for name in ("plant", "asset", "digital-twin"):
        assert _read(built, name)["editable"] is False
    provider = json.loads((built / "provisioning" / "dashboards" / "assetloop.yaml").read_text())["providers"][0]
    assert provider["allowUiUpdates"] is False
    assert Path(provider["options"]["path"]) == built / "dashboards"


def test_a_query_that_fails_is_never_painted_as_health(built: Path) -> None:
    for name in ("plant", "asset"):
        for panel in _read(built, name)["panels"]:
            if panel["type"] == "stat":
                first = panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]
                assert (panel["title"], first["color"]) == (panel["title"], UNKNOWN)
            assert panel["fieldConfig"]["defaults"].get("noValue", "unknown") == "unknown"


def test_the_password_is_named_never_written(built: Path) -> None:
    source = json.loads((built / "provisioning" / "datasources" / "assetloop.yaml").read_text())["datasources"][0]
    assert source["uid"] == "assetloop"
    assert source["secureJsonData"] == {"password": "$GRAFANA_DATABASE_PASSWORD"}
    assert isinstance(source["jsonData"]["timescaledb"], bool)


def test_every_query_goes_to_the_one_data_source(built: Path) -> None:
    for name in ("plant", "asset", "digital-twin"):
        for panel in _read(built, name)["panels"]:
            for one in (panel, *panel["targets"]):
                assert one["datasource"] == {"type": "grafana-postgresql-datasource", "uid": "assetloop"}


def _read(folder: Path, name: str) -> Any:
    return json.loads((folder / "dashboards" / f"{name}.json").read_text(encoding="utf-8"))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _cells(grid: dict[str, int]) -> list[tuple[int, int]]:
    return [(grid["x"] + x, grid["y"] + y) for x in range(grid["w"]) for y in range(grid["h"])]


def _sick(plant: Database) -> str:
    with plant.transaction() as tx:
        row = tx.connection.execute("SELECT asset_id FROM watch.asset WHERE asset = 'P-102'").fetchone()
    assert row is not None
    return str(row["asset_id"])
