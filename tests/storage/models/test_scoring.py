"""Leases say who scores an asset, how far it may, and nobody writes behind another's back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from storage.core.database import Database
from storage.models import scoring
from storage.models.scoring import LeasedToScore, ScoreRow, ScoringProgress
from storage.telemetry.windows import to_us
from tests.plant_rows import PlantRows

Connection = psycopg.Connection[tuple[object, ...]]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def assets(plant_rows: PlantRows) -> None:
    """Assets 1 to 3 of a class with a grace of 5 s, scored until a minute ago; data came just now, up to now."""
    plant_rows.asset_class("pump", grace_s=5)
    for tag in ("P-1", "P-2", "P-3"):
        asset_id = plant_rows.asset(tag)
        plant_rows.latest(plant_rows.signal(asset_id, "s"), NOW)
        model_id = plant_rows.model(plant_rows.installation(asset_id))
        plant_rows.add("scoring", asset_id=asset_id, model_id=model_id, watermark=ago(60), state=b"old")


def lease(
    database: Database, holder: str = "a", now: datetime = NOW, most: int = 10, **skip: list[int]
) -> list[LeasedToScore]:
    with database.transaction() as tx:
        due = scoring.due(tx, holder=holder, now=now, **skip)
    with database.transaction() as tx:
        taken = scoring.lease(tx, due[:most], holder=holder, now=now, lease_s=10)
    with database.transaction() as tx:
        return scoring.leased_assets(tx, taken)


def advanced(database: Database, leased: LeasedToScore, until: datetime, state: bytes) -> bool:
    with database.transaction() as tx:
        return bool(scoring.advance(tx, [ScoringProgress(leased=leased, watermark_us=to_us(until), state=state)]))


def test_the_horizon_is_the_newest_less_the_grace_of_the_class(app_database: Database) -> None:
    leased = lease(app_database)
    assert [one.asset_id for one in leased] == [1, 2, 3]
    assert {(one.watermark, one.horizon, one.state) for one in leased} == {(ago(60), ago(5), b"old")}


@pytest.mark.parametrize(("quiet_s", "horizon"), [(4.9, ago(5)), (5, NOW)])
def test_all_is_scored_once_nothing_was_stored_for_the_grace(
    app_database: Database, superuser: Connection, quiet_s: float, horizon: datetime
) -> None:
    superuser.execute("UPDATE latest SET stored_at = %s", [ago(quiet_s)])
    assert lease(app_database)[0].horizon == horizon


def test_an_asset_without_anything_new_is_left(app_database: Database, superuser: Connection) -> None:
    superuser.execute("UPDATE scoring SET watermark = %s WHERE asset_id = 1", [ago(5)])
    superuser.execute("UPDATE scoring SET model_id = NULL WHERE asset_id = 2")
    superuser.execute("DELETE FROM latest WHERE signal_id = 3")
    assert lease(app_database) == []


def test_slots_of_ingest_that_lag_one_another_are_waited_for(app_database: Database, plant_rows: PlantRows) -> None:
    for slot, lag_s in enumerate((1, 21)):
        plant_rows.slot(slot, holder="i", lease_until=ago(-9), lag_s=lag_s, last_commit=NOW)
    assert lease(app_database)[0].horizon == ago(5 + 20)


def test_a_slot_without_a_holder_lags_since_its_last_commit_and_an_ended_one_not_at_all(
    app_database: Database, plant_rows: PlantRows
) -> None:
    plant_rows.slot(0, holder="i", lease_until=ago(-9), lag_s=0, last_commit=NOW)
    plant_rows.slot(1, holder="gone", lease_until=ago(3), lag_s=0, last_commit=ago(30))
    plant_rows.slot(2, lag_s=0, last_commit=ago(9999))
    assert lease(app_database)[0].horizon == ago(5 + 30)


def test_a_leased_asset_is_nobody_elses_until_the_lease_runs_out(app_database: Database) -> None:
    first = lease(app_database, "a", most=2)
    assert [one.asset_id for one in first] == [1, 2]
    assert [one.asset_id for one in lease(app_database, "b")] == [3]
    assert lease(app_database, "b", NOW + timedelta(seconds=9)) != []
    assert [one.asset_id for one in lease(app_database, "c", NOW + timedelta(seconds=10))] == [1, 2]


def test_what_is_to_be_skipped_is_not_leased(app_database: Database) -> None:
    assert [one.asset_id for one in lease(app_database, skip_assets=[1], skip_models=[3])] == [2]


def test_only_the_latest_lease_may_write(app_database: Database, superuser: Connection) -> None:
    old = lease(app_database, "a")[0]
    new = lease(app_database, "a")[0]
    assert not advanced(app_database, old, ago(1), b"stale")
    assert advanced(app_database, new, ago(5), b"new")
    row = superuser.execute("SELECT watermark, state, holder, lease_until FROM scoring WHERE asset_id = 1").fetchone()
    assert row == (ago(5), b"new", None, None)


def test_an_asset_that_is_taken_over_before_it_is_remembered_is_left(app_database: Database) -> None:
    with app_database.transaction() as tx:
        old = scoring.lease(tx, scoring.due(tx, holder="a", now=NOW), holder="a", now=NOW, lease_s=10)
    assert [one.asset_id for one in lease(app_database, "b", NOW + timedelta(seconds=10), most=1)] == [1]
    with app_database.transaction() as tx:
        assert [one.asset_id for one in scoring.leased_assets(tx, old)] == [2, 3]


def test_leases_that_are_given_back_are_free_at_once(app_database: Database) -> None:
    lease(app_database, "a")
    with app_database.transaction() as tx:
        scoring.release(tx, holder="a")
    assert len(lease(app_database, "b")) == 3


@pytest.mark.parametrize(("watermark", "expected"), [(ago(90), ago(60)), (ago(30), ago(30))])
def test_a_new_model_never_takes_an_asset_backwards(
    app_database: Database, superuser: Connection, watermark: datetime, expected: datetime
) -> None:
    old = lease(app_database)[0]
    with app_database.transaction() as tx:
        scoring.reset(tx, asset_id=1, model_id=2, watermark=watermark, state=b"fresh")
    assert not advanced(app_database, old, NOW, b"stale")
    row = superuser.execute("SELECT model_id, watermark, state, holder FROM scoring WHERE asset_id = 1").fetchone()
    assert row == (2, expected, b"fresh", None)


def test_judging_an_instant_again_replaces_its_score(app_database: Database, superuser: Connection) -> None:
    with app_database.transaction() as tx:
        for model_id, score in ((1, 0.4), (2, 0.6)):
            row = ScoreRow(
                asset_id=1, time_us=to_us(NOW), model_id=model_id, score_max=score, score_last=score, flags=model_id - 1
            )
            scoring.write_scores(tx, [row])
    assert superuser.execute("SELECT model_id, score_max, score_last, flags FROM score").fetchall() == [
        (2, 0.6, 0.6, 1)
    ]
