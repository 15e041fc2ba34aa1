"""A scratch database is there for as long as its block and leaves nothing behind."""

from __future__ import annotations

import psycopg
import pytest

from plant.errors import Unavailable
from storage.bench.scratch_database import scratch_database


def test_a_scratch_database_is_gone_after_its_block(server_url: str) -> None:
    with scratch_database(server_url) as url:
        with psycopg.connect(url) as connection:
            (name,) = connection.execute("SELECT current_database()").fetchone() or ("",)
        assert name.startswith("assetloop_scratch_")
    with psycopg.connect(server_url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name]).fetchone()
    assert row == (0,)


def test_a_scratch_database_is_dropped_when_its_block_fails_with_a_session_open(server_url: str) -> None:
    seen: list[psycopg.Connection[tuple[object, ...]]] = []
    with pytest.raises(ZeroDivisionError):
        fail_in_a_scratch_database(server_url, seen)
    name = seen[0].info.dbname
    with psycopg.connect(server_url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name]).fetchone()
    assert row == (0,)
    seen[0].close()


def fail_in_a_scratch_database(server_url: str, seen: list[psycopg.Connection[tuple[object, ...]]]) -> None:
    with scratch_database(server_url) as url:
        seen.append(psycopg.connect(url))
        raise ZeroDivisionError


def test_a_server_that_is_away_is_told() -> None:
    with pytest.raises(Unavailable, match="the database is away"), scratch_database("postgresql://127.0.0.1:1/none"):
        pass
