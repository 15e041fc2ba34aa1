"""What happens together is one incident with its root first, one notice; what comes too fast is one flood."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import psycopg
import pytest

from alerts.alarms.acknowledgement import acknowledge_alert
from alerts.alarms.desk import Desk
from lifecycle import ledger
from plant.alarms.incident import IncidentRules, root_of
from plant.alert import Alert, AlertFlags
from plant.clock import ManualClock
from plant.notices.notice import NoticeSubject, PostedNotice
from plant.people.principal import typed
from plant.severity import Severity
from storage.core.database import Database, Transaction
from storage.notices import notices
from storage.work import alerts as alert_rows
from storage.work import incidents
from tests.alerts.conftest import ONSET
from tests.plant_rows import PlantRows

Look = psycopg.Connection[tuple[object, ...]]
RULES = IncidentRules()


def alert(asset_id: int, *, after_s: float = 0, severity: Severity = Severity.MAJOR) -> Alert:
    at = ONSET + timedelta(seconds=after_s)
    return Alert(
        alert_id=uuid4(),
        asset_id=asset_id,
        site="demo",
        asset=f"P-{asset_id}",
        kind="condition",
        severity=severity,
        flags=AlertFlags(active=True, acknowledged=False),
        onset=at,
        raised_at=at,
        count=1,
    )


def test_the_root_is_the_farthest_upstream_of_what_began_together() -> None:
    first, upstream, later = alert(3), alert(1, after_s=120), alert(0, after_s=900)
    feeds = {(0, 1), (1, 2), (1, 3), (0, 3)}
    assert root_of([first, upstream, later], feeds, RULES) is upstream
    assert root_of([first, upstream], set(), RULES) is first
    assert root_of([alert(1), worse := alert(2, severity=Severity.CRITICAL)], set(), RULES) is worse


def test_what_feeds_itself_in_a_circle_has_the_earliest_as_its_root() -> None:
    first, second = alert(1), alert(2, after_s=1)
    assert root_of([second, first], {(1, 2), (2, 1), (1, 1), (2, 2)}, RULES) is first


class Plant:
    """Assets in a row, each of which feeds the next, and others by themselves."""

    def __init__(self, database: Database, clock: ManualClock, rows: PlantRows) -> None:
        self.database, self.clock, self.rows = database, clock, rows

    def row(self, *tags: str) -> list[int]:
        ids = [self.rows.asset(tag) for tag in tags]
        for origin, to in pairwise(ids):
            self.rows.add("feed", from_asset_id=origin, to_asset_id=to)
        return ids

    def finds(self, asset_id: int, **more: object) -> None:
        now = self.clock.now()
        onset = now - timedelta(seconds=30)
        self.rows.finding(asset_id, **{"onset": onset, "updated": now, "severity": "MINOR", **more})

    def clears(self, asset_id: int) -> None:
        self.rows.connection.execute(
            "UPDATE finding SET cleared = updated, revision = revision + 1 WHERE asset_id = %s", [asset_id]
        )

    def incidents(self, *, open_only: bool = True) -> list[tuple[str, int]]:
        """Each open incident by its root's asset, and its size."""
        with self.database.transaction() as tx:
            found = incidents.list_incidents(tx, open_only=open_only)
            return sorted((alert_rows.get_alert(tx, one.root_alert_id).asset, one.size) for one in found)

    def notices(self) -> list[PostedNotice]:
        with self.database.transaction() as tx:
            ids = tx.connection.execute("SELECT notice_id FROM notice ORDER BY raised_at, notice_id").fetchall()
            return [one for row in ids if (one := notices.get(tx, row["notice_id"]))]


@pytest.fixture
def plant(app_database: Database, clock: ManualClock, plant_rows: PlantRows) -> Plant:
    return Plant(app_database, clock, plant_rows)


