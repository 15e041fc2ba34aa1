"""What is built is stable and complete, and nobody who only looks can change it."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from grafana.build import Wanted, build
from grafana.colours import UNKNOWN
from grafana.languages import DashboardLanguage
from plant.health import Health
from storage.core.database import Database
from tests.grafana.conftest import read, sick
from tests.grafana.panels import Answer, dashboards, panels, run_panels


def test_the_twin_asks_for_one_wide_row_that_tells_who_is_sick(answers: list[Answer], looked_at: str) -> None:
    answer = next(one for one in answers if one.dashboard == "Digital twin")
    (row,) = answer.rows
    number = sick(looked_at)
    assert row[f"a{number} rank"] == Health.ALARM.rank
    assert row[f"a{number} health"] == pytest.approx(28)
    assert row[f"a{number} status"] == "Alarm"
    assert row[f"a{number} badges"] == "⚒"
    assert row[f"a{number} life"] == pytest.approx(10)
    assert row[f"a{number} flow runs"] == 2
    assert sum(value == "No model yet" for value in row.values()) == 1
    assert sum(name.startswith("s") for name in row) == 24


def test_building_twice_writes_the_same_bytes_and_touches_nothing(plant: Database, tmp_path: Path) -> None:
    assert sorted(build(plant, tmp_path)) == _files(tmp_path)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in _files(tmp_path)}
    build(plant, tmp_path)
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in _files(tmp_path)
    } == before
    with psycopg.connect(plant.url, autocommit=True) as connection:
        connection.execute("UPDATE asset SET name = 'Renamed', name_zh = '改名' WHERE tag = 'P-101'")
    build(plant, tmp_path)
    changed = {str(path.relative_to(tmp_path)) for path, (data, *_) in before.items() if path.read_bytes() != data}
    assert changed == {"dashboards/en/digital-twin.json", "dashboards/zh/digital-twin.json"}


def test_one_language_can_be_had_alone_and_the_other_goes(plant: Database, tmp_path: Path) -> None:
    build(plant, tmp_path)
    build(plant, tmp_path, Wanted(languages=[DashboardLanguage.CHINESE], console_url="https://console.example/"))
    assert not list((tmp_path / "dashboards" / "en").iterdir())
    assert "https://console.example/work-orders/" in json.dumps(read(tmp_path, "plant", "zh"))
    providers = json.loads((tmp_path / "provisioning" / "dashboards" / "assetloop.yaml").read_text())["providers"]
    assert [(one["folder"], one["folderUid"]) for one in providers] == [("assetloop 中文", "assetloop-zh")]


def test_an_empty_register_builds_too(app_database: Database, tmp_path: Path) -> None:
    build(app_database, tmp_path)
    run_panels(app_database.url, tmp_path)
    assert "register import" in read(tmp_path, "digital-twin")["panels"][0]["options"]["content"]
    assert "尚未登记" in read(tmp_path, "digital-twin", "zh")["panels"][0]["options"]["content"]


def test_viewers_cannot_change_what_is_provisioned(built: Path) -> None:
    assert all(json.loads(path.read_text())["editable"] is False for path in dashboards(built))
    provider = json.loads((built / "provisioning" / "dashboards" / "assetloop.yaml").read_text())["providers"][0]
    assert provider["allowUiUpdates"] is False
    assert Path(provider["options"]["path"]) == built / "dashboards" / "en"


def test_the_zone_is_that_of_the_site(plant: Database, tmp_path: Path) -> None:
    with psycopg.connect(plant.url, autocommit=True) as connection:
        connection.execute("UPDATE site SET timezone = 'Asia/Shanghai'")
    build(plant, tmp_path)
    assert {json.loads(path.read_text())["timezone"] for path in dashboards(tmp_path)} == {"Asia/Shanghai"}


def test_a_query_that_fails_is_never_painted_as_health(built: Path) -> None:
    for name in ("plant", "asset", "alarm-system", "models"):
        for panel in panels(read(built, name)):
            if panel["type"] == "stat":
                first = panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]
                assert (panel["title"], first["color"]) == (panel["title"], UNKNOWN)


def test_the_password_is_named_never_written(built: Path) -> None:
    source = json.loads((built / "provisioning" / "datasources" / "assetloop.yaml").read_text())["datasources"][0]
    assert source["secureJsonData"] == {"password": "$GRAFANA_DATABASE_PASSWORD"}
    assert source["jsonData"]["timeInterval"] == "1s"


def test_the_alert_rule_asks_the_record_and_names_no_channel(built: Path, looked_at: str) -> None:
    """Who is told is decided in Grafana; a contact point of ours would be away when the product is."""
    document = json.loads((built / "provisioning" / "alerting" / "assetloop.yaml").read_text())
    assert set(document) == {"apiVersion", "groups"}
    (rule,) = document["groups"][0]["rules"]
    assert (rule["noDataState"], rule["execErrState"]) == ("Alerting", "Alerting")
    assert "$" not in json.dumps({**rule, "data": None})
    with psycopg.connect(looked_at) as connection:
        connection.execute("SET ROLE assetloop_grafana")
        assert connection.execute(rule["data"][0]["model"]["rawSql"]).fetchone() == (0,)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
