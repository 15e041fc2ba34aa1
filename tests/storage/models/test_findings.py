"""A finding is one row an episode; every time it is written its revision counts up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from plant.finding import Finding, FindingSource, Share
from plant.severity import Severity
from storage.core.database import Database
from storage.models import findings
from tests.plant_rows import PlantRows

Connection = psycopg.Connection[tuple[object, ...]]
ONSET = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def finding(superuser: Connection) -> Finding:
    PlantRows(superuser).asset("P-1", name="")
    return Finding(
        finding_id=uuid4(),
        asset_id=1,
        kind="condition",
        failure_mode="VIB",
        source=FindingSource.MODEL,
        source_version="condition/P-1/v1",
        onset=ONSET,
        updated=ONSET,
        severity=Severity.MINOR,
        score=0.5,
        shares=(Share(signal="vibration", share=0.1 + 0.2, unit="mm/s"),),
        window_from=ONSET,
        window_to=ONSET,
        quality={"missing": 0.0},
    )


def record(database: Database, finding: Finding) -> int:
    with database.transaction() as tx:
        return findings.record(tx, finding)


def test_an_episode_is_opened_revised_and_cleared_in_one_row(
    app_database: Database, superuser: Connection, finding: Finding
) -> None:
    end = ONSET + timedelta(seconds=9)
    worse = replace(finding, severity=Severity.MAJOR, score=0.7, updated=end, window_to=end)
    assert record(app_database, finding) == 1
    assert record(app_database, worse) == 2
    assert record(app_database, replace(worse, cleared=end)) == 3
    rows = superuser.execute(
        "SELECT onset, updated, cleared, severity, score, shares, revision FROM finding"
    ).fetchall()
    shares = [{"signal": "vibration", "share": 0.1 + 0.2, "unit": "mm/s"}]
    assert rows == [(ONSET, end, end, "MAJOR", 0.7, shares, 3)]


def test_a_second_open_episode_of_one_kind_is_impossible(app_database: Database, finding: Finding) -> None:
    record(app_database, finding)
    with pytest.raises(psycopg.errors.UniqueViolation, match="finding_one_open"):
        record(app_database, replace(finding, finding_id=uuid4()))


def test_what_stands_open_is_cleared_where_it_was_last_seen(
    app_database: Database, superuser: Connection, finding: Finding
) -> None:
    record(app_database, replace(finding, updated=ONSET + timedelta(seconds=3)))
    for expected in (1, 0):
        with app_database.transaction() as tx:
            cleared = findings.clear_all_of(tx, asset_id=1, source=FindingSource.MODEL)
        assert cleared == expected
    assert superuser.execute("SELECT cleared - onset, revision FROM finding").fetchall() == [(timedelta(seconds=3), 2)]
