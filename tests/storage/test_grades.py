"""On every grade of database the same telemetry, late, twice and out of order, gives the same answers: numpy's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import psycopg
import pytest

from storage.bench.scratch_database import scratch_database
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role, Transaction
from storage.core.grade import Grade
from storage.schema import upkeep
from storage.schema.migrate import migrate
from storage.telemetry import latest, quarantine, readings, windows
from storage.telemetry.prepared import ReadingOutcome
from storage.telemetry.quarantine import RefusedPayload
from storage.telemetry.windows import to_us
from storage.views import series
from tests.plant_rows import PlantRows
from tests.storage import readings as telemetry
from tests.storage.readings import Told
from tests.timescaledb import apache, community

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
RECENT, LONG_AGO = TODAY - timedelta(days=1, hours=3), TODAY - timedelta(days=40, hours=2)
STEPS = {"reading_1m": timedelta(minutes=1), "reading_1h": timedelta(hours=1), "reading_1d": timedelta(days=1)}
SIGNALS = [1, 2, 3, 4, 5]  # the last says nothing


@dataclass
class House:
    """A migrated database of one grade, and what was brought into it."""

    url: str
    grade: Grade
    copies: bool
    batches: list[ReadingColumns] = field(default_factory=list)
    outcomes: list[ReadingOutcome] = field(default_factory=list)

    @property
    def told(self) -> Told:
        return telemetry.told(self.batches)

    @contextmanager
    def speaking(self, role: Role) -> Iterator[Transaction]:
        with (
            Database(self.url, role=role, most=1, copies=self.copies) as database,
            database.transaction() as tx,
        ):
            yield tx

    def bring(self, batches: list[ReadingColumns]) -> None:
        with Database(self.url, role=Role.INGEST, most=1, copies=self.copies) as database:
            for batch in batches:
                with database.transaction() as tx:
                    appended = readings.append(tx, batch, received_at=datetime.now(UTC))
                    self.outcomes += [ReadingOutcome(one) for one in appended.outcomes]
                    latest.upsert(tx, appended.newest, stored_at=datetime.now(UTC))
        self.batches += batches

    def roll_up(self) -> None:
        """Do what the worker, or TimescaleDB's scheduler, does once a minute."""
        with Database(self.url, role=Role.APP, most=1) as database:
            upkeep.roll_up(database)
        if self.grade is Grade.COMMUNITY:
            with psycopg.connect(self.url, autocommit=True) as connection:
                run_jobs(connection, "refresh_touched", "policy_refresh_continuous_aggregate")


