"""A database of the first released schema, built from the migrations as they were released, with data in it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager

STORAGE = Path(__file__).parents[2] / "storage"
RELEASED = {
    "0001_house.sql": "88050cb02ed333de1ea7c8711b76b1da483b65203d8474cd53abed7344f5dadb",
    "0002_reading.plain.sql": "977a6d182031042b126aeee27f0b102fcbfc6456c0a29d87ac2c2e3268f1a326",
    "0002_reading.timescale.sql": "bc4cc0276de77fa36b39740ca60e954c4cf187c9b662d512769353b96893f9aa",
}


def build(url: str, variant: str, *, start: datetime, grade: str) -> None:
    """Make it with two hours of readings of two signals, from `start` on, as ingest had stored them."""
    with psycopg.connect(url, autocommit=True) as connection:
        if variant == "timescale":
            connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
        connection.execute((STORAGE / "definitions/00_roles.administrator.sql").read_bytes())
        connection.execute("SET ROLE assetloop_owner")
        connection.execute(
            "CREATE TABLE schema_migration (name text PRIMARY KEY, sha256 text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        _apply(connection, "0000_jobs", SchemaManager.get_schema().encode())
        _apply(connection, "0001_house", (STORAGE / "migrations/0001_house.sql").read_bytes())
        _apply(connection, "0002_reading", (STORAGE / f"migrations/0002_reading.{variant}.sql").read_bytes())
        connection.execute("INSERT INTO deployment (installation, grade) VALUES ('assetloop-old', %s)", [grade])
        connection.execute("CREATE SCHEMA watch")
        connection.execute("CREATE VIEW watch.old AS SELECT time, value FROM reading")
        _fill(connection, variant, start)


def _apply(connection: psycopg.Connection[tuple[object, ...]], name: str, sql: bytes) -> None:
    connection.execute(sql)
    digest = hashlib.sha256(sql).hexdigest()
    connection.execute("INSERT INTO schema_migration (name, sha256) VALUES (%s, %s)", [name, digest])


def _fill(connection: psycopg.Connection[tuple[object, ...]], variant: str, start: datetime) -> None:
    connection.execute("INSERT INTO site (tag, name) VALUES ('demo', '')")
    connection.execute("INSERT INTO asset_class (tag, name) VALUES ('pump', '')")
    connection.execute("INSERT INTO asset (site_id, class_id, tag, name) VALUES (1, 1, 'P-1', '')")
    connection.execute("INSERT INTO signal (asset_id, key) VALUES (1, 'a'), (1, 'b')")
    if variant == "plain":
        monday = (start - timedelta(days=start.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
        connection.execute(
            f"CREATE TABLE reading_{monday:%Y%m%d} PARTITION OF reading"
            f" FOR VALUES FROM ('{monday}') TO ('{monday + timedelta(days=7)}')".encode()
        )
    connection.execute(
        "INSERT INTO reading SELECT %s::timestamptz + n * interval '10 seconds', s, (n %% 5 = 0)::integer * 2, n + s"
        " FROM generate_series(0, 719) AS n, generate_series(1, 2) AS s",
        [start],
    )
    connection.execute("INSERT INTO delivery VALUES (0, 1, 'demo/P-1', %s, 1440, 1440, 0, 0, 0, 0)", [start])
