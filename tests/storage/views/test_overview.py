"""What the console reads: health by duty, alerts, freshness and score."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plant.errors import NotFound, Rejected
from plant.severity import Severity
from storage.core.database import Database
from storage.views import overview
from storage.views.overview import Health, health_of

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
WELL: dict[str, Any] = {
    "state": "in_service", "worst": None, "score": 0.1, "has_model": True, "newest": NOON, "now": NOON,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "health"),
    [
        ({}, Health.GOOD),
        ({"score": 0.35}, Health.WATCH),
        ({"score": 0.5}, Health.ALARM),
        ({"worst": Severity.MINOR}, Health.WATCH),
        ({"worst": Severity.MINOR, "score": 0.6}, Health.ALARM),
        ({"worst": Severity.MAJOR}, Health.ALARM),
        ({"newest": None}, Health.SILENT),
        ({"newest": NOON - timedelta(seconds=121), "score": 0.9}, Health.SILENT),
        ({"newest": NOON - timedelta(hours=1), "worst": Severity.CRITICAL}, Health.ALARM),
        ({"has_model": False}, Health.UNKNOWN),
        ({"score": None}, Health.UNKNOWN),
        ({"score": None, "worst": Severity.WARNING}, Health.WATCH),
        ({"state": "standby", "worst": Severity.CRITICAL}, Health.OFF),
        ({"state": "commissioning"}, Health.GOOD),
    ],
)
def test_health_follows_the_worst_reason(changes: dict[str, Any], health: Health) -> None:
    assert health_of(**{**WELL, **changes}) is health


@pytest.mark.parametrize(
    ("age", "health"), [(timedelta(minutes=10), "good"), (timedelta(minutes=10, seconds=1), "unknown")]
)
def test_a_score_counts_until_the_asset_is_ten_minutes_further_as_grafana_says_too(
    app_database: Database, superuser: Any, age: timedelta, health: str
) -> None:
    superuser.execute("INSERT INTO site (tag, name) VALUES ('demo', '')")
    superuser.execute("INSERT INTO asset_class (tag, name) VALUES ('pump', '')")
    superuser.execute("INSERT INTO asset (site_id, class_id, tag, name) VALUES (1, 1, 'P-1', '')")
    superuser.execute("INSERT INTO installation (asset_id) VALUES (1)")
    superuser.execute("INSERT INTO signal (asset_id, key) VALUES (1, 'flow')")
    superuser.execute("INSERT INTO latest VALUES (1, %s, 42, 0, %s)", [NOON, NOON])
    superuser.execute(
        "INSERT INTO model (installation_id, kind, version, state, signal_ids, data_from, data_to, data_rows,"
        " data_sha256, libraries, artifact, trained_by, trained_at)"
        " VALUES (1, 'condition', 1, 'champion', '{1}', %s, %s, 1, '', '{}', '', 'a test', %s)",
        [NOON, NOON, NOON],
    )
    superuser.execute("INSERT INTO score VALUES (1, %s, 1, 0.1, 0.1)", [NOON - age])
    with app_database.transaction() as tx:
        asset = overview.get_asset(tx, "demo", "P-1", now=NOON)
        assert [one.health for one in overview.list_assets(tx, now=NOON)] == [asset.health]
    in_grafana = superuser.execute("SELECT word, score FROM watch.health").fetchone()
    assert (asset.health, asset.score) == in_grafana == (health, 0.1 if health == "good" else None)


def test_an_asset_that_is_not_registered_is_not_found(app_database: Database) -> None:
    with pytest.raises(NotFound, match="P-9"), app_database.transaction() as tx:
        overview.get_asset(tx, "demo", "P-9", now=NOON)


def test_a_series_over_no_time_is_refused(app_database: Database) -> None:
    with pytest.raises(Rejected, match="empty_span"), app_database.transaction() as tx:
        overview.get_series(tx, 1, time_from=NOON, time_to=NOON)


def test_what_was_quarantined_more_than_a_day_ago_is_not_counted(app_database: Database, superuser: Any) -> None:
    for name, age in (("new", timedelta(hours=23)), ("old", timedelta(hours=25))):
        superuser.execute(
            "INSERT INTO quarantine (topic, sha256, reason, payload, length, first_seen, last_seen)"
            " VALUES (%s, '', 'not_json', '', 0, %s, %s)",
            [name, NOON - age, NOON - age],
        )
    with app_database.transaction() as tx:
        assert overview.get_counts(tx, now=NOON).quarantined == 1
        assert [held.topic for held in overview.list_quarantine(tx)] == ["new", "old"]
