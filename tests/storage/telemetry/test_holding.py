"""What is reported only when it changes has its last value for a stated time, and is old after that, everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest

from storage.core.database import Database
from storage.telemetry import windows
from storage.telemetry.windows import Window
from storage.views import liveness, overview
from tests.plant_rows import PlantRows

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOLDS_S = 20.0
NAN = np.nan


@pytest.fixture
def signals(superuser: psycopg.Connection[tuple[object, ...]], plant_rows: PlantRows) -> list[int]:
    """A flow that is measured each second but for a gap, and a valve that says when it moves; and their readings."""
    superuser.execute("SELECT ensure_partition(%s, %s)", [START - timedelta(days=1), START + timedelta(days=1)])
    asset_id = plant_rows.asset("P-1")
    flow, valve = plant_rows.signal(asset_id, "flow"), plant_rows.signal(asset_id, "valve", holds_s=HOLDS_S)
    for second in (*range(1, 31), 40):
        plant_rows.reading(flow, START + timedelta(seconds=second), float(second))
    for second, value, flags in ((-5, 1.0, 0), (3, 2.0, 0), (6, 9.0, 2), (8, 2.0, 4), (40, 3.0, 0)):
        plant_rows.reading(valve, START + timedelta(seconds=second), value, flags)
    return [flow, valve]


def read(database: Database, signals: list[int], after_s: float, until_s: float, most: int = 1_000) -> Window:
    with database.transaction() as tx:
        after, until = (START + timedelta(seconds=seconds) for seconds in (after_s, until_s))
        return windows.read(tx, signals, after=after, until=until, most=most)


def test_the_last_value_stands_in_every_row_for_as_long_as_it_holds(app_database: Database, signals: list[int]) -> None:
    window = read(app_database, signals, 0, 60)
    expected = [1.0] * 2 + [2.0] * 3 + [NAN] * 2 + [2.0] * 21 + [NAN] * 2 + [3.0]
    np.testing.assert_array_equal(window.values[:, 1], expected)
    np.testing.assert_array_equal(window.values[:, 0], [*range(1, 31), 40])


def test_a_value_of_bad_quality_ends_what_was_said_before(app_database: Database, signals: list[int]) -> None:
    """From its own instant on, also where it lies before the window."""
    np.testing.assert_array_equal(read(app_database, signals, 4, 8).values[:, 1], [2.0, NAN, NAN, 2.0])
    np.testing.assert_array_equal(read(app_database, signals, 6, 7).values[:, 1], [NAN])


def test_wherever_a_window_is_cut_the_same_rows_come_out(app_database: Database, signals: list[int]) -> None:
    whole = read(app_database, signals, 0, 60).values
    for most in (1, 7):
        parts, after_s = [], 0.0
        while len(part := read(app_database, signals, after_s, 60, most)):
            parts.append(part.values)
            after_s = float(part.times_s[-1]) - START.timestamp()
        np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_signals_that_are_reported_all_the_time_are_not_filled(app_database: Database, signals: list[int]) -> None:
    window = read(app_database, signals[::-1], 30, 60)
    np.testing.assert_array_equal(window.values, [[3.0, 40.0]])


@pytest.mark.parametrize(
    ("age_s", "sensors", "stale", "is_silent"),
    [(120.0, "fresh", (), False), (3_500.0, "fresh", (), False), (3_700.0, "stale", ("valve",), True)],
)
def test_it_is_stale_once_its_value_holds_no_longer(
    app_database: Database,
    superuser: psycopg.Connection[tuple[object, ...]],
    plant_rows: PlantRows,
    age_s: float,
    sensors: str,
    stale: tuple[str, ...],
    is_silent: bool,
) -> None:
    asset_id = plant_rows.asset("P-1")
    now = datetime.now(UTC)
    plant_rows.latest(plant_rows.signal(asset_id, "flow"), now, stored_at=now)
    then = now - timedelta(seconds=age_s)
    plant_rows.latest(plant_rows.signal(asset_id, "valve", holds_s=3600.0), then, stored_at=then)
    with app_database.transaction() as tx:
        seen = liveness.of_asset(tx, "demo", "P-1")
        valve = overview.get_asset(tx, "demo", "P-1", now=now).signals[-1]
    assert (seen.sensors, tuple(seen.stale), seen.device) == (sensors, stale, "alive")
    assert valve.holds_s == 3600.0
    asked = "SELECT is_silent, holds_s FROM watch.freshness WHERE signal = 'valve'"
    assert superuser.execute(asked).fetchall() == [(is_silent, 3600.0)]


@pytest.mark.parametrize(("age_s", "is_silent"), [(120.0, False), (3_700.0, True)])
def test_an_asset_all_of_whose_signals_are_such_is_silent_once_none_of_them_holds(
    app_database: Database,
    superuser: psycopg.Connection[tuple[object, ...]],
    plant_rows: PlantRows,
    age_s: float,
    is_silent: bool,
) -> None:
    asset_id = plant_rows.asset("V-1")
    then = datetime.now(UTC) - timedelta(seconds=age_s)
    plant_rows.latest(plant_rows.signal(asset_id, "open", holds_s=3600.0), then, stored_at=then)
    assert superuser.execute("SELECT is_silent FROM watch.health").fetchall() == [(is_silent,)]
    with app_database.transaction() as tx:
        seen = liveness.of_asset(tx, "demo", "V-1")
        word = overview.get_asset(tx, "demo", "V-1", now=datetime.now(UTC)).health.value
    assert (seen.device != "alive", seen.sensors == "stale", word == "silent") == (is_silent,) * 3
