"""The delivery record adds up."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from storage import delivery
from storage.database import Database
from storage.delivery import Delivered

AT = datetime(2026, 3, 4, 12, 34, 56, tzinfo=UTC)


def test_counts_are_kept_by_device_and_minute(
    ingest_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    pump = Delivered(device="demo/P-101", received=10, stored=6, duplicate=1, quarantined=2, conflicting=1)
    with ingest_database.transaction() as tx:
        delivery.record(tx, 0, 1, [pump, Delivered(device="?\x00", received=1, quarantined=1)], at=AT)
        delivery.record(tx, 0, 2, [pump], at=AT)
        delivery.record(tx, 0, 3, [], at=AT)
        totals = delivery.totals(tx)
    assert totals["demo/P-101"] == Delivered(
        device="demo/P-101", received=20, stored=12, duplicate=2, quarantined=4, conflicting=2
    )
    assert len(totals) == 2
    minutes = superuser.execute("SELECT DISTINCT minute FROM delivery").fetchall()
    assert minutes == [(AT.replace(second=0),)]
