"""What the console reads: health by duty, alerts, freshness and score."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plant.errors import NotFound, Rejected
from plant.severity import Severity
from storage import overview
from storage.database import Database
from storage.overview import Health, health_of

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
