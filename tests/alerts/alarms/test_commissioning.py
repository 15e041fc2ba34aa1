"""What is found at an asset in commissioning is engineering's; from the day of service on it is operations'."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from alerts.alarms.desk import Desk
from alerts.dispatch.circle import circle_of
from alerts.dispatch.plans import NoticePlan
from lifecycle.handover import projects
from lifecycle.handover.projects import ProjectWanted
from plant.clock import ManualClock
from plant.notices.notice import NoticeSubject
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.figures.figures import figures
from storage.identity import people as people_rows
from storage.projects import projects as project_rows
from storage.projects.readiness import put_in_service
from tests import people
from tests.alerts.alarms.test_incidents import Plant
from tests.plant_rows import PlantRows


@pytest.fixture
def plant(app_database: Database, clock: ManualClock, plant_rows: PlantRows) -> Plant:
    return Plant(app_database, clock, plant_rows)


def begin_project(plant: Plant, *assets: str, **more: object) -> None:
    wanted = ProjectWanted(tag="cw", site="demo", name="Cooling water", assets=assets, **more)  # type: ignore[arg-type]
    projects.add_project(plant.database, wanted, actor=people.SETUP, clock=plant.clock)


def enter_service(plant: Plant) -> None:
    with plant.database.transaction() as tx:
        put_in_service(tx, project_rows.get(tx, "cw").project_id, at=plant.clock.now())


def told(plant: Plant) -> list[tuple[str, str | None]]:
    """What people were told of incidents, and which team."""
    return [
        (one.notice.title.en.partition(":")[0], one.notice.team)
        for one in plant.notices()
        if one.notice.subject is NoticeSubject.INCIDENT and one.told_revision
    ]


def test_alerts_of_an_asset_in_commissioning_go_to_engineering_until_it_is_in_service(
    plant: Plant, desk: Desk, clock: ManualClock
) -> None:
    first, _, far = [*plant.row("A-1", "A-2"), *plant.row("Z-1")]
    begin_project(plant, "A-1", "A-2", engineering_team="contractor")
    plant.finds(first)
    plant.finds(far)
    desk.round()
    assert sorted(told(plant)) == [("A-1", "contractor"), ("Z-1", None)]
    enter_service(plant)
    plant.finds(first, kind="leak", failure_mode="ELP")
    clock.sleep(20)
    desk.round()
    assert set(told(plant)) >= {("A-1", "contractor"), ("A-1", None)}, "operations hear of what goes on since"


def test_an_incident_that_reaches_an_asset_in_service_is_told_to_operations_too(
    plant: Plant, desk: Desk, clock: ManualClock
) -> None:
    first, second = plant.row("A-1", "A-2")
    begin_project(plant, "A-1")
    plant.finds(first)
    desk.round()
    assert told(plant) == [("A-1", "engineering")]
    clock.sleep(20)
    plant.finds(second)
    desk.round()
    assert sorted(told(plant), key=str) == [("A-1", "engineering"), ("A-1", None)]


def test_a_flood_of_operations_takes_nothing_in_that_is_in_commissioning(plant: Plant, desk: Desk) -> None:
    found = [plant.row(f"C-{place:02}")[0] for place in range(12)]
    begin_project(plant, *(f"C-{place:02}" for place in range(12)))
    for asset_id in found:
        plant.finds(asset_id)
    desk.round()
    assert {team for _, team in told(plant)} == {"engineering"}
    assert len(told(plant)) == 12


def test_an_order_of_an_asset_in_commissioning_is_for_the_team_of_engineering(plant: Plant, desk: Desk) -> None:
    with plant.database.transaction() as tx:
        people_rows.put_team(tx, tag="engineering", name="Engineering")
    (asset_id,) = plant.row("A-1")
    begin_project(plant, "A-1")
    plant.finds(asset_id, severity="MAJOR")
    desk.round()
    rows = plant.rows.connection.execute("SELECT team FROM work_order").fetchall()
    assert rows == [("engineering",)]


def test_who_engineers_a_site_is_told_where_nobody_set_up_the_team(plant: Plant, desk: Desk) -> None:
    for name, role in (("jonas", PlantRole.ENGINEERING), ("ana", PlantRole.OPERATIONS)):
        people.enter(plant.database, plant.clock, name, name=name, roles=((role, "demo"),))
    (asset_id,) = plant.row("A-1")
    begin_project(plant, "A-1")
    plant.finds(asset_id)
    desk.round()
    (posted,) = plant.notices()
    with plant.database.transaction() as tx:
        circle = circle_of(tx, posted.notice, NoticePlan(name="all"))
    assert [one.sign_in for one in circle.team] == ["jonas"]


def test_figures_begin_with_service_and_what_keeps_running_is_counted_all_along(
    plant: Plant, clock: ManualClock
) -> None:
    asset_id, running = plant.row("A-1") + plant.row("B-1")
    began = clock.now()
    long_ago = [began - timedelta(days=9)] * 2
    plant.rows.connection.execute("UPDATE asset_state SET since = %s, noted_at = %s", long_ago)
    begin_project(plant, "A-1")
    keeps = ProjectWanted(tag="retrofit", site="demo", name="Retrofit", assets=("B-1",), keep_running=True)
    projects.add_project(plant.database, keeps, actor=people.SETUP, clock=clock)
    plant.rows.connection.execute("DELETE FROM asset_state WHERE since > %s", [began])  # by the real clock
    plant.rows.add("downtime", **outage(asset_id, began + timedelta(days=1)))
    clock.sleep(4 * 86_400)
    with plant.database.transaction() as tx:
        put_in_service(tx, project_rows.get(tx, "cw").project_id, at=clock.now())
    plant.rows.connection.execute("DELETE FROM asset_state WHERE since > %s", [clock.now()])
    plant.rows.add("downtime", **outage(running, began + timedelta(days=1)))
    clock.sleep(2 * 86_400)
    with plant.database.transaction() as tx:
        found = figures(tx, since=began, until=clock.now(), known_at=clock.now())
    assert {one.asset: (round(one.required_h), one.failures) for one in found} == {"A-1": (48, 0), "B-1": (144, 1)}


def outage(asset_id: int, at: datetime) -> dict[str, object]:
    """A machine that stood for no plan, without an order."""
    return {
        "asset_id": asset_id,
        "down_from": at,
        "down_to": at + timedelta(hours=1),
        "is_planned": False,
        "reason": "tripped",
        "noted_at": at,
        "noted_by": "a test",
    }
