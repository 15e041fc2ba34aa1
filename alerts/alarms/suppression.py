"""An alert keeps to ISA-18.2 while its asset is worked on or out of service: suppressed by design, out of service."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.journal import JournalEntry, enter_alert
from plant.alert import AlertFlags
from storage.core.database import Transaction
from storage.work import alerts as alert_rows
from storage.work import suppression
from storage.work.suppression import SuppressionReason


def quiet(tx: Transaction, asset_id: int, *, actor: str, at: datetime) -> None:
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
