"""A push brings a Grafana up to date, touches nothing else, and never overwrites what a person changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from grafana.build import Wanted
from grafana.languages import DashboardLanguage
from grafana.links import UIDS
from grafana.publishing.alert_rule import RULE_UID
from grafana.publishing.job import DashboardKeeper, PushTarget
from grafana.publishing.push import PushDone, PushHow, PushStep, push
from grafana.publishing.server import GrafanaServer
from plant.clock import SystemClock
from plant.errors import Misconfigured, Unavailable
from storage.core.database import Database
from tests.grafana.publishing.grafana_double import GrafanaDouble, running

HOW = PushHow(
    wanted=Wanted(languages=[DashboardLanguage.ENGLISH]),
    source_url="postgresql://assetloop_login_grafana:secret@db.example:5432/plant",
)


@pytest.fixture
def grafana() -> Iterator[GrafanaDouble]:
    with running(GrafanaDouble()) as double:
        yield double


def pushed(plant: Database, grafana: GrafanaDouble, how: PushHow = HOW) -> list[PushDone]:
    return push(plant, SystemClock(), GrafanaServer(grafana.url, "token"), how)


def steps(done: list[PushDone]) -> dict[str, PushStep]:
    return {one.uid: one.step for one in done if one.what == "dashboard"}


def test_a_first_push_makes_everything_and_a_second_writes_nothing(plant: Database, grafana: GrafanaDouble) -> None:
    first = pushed(plant, grafana)
    assert steps(first) == dict.fromkeys(UIDS, PushStep.MAKE)
    assert set(grafana.dashboards) == set(UIDS)
    assert grafana.folders["assetloop"]["title"] == "assetloop"
    assert grafana.sources["assetloop"]["url"] == "db.example:5432"
    assert grafana.rules[RULE_UID]["folderUID"] == "assetloop-alerts" in grafana.folders
    grafana.asked.clear()
    again = pushed(plant, grafana)
    assert {one.step for one in again} == {PushStep.SAME}
    assert grafana.writes() == []


def test_a_dry_run_says_the_difference_and_writes_nothing(plant: Database, grafana: GrafanaDouble) -> None:
    assert steps(pushed(plant, grafana, replace(HOW, dry_run=True))) == dict.fromkeys(UIDS, PushStep.MAKE)
    assert grafana.writes() == []
    pushed(plant, grafana)
    rename(plant)
    grafana.asked.clear()
    found = steps(pushed(plant, grafana, replace(HOW, dry_run=True)))
    assert [uid for uid, step in found.items() if step is not PushStep.SAME] == ["assetloop-twin"]
    assert grafana.writes() == []


def test_what_a_person_changed_is_left_and_a_copy_stands_beside_it(plant: Database, grafana: GrafanaDouble) -> None:
    pushed(plant, grafana)
    grafana.changed_by_hand("assetloop-plant", title="My plant")
    assert steps(pushed(plant, grafana))["assetloop-plant"] is PushStep.CHANGED_BY_A_PERSON
    assert grafana.dashboards["assetloop-plant"]["title"] == "My plant"
    beside = steps(pushed(plant, grafana, replace(HOW, copies=True)))
    assert beside["assetloop-plant-new"] is PushStep.MAKE
    assert grafana.dashboards["assetloop-plant-new"]["title"] == "Plant (assetloop)"
    assert steps(pushed(plant, grafana, replace(HOW, copies=True)))["assetloop-plant-new"] is PushStep.SAME
    assert grafana.dashboards["assetloop-plant"]["title"] == "My plant"


def test_a_dashboard_of_that_uid_that_is_not_ours_is_left(plant: Database, grafana: GrafanaDouble) -> None:
    grafana.dashboards["assetloop-plant"] = {"uid": "assetloop-plant", "title": "Somebody's", "version": 4}
    grafana.dashboards["other"] = {"uid": "other", "title": "Other", "version": 1}
    pushed(plant, grafana)
    assert grafana.dashboards["assetloop-plant"]["title"] == "Somebody's"
    assert grafana.dashboards["other"] == {"uid": "other", "title": "Other", "version": 1}


def test_the_alert_rule_that_a_person_changed_is_left(plant: Database, grafana: GrafanaDouble) -> None:
    pushed(plant, grafana)
    grafana.rules[RULE_UID]["for"] = "10m"
    rule = next(one for one in pushed(plant, grafana) if one.what == "alert rule")
    assert (rule.step, grafana.rules[RULE_UID]["for"]) == (PushStep.CHANGED_BY_A_PERSON, "10m")


def test_somebody_who_saves_meanwhile_wins(plant: Database, grafana: GrafanaDouble) -> None:
    pushed(plant, grafana)
    rename(plant)
    grafana.refuses["POST", "/dashboards"] = 412
    assert steps(pushed(plant, grafana))["assetloop-twin"] is PushStep.CHANGED_BY_A_PERSON


def test_what_comes_from_files_is_left_to_them(plant: Database, grafana: GrafanaDouble) -> None:
    pushed(plant, grafana)
    grafana.provisioned.update(UIDS)
    grafana.sources["assetloop"]["readOnly"] = True
    grafana.rules[RULE_UID]["provenance"] = "file"
    rename(plant)
    grafana.asked.clear()
    done = pushed(plant, grafana)
    assert {one.step for one in done if one.what != "folder"} == {PushStep.FROM_FILES}
    assert grafana.writes() == []


def test_a_data_source_that_was_changed_is_brought_back_and_nobody_reads_its_password(
    plant: Database, grafana: GrafanaDouble
) -> None:
    pushed(plant, grafana)
    grafana.sources["assetloop"]["user"] = "postgres"
    done = next(one for one in pushed(plant, grafana) if one.what == "data source")
    assert done.step is PushStep.CHANGE
    assert grafana.sources["assetloop"]["user"] == "assetloop_login_grafana"
    with psycopg.connect(plant.url) as connection:
        assert "secret" not in str(connection.execute("SELECT * FROM grafana_push").fetchall())


def test_an_area_that_is_no_more_goes_unless_a_person_changed_its_drawing(
    plant: Database, grafana: GrafanaDouble
) -> None:
    with psycopg.connect(plant.url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO asset (site_id, class_id, tag, name, area)"
            " SELECT min(site_id), min(class_id), 'X-' || n, 'X', 'Area ' || n % 2"
            " FROM asset CROSS JOIN generate_series(1, 60) AS n GROUP BY n"
        )
    pushed(plant, grafana)
    drawings = [uid for uid in grafana.dashboards if uid.startswith("assetloop-twin-")]
    assert len(drawings) == 5
    grafana.changed_by_hand(drawings[0], title="Mine")
    with psycopg.connect(plant.url, autocommit=True) as connection:
        connection.execute("UPDATE asset SET retired_at = now() WHERE tag LIKE 'X-%'")
    found = steps(pushed(plant, grafana))
    assert [found[uid] for uid in drawings].count(PushStep.REMOVE) == 4
    assert [uid for uid in grafana.dashboards if uid.startswith("assetloop-twin-")] == [drawings[0]]


@pytest.mark.parametrize(
    ("refused", "status", "says"),
    [
        (("GET", "/org"), 401, "does not know the token: make a new one"),
        (("GET", "/datasources"), 403, r"may not read data sources \(role Admin\)"),
        (("POST", "/folders"), 403, r"may not make folders \(role Editor\)"),
        (("POST", "/dashboards"), 403, r"may not change dashboards \(role Editor\)"),
    ],
)
def test_without_rights_it_is_one_line_with_the_mend(
    plant: Database, grafana: GrafanaDouble, refused: tuple[str, str], status: int, says: str
) -> None:
    grafana.refuses[refused] = status
    with pytest.raises(Misconfigured, match=says) as caught:
        pushed(plant, grafana)
    assert "\n" not in str(caught.value)
    assert "token=" not in str(caught.value)


def test_a_grafana_too_old_away_or_without_a_data_source_is_one_line_with_the_mend(
    plant: Database, grafana: GrafanaDouble
) -> None:
    with pytest.raises(Misconfigured, match="set ASSETLOOP_GRAFANA_DATABASE_URL"):
        pushed(plant, grafana, replace(HOW, source_url=""))
    grafana.version = "10.4.2"
    with pytest.raises(Misconfigured, match=r"is 10\.4\.2: use 11\.6 or newer"):
        pushed(plant, grafana)
    grafana.refuses["GET", "/"] = 503
    with pytest.raises(Unavailable, match="does not answer"):
        pushed(plant, grafana)
    with pytest.raises(Unavailable, match="does not answer"):
        push(plant, SystemClock(), GrafanaServer("http://127.0.0.1:9", "token"), HOW)
    with pytest.raises(Misconfigured, match="is no address of a Grafana"):
        GrafanaServer("grafana.example")


def test_the_service_account_is_made_once(grafana: GrafanaDouble) -> None:
    server = GrafanaServer(grafana.url.replace("http://", "http://admin:secret@"))
    assert server.service_account() is None
    assert server.make_service_account() == "glsa_once"
    assert server.service_account() == 7
    assert "secret" not in server.address


def test_the_job_pushes_when_the_register_changes_and_tries_again_what_failed(
    plant: Database, grafana: GrafanaDouble
) -> None:
    keeper = DashboardKeeper(plant, SystemClock(), PushTarget(server=GrafanaServer(grafana.url, "token"), how=HOW))
    grafana.refuses["GET", "/"] = 503
    assert keeper.look() == []
    grafana.refuses.clear()
    assert len(steps(keeper.look())) == len(UIDS)
    grafana.asked.clear()
    assert keeper.look() == []
    assert grafana.asked == []
    rename(plant)
    found = steps(keeper.look())
    assert [uid for uid, step in found.items() if step is PushStep.CHANGE] == ["assetloop-twin"]


def rename(plant: Database) -> None:
    with psycopg.connect(plant.url, autocommit=True) as connection:
        connection.execute("UPDATE asset SET name = 'Renamed' WHERE tag = 'P-101'")
