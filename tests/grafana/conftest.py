"""A plant with a year of life and an hour of rows, and the dashboards built from it: one for all that only looks."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from grafana.build import build
from storage.core.database import Database, Role
from tests.grafana.demo_rows import fill
from tests.grafana.panels import Answer, run_panels


@pytest.fixture(scope="session")
def looked_at(server_url: str, migrated_template: str) -> Iterator[str]:
    """The database of the shipped register, filled up to now; nobody changes it."""
    name = f"grafana_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated_template}" STRATEGY FILE_COPY'.encode())
    url = psycopg.conninfo.make_conninfo(server_url, dbname=name)
    with psycopg.connect(url, autocommit=True) as connection:
        fill(connection, datetime.now(UTC))
        connection.execute("ANALYZE")
    yield url
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def built(looked_at: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which that plant's dashboards were built."""
    folder = tmp_path_factory.mktemp("grafana")
    with Database(looked_at, role=Role.APP, most=1) as database:
        build(database, folder)
    return folder


@pytest.fixture(scope="session")
def answers(looked_at: str, built: Path) -> list[Answer]:
    """What every query of every dashboard gave, in both languages, of the whole plant."""
    return run_panels(looked_at, built, variables={"asset": sick(looked_at)})


@pytest.fixture
def plant(server_url: str, looked_at: str) -> Iterator[Database]:
    """The same plant in a database of the test's own, to be changed."""
    name, filled = f"grafana_{secrets.token_hex(4)}", psycopg.conninfo.conninfo_to_dict(looked_at)["dbname"]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{filled}" STRATEGY FILE_COPY'.encode())
    with Database(psycopg.conninfo.make_conninfo(server_url, dbname=name), role=Role.APP, most=1) as database:
        yield database
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def sick(url: str) -> str:
    """The number of the asset that is in alarm."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT asset_id FROM watch.asset WHERE asset = 'P-102'").fetchone()
    assert row is not None
    return str(row[0])


def read(folder: Path, name: str, language: str = "en") -> Any:
    """A dashboard that was built."""
    return json.loads((folder / "dashboards" / language / f"{name}.json").read_text(encoding="utf-8"))
