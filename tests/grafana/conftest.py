"""A plant with an hour of rows, and the dashboards built from it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from grafana.build import build
from storage.core.database import Database
from tests.grafana.demo_rows import fill


@pytest.fixture
def plant(app_database: Database, superuser: psycopg.Connection[tuple[object, ...]]) -> Database:
    """The database of the shipped register, filled up to now."""
    fill(superuser, datetime.now(UTC))
    return app_database


@pytest.fixture
def built(plant: Database, tmp_path: Path) -> Path:
    """The folder into which that plant's dashboards were built."""
    build(plant, tmp_path / "grafana")
    return tmp_path / "grafana"
