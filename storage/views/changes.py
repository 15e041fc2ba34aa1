"""What changed in the plant, in the order of commits, and what one asset said, each since one last looked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from storage.core.database import Transaction
from storage.work.orders import order_number

Subject = Literal["alert", "order"]
KEPT_FOR = timedelta(days=7)
_SURE_FOR = timedelta(days=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantChange:
    """One revision of an alert or an order; `xact` and `change_id` say where it stands in the order of commits."""

    xact: str
    change_id: int
    at: datetime
    subject: Subject
    site: str
    asset: str
    subject_id: str
    revision: int
    event: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreHeard:
    """What a round said of an asset: the greatest score since the round before, and the last."""

    time: datetime
    score_max: float
    score_last: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingHeard:
    """What a signal of an asset said at an instant."""

    time: datetime
    signal: str
    value: float


def newest(tx: Transaction) -> str:
    """Return the transaction before which all is committed: where one begins who has seen nothing."""
    return str(tx.one("changes.now")["xact"])


def since(
    tx: Transaction,
    xact: str,
    change_id: int,
    *,
    subjects: Collection[Subject],
    site: str | None,
    asset_id: int | None,
    most: int,
) -> list[PlantChange]:
    """Return what changed after a change, in the order of commits."""
    rows = tx.all(
        "changes.since",
        xact=xact,
        change_id=change_id,
        subjects=list(subjects),
        site=site,
        asset_id=asset_id,
        most=most,
    )
    return [PlantChange(subject_id=_subject_id(row.pop("alert_id"), row.pop("order_id")), **row) for row in rows]


def may_miss(tx: Transaction, xact: str, *, now: datetime) -> bool:
    """Say whether changes after one may have been let go of."""
    return bool(tx.one("changes.may_miss", xact=xact, kept_since=now - _SURE_FOR)["may_miss"])


def scores(tx: Transaction, asset_id: int, after: datetime, *, most: int) -> list[ScoreHeard]:
    """Return an asset's scores after an instant, the oldest first."""
    return [ScoreHeard(**row) for row in tx.all("changes.scores", asset_id=asset_id, after=after, most=most)]


def readings(tx: Transaction, asset_id: int, after: datetime, *, most: int) -> list[ReadingHeard]:
    """Return an asset's readings after an instant, the oldest first."""
    heard = [ReadingHeard(**row) for row in tx.all("changes.readings", asset_id=asset_id, after=after, most=most)]
    if len(heard) < most:
        return heard
    whole = [one for one in heard if one.time < heard[-1].time]  # an instant is told whole, or later
    return whole or heard


def _subject_id(alert_id: UUID | None, order_id: int | None) -> str:
    return order_number(order_id) if order_id is not None else str(alert_id)
