"""Figures come out as worked by hand: each test tells its arithmetic, in hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from plant.errors import Rejected
from plant.people.principal import Principal, Recognition
from storage.core.database import Database
from storage.figures.figures import Bucket, FiguresBy, PlantFigures, figures, note_state
from tests.plant_rows import PlantRows

BERLIN = ZoneInfo("Europe/Berlin")
MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = datetime(2026, 8, 1, tzinfo=UTC)


class Plant:
    """Writes what happened: since when a machine is in which state, failures, and what was booked."""

    def __init__(self, rows: PlantRows) -> None:
        self.rows = rows

    def asset(
        self, tag: str = "P-1", *, state: str = "in_service", since: datetime = MARCH - 90 * DAY, **at: str
    ) -> int:
        asset_id = self.rows.asset(tag, state=state, **at)
        self.rows.connection.execute(
            "UPDATE asset_state SET since = %s, noted_at = %s WHERE asset_id = %s", [since, since, asset_id]
        )
        return asset_id

    def state(self, asset_id: int, state: str, since: datetime, noted_at: datetime | None = None) -> None:
        self.rows.add("asset_state", asset_id=asset_id, state=state, since=since, noted_at=noted_at or since)

    def order(self, asset_id: int, at: datetime, **columns: object) -> int:
        return self.rows.work_order(asset_id, at=at, **{"state": "CLOSE", "completed_at": at, **columns})

    def failure(
        self, asset_id: int, failed: datetime | None, restored: datetime, closed: datetime | None = None
    ) -> int:
        """A failure that was confirmed when its order was closed."""
        order_id = self.order(asset_id, failed or restored - DAY)
        codes = {"outcome": "confirmed", "failure_mode": "VIB", "cause": "3.4", "action": "repair", "relearn": False}
        times = {"failed_at": failed, "restored_at": restored, "closed_at": closed or restored, "closed_by": "Mei"}
        self.rows.add("work_order_closing", order_id=order_id, **codes, **times)
        return order_id

    def booking(self, order_id: int, at: datetime, by: str, **what: object) -> int:
        return int(self.rows.add("work_order_booking", order_id=order_id, booked_at=at, booked_by=by, **what))


@pytest.fixture
def plant(plant_rows: PlantRows) -> Plant:
    return Plant(plant_rows)


def ask(
    database: Database, since: datetime = MARCH, until: datetime = APRIL, known_at: datetime = LATER, **how: object
) -> list[PlantFigures]:
    with database.transaction() as tx:
        return figures(tx, since=since, until=until, known_at=known_at, **how)  # type: ignore[arg-type]


def test_a_month_with_two_failures(app_database: Database, plant: Plant) -> None:
    # March has 31 · 24 = 744 h required.
    # failure 1: 10 March 06:00 to 16:00 = 10 h; failure 2: 20 March 00:00 to 21 March 06:00 = 30 h; down 40 h
    # up 744 - 40 = 704; MTBF 704 / 2 = 352; MTTR 40 / 2 = 20; availability 704 / 744 = 0.94624
    asset_id = plant.asset()
    plant.failure(asset_id, MARCH + 9 * DAY + 6 * HOUR, MARCH + 9 * DAY + 16 * HOUR)
    plant.failure(asset_id, MARCH + 19 * DAY, MARCH + 20 * DAY + 6 * HOUR)
    (one,) = ask(app_database)
    assert (one.required_h, one.down_h, one.failures) == (744, 40, 2)
    assert (one.mtbf_h, one.mttr_h, one.availability) == (352, 20, pytest.approx(704 / 744))


def test_a_month_without_failure_has_no_mtbf_and_no_mttr(app_database: Database, plant: Plant) -> None:
    plant.asset()
    (one,) = ask(app_database)
    assert (one.failures, one.mtbf_h, one.mttr_h, one.availability) == (0, None, None, 1.0)
    assert (one.planned_share, one.schedule_compliance, one.backlog_weeks, one.first_time_fix) == (None,) * 4
    assert (one.detection_precision, one.lead_h, one.costs) == (None, None, {})


def test_an_outage_is_clipped_to_the_window_also_where_it_began_before(app_database: Database, plant: Plant) -> None:
    # down 27 February 00:00 to 3 March 12:00 = 108 h, of which in March 2 days 12 h = 60 h
    # down 30 March 18:00 to 2 April 00:00 = 54 h, of which in March 30 h
    # March: down 90, begun here 1 (the second); MTBF (744 - 90) / 1 = 654; restored here: the first, wholly: MTTR 108
    # April: 720 h, down 24, begun 0: MTBF null; restored the second, wholly: MTTR 54
    asset_id = plant.asset()
    plant.failure(asset_id, MARCH - 2 * DAY, MARCH + 2 * DAY + 12 * HOUR)
    plant.failure(asset_id, MARCH + 29 * DAY + 18 * HOUR, APRIL + DAY)
    march, april = ask(app_database, until=APRIL + 30 * DAY, bucket=Bucket.MONTH)
    assert (march.down_h, march.failures, march.mtbf_h, march.mttr_h) == (90, 1, 654, 108)
    assert (april.required_h, april.down_h, april.failures, april.mtbf_h, april.mttr_h) == (720, 24, 0, None, 54)


def test_standby_and_commissioning_are_no_required_time(app_database: Database, plant: Plant) -> None:
    # commissioning until 6 March, in service to 16 March, standby to 26 March, in service: 10 + 6 = 16 days = 384 h
    # down 4 March 00:00 to 7 March 00:00: 24 h of it required, begun in commissioning: no failure
    # down 25 March 12:00 to 26 March 06:00: 6 h of it required, begun in standby: no failure
    # so the availability is 354 of 384
    asset_id = plant.asset(state="commissioning")
    plant.state(asset_id, "in_service", MARCH + 5 * DAY)
    plant.state(asset_id, "standby", MARCH + 15 * DAY)
    plant.state(asset_id, "in_service", MARCH + 25 * DAY)
    plant.failure(asset_id, MARCH + 3 * DAY, MARCH + 6 * DAY)
    plant.failure(asset_id, MARCH + 24 * DAY + 12 * HOUR, MARCH + 25 * DAY + 6 * HOUR)
    (one,) = ask(app_database)
    assert (one.required_h, one.down_h, one.failures) == (384, 30, 0)
    assert one.availability == pytest.approx(354 / 384)


def test_what_is_taken_out_of_service_is_down_and_no_failure(app_database: Database, plant: Plant) -> None:
    # out of service 11 to 13 March: 48 h down of 744 required
    asset_id = plant.asset()
    plant.state(asset_id, "out_of_service", MARCH + 10 * DAY)
    plant.state(asset_id, "in_service", MARCH + 12 * DAY)
    (one,) = ask(app_database)
    assert (one.required_h, one.down_h, one.failures) == (744, 48, 0)


def test_outages_that_overlap_count_once(app_database: Database, plant: Plant) -> None:
    # 10 March 00:00 to 12:00 and 06:00 to 18:00: down 18 h, two failures, MTTR (12 + 12) / 2
    asset_id = plant.asset()
    for hours in (0, 6):
        began = MARCH + 9 * DAY + hours * HOUR
        plant.failure(asset_id, began, began + 12 * HOUR)
    (one,) = ask(app_database)
    assert (one.down_h, one.failures, one.mttr_h) == (18, 2, 12)


def test_two_people_on_one_order_are_one_downtime_and_twice_the_labour(app_database: Database, plant: Plant) -> None:
    # down 10 h; two people, 4 h each, on a corrective order: labour 8 h; 2 h preventive: planned share 2 / 10
    # 300 EUR, of which 100 EUR are reversed, and 50 CNY
    asset_id = plant.asset()
    at = MARCH + 9 * DAY
    order_id = plant.failure(asset_id, at, at + 10 * HOUR)
    for who in ("Mei", "Li"):
        plant.booking(order_id, at, who, hours=4)
    plant.booking(plant.order(asset_id, at, failure_mode="OHE", work_type="preventive"), at, "Mei", hours=2)
    plant.booking(order_id, at, "Mei", cost=200, currency="EUR")
    wrong = plant.booking(order_id, at, "Mei", cost=100, currency="EUR")
    plant.booking(order_id, at, "Mei", cost=-100, currency="EUR", reverses=wrong)
    plant.booking(order_id, at, "Mei", cost=50, currency="CNY")
    (one,) = ask(app_database)
    assert (one.down_h, one.labour_h, one.planned_share) == (10, 10, 0.2)
    assert one.costs == {"EUR": 200, "CNY": 50}


def test_days_have_23_and_25_hours_where_the_clock_is_moved(app_database: Database, plant: Plant) -> None:
    # Europe/Berlin 2026: 29 March has 23 h, 25 October 25 h. Down from local midnight to noon: 11 h and 13 h.
    plant.rows.site("berlin", timezone="Europe/Berlin")
    asset_id = plant.asset(site="berlin")
    for day, length, down in ((datetime(2026, 3, 29), 23, 11), (datetime(2026, 10, 25), 25, 13)):  # noqa: DTZ001
        midnight, noon = day.replace(tzinfo=BERLIN), day.replace(hour=12, tzinfo=BERLIN)
        plant.failure(asset_id, midnight, noon)
        found = ask(app_database, midnight, midnight + 2 * DAY, LATER + 365 * DAY, bucket=Bucket.DAY)
        assert [(one.required_h, one.down_h) for one in found] == [(length, down), (24, 0)]
        assert found[0].time_from == midnight


def test_a_month_is_that_of_the_sites_zone(app_database: Database, plant: Plant) -> None:
    # March in Berlin has 31 · 24 - 1 = 743 h
    plant.rows.site("berlin", timezone="Europe/Berlin")
    plant.asset(site="berlin")
    since = datetime(2026, 3, 1, tzinfo=BERLIN)
    (one,) = ask(app_database, since, datetime(2026, 4, 1, tzinfo=BERLIN), bucket=Bucket.MONTH)
    assert (one.required_h, one.time_from) == (743, since)


def test_figures_are_restated_when_late_facts_arrive_and_as_known_before_they_are_not(
    app_database: Database, plant: Plant
) -> None:
    # down 10 March, 24 h; the order is closed on 20 April; on 25 April it is noted that it stood by from 21 March on
    # known 1 April: 744 required, none down; known 21 April: 24 down; known 1 May: 20 · 24 = 480 required
    asset_id = plant.asset()
    plant.failure(asset_id, MARCH + 9 * DAY, MARCH + 10 * DAY, closed=APRIL + 19 * DAY)
    with app_database.transaction() as tx:
        note_state(tx, asset_id, "standby", since=MARCH + 20 * DAY, noted_at=APRIL + 24 * DAY)
    known = {day: ask(app_database, known_at=APRIL + day * DAY)[0] for day in (0, 20, 30)}
    assert [(one.required_h, one.down_h, one.failures) for one in known.values()] == [
        (744, 0, 0),
        (744, 24, 1),
        (480, 24, 1),
    ]


def test_an_end_that_was_noted_late_restates_figures_only_since_then(app_database: Database, plant: Plant) -> None:
    # it stands from 10 March on, which is noted at once; on 20 April it is noted that this was over on 12 March
    # known 1 April: down for all of the 22 days that are left of March; known 21 April: 48 h
    asset_id = plant.asset()
    noted = {"noted_at": MARCH + 9 * DAY, "noted_by": "Ann", "reason": "seal"}
    ended = {"down_to_noted_at": APRIL + 19 * DAY, "down_to_noted_by": "Bo"}
    span = {"down_from": MARCH + 9 * DAY, "down_to": MARCH + 11 * DAY}
    plant.rows.add("downtime", asset_id=asset_id, **span, **noted, **ended)
    known = [ask(app_database, known_at=APRIL + day * DAY)[0] for day in (0, 20)]
    assert [one.down_h for one in known] == [22 * 24, 48]
    assert [one.mttr_h for one in known] == [None, 48]


def test_classes_and_sites_are_made_of_summed_elements(app_database: Database, plant: Plant) -> None:
    # P-1: 744 h, one failure of 24 h; P-2: in service from 22 March, 240 h, two failures of 12 h
    # class and site: required 984, down 48, failures 3: MTBF 936 / 3 = 312 (the mean of 720 and 108 would be 414)
    one, two = plant.asset("P-1"), plant.asset("P-2", since=MARCH + 21 * DAY)
    plant.failure(one, MARCH + 9 * DAY, MARCH + 10 * DAY)
    for day in (23, 26):
        plant.failure(two, MARCH + day * DAY, MARCH + day * DAY + 12 * HOUR)
    for by in (FiguresBy.CLASS, FiguresBy.SITE):
        (found,) = ask(app_database, by=by)
        assert (found.required_h, found.down_h, found.failures, found.mtbf_h, found.mttr_h) == (984, 48, 3, 312, 16)
    assert [one.mtbf_h for one in ask(app_database)] == [720, 108]


def test_schedule_compliance_and_backlog(app_database: Database, plant: Plant) -> None:
    # due in March: one done in time, one late, one never: 1 / 3; one cancelled does not count
    # open at the end of March: the never and one of 30 March = 2; completed in the 12 weeks before: 2, so 2 / 12 a week
    # backlog 2 / (2 / 12) = 12 weeks
    asset_id = plant.asset()
    due = MARCH + 10 * DAY
    plant.order(asset_id, MARCH, failure_mode="A", requested_finish=due, completed_at=due - HOUR)
    plant.order(asset_id, MARCH, failure_mode="B", requested_finish=due, completed_at=due + HOUR)
    plant.order(asset_id, MARCH, failure_mode="C", requested_finish=due, completed_at=None, state="APPR")
    plant.order(asset_id, MARCH, failure_mode="D", requested_finish=due, completed_at=None, state="CAN")
    late = MARCH + 29 * DAY
    plant.order(asset_id, late, failure_mode="E", requested_finish=APRIL + DAY, completed_at=None, state="APPR")
    (one,) = ask(app_database)
    assert (one.schedule_compliance, one.open_orders) == (pytest.approx(1 / 3), 2)
    assert one.backlog_weeks == pytest.approx(12)


def test_first_time_fix_waits_for_30_days(app_database: Database, plant: Plant) -> None:
    # restored 2 and 12 March, the first failed again of the same mode within 30 days: 1 of 2 fixed at once
    # restored 28 March: not judged before 27 April
    asset_id = plant.asset()
    for day in (1, 11, 27):
        plant.failure(asset_id, MARCH + day * DAY, MARCH + day * DAY + 12 * HOUR)
    (one,) = ask(app_database, known_at=APRIL + 13 * DAY)
    assert one.first_time_fix == 0  # both known ones failed again: 1 -> 11, 11 -> 27
    (later,) = ask(app_database, known_at=LATER)
    assert later.first_time_fix == pytest.approx(1 / 3)


def test_detection_counts_what_was_told_missed_and_false(app_database: Database, plant: Plant) -> None:
    # told and confirmed 2, false 1, missed 1: precision 2 / 3, recall 2 / 3; leads 10 h and 30 h: median 20
    asset_id = plant.asset()
    at = MARCH + 5 * DAY
    for source, outcome, lead in (
        ("model", "confirmed", 10),
        ("model", "confirmed", 30),
        ("model", "false_alarm", None),
        ("person", "confirmed", None),
    ):
        order_id = plant.order(asset_id, at, failure_mode=f"{source}{outcome}{lead}")
        finding_id = plant.rows.finding(asset_id, kind=f"k{lead}{outcome}") if source == "model" else None
        told = {"notified_at": at, "failed_at": at + lead * HOUR} if lead else {}
        plant.rows.add(
            "label",
            order_id=order_id,
            asset_id=asset_id,
            finding_id=finding_id,
            source=source,
            source_version="",
            kind="condition",
            outcome=outcome,
            failure_mode="VIB",
            onset=at,
            ended=at,
            restored_at=at + 40 * HOUR,
            line=1.0,
            labelled_at=at + 50 * HOUR,
            labelled_by="Mei",
            **told,
        )
    (one,) = ask(app_database)
    assert (one.detection_precision, one.detection_recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert one.lead_h == 20


def test_downtime_that_was_noted_is_joined_with_the_failure_of_its_order(app_database: Database, plant: Plant) -> None:
    # order closed with failure 10 March 00:00 to 10:00; noted on it: down 06:00 to 16:00: one failure, 16 h, MTTR 16
    # planned 20 March, 8 h: no failure; 25 March 12 h without an order: a second failure; down 16 + 8 + 12 = 36 h
    # MTTR (16 + 12) / 2 = 14
    asset_id = plant.asset()
    at = MARCH + 9 * DAY
    order_id = plant.failure(asset_id, at, at + 10 * HOUR)
    for began, hours, about in (
        (at + 6 * HOUR, 10, {"order_id": order_id}),
        (MARCH + 19 * DAY, 8, {"is_planned": True}),
        (MARCH + 24 * DAY, 12, {}),
    ):
        noted = {"reason": "stood", "noted_at": began, "noted_by": "Mei"}
        ended = began + hours * HOUR
        plant.rows.add("downtime", asset_id=asset_id, down_from=began, down_to=ended, **noted, **about)
    (one,) = ask(app_database)
    assert (one.down_h, one.failures, one.mttr_h) == (36, 2, 14)


def test_labour_counts_on_the_day_it_was_worked_and_what_takes_it_back_there_too(
    app_database: Database, plant: Plant
) -> None:
    # 4 h worked on 31 March, booked on 2 April, reversed on 5 April
    # known 1 April: 0 h in March; known 3 April: 4 h; known 6 April: 4 - 4 = 0 h, and nothing in April
    asset_id = plant.asset()
    order_id = plant.order(asset_id, MARCH)
    plant.rows.add("person", person_id=uuid4(), sign_in="mei", name="Mei", created_at=MARCH, created_by="a test")
    worked = {"person": "mei", "worked_on": (APRIL - DAY).date()}
    first = plant.booking(order_id, APRIL + DAY, "Mei", hours=4, **worked)
    plant.booking(order_id, APRIL + 4 * DAY, "Mei", hours=-4, reverses=first, **worked)
    known = [ask(app_database, known_at=APRIL + days * DAY)[0].labour_h for days in (0, 2, 5)]
    assert known == [0, 4, 0]
    assert ask(app_database, APRIL, APRIL + 30 * DAY)[0].labour_h == 0


def test_figures_are_of_ones_own_sites(app_database: Database, plant: Plant) -> None:
    plant.asset(site="north")
    plant.asset(site="south")
    mei = Principal(name="Mei", recognition=Recognition.PASSWORD)
    own = app_database.on_behalf_of(mei, sites=frozenset({"north"}))
    assert [one.site for one in ask(own)] == ["north"]
    assert [one.site for one in ask(app_database)] == ["north", "south"]


def test_an_empty_span_is_refused(app_database: Database) -> None:
    with pytest.raises(Rejected, match="later"):
        ask(app_database, APRIL, MARCH)


def test_an_assets_states_are_kept_as_they_change(app_database: Database, plant: Plant) -> None:
    asset_id = plant.rows.asset("P-9", state="commissioning")
    plant.rows.connection.execute("UPDATE asset SET state = 'in_service', name = 'x' WHERE asset_id = %s", [asset_id])
    plant.rows.connection.execute("UPDATE asset SET name = 'y' WHERE asset_id = %s", [asset_id])
    rows = plant.rows.connection.execute("SELECT state FROM asset_state WHERE asset_id = %s", [asset_id]).fetchall()
    assert rows == [("commissioning",), ("in_service",)]
    with app_database.transaction() as tx:
        assert tx.connection.execute("SELECT count(*) AS n FROM watch.figures_by_month").fetchone() is not None
