"""What is known of an asset's telemetry: how much of a day is stored, of what could be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.core.database import Database
from storage.views import asset_course
from tests.plant_rows import PlantRows

END = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_signal_that_spoke_first_within_the_day_is_asked_from_then_on(
    app_database: Database, plant_rows: PlantRows
) -> None:
    asset_id = plant_rows.asset("P-1")
    young, old = plant_rows.signals(asset_id, "young", "old")
    plant_rows.connection.execute("SELECT ensure_partition(%s, %s)", [END - timedelta(days=2), END])
    plant_rows.connection.execute("SELECT prepare_partitions(%s)", [END])
    row = {"lowest": 0.0, "highest": 0.0, "total": 0.0, "n": 1, "last": 0.0}
    for signal_id, minutes in ((young, range(1, 61)), (old, (30, 1500))):
        for minute in minutes:
            plant_rows.add("reading_1m", signal_id=signal_id, time=END - timedelta(minutes=minute), **row)
    with app_database.transaction() as tx:
        found = asset_course.coverage(tx, asset_id, time_from=END - timedelta(days=1), time_to=END)
    assert [(one.key, one.minutes, one.expected) for one in found] == [("young", 60, 60), ("old", 1, 1440)]
