"""A window is what an asset's signals measured, one row an instant, exactly as stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest

from storage.core.database import Database
from storage.telemetry import windows
from storage.telemetry.windows import Window, Windows, to_us
from tests.plant_rows import PlantRows

Connection = psycopg.Connection[tuple[object, ...]]
START = datetime(2026, 3, 1, 23, 59, 55, tzinfo=UTC)  # five seconds before a partition ends


@pytest.fixture
def signals(superuser: Connection, plant_rows: PlantRows) -> list[int]:
    """Three signals of one asset; partitions are there."""
    superuser.execute("SELECT ensure_partition(%s, %s)", [START, START + timedelta(days=1)])
    return plant_rows.signals(plant_rows.asset("P"), *"abc")


def store(superuser: Connection, signal_id: int, seconds: float, value: float, flags: int = 0) -> None:
    PlantRows(superuser).reading(signal_id, START + timedelta(seconds=seconds), value, flags)


def read(database: Database, signals: list[int], after_s: float, until_s: float, most: int = 1_000) -> Window:
    with database.transaction() as tx:
        after, until = (START + timedelta(seconds=seconds) for seconds in (after_s, until_s))
        return windows.read(tx, signals, after=after, until=until, most=most)


def test_values_of_one_instant_share_a_row_and_missing_ones_are_nan(
    app_database: Database, superuser: Connection, signals: list[int]
) -> None:
    a, b, c = signals
    for signal_id, seconds, value in ((a, 1, 10.0), (b, 1, 20.0), (b, 1.000001, 21.0), (a, 9, 11.0), (c, 9, -1.5)):
        store(superuser, signal_id, seconds, value)
    window = read(app_database, [c, a, b], 0, 10)
    nan = np.nan
    np.testing.assert_array_equal(window.values, [[nan, 10, 20], [nan, nan, 21], [-1.5, 11, nan]])
    assert (window.times_us - to_us(START)).tolist() == [1_000_000, 1_000_001, 9_000_000]
    assert len(np.unique(window.times_s)) == 3
    assert window.complete


def test_a_window_is_open_where_it_begins_and_closed_where_it_ends(
    app_database: Database, superuser: Connection, signals: list[int]
) -> None:
    for seconds in (1, 2, 3, 4):
        store(superuser, signals[0], seconds, seconds)
    assert read(app_database, signals, 1, 3).values[:, 0].tolist() == [2, 3]


def test_values_of_bad_quality_are_left_out(app_database: Database, superuser: Connection, signals: list[int]) -> None:
    for seconds, flags in ((1, 0), (2, 2), (3, 4 | 8), (4, 2 | 8)):
        store(superuser, signals[0], seconds, seconds, flags)
    store(superuser, signals[1], 5, float("inf"))
    window = read(app_database, signals, 0, 10)
    np.testing.assert_array_equal(window.values[:, 0], [1, 3, np.nan])
    assert np.isnan(window.values[:, 1]).all()


def test_a_window_without_readings_is_empty(app_database: Database, signals: list[int]) -> None:
    window = read(app_database, signals, 0, 10)
    assert window.values.shape == (0, 3)
    assert window.complete


@pytest.mark.parametrize("seed", range(4))
def test_reading_in_pieces_gives_what_reading_at_once_gives(
    app_database: Database, superuser: Connection, signals: list[int], seed: int
) -> None:
    chance = np.random.default_rng(seed)
    for signal_id, density in zip(signals, (0.9, 0.4, 0.1), strict=True):
        for second in np.flatnonzero(chance.random(60) < density):
            store(superuser, signal_id, float(second), float(chance.normal()), int(chance.choice([0, 0, 2])))
    whole = read(app_database, signals, -1, 60)
    most = int(chance.integers(1, 12))
    pieces, after_s = [read(app_database, signals, -1, 60, most)], -1.0
    while not pieces[-1].complete:
        assert 1 <= len(pieces[-1]) <= most
        after_s = (int(pieces[-1].times_us[-1]) - to_us(START)) / 1e6
        pieces.append(read(app_database, signals, after_s, 60, most))
    np.testing.assert_array_equal(np.concatenate([piece.times_us for piece in pieces]), whole.times_us)
    np.testing.assert_array_equal(np.concatenate([piece.values for piece in pieces]), whole.values)
    assert len(pieces) > 1


def many(
    database: Database, signal_ids: list[list[int]], after_s: list[float], until_s: list[float], most: int = 1_000
) -> Windows:
    start_us = to_us(START)
    with database.transaction() as tx:
        return windows.read_many(
            tx,
            np.array(signal_ids, np.int32),
            after_us=np.array([start_us + round(seconds * 1e6) for seconds in after_s]),
            until_us=np.array([start_us + round(seconds * 1e6) for seconds in until_s]),
            most=most,
        )


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("seed", range(6))
def test_the_windows_of_many_assets_are_what_each_alone_gives(
    app_database: Database, superuser: Connection, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    superuser.execute(
        "INSERT INTO signal (asset_id, key) SELECT asset_id, 'k' || n FROM asset, generate_series(1, 9) n"
    )
    ids = [row[0] for row in superuser.execute("SELECT signal_id FROM signal ORDER BY signal_id").fetchall()]
    for signal_id in ids:
        for second in np.flatnonzero(chance.random(30) < chance.choice([0.0, 0.3, 1.0])):
            store(superuser, int(str(signal_id)), float(second), float(chance.normal()), int(chance.choice([0, 0, 2])))
    assets = chance.permutation(np.array(ids, np.int32)).reshape(4, 3)
    assets[chance.random((4, 3)) < 0.2] = 0
    after_s, until_s = chance.uniform(-1, 10, 4).tolist(), chance.uniform(10, 40, 4).tolist()
    most = int(chance.choice([3, 7, 1_000]))
    together = many(app_database, assets.tolist(), after_s, until_s, most)
    for asset in range(4):
        alone = read(app_database, assets[asset].tolist(), after_s[asset], until_s[asset], most)
        window = together.of(asset)
        np.testing.assert_array_equal(window.times_us, alone.times_us)
        np.testing.assert_array_equal(window.values, alone.values)
        assert window.complete == alone.complete
    assert together.lengths.sum() == len(together.times_us)


def test_windows_stand_side_by_side_for_a_vectorised_detector(
    app_database: Database, superuser: Connection, signals: list[int]
) -> None:
    a, b, c = signals
    for signal_id, seconds in ((a, 1), (a, 2), (a, 3), (c, 2)):
        store(superuser, signal_id, seconds, 10.0 * signal_id + seconds)
    together = many(app_database, [[a, 0], [b, 0], [c, a]], [0, 0, 2], [10, 10, 9])
    block = together.block()
    start_s, nan = START.timestamp(), np.nan
    assert together.lengths.tolist() == [3, 0, 1]
    np.testing.assert_array_equal(block.times_s - start_s, [[1, nan, 3], [2, nan, nan], [3, nan, nan]])
    np.testing.assert_array_equal(block.values[:, 0, 0], [10 * a + 1, 10 * a + 2, 10 * a + 3])
    np.testing.assert_array_equal(block.values[:, 2], [[nan, 10 * a + 3], [nan, nan], [nan, nan]])
    assert np.isnan(block.values[:, 1]).all()


def test_blocks_hold_every_asset_with_rows_once_and_little_padding(
    app_database: Database, superuser: Connection, signals: list[int]
) -> None:
    for seconds in range(8):
        store(superuser, signals[0], seconds, seconds)
    until_s = [0.5, 7, 0.5, -1, 3, 7]
    together = many(app_database, [[signals[0]]] * 6, [-1] * 6, until_s)
    blocks = list(together.blocks(most_values=16))
    assert [sorted(block.assets.tolist()) for block in blocks] == [[1, 5], [4], [0, 2]]
    for block in blocks:
        for column, asset in enumerate(block.assets):
            alone = together.of(int(asset))
            np.testing.assert_array_equal(block.values[: len(alone), column], alone.values)
            np.testing.assert_array_equal(block.times_s[: len(alone), column], alone.times_s)
    assert [len(list(together.blocks(most_values=most))) for most in (1, 8)] == [5, 4]


def test_no_assets_have_no_windows(app_database: Database) -> None:
    with app_database.transaction() as tx:
        nobody = np.empty(0, np.int64)
        none = windows.read_many(tx, np.empty((0, 3), np.int32), after_us=nobody, until_us=nobody)
    assert (len(none), none.values.shape, list(none.blocks())) == (0, (0, 3), [])


def test_the_newest_of_an_asset_is_that_of_all_its_signals(
    app_database: Database, superuser: Connection, signals: list[int]
) -> None:
    late = START + timedelta(seconds=7)
    for signal_id, time, stored_at in ((signals[0], START, late), (signals[1], late, START)):
        PlantRows(superuser).latest(signal_id, time, stored_at=stored_at)
    with app_database.transaction() as tx:
        (newest,) = windows.newest(tx).values()
        assert windows.newest(tx, [10_000]) == {}
    assert (newest.time, newest.stored_at) == (late, late)