def run_jobs(connection: psycopg.Connection[tuple[object, ...]], *procedures: str) -> None:
    for procedure in procedures:
        jobs = connection.execute(
            "SELECT job_id FROM timescaledb_information.jobs WHERE proc_name = %s ORDER BY job_id", [procedure]
        ).fetchall()
        assert jobs
        for (job_id,) in jobs:
            connection.execute(f"CALL run_job({job_id})".encode())


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(Grade.PLAIN),
        pytest.param(Grade.APACHE, marks=pytest.mark.needs("apache")),
        pytest.param(Grade.COMMUNITY, marks=[pytest.mark.needs("timescaledb"), pytest.mark.long]),
    ],
)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A house that was told everything, with rolling up in between."""
    with a_database(request) as (url, copies):
        house = House(url=url, grade=migrate(url, allow_unsupported=True).grade, copies=copies)
        furnish(url)
        chance = np.random.default_rng(5)
        for start in (RECENT, LONG_AGO):
            said = telemetry.stretch(chance, SIGNALS[:4], start, timedelta(hours=5), 3_000)
            batches = list(telemetry.deliveries(chance, said, 500))
            house.bring(batches[:4])
            house.roll_up()
            house.bring(batches[4:])
        house.roll_up()
        yield house


@contextmanager
def a_database(request: pytest.FixtureRequest) -> Iterator[tuple[str, bool]]:
    if request.param is Grade.COMMUNITY:
        with community.server() as url:
            yield url, False
    elif request.param is Grade.APACHE:
        with apache.server() as server_url, scratch_database(server_url) as url:
            yield url, True
    else:
        with scratch_database(request.getfixturevalue("server_url")) as url:
            yield url, True


def furnish(url: str) -> None:
    with psycopg.connect(url) as connection:
        plant = PlantRows(connection)
        plant.signals(plant.asset("P-1", name=""), *(f"s{number}" for number in SIGNALS))


def test_every_reading_is_stored_once_and_every_other_value_beside_it(house: House) -> None:
    with house.speaking(Role.APP) as tx:
        assert readings.count(tx) == len(house.told.rows)
        rows = tx.connection.execute("SELECT count(*) AS n FROM reading_conflict").fetchone()
    assert rows == {"n": house.told.conflicts}
    assert house.outcomes.count(ReadingOutcome.STORED) == len(house.told.rows)
    assert house.outcomes.count(ReadingOutcome.CONFLICTING) == house.told.conflicts


@pytest.mark.parametrize("rollup", STEPS)
def test_a_roll_up_is_what_numpy_makes_of_the_readings(house: House, rollup: str) -> None:
    with house.speaking(Role.APP) as tx:
        rows = tx.connection.execute(f"SELECT * FROM {rollup} ORDER BY signal_id, time".encode()).fetchall()
    held = [
        (row["signal_id"], to_us(row["time"]), row["lowest"], row["highest"], row["total"], row["n"], row["last"])
        for row in rows
    ]
    wanted = telemetry.rolled(house.told, SIGNALS, STEPS[rollup])
    assert [row[:4] + row[5:] for row in held] == [row[:4] + row[5:] for row in wanted]
    assert [row[4] for row in held] == pytest.approx([row[4] for row in wanted], rel=1e-12)


def test_nothing_waits_to_be_rolled_up_any_more(house: House) -> None:
    with house.speaking(Role.APP) as tx:
        assert upkeep.waiting_s(tx) is None


def test_the_latest_values_are_the_newest_that_were_live(house: House) -> None:
    rows = house.told.rows
    with house.speaking(Role.APP) as tx:
        latest = series.latest_of_all(tx)
    assert latest.signal_ids.tolist() == SIGNALS[:4]
    for signal_id, time_us, value in zip(latest.signal_ids, latest.times_us, latest.values, strict=True):
        newest = rows.times_us[rows.signal_ids == signal_id].max()
        assert time_us == newest
        assert value == rows.values[(rows.signal_ids == signal_id) & (rows.times_us == newest)][0]


def test_a_window_holds_what_was_told(house: House) -> None:
    until = RECENT + timedelta(hours=2)
    with house.speaking(Role.APP) as tx:
        window = windows.read(tx, SIGNALS, after=RECENT, until=until)
    for column, signal_id in enumerate(SIGNALS):
        times, values = house.told.good(signal_id)
        inside = (times > to_us(RECENT)) & (times <= to_us(until))
        there = np.isfinite(window.values[:, column])
        np.testing.assert_array_equal(window.times_us[there], times[inside])
        np.testing.assert_array_equal(window.values[there, column], values[inside])


def test_counts_and_gaps_are_those_of_the_readings(house: House) -> None:
    longest = timedelta(minutes=3)
    until = RECENT + timedelta(hours=5)
    with house.speaking(Role.APP) as tx:
        counts = series.counts(tx, SIGNALS, time_from=RECENT, time_to=until)
        gaps = series.gaps(tx, SIGNALS, time_from=RECENT, time_to=until, longest=longest)
    rows = house.told.rows
    recent = (rows.times_us >= to_us(RECENT)) & (rows.times_us < to_us(until))
    wanted = []
    for signal_id, count in zip(SIGNALS, counts, strict=True):
        own = recent & (rows.signal_ids == signal_id)
        assert (count.readings, count.bad) == (own.sum(), (own & (rows.flags & telemetry.BAD != 0)).sum())
        times, _ = house.told.good(signal_id)
        ends = [to_us(RECENT), *times[(times >= to_us(RECENT)) & (times < to_us(until))].tolist(), to_us(until)]
        wanted += [(signal_id, since, then) for since, then in pairwise(ends) if then - since > 180_000_000]
    assert [(gap.signal_id, to_us(gap.since), to_us(gap.until)) for gap in gaps] == wanted
    assert gaps[-1] == series.Gap(signal_id=5, since=RECENT, until=until)
    assert len(gaps) > 10


@pytest.mark.parametrize(
    ("most", "source"),
    [(100_000, "raw"), (450, "raw"), (40, "1m"), (7, "1h")],
    ids=["all", "chosen", "minutes", "hours"],
)
def test_a_thinned_series_is_made_of_what_was_told(house: House, most: int, source: str) -> None:
    until = RECENT + timedelta(hours=7)
    with house.speaking(Role.APP) as tx:
        thin = series.thinned(tx, 1, time_from=RECENT, time_to=until, most=most)
    times, values = house.told.good(1)
    recent = times >= to_us(RECENT)
    times, values = times[recent], values[recent]
    assert (thin.source, len(thin) <= most) == (source, True)
    if source == "raw":
        place = np.searchsorted(times, thin.times_us)
        np.testing.assert_array_equal(values[place], thin.means)
        assert len(thin) == min(most, len(times))
        return
    step_us = thin.step // timedelta(microseconds=1)
    begin = (times - thin.times_us[0]) // step_us
    for at, mean, least, greatest in zip(thin.times_us, thin.means, thin.least, thin.greatest, strict=True):
        part = values[begin == (at - thin.times_us[0]) // step_us]
        assert (least, greatest) == (part.min(), part.max())
        assert mean == pytest.approx(part.mean(), rel=1e-12)
    assert len(thin) == len(np.unique(begin))


def test_what_was_told_of_remaining_life_expires_but_for_the_last_word_on_each_machine(house: House) -> None:
    told = [(1, 900), (1, 800), (2, 700), (2, 364), (2, 3)]  # machine, days ago
    wear = [1096, 1094]
    with psycopg.connect(house.url, autocommit=True) as connection:
        plant, changed = PlantRows(connection), TODAY - timedelta(days=750)
        plant.installation(1, installed_from=TODAY - timedelta(days=2000), installed_to=changed)
        plant.installation(1, installed_from=changed)
        for machine, days in told:
            plant.remaining_life(1, machine, TODAY - timedelta(days=days), estimated_at=TODAY)
        for days in wear:
            plant.wear(1, TODAY - timedelta(days=days))
    with Database(house.url, role=Role.APP, most=1, copies=house.copies) as database:
        assert upkeep.forget(database, now=TODAY) == 3
        assert upkeep.forget(database, now=TODAY) == 0
    with house.speaking(Role.APP) as tx:
        left = tx.connection.execute("SELECT installation_id, time FROM remaining_life ORDER BY time").fetchall()
        worn = tx.connection.execute("SELECT time FROM wear").fetchall()
    assert [(row["installation_id"], (TODAY - row["time"]).days) for row in left] == [(1, 800), (2, 364), (2, 3)]
    assert [(TODAY - row["time"]).days for row in worn] == [1094]


def test_what_is_not_rolled_up_yet_is_in_a_thinned_series_all_the_same(house: House) -> None:
    start = TODAY - timedelta(hours=2)
    late = ReadingColumns.of(
        [4] * 3, [to_us(start) + second * 1_000_000 for second in (0, 61, 3700)], [1, 2, 3], [0] * 3
    )
    house.bring([late])
    with house.speaking(Role.APP) as tx:
        thin = series.thinned(tx, 4, time_from=start, time_to=TODAY, most=3)
    assert (thin.source, thin.means.tolist()) == ("1m", [1.5, 3.0])
    house.roll_up()
    with house.speaking(Role.APP) as tx:
        again = series.thinned(tx, 4, time_from=start, time_to=TODAY, most=3)
    np.testing.assert_array_equal(thin.means, again.means)
    np.testing.assert_array_equal(thin.times_us, again.times_us)


def test_what_strangers_said_expires(house: House) -> None:
    now = datetime.now(UTC)
    at = now - timedelta(days=31)
    with house.speaking(Role.INGEST) as tx:
        quarantine.hold(
            tx,
            [
                RefusedPayload(
                    topic="t", reason="unknown_asset", payload=b"x", length=1, sha256=b"x", at=at, site="s", asset="x"
                ),
            ],
        )
    with Database(house.url, role=Role.APP, most=1, copies=house.copies) as database:
        assert upkeep.expire_quarantine(database, now=now) == {"unknown_asset": 1}
