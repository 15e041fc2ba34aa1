"""What is not told while an asset is worked on or out of service: its alerts take the states of ISA-18.2 for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.journal import JournalEntry, enter_alert
from lifecycle import ledger
from lifecycle.ledger_events import ServiceStateChanged
from plant.alert import AlertFlags
from plant.asset import AssetState
from plant.clock import Clock
from plant.errors import Conflict
from plant.people.principal import Principal
from storage.core.database import Database, Transaction
from storage.register import assets
from storage.register.assets import RegisteredAsset
from storage.work import alerts as alert_rows
from storage.work import desk as rows
from storage.work import suppression
from storage.work.suppression import SuppressionReason


def take_out_of_service(database: Database, site: str, tag: str, *, actor: Principal, clock: Clock) -> None:
    """Take an asset out of service in `actor`'s name.

    Raises:
        NotFound: there is no such asset.
        Conflict: it is out of service already.
    """
    with database.transaction() as tx:
        asset, now = _hold(tx, site, tag), clock.now()
        if suppression.state_of(tx, asset.asset_id) is AssetState.OUT_OF_SERVICE:
            raise Conflict(f"{tag} is out of service already")
        suppression.begin(tx, asset_id=asset.asset_id, reason=SuppressionReason.OUT_OF_SERVICE, at=now, by=actor.name)
        suppression.put_state(tx, asset.asset_id, AssetState.OUT_OF_SERVICE)
        _enter(tx, asset, actor.name, now, in_service=False)


def return_to_service(database: Database, site: str, tag: str, *, actor: Principal, clock: Clock) -> None:
    """Return an asset to the state it was taken out of, in `actor`'s name.

    Raises:
        NotFound: there is no such asset.
        Conflict: it is not out of service.
    """
    with database.transaction() as tx:
        asset, now = _hold(tx, site, tag), clock.now()
        if suppression.state_of(tx, asset.asset_id) is not AssetState.OUT_OF_SERVICE:
            raise Conflict(f"{tag} is not out of service")
        suppression.put_state(tx, asset.asset_id, suppression.state_before(tx, asset.asset_id))
        suppression.end(tx, asset_id=asset.asset_id, reason=SuppressionReason.OUT_OF_SERVICE, at=now, by=actor.name)
        _enter(tx, asset, actor.name, now, in_service=True)


def _hold(tx: Transaction, site: str, tag: str) -> RegisteredAsset:
    return rows.lock_asset(tx, assets.get_asset(tx, site, tag).asset_id)


def _enter(tx: Transaction, asset: RegisteredAsset, actor: str, at: datetime, *, in_service: bool) -> None:
    suppress_alerts(tx, asset.asset_id, actor=actor, at=at)
    ledger.append(tx, asset.site, ServiceStateChanged(actor=actor, asset=asset.asset, in_service=in_service), at)


def suppress_alerts(tx: Transaction, asset_id: int, *, actor: str, at: datetime) -> None:
    """Bring the flags of an asset's open alerts to what stands at it now, each change with its ledger entry."""
    standing = suppression.standing(tx, asset_id)
    at_work, out = SuppressionReason.WORK in standing, SuppressionReason.OUT_OF_SERVICE in standing
    for alert in alert_rows.open_alerts(tx, asset_id):
        flags = replace(alert.flags, suppressed=at_work, out_of_service=out)
        if flags == alert.flags:
            continue
        brought = replace(alert, flags=flags)
        alert_rows.keep(tx, brought)
        for event in _events(alert.flags, flags):
            enter_alert(tx, brought, JournalEntry(event=event, actor=actor, at=at))


def _events(before: AlertFlags, after: AlertFlags) -> list[str]:
    """Name what changed.

    >>> calm = AlertFlags(active=True, acknowledged=True)
    >>> _events(calm, replace(calm, suppressed=True)), _events(replace(calm, out_of_service=True), calm)
    (['suppressed'], ['in_service'])
    """
    changes = (
        (before.suppressed, after.suppressed, "suppressed", "unsuppressed"),
        (before.out_of_service, after.out_of_service, "out_of_service", "in_service"),
    )
    return [on if now else off for was, now, on, off in changes if was != now]
