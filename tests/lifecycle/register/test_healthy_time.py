"""Somebody says when an asset was healthy, of the machine that is installed now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lifecycle.register.healthy_time import declare_healthy
from plant.errors import NotFound, Rejected
from storage.core.database import Database
from storage.register import healthy_time
from tests.plant_rows import PlantRows

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def asset(plant_rows: PlantRows) -> None:
    """Asset 1, at which installation 1 was replaced by 2."""
    asset_id = plant_rows.asset("P-1")
    plant_rows.installation(asset_id, installed_to=datetime.now(UTC))
    plant_rows.installation(asset_id)


def declare(database: Database, begin: datetime, end: datetime, asset_id: int = 1, by: str = "a test") -> bool:
    with database.transaction() as tx:
        return declare_healthy(tx, asset_id, begin, end, origin="declared", by=by)


def test_what_is_declared_holds_for_what_is_installed_now(app_database: Database) -> None:
    assert declare(app_database, START + HOUR, START + 2 * HOUR)
    assert declare(app_database, START, START + HOUR)
    with app_database.transaction() as tx:
        assert healthy_time.intervals(tx, 2) == [(START, START + HOUR), (START + HOUR, START + 2 * HOUR)]
        assert healthy_time.intervals(tx, 1) == []


def test_the_same_interval_is_declared_once(app_database: Database) -> None:
    assert declare(app_database, START, START + HOUR)
    assert not declare(app_database, START, START + HOUR)
    with app_database.transaction() as tx:
        assert len(healthy_time.intervals(tx, 2)) == 1


def test_an_asset_without_a_machine_cannot_be_healthy(app_database: Database) -> None:
    with pytest.raises(NotFound, match="no equipment is installed"):
        declare(app_database, START, START + HOUR, asset_id=2)


@pytest.mark.parametrize(
    ("begin", "end", "by", "reason"),
    [
        (START, START, "a test", "no_length"),
        (START.replace(tzinfo=None), START, "a test", "no_time_zone"),
        (START, START + HOUR, " ", "nobody"),
    ],
)
def test_a_declaration_that_says_nothing_is_rejected(
    app_database: Database, begin: datetime, end: datetime, by: str, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason):
        declare(app_database, begin, end, by=by)
