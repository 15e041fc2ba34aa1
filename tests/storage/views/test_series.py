"""Counters, energy and silence are figured from readings as numpy would, resets and gaps made up for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest

from plant.errors import Rejected
from storage.binary.columns import ReadingColumns
from storage.core.database import Database
from storage.schema import upkeep
from storage.telemetry import readings
from storage.telemetry.windows import to_us
from storage.views import series
from storage.views.lttb import largest_triangles
from storage.views.series import Amount, Increase
from tests.plant_rows import PlantRows

START = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)  # ten minutes before a partition ends
Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def signals(plant_rows: PlantRows) -> list[int]:
    return [
        *plant_rows.signals(plant_rows.asset("P-1"), "a", "b"),
        *plant_rows.signals(plant_rows.asset("P-2"), "c"),
    ]


def store(database: Database, signal_id: int, *rows: tuple[float, float] | tuple[float, float, int]) -> None:
    """Rows of (minute, value[, flags])."""
    columns = ReadingColumns.of(
        [signal_id] * len(rows),
        [to_us(START) + round(row[0] * 60_000_000) for row in rows],
        [row[1] for row in rows],
        [int(row[2]) if len(row) == 3 else 0 for row in rows],
    )
    with database.transaction() as tx:
        readings.append(tx, columns, received_at=START)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def test_a_counter_that_is_reset_goes_on_from_zero(ingest_database: Database, app_database: Database) -> None:
    store(ingest_database, 1, (-5, 100), (1, 103), (2, 50, 2), (9, 110), (11, 4), (12, 9), (25, 2))
    with app_database.transaction() as tx:
        found = series.increases(tx, 1, time_from=START, time_to=at(30), step=timedelta(minutes=10))
    assert found == [
        Increase(time=at(0), increase=10.0, resets=0),
        Increase(time=at(10), increase=9.0, resets=1),
        Increase(time=at(20), increase=2.0, resets=1),
    ]


def test_a_counters_increases_add_up_however_the_steps_are_cut(
    ingest_database: Database, app_database: Database
) -> None:
    chance = np.random.default_rng(7)
    counted = np.cumsum(chance.integers(0, 5, 300)).astype(float)
    shown = counted - np.repeat(counted[[0, 100, 170]], [100, 70, 130])
    store(ingest_database, 1, *((0.1 * n, float(value)) for n, value in enumerate(shown)))
    with app_database.transaction() as tx:
        for minutes in (1, 7, 60):
            steps = series.increases(tx, 1, time_from=at(0), time_to=at(31), step=timedelta(minutes=minutes))
            total = sum(step.increase for step in steps)
            assert total == shown[99] + shown[169] + shown[299]


def test_power_gives_energy_and_says_how_much_of_the_time_it_covers(
    ingest_database: Database, app_database: Database
) -> None:
    store(ingest_database, 1, (0, 60), (1, 60), (2, 120), (3, 999, 2), (20, 60), (21, 60))
    with app_database.transaction() as tx:
        found = series.integral(
            tx, 1, time_from=START, time_to=at(60), step=timedelta(minutes=30), longest=timedelta(minutes=5)
        )
    assert found == [Amount(time=START, amount=pytest.approx(1 + 1.5 + 1), seconds=180.0)]


def test_what_is_silent_is_named_with_what_it_last_said(
    app_database: Database, superuser: Superuser, signals: list[int]
) -> None:
    for signal_id, stored_at in ((signals[0], at(0)), (signals[1], at(50))):
        PlantRows(superuser).latest(signal_id, at(-9), 1, stored_at=stored_at)
    with app_database.transaction() as tx:
        found = series.silent(tx, now=at(60), longest=timedelta(minutes=30))
        of_one = series.silent(tx, now=at(60), longest=timedelta(minutes=30), asset_ids=[2])
    assert [(one.signal_id, one.time, one.stored_at) for one in found] == [(1, at(-9), at(0)), (3, None, None)]
    assert [one.key for one in of_one] == ["c"]


@pytest.mark.parametrize(("span", "most", "says"), [(0, 10, "empty_span"), (5, 2, "too_few_points")])
def test_what_cannot_be_thinned_is_refused(app_database: Database, span: int, most: int, says: str) -> None:
    with pytest.raises(Rejected, match=says), app_database.transaction() as tx:
        series.thinned(tx, 1, time_from=START, time_to=at(span), most=most)


def test_a_series_of_a_year_comes_from_days_and_has_today_in_it(
    ingest_database: Database, app_database: Database
) -> None:
    store(ingest_database, 1, *((day * 1440.0, float(day)) for day in range(400)))
    with app_database.transaction() as tx:
        thin = series.thinned(tx, 1, time_from=START, time_to=START + timedelta(days=400), most=100)
    assert (thin.source, thin.step, len(thin)) == ("1d", timedelta(days=5), 80)
    assert thin.greatest[-1] == 399.0
    assert thin.least[0] == 0.0


@pytest.mark.usefixtures("plain_grade")
def test_a_series_is_the_same_however_far_rolling_up_has_come(
    ingest_database: Database, app_database: Database
) -> None:
    for hour in range(120):
        store(ingest_database, 1, (hour * 60.0 + 7, float(hour)))

    def seen() -> list[list[float]]:
        with app_database.transaction() as tx:
            thin = [
                series.thinned(tx, 1, time_from=START, time_to=START + timedelta(days=5), most=most)
                for most in (5, 100, 1_000)
            ]
        assert [one.source for one in thin] == ["1d", "1h", "1m"]
        return [array.tolist() for one in thin for array in (one.times_us, one.means, one.least, one.greatest)]

    raw = seen()
    for turn in range(4):
        ticks = iter([0.0, *[1.0] * (20 * turn), 60.0])
        upkeep.roll_up(app_database, monotonic=lambda ticks=ticks: next(ticks))  # type: ignore[misc]
        assert seen() == raw
    while upkeep.roll_up(app_database):
        pass
    assert seen() == raw
    store(ingest_database, 1, (30, 1_000.0))
    late = seen()
    assert late != raw
    upkeep.roll_up(app_database)
    assert seen() == late


def test_the_shape_of_a_curve_survives_thinning() -> None:
    x = np.arange(10_000)
    y = np.sin(x / 500)
    y[[1_234, 7_777]] = [9.0, -9.0]
    chosen = largest_triangles(x, y, 100)
    assert len(chosen) == 100
    assert {0, 1_234, 7_777, 9_999} <= set(chosen.tolist())
    assert (np.diff(chosen) > 0).all()
    assert largest_triangles(x[:50], y[:50], 100).tolist() == list(range(50))
