"""The delivery ledger agrees with the tables, whatever came: over a real broker, with everything that can be wrong."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]

SUMS = """
    SELECT
        (SELECT count(*) FROM reading),
        (SELECT count(*) FROM reading WHERE flags & 32 <> 0),
        (SELECT coalesce(sum(readings), 0)::bigint FROM quarantine),
        (SELECT count(*) FROM reading_conflict)
"""
LEDGER = """
    SELECT sum(stored)::bigint, sum(late)::bigint, sum(quarantined)::bigint, sum(conflicting)::bigint
    FROM delivery_by_minute
"""
RECEIVED = "SELECT coalesce(sum(received), 0)::bigint FROM delivery_by_minute"


def mixed(n: int, at: int, begin_ms: int) -> tuple[Any, int]:
    """One of nine kinds of message, and how many readings it counts as."""
    kinds: list[tuple[Any, int]] = [
        (b"not json %d" % n, 1),
        ({"ts": begin_ms + 3_600_000, "values": {"a": n, "b": n}}, 2),
        ({"ts": begin_ms - 60_000 + n, "values": {"a": n}}, 1),
        ([{"ts": at + k, "values": {"a": k % 3, "b": "text", "c": k}} for k in range(5)], 15),
        ({"ts": at, "values": {f"key {n}": 1, "a": 1}}, 2),
        *[({"ts": at, "values": {"a": n * 31 % 3, "b": 1.5}}, 2)] * 4,
    ]
    return kinds[n * 5 % 9]


def test_sums_agree_with_the_tables(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: Any, superuser: Superuser
) -> None:
    PlantRows(superuser).asset("P-102", name="Pump")
    start_ingest(broker, most_values_per_s=1e-9, burst_values=1000, most_signals=20)
    device = start_device(broker)
    begin_ms = int(time.time() * 1000)
    received = 0

    def say(asset: str, document: Any, readings: int) -> None:
        nonlocal received
        device.says(document, f"assetloop/v1/demo/{asset}/telemetry")
        received += readings

    await_rows("SELECT FROM ingest_slot WHERE is_listening", 1)
    for n in range(400):
        asset, at = ("P-101", "P-102", "P-103")[n % 3], begin_ms + n * 7919 % 200
        say(asset, *mixed(n, at, begin_ms))
    for n in range(1200):
        say("P-102", {"ts": begin_ms + 10_000 + n, "values": {"flood": n}}, 1)
    await_rows(RECEIVED, [(received,)])
    superuser.execute("SELECT fold_delivery(now())")
    say("P-101", {"ts": begin_ms + 20_000, "values": {"a": 1}}, 1)
    await_rows(RECEIVED, [(received,)])

    stored, late, quarantined, conflicting = superuser.execute(SUMS.encode()).fetchone() or ()
    counts = superuser.execute(LEDGER.encode()).fetchone() or ()
    assert (counts[0], counts[2]) == (stored, quarantined)
    # A value that conflicts again, the same as before, is counted each time and kept once; so with late duplicates.
    assert counts[1] >= late > 0
    assert counts[3] >= conflicting > 0
    sums = superuser.execute(
        b"SELECT sum(received)::bigint, sum(stored + duplicate + quarantined + conflicting + limited)::bigint,"
        b" sum(limited)::bigint, sum(duplicate)::bigint FROM delivery_by_minute"
    ).fetchone()
    assert sums is not None
    assert sums[0] == sums[1] == received
    assert sums[2] > 200
    assert sums[3] > 0
    limited = superuser.execute(b"SELECT DISTINCT device FROM delivery_by_minute WHERE limited > 0").fetchall()
    assert limited == [("demo/P-102",)]
