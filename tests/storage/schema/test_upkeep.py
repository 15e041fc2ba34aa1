"""What would grow without end is folded, thinned and dropped, and nothing that counts is lost by it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import procrastinate
import procrastinate.testing
import psycopg
import pytest

from plant.clock import SystemClock
from plant.errors import Unavailable
from storage.binary.columns import ReadingColumns
from storage.core import jobs
from storage.core.database import Database
from storage.identity import sign_ins
from storage.schema import upkeep
from storage.schema.migrate import migrate
from storage.schema.rules import Rules
from storage.telemetry import delivery, quarantine, readings
from storage.telemetry.delivery import BatchDelivered, Delivered
from storage.telemetry.quarantine import Expired, RefusedPayload
from storage.telemetry.windows import to_us
from tests.patience import PATIENCE_S
from tests.plant_rows import PlantRows
from tests.queue_worker import work_off

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def asset(plant_rows: PlantRows) -> int:
    asset_id = plant_rows.asset("P-1")
    plant_rows.signals(asset_id, "a", "b")
    return asset_id


def append(database: Database, *rows: tuple[int, datetime, float]) -> None:
    with database.transaction() as tx:
        columns = ReadingColumns.of(
            [row[0] for row in rows], [to_us(row[1]) for row in rows], [row[2] for row in rows], [0] * len(rows)
        )
        readings.append(tx, columns, received_at=NOW)


def test_the_delivery_record_is_folded_and_its_sums_stay(
    ingest_database: Database, app_database: Database, superuser: Superuser
) -> None:
    sent = Delivered(device="demo/P-1", received=10, stored=6, duplicate=1, quarantined=2, conflicting=1)
    for batch in range(5):
        with ingest_database.transaction() as tx:
            delivery.record(tx, 0, batch, BatchDelivered.of([sent]), at=NOW - timedelta(days=100 * (batch % 2)))
    with app_database.transaction() as tx:
        before = delivery.totals(tx)
        minutes = tx.connection.execute("SELECT * FROM delivery_by_minute ORDER BY minute").fetchall()
    assert upkeep.fold(app_database, now=NOW) == 5
    assert upkeep.fold(app_database, now=NOW) == 0
    with app_database.transaction() as tx:
        assert delivery.totals(tx) == before
        left = tx.connection.execute("SELECT * FROM delivery_by_minute ORDER BY minute").fetchall()
    assert left == minutes[1:], "only the minute of a hundred days ago went"
    assert superuser.execute("SELECT count(*) FROM delivery_batch").fetchone() == (0,)


def test_folding_twice_adds_up(ingest_database: Database, app_database: Database, superuser: Superuser) -> None:
    for batch in range(3):
        with ingest_database.transaction() as tx:
            delivery.record(tx, 0, batch, BatchDelivered.of([Delivered(device="d", received=1, stored=1)]), at=NOW)
        upkeep.fold(app_database, now=NOW)
    assert superuser.execute("SELECT device, received, stored FROM delivery_minute").fetchall() == [("d", 3, 3)]
    assert superuser.execute("SELECT device, received, stored FROM delivery_total").fetchall() == [("d", 3, 3)]


def test_scores_that_have_aged_are_thinned_to_their_worst(
    app_database: Database, superuser: Superuser, plant_rows: PlantRows, asset: int
) -> None:
    old = NOW - timedelta(days=3)
    superuser.execute(
        "INSERT INTO score SELECT %s, %s::timestamptz + n * interval '2 seconds', 1, n::float / 100, n::float / 200,"
        " n %% 2 FROM generate_series(0, 89) AS n",
        [asset, old],
    )
    for age in (timedelta(minutes=5), timedelta(days=1200)):
        plant_rows.score(asset, NOW - age, 0.8, score_max=0.9)
    assert upkeep.thin(app_database, now=NOW) == 88
    assert upkeep.thin(app_database, now=NOW) == 0
    rows = superuser.execute("SELECT time, score_max, score_last, flags FROM score ORDER BY time").fetchall()
    assert rows == [
        (old + timedelta(seconds=58), 0.29, 0.145, 1),
        (old + timedelta(seconds=118), 0.59, 0.295, 1),
        (old + timedelta(seconds=178), 0.89, 0.445, 1),
        (NOW - timedelta(minutes=5), 0.9, 0.8, 0),
    ]


@pytest.mark.usefixtures("plain_grade")
def test_partitions_are_made_ahead_and_dropped_when_all_of_them_has_expired(
    ingest_database: Database, app_database: Database, superuser: Superuser, asset: int
) -> None:
    superuser.execute("UPDATE upkeep SET keep_raw = '30 days'")
    append(ingest_database, (asset, NOW - timedelta(days=60), 1.0), (asset, NOW - timedelta(days=29), 2.0))
    upkeep.roll_up(app_database)
    assert upkeep.prepare(app_database, now=NOW) == 3 + 3
    assert upkeep.prepare(app_database, now=NOW) == 0
    assert upkeep.expire(app_database, now=NOW) == ["reading_20251229"]
    assert superuser.execute("SELECT value FROM reading").fetchall() == [(2.0,)]
    assert superuser.execute("SELECT total FROM reading_1d ORDER BY time").fetchall() == [(1.0,), (2.0,)]


def partitions(superuser: Superuser) -> dict[str, tuple[object, object]]:
    rows = superuser.execute("SELECT name, since, until FROM partitions_of('reading') ORDER BY since").fetchall()
    return {str(name): (since, until) for name, since, until in rows}


@pytest.mark.usefixtures("plain_grade")
def test_partitions_are_as_long_as_the_expected_rate_allows(
    database_url: str, ingest_database: Database, superuser: Superuser, asset: int
) -> None:
    often = Rules(expected_values_per_s=2_000, keep_raw=timedelta(days=40))
    migrate(database_url, rules=often, allow_unsupported=True)
    append(ingest_database, (asset, NOW, 1.0), (asset, NOW + timedelta(hours=7), 2.0))
    assert partitions(superuser) == {
        "reading_2026030412_2h": (NOW, NOW + timedelta(hours=2)),
        "reading_2026030418_2h": (NOW + timedelta(hours=6), NOW + timedelta(hours=8)),
    }


@pytest.mark.usefixtures("plain_grade")
def test_another_expected_rate_leaves_partitions_as_they_are_and_fills_between_them(
    database_url: str, ingest_database: Database, app_database: Database, superuser: Superuser, asset: int
) -> None:
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    migrate(database_url, rules=Rules(), allow_unsupported=True)
    append(ingest_database, (asset, NOW, 1.0))
    hourly = Rules(expected_values_per_s=10_000, keep_raw=timedelta(days=20))
    migrate(database_url, rules=hourly, allow_unsupported=True)
    next_monday = monday + timedelta(days=7)
    append(ingest_database, (asset, NOW + timedelta(hours=1), 2.0), (asset, next_monday, 3.0))
    assert partitions(superuser) == {
        "reading_20260302": (monday, next_monday),
        "reading_2026030900_1h": (next_monday, next_monday + timedelta(hours=1)),
    }
    migrate(database_url, rules=Rules(), allow_unsupported=True)
    append(ingest_database, *((asset, next_monday + timedelta(hours=hour), 4.0) for hour in (0.5, 1, 3, 30, 200)))
    assert list(partitions(superuser)) == [
        "reading_20260302",
        "reading_2026030900_1h",
        "reading_2026030901_1h",
        "reading_2026030902_2h",
        "reading_2026031000_24h",
        "reading_20260316",
    ]
    superuser.execute("UPDATE upkeep SET keep_raw = '1 day'")
    at = next_monday + timedelta(days=1, hours=1)
    assert upkeep.expire(app_database, now=at) == ["reading_20260302", "reading_2026030900_1h"]


@pytest.mark.usefixtures("plain_grade")
def test_late_data_for_a_dropped_week_leaves_its_roll_up_as_it_was(
    ingest_database: Database, app_database: Database, superuser: Superuser, asset: int
) -> None:
    week = NOW - timedelta(days=60)
    append(ingest_database, *((asset, week + timedelta(seconds=second), float(second)) for second in range(3)))
    upkeep.roll_up(app_database)
    superuser.execute("UPDATE upkeep SET keep_raw = '30 days'")
    upkeep.expire(app_database, now=NOW)
    append(ingest_database, (asset, week + timedelta(seconds=9), 100.0))
    upkeep.roll_up(app_database)
    assert superuser.execute("SELECT n, highest FROM reading_1m").fetchall() == [(3, 2.0)]


@pytest.mark.usefixtures("plain_grade")
def test_a_partition_that_is_being_read_is_left_for_a_later_run(
    ingest_database: Database, app_database: Database, superuser: Superuser, asset: int
) -> None:
    superuser.execute("UPDATE upkeep SET keep_raw = '30 days'")
    append(ingest_database, (asset, NOW - timedelta(days=60), 1.0))
    with superuser.transaction():
        superuser.execute("SELECT FROM reading")
        with pytest.raises(Unavailable, match="lock"):
            upkeep.expire(app_database, now=NOW)
    assert len(upkeep.expire(app_database, now=NOW)) == 1


def test_what_is_stored_while_an_hour_is_rolled_up_is_rolled_up_next(
    ingest_database: Database, app_database: Database, superuser: Superuser, asset: int
) -> None:
    if superuser.execute("SELECT grade FROM deployment").fetchone() == ("community",):
        pytest.skip("TimescaleDB rolls up itself")
    append(ingest_database, (asset, NOW, 1.0))
    with ingest_database.transaction() as tx:
        late = ReadingColumns.of([asset], [to_us(NOW + timedelta(seconds=1))], [5.0], [0])
        readings.append(tx, late, received_at=NOW)
        worker = threading.Thread(target=lambda: upkeep.roll_up(app_database))
        worker.start()
        worker.join(PATIENCE_S)
        assert not worker.is_alive(), "rolling up waits for no batch, and no batch for it"
    assert superuser.execute("SELECT n, total FROM reading_1m").fetchall() == [(1, 1.0)]
    assert upkeep.roll_up(app_database) == 1
    assert superuser.execute("SELECT n, total FROM reading_1m").fetchall() == [(2, 6.0)]


def test_two_workers_roll_up_one_after_the_other(
    ingest_database: Database, app_database: Database, superuser: Superuser, asset: int
) -> None:
    if superuser.execute("SELECT grade FROM deployment").fetchone() == ("community",):
        pytest.skip("TimescaleDB rolls up itself")
    for second in range(20):
        append(ingest_database, (asset, NOW + timedelta(minutes=7 * second), 1.0))
    workers = [threading.Thread(target=lambda: upkeep.roll_up(app_database)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE_S)
    assert superuser.execute("SELECT sum(n) FROM reading_1d").fetchone() == (20,)
    with app_database.transaction() as tx:
        assert upkeep.waiting_s(tx) is None


def test_rolling_up_stops_when_its_time_is_over_and_goes_on_later(
    ingest_database: Database, app_database: Database, superuser: Superuser, asset: int
) -> None:
    if superuser.execute("SELECT grade FROM deployment").fetchone() == ("community",):
        pytest.skip("TimescaleDB rolls up itself")
    for hour in range(4):
        append(ingest_database, (asset, NOW + timedelta(hours=hour), 1.0))
    ticks = iter([0.0, 1.0, 60.0])
    assert upkeep.roll_up(app_database, monotonic=lambda: next(ticks), longest_s=50) == 2
    assert superuser.execute("SELECT min(time) FROM reading_1h").fetchone() == (NOW + timedelta(hours=2),)
    assert upkeep.roll_up(app_database) == 2


def test_a_worker_does_the_upkeep_from_the_queue(
    database_url: str,
    ingest_database: Database,
    app_database: Database,
    superuser: Superuser,
    plant_rows: PlantRows,
    asset: int,
) -> None:
    append(ingest_database, (asset, NOW, 1.0))
    plant_rows.wear(asset, datetime(2001, 1, 1, tzinfo=UTC))
    with ingest_database.transaction() as tx:
        delivery.record(tx, 0, 1, BatchDelivered.of([Delivered(device="d", received=1, stored=1)]), at=NOW)
    with app_database.transaction() as tx:
        for task in ("roll_up", "fold", "keep"):
            jobs.defer(tx, f"{upkeep.NAMESPACE}:{task}", timestamp=0)
    work_off(database_url, {upkeep.NAMESPACE: upkeep.upkeep_blueprint(app_database, SystemClock())})
    assert superuser.execute("SELECT status::text FROM procrastinate_jobs").fetchall() == [("succeeded",)] * 3
    assert superuser.execute("SELECT count(*) FROM delivery_batch").fetchone() == (0,)
    assert superuser.execute("SELECT count(*) FROM wear").fetchone() == (0,)
    if superuser.execute("SELECT grade FROM deployment").fetchone() != ("community",):
        assert superuser.execute("SELECT n FROM reading_1h").fetchall() == [(1,)]


def test_upkeep_is_due_every_minute_every_fifteen_and_every_hour(app_database: Database) -> None:
    app = procrastinate.App(connector=procrastinate.testing.InMemoryConnector())
    app.add_tasks_from(upkeep.upkeep_blueprint(app_database, SystemClock()), namespace=upkeep.NAMESPACE)
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons == {
        "storage:roll_up": "* * * * *",
        "storage:note_health": "* * * * *",
        "storage:fold": "* * * * *",
        "storage:keep_figures": "*/15 * * * *",
        "storage:keep": "17 * * * *",
    }


def test_upkeep_that_was_given_up_is_named_until_it_is_done_though_the_queue_forgets_what_succeeded(
    app_database: Database, database_url: str, superuser: Superuser
) -> None:
    for task in ("storage:keep", "storage:fold", "alerts:dispatch"):
        superuser.execute(
            "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
            " VALUES ('default', %s, 'failed', 3) RETURNING id)"
            " INSERT INTO procrastinate_events (job_id, type) SELECT id, 'failed' FROM job",
            [task],
        )
    assert failing_tasks(app_database) == ["storage:fold", "storage:keep"]
    with app_database.transaction() as tx:
        jobs.defer(tx, f"{upkeep.NAMESPACE}:fold", timestamp=0)
    blueprint = upkeep.upkeep_blueprint(app_database, SystemClock())
    work_off(database_url, {upkeep.NAMESPACE: blueprint}, delete_jobs="successful")
    assert failing_tasks(app_database) == ["storage:keep"]


def failing_tasks(database: Database) -> list[str]:
    with database.transaction() as tx:
        return [one.job for one in upkeep.failing(tx) if one.job.startswith("storage:")]


def held(
    asset: str, days: float, *, site: str | None = "demo", reason: str = "unknown_asset", key: str = ""
) -> RefusedPayload:
    """What an asset said so many days ago, with two readings."""
    payload, at = f"{asset} {days}".encode(), NOW - timedelta(days=days)
    return RefusedPayload(
        topic="t",
        reason=reason,
        payload=payload,
        length=1,
        sha256=payload,
        at=at,
        readings=2,
        site=site,
        asset=asset,
        key=key,
    )


def test_what_strangers_said_expires_and_is_counted_but_what_was_approved_waits_for_its_replay(
    ingest_database: Database,
    app_database: Database,
    superuser: Superuser,
    asset: int,  # noqa: ARG001 - P-1 of site demo
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ingest_database.transaction() as tx:
        quarantine.hold(tx, [held("X", 31), held("X", 29), held("G", 40, site=None)])
        quarantine.hold(tx, [held("P-1", 31), held("P-1", 50, site=None)])
        quarantine.hold(tx, [held("X", 400, reason="not_json")])
    assert upkeep.expire_quarantine(app_database, now=NOW) == {"unknown_asset": 2}
    assert upkeep.expire_quarantine(app_database, now=NOW) == {}
    assert "messages expired in quarantine and are gone" in caplog.text
    left = superuser.execute("SELECT asset_tag, reason, readings FROM quarantine ORDER BY 1, 2").fetchall()
    assert left == [*[("P-1", "unknown_asset", 2)] * 2, ("X", "not_json", 2), ("X", "unknown_asset", 2)]
    with app_database.transaction() as tx:
        gone = quarantine.expired(tx)
    assert gone == [Expired(reason="unknown_asset", messages=2, readings=4, first_at=NOW, last_at=NOW)]


def test_an_old_arrival_goes_and_a_newer_one_of_the_same_payload_stays(
    ingest_database: Database, app_database: Database, superuser: Superuser
) -> None:
    for days in (40, 1):
        with ingest_database.transaction() as tx:
            quarantine.hold(tx, [replace(held("X", 0), at=NOW - timedelta(days=days))])
    assert upkeep.expire_quarantine(app_database, now=NOW) == {"unknown_asset": 1}
    assert superuser.execute("SELECT count, readings FROM quarantine").fetchall() == [(1, 2)]
    assert superuser.execute("SELECT at FROM quarantine_arrival").fetchall() == [(NOW - timedelta(days=1),)]


def test_what_was_refused_for_other_reasons_expires_only_where_a_rule_says_so(
    ingest_database: Database, app_database: Database, superuser: Superuser, database_url: str
) -> None:
    with ingest_database.transaction() as tx:
        quarantine.hold(tx, [held("X", days, reason="not_a_number", key=f"k{days}") for days in (400, 11, 9)])
    assert upkeep.expire_quarantine(app_database, now=NOW) == {}
    migrate(database_url, rules=Rules(keep_quarantine=timedelta(days=10)), allow_unsupported=True)
    assert upkeep.expire_quarantine(app_database, now=NOW) == {"not_a_number": 2}
    assert superuser.execute("SELECT last_seen FROM quarantine").fetchall() == [(NOW - timedelta(days=9),)]


def test_what_somebody_writes_at_the_moment_expires_later_and_nobody_waits(
    ingest_database: Database, app_database: Database, superuser: Superuser
) -> None:
    with ingest_database.transaction() as tx:
        quarantine.hold(tx, [held("X", 31), held("Y", 31)])
    with superuser.transaction():
        superuser.execute("SELECT FROM quarantine WHERE asset_tag = 'X' FOR UPDATE")
        assert upkeep.expire_quarantine(app_database, now=NOW) == {"unknown_asset": 1}
    assert upkeep.expire_quarantine(app_database, now=NOW) == {"unknown_asset": 1}


def test_attempts_to_sign_in_go_after_their_time_and_so_does_what_was_valid_once(
    app_database: Database, superuser: Superuser
) -> None:
    superuser.execute("INSERT INTO person (sign_in, name, created_at, created_by) VALUES ('a', 'A', now(), 'a test')")
    for days in (1, 364, 366):
        at = NOW - timedelta(days=days)
        with app_database.transaction() as tx:
            sign_ins.count(tx, account="a", address="here", outcome="wrong", at=at)
            sign_ins.keep_delay(tx, f"key {days}", failures=1, until=at, at=at)
        superuser.execute(
            "INSERT INTO one_time_link SELECT sha256(%s), person_id, %s, 'a test', %s FROM person",
            [str(days).encode(), at, at],
        )
        superuser.execute(
            "INSERT INTO confirmation SELECT sha256(%s), person_id, 'act', %s, %s FROM person",
            [str(days).encode(), at, at],
        )
    assert upkeep.forget_sign_ins(app_database, now=NOW) == 1 + 2 + 2 + 2
    assert upkeep.forget_sign_ins(app_database, now=NOW) == 0
    with app_database.transaction() as tx:
        assert len(sign_ins.attempts(tx)) == 2
    with app_database.transaction() as tx, pytest.raises(psycopg.errors.InsufficientPrivilege):
        tx.connection.execute("DELETE FROM sign_in_attempt")