def test_what_happens_along_feeds_is_one_incident_and_one_notice(plant: Plant, desk: Desk, clock: ManualClock) -> None:
    first, second, third, far = plant.row("A-1", "A-2", "A-3", "A-9")[:3] + plant.row("Z-1")
    plant.finds(second)
    desk.round()
    clock.sleep(20)
    plant.finds(first)
    plant.finds(third)
    plant.finds(far)
    desk.round()
    assert plant.incidents() == [("A-1", 3), ("Z-1", 1)]
    chain = next(one for one in plant.notices() if one.notice.title.en.startswith("A-1"))
    assert chain.notice.title.en == "A-1: condition deviates (+2)"
    assert chain.notice.title.zh == "A-1：状态异常（另 2 条）"
    assert [line.en for line in chain.notice.lines] == ["A-2: condition deviates", "A-3: condition deviates"]
    assert (chain.revision, chain.told_revision) == (2, 1), "people are told once, then it is revised"


def test_an_incident_ends_when_it_was_calm_and_nothing_joins_it_then(
    plant: Plant, desk: Desk, clock: ManualClock, app_database: Database
) -> None:
    first, second = plant.row("A-1", "A-2")
    plant.finds(first)
    desk.round()
    with app_database.transaction() as tx:
        (one,) = alert_rows.list_alerts(tx)
    acknowledge_alert(app_database, one.alert_id, actor=typed("Ann"), clock=clock)
    clock.sleep(2)
    desk.round()
    (notice,) = plant.notices()
    assert (notice.acknowledged_by, notice.ended_at) == ("Ann", None)
    plant.clears(first)
    desk.round()
    clock.sleep(5)
    desk.round()
    clock.sleep(601)
    desk.round()
    assert plant.incidents() == []
    assert plant.notices()[0].ended_at == clock.now()
    plant.finds(second)
    desk.round()
    assert plant.incidents() == [("A-2", 1)]
    assert plant.incidents(open_only=False) == [("A-1", 1), ("A-2", 1)]


def test_incidents_that_an_alert_connects_are_one_with_the_cause_first(
    plant: Plant, desk: Desk, clock: ManualClock, app_database: Database
) -> None:
    cause, *_, left = plant.row("A-1", "A-2", "A-3", "A-4", "A-5")
    right = plant.row("B-1", "B-2", "B-3", "B-4")[-1]
    plant.rows.add("feed", from_asset_id=cause, to_asset_id=right - 3)
    for asset_id in (left, right):
        plant.finds(asset_id)
        desk.round()
        clock.sleep(20)
    assert plant.incidents() == [("A-5", 1), ("B-4", 1)]
    for asset_id in (left - 2, right - 2, cause):
        plant.finds(asset_id)
    desk.round()
    assert plant.incidents() == plant.incidents(open_only=False) == [("A-1", 5)]
    notes = plant.notices()
    assert [(one.ended_at is None, one.told_revision) for one in notes] == [(True, 1), (False, 1)], (
        "told no further time"
    )
    with app_database.transaction() as tx:
        (one,) = incidents.list_incidents(tx)
        assert {incidents.of_alert(tx, alert.alert_id) for alert in alert_rows.list_alerts(tx)} == {one.incident_id}
        assert ledger_agrees(tx)
    clock.sleep(5)
    desk.round()
    assert plant.incidents() == [("A-1", 5)]


def ledger_agrees(tx: Transaction) -> bool:
    return isinstance(ledger.verify(tx, "demo"), ledger.VerifiedChain)


