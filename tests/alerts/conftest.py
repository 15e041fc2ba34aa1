"""A pump that can sicken, a desk that watches it, and what scoring writes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from alerts.alarms.desk import Desk
from plant.asset import Asset, AssetClass, Site
from plant.clock import ManualClock
from plant.finding import Finding, FindingSource, Share
from plant.severity import Severity
from storage.core.database import Database
from storage.models import findings
from storage.register import assets, facts

ONSET = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(ONSET + timedelta(minutes=1))


@pytest.fixture
def pump(app_database: Database) -> int:
    """The id of P-101 at site demo."""
    with app_database.transaction() as tx:
        assets.put_site(tx, Site(tag="demo", name="Demo"))
        assets.put_class(tx, AssetClass(tag="pump", name="Pump"))
        facts.put_assets(tx, "demo", [Asset(tag="P-101", name="Feed pump A", class_tag="pump")])
        return assets.get_asset(tx, "demo", "P-101").asset_id


@pytest.fixture
def found(app_database: Database, pump: int) -> Callable[..., Finding]:
    """Write an episode of the pump as scoring does; the same name again is a further revision of it."""

    def write(name: str = "first", *, lasted_s: float = 30.0, cleared: bool = False, **changes: Any) -> Finding:
        end = ONSET + timedelta(seconds=lasted_s)
        finding = Finding(
            finding_id=uuid5(UUID(int=0), name),
            asset_id=pump,
            kind="condition",
            failure_mode="VIB",
            source=FindingSource.MODEL,
            source_version="condition/P-101/v1",
            onset=ONSET,
            updated=end,
            cleared=end if cleared else None,
            severity=Severity.MAJOR,
            score=0.71,
            shares=(
                Share(signal="bearing_temperature_c", share=0.3, unit="°C"),
                Share(signal="vibration_de_mm_s", share=0.62, unit="mm/s"),
                Share(signal="flow_m3_h", share=0.08, unit="m³/h"),
            ),
            window_from=ONSET,
            window_to=end,
            quality={"samples": 30, "missing": 0.0},
        )
        finding = replace(finding, **changes)
        with app_database.transaction() as tx:
            return replace(finding, revision=findings.record(tx, finding))

    return write


@pytest.fixture
def desk(app_database: Database, clock: ManualClock, pump: int) -> Desk:  # noqa: ARG001 - a desk needs a plant
    return Desk(app_database, clock, console_url="http://console.example/")
