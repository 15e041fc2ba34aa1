"""Things found by a part of what they are called or say: assets, orders, alerts, documents of projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction
from storage.views.alert_list import AlertFilter, ListedAlert, page_of_alerts
from storage.views.finding_things import FoundAsset, FoundDocument, find_assets, find_documents
from storage.views.order_list import ListedOrder, page_of_orders
from storage.work.orders import OrderFilter

_MOST = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundThings:
    """What is called so, or says so: an exact tag first, and what is newest."""

    assets: Sequence[FoundAsset]
    orders: Sequence[ListedOrder]
    alerts: Sequence[ListedAlert]
    documents: Sequence[FoundDocument]

    def __bool__(self) -> bool:
        """Say whether anything was found."""
        return bool(self.assets or self.orders or self.alerts or self.documents)


def find_things(tx: Transaction, text: str, *, now: datetime, most: int = _MOST) -> FoundThings:
    """Return up to `most` of each kind of thing that holds a text, in whatever state they are."""
    alerts = page_of_alerts(tx, AlertFilter(state="all", text=text), now=now, most=most, grouped=False)
    return FoundThings(
        assets=find_assets(tx, text, most=most),
        orders=page_of_orders(tx, OrderFilter(text=text), most=most),
        alerts=[group.root for group in alerts.groups],
        documents=find_documents(tx, text, most=most),
    )
