"""A machine that is taken away takes its model and what was found about it along."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from plant.asset import Asset, AssetClass, Equipment, Site
from storage.core.database import Database
from storage.register import assets, facts
from tests.plant_rows import PlantRows

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
OLD, NEW = Equipment(serial="1", manufacturer="m"), Equipment(serial="2", manufacturer="m")
SCORING = "SELECT model_id, state, holder, lease_until, fence, watermark FROM scoring"
FINDINGS = "SELECT cleared, revision FROM finding"


@pytest.fixture
def asset_id(app_database: Database, superuser: Any) -> int:
    """An asset with a machine that a model judges, a worker at it, and an open finding."""
    with app_database.transaction() as tx:
        assets.put_site(tx, Site(tag="demo", name="Demo"))
        assets.put_class(tx, AssetClass(tag="pump", name="Pump"))
        facts.put_assets(tx, "demo", [Asset(tag="P-1", name="", class_tag="pump")])
        asset_id = assets.get_asset(tx, "demo", "P-1").asset_id
        facts.put_machines(tx, [("pump", OLD), ("pump", NEW)])
        assert assets.put_installation(tx, asset_id, OLD, AT) == "added"
    plant = PlantRows(superuser)
    ((machine,),) = superuser.execute("SELECT installation_id FROM installation").fetchall()
    model_id = plant.model(machine, signal_ids=[1])
    at_work = {"holder": "w", "lease_until": AT, "fence": 7}
    plant.add("scoring", asset_id=asset_id, model_id=model_id, watermark=AT, state=b"x", **at_work)
    plant.finding(asset_id, finding_id=UUID(int=1), at=AT, source_version="v1", score=0.7)
    return asset_id


def test_another_machine_takes_the_fence_and_clears_what_was_found(
    app_database: Database, superuser: Any, asset_id: int
) -> None:
    with app_database.transaction() as tx:
        assert assets.put_installation(tx, asset_id, NEW, AT) == "changed"
    assert superuser.execute(SCORING).fetchall() == [(1, b"x", None, None, 8, AT)]
    assert superuser.execute(FINDINGS).fetchall() == [(AT, 2)]


@pytest.mark.parametrize("machine", [OLD, None])
def test_the_same_machine_goes_on_being_judged(
    app_database: Database, superuser: Any, asset_id: int, machine: Equipment | None
) -> None:
    before = superuser.execute(SCORING).fetchall()
    with app_database.transaction() as tx:
        assert assets.put_installation(tx, asset_id, machine, AT) == "left"
    assert superuser.execute(SCORING).fetchall() == before
    assert superuser.execute(FINDINGS).fetchall() == [(None, 1)]
