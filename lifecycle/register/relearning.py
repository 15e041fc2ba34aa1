"""A machine that was changed is learnt again: limit rules watch it, its old model looks on in shadow."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from lifecycle import ledger
from lifecycle.ledger_events import RelearningBegan, RelearningEnded
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.register import relearning
from storage.register.assets import RegisteredAsset
from storage.register.relearning import How


def learn_again(
    tx: Transaction,
    asset: RegisteredAsset,
    *,
    reason: Literal["action", "installation"],
    since: datetime,
    at: datetime,
    by: str,
    order: WorkOrder | None = None,
) -> bool:
    """Open an interval at an asset whose machine was changed at `since`, data time.

    `order` is the one that changed it. Where nothing is installed there is nothing to learn: False.
    """
    opened = relearning.open_interval(
        tx, asset_id=asset.asset_id, reason=reason, at=since, by=by, order_id=order.order_id if order else None
    )
    if opened:
        began = RelearningBegan(actor=by, asset=asset.asset, reason=reason, order=order.number if order else None)
        ledger.append(tx, asset.site, began, at)
    return opened


def learnt(tx: Transaction, asset: RegisteredAsset, *, how: How, at: datetime, by: str) -> bool:
    """End the interval that stands at an asset: a model was promoted, or a person dismissed it."""
    ended = relearning.end(tx, asset_id=asset.asset_id, how=how, at=at, by=by)
    if ended:
        ledger.append(tx, asset.site, RelearningEnded(actor=by, asset=asset.asset, how=how), at)
    return ended
