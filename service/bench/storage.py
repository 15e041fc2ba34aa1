"""`assetloop bench storage`: how quickly the record takes readings in and gives them back, beside a history."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from plant.errors import Misconfigured
from service.bench.ground import scratch
from service.runtime.screen import Bar, Screen
from service.runtime.surroundings import Surroundings
from storage.bench import yardstick
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role, Transaction
from storage.core.grade import Grade
from storage.schema.upkeep import grade_of
from storage.telemetry import latest, readings, windows
from storage.telemetry.windows import to_us
from storage.views import series

ASSETS, SIGNALS = 1_000, 10
_FAST = ASSETS * SIGNALS  # one more asset whose signals speak every second: what a chart of a day is made of
_DAY_S = 86_400
_WINDOW_S = 60
_BATCH = 20_000
_FILL_BATCH = 100_000
_ROUNDS = 50  # in each, two batches are appended and two copied bare
_LOOKS = 15
LEAST_ROWS = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageFigures:
    """What was measured; the history holds `rows` readings.

    `append_ratio`: a bare COPY's time over that of `readings.append` for as many rows into the same table, the median
    of rounds in which both were done side by side.
    `latest_10k_ms`: the latest values of 10,000 signals. `thinned_day_ms`: a day of one signal, 86,400 readings,
    thinned to 1,000 points. `window_s`: 1,000 assets × 10 signals × 60 s as matrices. Times are medians.
    `bytes_per_reading`: with its index, after compression where the grade has it.
    """

    grade: str
    rows: int
    append_ratio: float
    append_rows_per_second: int
    latest_10k_ms: float
    thinned_day_ms: float
    window_s: float
    bytes_per_reading: float

    def public(self) -> dict[str, str | float]:
        """Return the figures of merit, in the words of their JSON."""
        inner = {"rows", "append_rows_per_second"}
        return {name: value for name, value in asdict(self).items() if name not in inner}


def bench_storage(around: Surroundings, rows: int, screen: Screen) -> StorageFigures:
    """Fill a scratch database with a day's history of `rows` readings and measure beside it.

    Raises:
        Misconfigured: too few rows to fill a day with, or no database to be had.
    """
    if rows < LEAST_ROWS:
        raise Misconfigured(f"--rows {rows} is too few for a day's history; take {LEAST_ROWS} or more")
    with (
        scratch(around, expected_values_per_s=rows / _DAY_S) as url,
        Database(url, role=Role.INGEST) as ingest,
        Database(url, role=Role.APP) as app,
    ):
        yardstick.register(url, ASSETS + 1, SIGNALS)
        with app.transaction() as tx:
            grade = grade_of(tx)
        until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        with screen.bar("writing a day's history", "readings") as bar:
            _fill(ingest, rows, until, bar)
        with screen.bar("rolling it up", "steps") as bar:
            yardstick.bring_to_rest(url, grade, bar)
        with screen.bar("appending", "rounds") as bar:
            ratio, rate = _append(ingest, until + timedelta(minutes=2), bar)
        latest_ms = _median_ms(app, series.latest_of_all)
        window_ms = _median_ms(app, lambda tx: _window(tx, until))
        day_ms = _median_ms(app, lambda tx: _thinned(tx, until))
        if grade is Grade.COMMUNITY:
            with screen.bar("compressing", "chunks") as bar:
                yardstick.compress(url, bar)
        with app.transaction() as tx:
            size = yardstick.bytes_of_readings(tx, grade) / readings.count(tx)
    return StorageFigures(
        grade=grade.value,
        rows=rows,
        append_ratio=round(ratio, 3),
        append_rows_per_second=round(rate),
        latest_10k_ms=round(latest_ms, 2),
        thinned_day_ms=round(day_ms, 2),
        window_s=round(window_ms / 1000, 3),
        bytes_per_reading=round(size, 1),
    )


def _fill(database: Database, rows: int, until: datetime, bar: Bar) -> None:
    """Write a day that ends at `until`, of all signals in turn and of the fast ones, then a minute of all at 1 Hz."""
    since_us, chance = to_us(until) - _DAY_S * 1_000_000, np.random.default_rng(0)
    batches = [*_history(since_us, rows), *_fast(since_us), *_last_minute(to_us(until))]
    total = sum(count for count, _ in batches)
    done = 0
    for count, make in batches:
        with database.transaction() as tx:
            readings.append(tx, make(chance), received_at=until)
        done += count
        bar(done, total)
    with database.transaction() as tx:
        newest = _columns(np.arange(ASSETS * SIGNALS), np.full(ASSETS * SIGNALS, to_us(until)), chance)
        latest.upsert(tx, newest, stored_at=until)


Make = Callable[[np.random.Generator], ReadingColumns]


def _history(since_us: int, rows: int) -> Iterator[tuple[int, Make]]:
    """Yield batches of readings that fill the day evenly, every signal in turn."""
    for begin in range(0, rows, _FILL_BATCH):
        numbers = (begin, min(begin + _FILL_BATCH, rows))

        def make(chance: np.random.Generator, numbers: tuple[int, int] = numbers) -> ReadingColumns:
            number = np.arange(*numbers)
            signal, turn = number % (ASSETS * SIGNALS), number // (ASSETS * SIGNALS)
            turns = -(-rows // (ASSETS * SIGNALS))
            return _columns(signal, since_us + turn * (_DAY_S * 1_000_000 // turns), chance)

        yield numbers[1] - numbers[0], make


def _fast(since_us: int) -> Iterator[tuple[int, Make]]:
    for second in range(0, _DAY_S, _FILL_BATCH // SIGNALS):
        seconds = np.arange(second, min(second + _FILL_BATCH // SIGNALS, _DAY_S))

        def make(chance: np.random.Generator, seconds: NDArray[np.int64] = seconds) -> ReadingColumns:
            times = since_us + np.repeat(seconds, SIGNALS) * 1_000_000 + 500_000
            return _columns(_FAST + np.tile(np.arange(SIGNALS), len(seconds)), times, chance)

        yield len(seconds) * SIGNALS, make


def _last_minute(until_us: int) -> Iterator[tuple[int, Make]]:
    for second in range(1, _WINDOW_S + 1):

        def make(chance: np.random.Generator, second: int = second) -> ReadingColumns:
            every = np.arange(ASSETS * SIGNALS)
            return _columns(every, np.full(len(every), until_us + second * 1_000_000), chance)

        yield ASSETS * SIGNALS, make


def _columns(signal: NDArray[np.int64], times_us: NDArray[np.int64], chance: np.random.Generator) -> ReadingColumns:
    """Build rows of signals counted from 0; values as a device rounds them."""
    return ReadingColumns(
        signal_ids=(signal + 1).astype(np.int32),
        times_us=times_us.astype(np.int64),
        values=np.round(chance.normal(50, 5, len(signal)), 2),
        flags=np.zeros(len(signal), np.int16),
    )


def _append(database: Database, since: datetime, bar: Bar) -> tuple[float, float]:
    """Append batches and copy others bare, side by side; return the ratio of their times, and rows appended a second.

    Each round copies, appends, appends and copies batches of the same make and is compared with itself alone, so that
    what lasts longer than a round slows both ways. On a busy machine the ratio still falls: append has more round trips
    to wait for.
    """
    chance = np.random.default_rng(1)
    with database.transaction() as tx:
        yardstick.make_partitions(tx, since, since + timedelta(seconds=8 * _ROUNDS))
    ratios, appends = [], []
    for turn in range(_ROUNDS):
        since_us = to_us(since) + turn * 8_000_000
        batches = [_batch(since_us + n * 2_000_000, chance) for n in range(4)]
        took = [
            _copy_one(database, batches[0]),
            _append_one(database, batches[1], since),
            _append_one(database, batches[2], since),
            _copy_one(database, batches[3]),
        ]
        appends += took[1:3]
        ratios.append((took[0] + took[3]) / (took[1] + took[2]))
        bar(turn + 1, _ROUNDS)
    return statistics.median(ratios), _BATCH / statistics.median(appends)


def _append_one(database: Database, batch: ReadingColumns, at: datetime) -> float:
    began = time.perf_counter()
    with database.transaction() as tx:
        readings.append(tx, batch, received_at=at)
    return time.perf_counter() - began


def _copy_one(database: Database, batch: ReadingColumns) -> float:
    """Copy what is ready to be sent; making it ready is not counted."""
    body = yardstick.ordered_body(batch)
    began = time.perf_counter()
    with database.transaction() as tx:
        yardstick.copy_bare(tx, body)
    return time.perf_counter() - began


def _batch(since_us: int, chance: np.random.Generator) -> ReadingColumns:
    """Two instants of every signal, in the order in which devices happen to speak."""
    number = chance.permutation(_BATCH)
    return _columns(number % (ASSETS * SIGNALS), since_us + number // (ASSETS * SIGNALS) * 1_000_000, chance)


def _window(tx: Transaction, until: datetime) -> None:
    ids = np.arange(1, ASSETS * SIGNALS + 1, dtype=np.int32).reshape(ASSETS, SIGNALS)
    after = np.full(ASSETS, to_us(until))
    found = windows.read_many(tx, ids, after_us=after, until_us=after + _WINDOW_S * 1_000_000)
    block = found.block()
    if int(np.isfinite(block.values).sum()) != ASSETS * SIGNALS * _WINDOW_S:
        raise AssertionError("the window does not hold what was written")


def _thinned(tx: Transaction, until: datetime) -> None:
    thin = series.thinned(tx, _FAST + 1, time_from=until - timedelta(seconds=_DAY_S), time_to=until, most=1_000)
    if not 500 <= len(thin) <= 1_000:
        raise AssertionError(f"the day was thinned to {len(thin)} points")


def _median_ms(database: Database, look: Callable[[Transaction], object]) -> float:
    took = []
    for _ in range(_LOOKS):
        with database.transaction() as tx:
            began = time.perf_counter()
            look(tx)
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)
