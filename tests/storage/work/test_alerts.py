"""Alerts are kept as they are, one open per asset and kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from plant.alert import Alert, AlertFlags
from plant.asset import Asset, AssetClass, Site
from plant.errors import NotFound
from plant.severity import Severity
from storage.core.database import Database
from storage.register import assets, facts
from storage.work import alerts

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def alert(app_database: Database) -> Alert:
    """An alert of P-101 that nobody has written down yet."""
    with app_database.transaction() as tx:
        assets.put_site(tx, Site(tag="demo", name="Demo"))
        assets.put_class(tx, AssetClass(tag="pump", name="Pump"))
        facts.put_assets(tx, "demo", [Asset(tag="P-101", name="Feed pump A", class_tag="pump")])
        asset_id = assets.get_asset(tx, "demo", "P-101").asset_id
    return Alert(
        alert_id=UUID(int=1),
        asset_id=asset_id,
        site="demo",
        asset="P-101",
        kind="condition",
        severity=Severity.MAJOR,
        flags=AlertFlags(active=True, acknowledged=False),
        onset=AT,
        raised_at=AT + timedelta(seconds=7),
        count=1,
    )


def closed(alert: Alert) -> Alert:
    return replace(
        alert,
        flags=replace(alert.flags, active=False, acknowledged=True, shelved_until=AT, suppressed=True),
        severity=Severity.CRITICAL,
        count=3,
        cleared_at=AT + timedelta(hours=1),
        acknowledged_at=AT + timedelta(hours=2),
        acknowledged_by="ann",
        acknowledged_recognised="process",
    )


def test_an_alert_comes_back_as_it_was_written(app_database: Database, alert: Alert) -> None:
    with app_database.transaction() as tx:
        alerts.add(tx, alert)
        assert alerts.get_alert(tx, alert.alert_id) == alert
        alerts.keep(tx, closed(alert))
        assert alerts.get_alert(tx, alert.alert_id) == closed(alert)


def test_a_second_open_alert_of_one_kind_is_refused_by_the_database(app_database: Database, alert: Alert) -> None:
    with app_database.transaction() as tx:
        alerts.add(tx, alert)
    with pytest.raises(psycopg.errors.UniqueViolation, match="alert_one_open"), app_database.transaction() as tx:
        alerts.add(tx, replace(alert, alert_id=UUID(int=2)))


@pytest.mark.parametrize(
    ("active", "acknowledged", "is_open"),
    [(True, False, True), (True, True, True), (False, False, True), (False, True, False)],
)
def test_an_alert_is_open_until_it_is_both_cleared_and_acknowledged(
    app_database: Database, alert: Alert, active: bool, acknowledged: bool, is_open: bool
) -> None:
    moved = replace(alert, flags=AlertFlags(active=active, acknowledged=acknowledged))
    with app_database.transaction() as tx:
        alerts.add(tx, moved)
        assert alerts.list_alerts(tx, open_only=True) == ([moved] if is_open else [])
        assert alerts.open_alert(tx, asset_id=alert.asset_id, kind="condition") == (moved if is_open else None)
        assert alerts.open_alert(tx, asset_id=alert.asset_id, kind="another") is None


def test_alerts_are_listed_newest_first_and_no_more_than_asked_for(app_database: Database, alert: Alert) -> None:
    with app_database.transaction() as tx:
        for number in (1, 3, 2):
            later = alert.raised_at + timedelta(minutes=number)
            alerts.add(tx, replace(closed(alert), alert_id=UUID(int=number), raised_at=later))
        assert [one.alert_id.int for one in alerts.list_alerts(tx)] == [3, 2, 1]
        assert [one.alert_id.int for one in alerts.list_alerts(tx, most=2)] == [3, 2]


def test_an_unknown_alert_is_not_found(app_database: Database, alert: Alert) -> None:
    with app_database.transaction() as tx:
        with pytest.raises(NotFound, match="there is no alert"):
            alerts.get_alert(tx, alert.alert_id)
        with pytest.raises(NotFound, match="there is no alert"):
            alerts.keep(tx, alert)
