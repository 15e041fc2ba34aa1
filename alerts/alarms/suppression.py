"""What is not told while an asset is worked on, out of service or suppressed: its alerts take the states for it."""

from __future__ import annotations

from datetime import datetime

from alerts.alarms import transitions
from alerts.alarms.acknowledgement import plain_words
from alerts.journal import JournalEntry, enter_alert
from lifecycle import ledger
from lifecycle.ledger_events import ServiceStateChanged, SuppressionChanged
from plant.alert import AlertFlags
from plant.asset import AssetState
from plant.clock import Clock
from plant.errors import Conflict, Rejected
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


def suppress_by_design(database: Database, site: str, tag: str, *, reason: str, actor: Principal, clock: Clock) -> None:
    """Suppress by design what is found at an asset, in `actor`'s name, until `end_suppression`.

    Raises:
        NotFound: there is no such asset.
        Conflict: it is suppressed already.
        Rejected: no reason.
    """
    why = plain_words(reason)
    if not why:
        raise Rejected("reason_needed", "say why what is found there is suppressed")
    with database.transaction() as tx:
        asset, now = _hold(tx, site, tag), clock.now()
        by_design = SuppressionReason.DESIGN
        if not suppression.begin(tx, asset_id=asset.asset_id, reason=by_design, at=now, by=actor.name, note=why):
            raise Conflict(f"what is found at {tag} is suppressed already")
        _enter_suppression(tx, asset, actor.name, now, reason=why, begins=True)


def end_suppression(database: Database, site: str, tag: str, *, actor: Principal, clock: Clock) -> None:
    """End what `suppress_by_design` began; what still stands is told within seconds.

    Raises:
        NotFound: there is no such asset.
        Conflict: it is not suppressed by design.
    """
    with database.transaction() as tx:
        asset, now = _hold(tx, site, tag), clock.now()
        if not suppression.end(tx, asset_id=asset.asset_id, reason=SuppressionReason.DESIGN, at=now, by=actor.name):
            raise Conflict(f"what is found at {tag} is not suppressed")
        _enter_suppression(tx, asset, actor.name, now, reason="", begins=False)


def _enter_suppression(
    tx: Transaction, asset: RegisteredAsset, actor: str, at: datetime, *, reason: str, begins: bool
) -> None:
    suppress_alerts(tx, asset.asset_id, actor=actor, at=at)
    ledger.append(tx, asset.site, SuppressionChanged(actor=actor, asset=asset.asset, begins=begins, reason=reason), at)


def _hold(tx: Transaction, site: str, tag: str) -> RegisteredAsset:
    return rows.lock_asset(tx, assets.get_asset(tx, site, tag).asset_id)


def _enter(tx: Transaction, asset: RegisteredAsset, actor: str, at: datetime, *, in_service: bool) -> None:
    suppress_alerts(tx, asset.asset_id, actor=actor, at=at)
    ledger.append(tx, asset.site, ServiceStateChanged(actor=actor, asset=asset.asset, in_service=in_service), at)


def suppress_alerts(tx: Transaction, asset_id: int, *, actor: str, at: datetime) -> None:
    """Bring the flags of an asset's alerts to what stands at it now, each change with its ledger entry.

    Nothing that is over is hidden anew, and none of it stays hidden.

    While anything stands, open findings wait: once nothing does, the desk tells what still stands of them.
    """
    standing = suppression.standing(tx, asset_id)
    by_design = bool(standing & {SuppressionReason.WORK, SuppressionReason.DESIGN})
    out = SuppressionReason.OUT_OF_SERVICE in standing
    for before in alert_rows.hidden_or_open_alerts(tx, asset_id):
        alert, may_hide = before, before.flags.is_open
        for event, suppressed, out_of_service in _events(
            before.flags, suppressed=by_design and may_hide, out_of_service=out and may_hide
        ):
            alert = transitions.hidden(alert, suppressed=suppressed, out_of_service=out_of_service)
            alert_rows.keep(tx, alert)
            enter_alert(tx, alert, JournalEntry(event=event, actor=actor, at=at))
    if standing:
        rows.wait_of_asset(tx, asset_id, waits=min(standing), at=at)


def _events(flags: AlertFlags, *, suppressed: bool, out_of_service: bool) -> list[tuple[str, bool, bool]]:
    """Name each change, with the flags after it.

    >>> calm = AlertFlags(active=True, acknowledged=True)
    >>> _events(calm, suppressed=True, out_of_service=True)
    [('suppressed', True, False), ('out_of_service', True, True)]
    """
    events = []
    if suppressed != flags.suppressed:
        events.append(("suppressed" if suppressed else "unsuppressed", suppressed, flags.out_of_service))
    if out_of_service != flags.out_of_service:
        events.append(("out_of_service" if out_of_service else "in_service", suppressed, out_of_service))
    return events
