"""A database made by an earlier program, or on a lower grade, is taken up by the next migrate with its data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from plant.errors import Conflict
from storage.bench.scratch_database import scratch_database
from storage.core.database import Database, Role
from storage.core.grade import Grade
from storage.schema import upkeep
from storage.schema.migrate import migrate, plan
from storage.schema.rules import Rules
from tests.plant_rows import PlantRows
from tests.storage import released
from tests.storage.test_grades import run_jobs
from tests.timescaledb import apache, community

START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=20)
Connection = psycopg.Connection[tuple[object, ...]]
ON_EVERY_GRADE = [
    pytest.param(Grade.PLAIN),
    pytest.param(Grade.APACHE, marks=pytest.mark.needs("apache")),
    pytest.param(Grade.COMMUNITY, marks=[pytest.mark.needs("timescaledb"), pytest.mark.long]),
]


@contextmanager
def empty(grade: Grade, server_url: str) -> Iterator[str]:
    """An empty database of a server of that grade."""
    if grade is Grade.COMMUNITY:
        with community.server() as url:
            yield url
    elif grade is Grade.APACHE:
        with apache.server() as apache_url, scratch_database(apache_url) as url:
            yield url
    else:
        with scratch_database(server_url) as url:
            yield url


def roll_up(url: str, grade: Grade) -> None:
    with Database(url, role=Role.APP, most=1) as database:
        upkeep.roll_up(database)
    if grade is Grade.COMMUNITY:
        with psycopg.connect(url, autocommit=True) as connection:
            run_jobs(connection, "refresh_touched", "policy_refresh_continuous_aggregate")


def look(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


ROLLED_UP = "SELECT signal_id, time, lowest, highest, total, n, last FROM reading_{} ORDER BY signal_id, time"


@pytest.mark.parametrize("file", released.RELEASED)
def test_a_released_migration_is_as_it_was_released(file: str) -> None:
    assert hashlib.sha256((released.STORAGE / "migrations" / file).read_bytes()).hexdigest() == released.RELEASED[file]


@pytest.mark.parametrize("grade", ON_EVERY_GRADE)
def test_the_first_released_schema_is_brought_up_with_its_data(server_url: str, grade: Grade) -> None:
    with empty(grade, server_url) as url:
        actual = Grade.PLAIN if grade is Grade.PLAIN else grade
        released.build(url, "plain" if grade is Grade.PLAIN else "timescale", start=START, grade=actual.value)
        before = look(url, "SELECT * FROM reading ORDER BY signal_id, time")
        done = migrate(url, allow_unsupported=True)
        roll_up(url, done.grade)
        assert (done.installation, done.applied[:2]) == ("assetloop-old", ("0003_upkeep", "0004_rollups"))
        assert look(url, "SELECT * FROM reading ORDER BY signal_id, time") == before
        hours = look(url, ROLLED_UP.format("1h"))
        assert [(row[0], row[1], row[5]) for row in hours] == [
            (signal, START + timedelta(hours=hour), 288) for signal in (1, 2) for hour in (0, 1)
        ]
        assert look(url, "SELECT sum(n) FROM reading_1m") == look(url, "SELECT sum(n) FROM reading_1d") == [(1152,)]
        assert look(url, "SELECT count(*) FROM touched") == [(0,)]


RISES = [
    pytest.param(Grade.PLAIN, Grade.APACHE, marks=pytest.mark.needs("apache")),
    pytest.param(Grade.PLAIN, Grade.COMMUNITY, marks=[pytest.mark.needs("timescaledb"), pytest.mark.long]),
    pytest.param(Grade.APACHE, Grade.COMMUNITY, marks=[pytest.mark.needs("timescaledb"), pytest.mark.long]),
]


@pytest.mark.parametrize(("low", "high"), RISES)
def test_a_grade_that_has_risen_is_taken_up_with_everything_in_it(
    server_url: str, monkeypatch: pytest.MonkeyPatch, low: Grade, high: Grade
) -> None:
    with empty(high, server_url) as url:
        with monkeypatch.context() as lower:
            pretend(lower, low)
            migrate(url, allow_unsupported=True)
        fill(url)
        with monkeypatch.context() as lower:
            pretend(lower, low)
            roll_up(url, low)
        forget_the_oldest_raw(url)
        before = {name: look(url, ROLLED_UP.format(name)) for name in ("1m", "1h", "1d")}
        raw = look(url, "SELECT * FROM reading ORDER BY signal_id, time")
        told: list[str] = []
        assert plan(url, allow_unsupported=True).names == (
            f"rise from the {low} to the {high} grade, moving the readings",
        )
        done = migrate(url, allow_unsupported=True, say=told.append)
        assert (done.grade, plan(url, allow_unsupported=True).names) == (high, ())
        assert told[0].startswith("moving reading_")
        assert look(url, "SELECT * FROM reading ORDER BY signal_id, time") == raw
        roll_up(url, high)
        assert {name: look(url, ROLLED_UP.format(name)) for name in ("1m", "1h", "1d")} == before
        with empty(high, server_url) as fresh:
            migrate(fresh, allow_unsupported=True)
            assert look(url, WHAT_THERE_IS) == look(fresh, WHAT_THERE_IS)


WHAT_THERE_IS = """
SELECT n.nspname::text, c.relname::text, c.relkind::text, c.relowner::regrole::text
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'watch') AND c.relname NOT LIKE 'procrastinate%'
UNION ALL
SELECT 'routine', p.oid::regprocedure::text, p.prosecdef::text, p.proacl::text
FROM pg_proc AS p
WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = 'assetloop_owner'::regrole
ORDER BY 1, 2, 3
"""


def pretend(monkeypatch: pytest.MonkeyPatch, grade: Grade) -> None:
    """Let the server be of a lower grade for a while, as it was before the extension or its licence came."""
    monkeypatch.setattr("storage.core.grade._grade", lambda _timescale, _license: grade)
    if grade is Grade.PLAIN:
        monkeypatch.setattr("storage.schema.preflight.lacks_extension", lambda _tx: False)


def fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        plant = PlantRows(connection)
        plant.signals(plant.asset("P-1", name=""), "a", "b")
        for start in (START, START - timedelta(days=30)):
            connection.execute("SELECT ensure_partition(%s, %s)", [start, start + timedelta(hours=2)])
            connection.execute(
                "INSERT INTO reading SELECT %s::timestamptz + n * interval '10 seconds', s, 0, n + s"
                " FROM generate_series(0, 719) AS n, generate_series(1, 2) AS s",
                [start],
            )
            connection.execute(
                "INSERT INTO touched (since, until) SELECT h, h + interval '59 minutes'"
                " FROM generate_series(%s::timestamptz, %s, '1 hour') AS h",
                [start, start + timedelta(hours=1)],
            )


def forget_the_oldest_raw(url: str) -> None:
    """Let retention have dropped raw readings whose roll-ups are kept."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT relkind FROM pg_class WHERE relname = 'reading'").fetchone() == ("p",):
            connection.execute("DELETE FROM reading WHERE time < %s", [START - timedelta(days=10)])
        else:
            connection.execute("SELECT drop_chunks('reading', older_than => %s)", [START - timedelta(days=10)])