def test_incidents_are_not_merged_beyond_the_largest_size(
    plant: Plant, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.alarms.incidents.placing.RULES", replace(RULES, most=4))
    ids = plant.row(*(f"A-{number}" for number in range(9)))
    for asset_id in (ids[0], ids[1], ids[7], ids[8]):
        plant.finds(asset_id)
    desk.round()
    assert plant.incidents() == [("A-0", 2), ("A-7", 2)]
    plant.finds(ids[4])
    desk.round()
    assert sorted(size for _, size in plant.incidents()) == [2, 3]


def test_a_trickle_does_not_keep_an_incident_open_to_what_comes(plant: Plant, desk: Desk, clock: ManualClock) -> None:
    ids = plant.row("A-1", "A-2", "A-3", "A-4")
    for asset_id in ids:
        plant.finds(asset_id)
        desk.round()
        clock.sleep(660)
    assert plant.incidents() == [("A-1", 3), ("A-4", 1)]


def test_at_ten_in_ten_minutes_the_rest_is_one_notice_but_what_is_critical(
    plant: Plant, desk: Desk, clock: ManualClock
) -> None:
    for number in range(14):
        plant.finds(plant.row(f"F-{number:02}")[0])
        clock.sleep(10)
        desk.round()
    (worst,) = plant.row("F-99")
    plant.finds(worst, severity="CRITICAL")
    desk.round()
    assert len(plant.incidents()) == 15
    told = plant.notices()
    assert len(told) == 12, "ten by themselves, one for the flood, and the critical one"
    (flood,) = [one for one in told if "flood" in one.notice.title.en]
    assert flood.notice.title.en == "demo: flood of alerts, 4 bundled here"
    assert flood.told_revision == 1
    assert flood.revision >= 4
    clock.sleep(601)
    desk.round()
    ended = next(one for one in plant.notices() if one.notice_id == flood.notice_id)
    assert ended.notice.title.en == "demo: the flood of alerts is over"
    assert ended.ended_at == clock.now()


def test_another_area_has_a_flood_of_its_own(plant: Plant, desk: Desk, plant_rows: PlantRows) -> None:
    for number in range(11):
        plant.finds(plant_rows.asset(f"N-{number}", area="north"))
    plant.finds(plant_rows.asset("S-1", area="south"))
    desk.round()
    told = plant.notices()
    assert [one.notice.area for one in told].count("south") == 1
    assert len(told) == 12
    assert {one.notice.subject for one in told} == {NoticeSubject.INCIDENT}


def test_an_incident_over_several_areas_is_one_notice_for_each_of_them_but_where_a_flood_has_it(
    plant: Plant, desk: Desk, clock: ManualClock, plant_rows: PlantRows
) -> None:
    cause, felt, later = (
        plant_rows.asset(tag, area=area) for tag, area in (("N", "north"), ("S", "south"), ("W", "west"))
    )
    for origin, to in pairwise((cause, felt, later)):
        plant_rows.add("feed", from_asset_id=origin, to_asset_id=to)
    plant.finds(cause)
    plant.finds(felt)
    desk.round()
    clock.sleep(20)
    plant.finds(later)
    desk.round()
    (told,) = plant.notices()
    assert (told.notice.each_area, told.told_revision) == (("north", "south", "west"), 1)
    for number in range(10):
        plant.finds(plant_rows.asset(f"F-{number}", area="east"))
    flooded, beside = (plant_rows.asset(tag, area=area) for tag, area in (("E", "east"), ("X", "north")))
    plant_rows.add("feed", from_asset_id=flooded, to_asset_id=beside)
    desk.round()
    plant.finds(flooded)
    plant.finds(beside)
    desk.round()
    titles = {one.notice.title.en: one.notice.each_area for one in plant.notices()}
    assert titles["E: condition deviates (+1)"] == ("north",)
    assert titles["demo east: flood of alerts, 1 bundled here"] == ("east",)


def test_people_are_told_again_when_an_incident_gets_worse(
    plant: Plant, desk: Desk, clock: ManualClock, superuser: Look
) -> None:
    plant.finds(*plant.row("A-1"))
    desk.round()
    clock.sleep(30)
    superuser.execute("UPDATE finding SET severity = 'CRITICAL', revision = revision + 1")
    desk.round()
    (notice,) = plant.notices()
    assert (notice.notice.severity, notice.notice.critical, notice.told_revision) == (Severity.CRITICAL, True, 2)
    assert replace(notice.notice, lines=()).title.en == "A-1: condition deviates"
