"""On TimescaleDB, community edition, the same schema stands, the same views answer and every panel's SQL runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from grafana.build import build
from storage.core.database import Database, Role
from storage.core.grade import Grade
from storage.schema import upkeep
from storage.schema.migrate import Migrated, migrate
from tests.grafana.conftest import sick
from tests.grafana.demo_rows import fill
from tests.grafana.panels import run_panels
from tests.timescaledb import community

pytestmark = pytest.mark.needs("timescaledb")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A TimescaleDB that serves one client at a time."""
    with community.server() as address:
        yield address


@pytest.fixture(scope="module")
def migrated(url: str) -> Migrated:
    return migrate(url, allow_unsupported=True)


@pytest.fixture(scope="module")
def filled(url: str, migrated: Migrated) -> str:
    assert migrated.applied
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        fill(connection, datetime.now(UTC), minutes=12)
    return url


def test_the_grade_is_found_out(migrated: Migrated) -> None:
    assert migrated.grade is Grade.COMMUNITY


def test_migrating_again_changes_nothing(url: str, migrated: Migrated) -> None:
    again = migrate(url, allow_unsupported=True)
    assert again.applied == ()
    assert again.installation == migrated.installation


def test_readings_are_a_hypertable_that_keeps_each_once(filled: str) -> None:
    with psycopg.connect(filled, autocommit=True) as connection:
        found = connection.execute("SELECT hypertable_name FROM timescaledb_information.hypertables").fetchall()
        assert ("reading",) in found
        row = connection.execute("SELECT time, signal_id FROM reading LIMIT 1").fetchone()
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO reading (time, signal_id, value) VALUES (%s, %s, 1)", row)


def test_every_panels_sql_runs_with_time_buckets(filled: str, tmp_path: Path) -> None:
    """Hours are rolled up by the server's own jobs, of which this one has none: nothing is known of energy."""
    with Database(filled, role=Role.APP, most=1) as database:
        build(database, tmp_path)
    answers = run_panels(filled, tmp_path, variables={"asset": sick(filled)})
    of_energy = ("energy_1h", "energy_kwh IS NOT NULL")
    without_energy = [answer for answer in answers if not any(word in answer.sql for word in of_energy)]
    assert [answer.title for answer in without_energy if not answer.rows] == []
    assert any("time_bucket(" in answer.sql for answer in answers)


def test_ingests_role_cannot_change_a_reading_here_either(filled: str) -> None:
    with psycopg.connect(filled, autocommit=True) as connection:
        connection.execute("SET ROLE assetloop_ingest")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM reading")


def test_a_job_of_timescaledbs_that_fails_is_named_with_what_it_said(filled: str) -> None:
    """This server has no scheduler: what one writes down about a failure is written here."""
    with psycopg.connect(filled, autocommit=True, prepare_threshold=None) as connection:
        (job,) = connection.execute(
            "SELECT job_id FROM timescaledb_information.jobs WHERE proc_name = 'refresh_touched'"
        ).fetchone() or (0,)
        connection.execute(
            "UPDATE _timescaledb_internal.bgw_job_stat"
            " SET last_start = now(), last_finish = now(), last_run_success = false WHERE job_id = %s",
            [job],
        )
        connection.execute(
            "INSERT INTO _timescaledb_internal.bgw_job_stat_history (job_id, pid, succeeded, data)"
            """ VALUES (%s, 1, false, '{"error_data": {"message": "no luck"}}')""",
            [job],
        )
    with Database(filled, role=Role.APP, most=1) as database, database.transaction() as tx:
        (failing,) = upkeep.failing(tx)
    assert failing.job.startswith("User-Defined Action")
    assert failing.says == "no luck"