@pytest.mark.needs("apache")
def test_a_server_that_offers_less_than_before_is_refused(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with empty(Grade.APACHE, server_url) as url:
        migrate(url, allow_unsupported=True)
        pretend(monkeypatch, Grade.PLAIN)
        with pytest.raises(Conflict, match="is of the apache grade and this server only of the plain; give it back"):
            migrate(url, allow_unsupported=True)


@pytest.mark.needs("timescaledb")
@pytest.mark.long
def test_policies_and_chunks_follow_the_rules(server_url: str) -> None:
    rules = Rules(
        expected_values_per_s=2_000,
        longest_outage=timedelta(days=3),
        keep_raw=timedelta(days=30),
        keep_minutes=timedelta(days=90),
        keep_hours=timedelta(days=900),
    )
    with empty(Grade.COMMUNITY, server_url) as url:
        migrate(url, allow_unsupported=True)
        migrate(url, rules=rules, allow_unsupported=True)
        jobs = look(
            url,
            "SELECT proc_name, hypertable_name, config ->> 'drop_after', config ->> 'compress_after',"
            " config ->> 'start_offset', schedule_interval FROM timescaledb_information.jobs WHERE job_id >= 1000"
            " ORDER BY proc_name, job_id",
        )
        chunk = look(
            url,
            "SELECT time_interval FROM timescaledb_information.dimensions WHERE hypertable_name = 'reading'",
        )
        columnstore = look(
            url,
            "SELECT segmentby, orderby FROM timescaledb_information.hypertable_columnstore_settings"
            " WHERE hypertable = 'reading'::regclass",
        )
    assert chunk == [(timedelta(hours=2),)]
    assert [(segment, order.strip('"')) for segment, order in columnstore] == [("signal_id", "time")]
    minute = timedelta(minutes=1)
    kept = [(job[0], *job[2:5]) for job in jobs]
    assert kept == [
        ("policy_compression", None, "3 days", None),
        ("policy_refresh_continuous_aggregate", None, None, "3 days"),
        ("policy_refresh_continuous_aggregate", None, None, "3 days"),
        ("policy_refresh_continuous_aggregate", None, None, "3 days"),
        ("policy_retention", "30 days", None, None),
        ("policy_retention", "90 days", None, None),
        ("policy_retention", "900 days", None, None),
        ("refresh_touched", None, None, None),
    ]
    assert [job[5] for job in jobs[1:4]] == [minute, 5 * minute, 15 * minute]
