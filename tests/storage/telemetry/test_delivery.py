"""The delivery record adds up."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from storage.core.database import Database
from storage.telemetry import delivery
from storage.telemetry.delivery import BatchDelivered, Delivered

AT = datetime(2026, 3, 4, 12, 34, 56, tzinfo=UTC)


def test_counts_are_kept_by_device_and_minute(
    ingest_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    pump = Delivered(device="demo/P-101", received=10, stored=6, duplicate=1, quarantined=2, conflicting=1, late=2)
    with ingest_database.transaction() as tx:
        stranger = Delivered(device="?\x00", received=1, quarantined=1)
        delivery.record(tx, 0, 1, BatchDelivered.of([pump, stranger]), at=AT)
        delivery.record(tx, 0, 2, BatchDelivered.of([pump]), at=AT)
        delivery.record(tx, 0, 3, BatchDelivered.of([]), at=AT)
        totals = delivery.totals(tx)
    assert totals["demo/P-101"] == Delivered(
        device="demo/P-101", received=20, stored=12, duplicate=2, quarantined=4, conflicting=2, late=4
    )
    assert len(totals) == 2
    minutes = superuser.execute("SELECT DISTINCT minute FROM delivery_by_minute").fetchall()
    assert minutes == [(AT.replace(second=0),)]
