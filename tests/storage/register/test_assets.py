"""A machine that is taken away takes its model and what was found about it along."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from plant.asset import Asset, AssetClass, Equipment, Site
from storage.core.database import Database
from storage.register import assets

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
        assets.put_asset(tx, "demo", Asset(tag="P-1", name="", class_tag="pump"))
        asset_id = assets.get_asset(tx, "demo", "P-1").asset_id
        for machine in (OLD, NEW):
            assets.put_equipment(tx, "pump", machine)
        assert assets.put_installation(tx, asset_id, OLD, AT) == "added"
    superuser.execute(
        "INSERT INTO model (installation_id, kind, version, state, signal_ids, data_from, data_to, data_rows,"
        " data_sha256, libraries, artifact, trained_by, trained_at)"
        " SELECT installation_id, 'condition', 1, 'champion', '{1}', %s, %s, 1, '', '{}', '', 'a test', %s"
        " FROM installation",
        [AT, AT, AT],
    )
    superuser.execute("INSERT INTO scoring SELECT %s, model_id, %s, 'x', 'w', %s, 7 FROM model", [asset_id, AT, AT])
    superuser.execute(
        "INSERT INTO finding (finding_id, asset_id, kind, failure_mode, source, source_version, onset, updated,"
        " severity, score, shares, window_from, window_to)"
        " VALUES (%s, %s, 'condition', 'VIB', 'model', 'v1', %s, %s, 'MAJOR', 0.7, '[]', %s, %s)",
        [UUID(int=1), asset_id, AT, AT, AT, AT],
    )
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
