"""What is exported comes in elsewhere to the same bits, and a backup is restored to the same digests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plant.errors import NotFound, Rejected
from storage.bench.scratch_database import scratch_database
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role
from storage.schema import upkeep
from storage.schema.migrate import migrate
from storage.telemetry import readings
from storage.telemetry.windows import to_us
from storage.transfer import parquet
from tests.plant_rows import PlantRows
from tests.storage import readings as telemetry

START = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
NOW = START + timedelta(days=3)
ALL = (
    "SELECT a.tag, g.key, r.time, r.value, r.flags FROM reading AS r JOIN signal AS g USING (signal_id)"
    " JOIN asset AS a USING (asset_id) ORDER BY a.tag, g.key, r.time"
)


def look(url: str, statement: str = ALL) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


def furnish(url: str, keys: tuple[str, ...]) -> None:
    with psycopg.connect(url) as connection:
        plant = PlantRows(connection)
        machines = [plant.asset(tag, name="") for tag in ("P-1", "泵/2")]
        for key in keys:
            for asset_id in machines:
                plant.signal(asset_id, key, unit="mm/s")


@pytest.fixture
def told(database_url: str, ingest_database: Database) -> str:
    """A record with two days of all kinds of readings of two assets."""
    furnish(database_url, ("a", "b"))
    chance = np.random.default_rng(3)
    said = telemetry.stretch(chance, [1, 2, 3, 4], START, timedelta(days=2), 4_000)
    extremes = ReadingColumns.of(
        [1] * 4,
        [to_us(START) + n for n in range(4)],
        [5e-324, -1.7976931348623157e308, -0.0, 0.1 + 0.2],
        [31, 2, 0, 63],
    )
    with ingest_database.transaction() as tx:
        readings.append(tx, ReadingColumns.joined([said, extremes]), received_at=NOW)
    return database_url


@pytest.fixture
def elsewhere(server_url: str) -> Iterator[str]:
    """Another record with the same assets, whose signals have other numbers, and one fewer."""
    with scratch_database(server_url) as url:
        migrate(url, allow_unsupported=True)
        furnish(url, ("other", "a"))
        yield url


def test_a_round_trip_gives_the_same_bits(told: str, elsewhere: str, app_database: Database, tmp_path: Path) -> None:
    file = tmp_path / "all.parquet"
    written = parquet.export(app_database, file)
    with Database(elsewhere, role=Role.INGEST) as other:
        done = parquet.bring_in(other, file, now=NOW)
        again = parquet.bring_in(other, file, now=NOW)
    before, after = look(told), look(elsewhere)
    assert after == before
    assert [np.float64(str(row[3])).tobytes() for row in after] == [np.float64(str(row[3])).tobytes() for row in before]
    assert (written, done.stored, again.stored, again.duplicate) == (len(before), written, 0, written)
    assert pq.read_schema(file).field("time").type == pa.timestamp("us", tz="UTC")


def test_what_was_imported_is_rolled_up(told: str, elsewhere: str, app_database: Database, tmp_path: Path) -> None:
    rolled = (
        "SELECT a.tag, g.key, r.time, r.lowest, r.highest, r.n, r.last FROM reading_1h AS r JOIN signal AS g"
        " USING (signal_id) JOIN asset AS a USING (asset_id) ORDER BY 1, 2, 3"
    )
    if look(told, "SELECT grade FROM deployment") == [("community",)]:
        pytest.skip("TimescaleDB rolls up by its own scheduler")
    parquet.export(app_database, tmp_path / "all.parquet")
    upkeep.roll_up(app_database)
    with Database(elsewhere, role=Role.INGEST) as other:
        parquet.bring_in(other, tmp_path / "all.parquet", now=NOW)
    with Database(elsewhere, role=Role.APP) as other:
        upkeep.roll_up(other)
    assert look(elsewhere, rolled) == look(told, rolled)


def test_a_part_is_exported_by_asset_and_time(told: str, app_database: Database, tmp_path: Path) -> None:
    since, until = START + timedelta(hours=5), START + timedelta(hours=9, microseconds=1)
    parquet.export(app_database, tmp_path / "part", assets=["demo/泵/2"], time_from=since, time_to=until)
    table = pq.read_table(tmp_path / "part")
    wanted = [row for row in look(told) if row[0] == "泵/2" and since <= row[2] < until]  # type: ignore[operator]
    assert sorted(
        zip(table["signal"].to_pylist(), table["time"].to_pylist(), table["value"].to_pylist(), strict=True)
    ) == [(row[1], row[2], row[3]) for row in wanted]
    assert set(table["unit"].to_pylist()) == {"mm/s"}
    assert (tmp_path / "part").stat().st_mode & 0o777 == 0o600


def test_nothing_is_a_file_too(told: str, app_database: Database, tmp_path: Path) -> None:
    assert told
    assert parquet.export(app_database, tmp_path / "none", time_from=NOW + timedelta(days=9)) == 0
    assert pq.read_table(tmp_path / "none").num_rows == 0


def test_what_cannot_be_exported_or_imported_is_told_by_name(
    told: str, app_database: Database, ingest_database: Database, empty_database_url: str, tmp_path: Path
) -> None:
    assert told
    with pytest.raises(NotFound, match="no asset demo/P-9; name it SITE/TAG"):
        parquet.export(app_database, tmp_path / "x", assets=["demo/P-1", "demo/P-9"])
    parquet.export(app_database, tmp_path / "good")
    (tmp_path / "bad").write_bytes((tmp_path / "good").read_bytes()[:-100])
    pq.write_table(pa.table({"time": [1]}), tmp_path / "other")
    for name, says in (("bad", "no Parquet file"), ("other", "not written by `assetloop export`"), ("none", "no file")):
        with pytest.raises(Rejected, match=says):
            parquet.bring_in(ingest_database, tmp_path / name, now=NOW)
    migrate(empty_database_url, allow_unsupported=True)
    with (
        Database(empty_database_url, role=Role.INGEST) as empty,
        pytest.raises(NotFound, match="not registered here: demo/P-1, demo/泵/2; import their register first"),
    ):
        parquet.bring_in(empty, tmp_path / "good", now=NOW)


def test_an_export_that_fails_leaves_no_file(told: str, app_database: Database, tmp_path: Path) -> None:
    assert told

    def fail(_done: int, _total: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        parquet.export(app_database, tmp_path / "x", progress=fail)
    assert list(tmp_path.iterdir()) == []
