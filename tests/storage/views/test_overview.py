"""What the console reads: health by duty, alerts, freshness and score."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plant.errors import NotFound, Rejected
from storage.core.database import Database
from storage.views import overview
from storage.views.counts import server_clock
from tests.plant_rows import PlantRows

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "health"), [(timedelta(minutes=10), "good"), (timedelta(minutes=10, seconds=1), "unknown")]
)
def test_a_score_counts_until_the_asset_is_ten_minutes_further_as_grafana_says_too(
    app_database: Database, plant_rows: PlantRows, superuser: Any, age: timedelta, health: str
) -> None:
    pump = plant_rows.asset("P-1")
    plant_rows.latest(plant_rows.signal(pump, "flow"), NOON, 42, stored_at=datetime.now(UTC))
    plant_rows.model(plant_rows.installation(pump), signal_ids=[1])
    plant_rows.score(pump, NOON - age, 0.1)
    with app_database.transaction() as tx:
        now = server_clock(tx)
        asset = overview.get_asset(tx, "demo", "P-1", now=now)
        assert [one.health for one in overview.list_assets(tx, now=now)] == [asset.health]
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
