"""A person takes an asset out of service, and returns it; meanwhile nothing that is found there is told."""

from __future__ import annotations

from datetime import datetime

from alerts.alarms.suppression import quiet
from lifecycle import ledger
from lifecycle.ledger_events import ServiceStateChanged
from plant.asset import AssetState
from plant.clock import Clock
from plant.errors import Conflict
from plant.principal import Principal
from storage.core.database import Database, Transaction
from storage.register import assets
from storage.register.assets import RegisteredAsset
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
    quiet(tx, asset.asset_id, actor=actor, at=at)
    ledger.append(tx, asset.site, ServiceStateChanged(actor=actor, asset=asset.asset, in_service=in_service), at)
