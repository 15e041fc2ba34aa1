"""The course of one asset: its scores and episodes, all that became of it, and how whole its telemetry is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from storage.core.database import Transaction
from storage.views.overview import SeriesPoint

PAST_KINDS = ("alert", "order", "state", "said", "installed", "model", "document", "gate")


@dataclass(frozen=True, kw_only=True, slots=True)
class PastEvent:
    """Something that became of an asset; what `said` and `detail` are depends on the kind."""

    at: datetime
    kind: str
    key: str
    said: str
    detail: str
    who: str
    until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertedStretch:
    """An episode that was alerted: from its onset until it cleared, None while it stands."""

    onset: datetime
    cleared: datetime | None
    kind: str
    severity: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetDocument:
    """The newest version of a document of an asset."""

    vdi_class: str
    title: str
    version: str
    file: str
    added_at: datetime
    project: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UsedPart:
    """A part that an asset's orders used or wait for, and how much of it is free."""

    number: str
    name: str
    name_zh: str
    unit: str
    free: Decimal
    least: Decimal
    used_at: datetime | None
    used: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """How many minutes of a stretch are stored of a signal, of how many since it first spoke, and its longest gap."""

    key: str
    name: str
    name_zh: str
    minutes: int
    expected: int
    longest: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """How many messages of an asset are held in quarantine for a reason."""

    reason: str
    count: int
    last_seen: datetime


def scores(
    tx: Transaction, asset_id: int, *, time_from: datetime, time_to: datetime, most: int = 600
) -> list[SeriesPoint]:
    """Return an asset's worst scores in [time_from, time_to), in at most so many steps."""
    step = max((time_to - time_from) / most, timedelta(seconds=1))
    rows = tx.all("asset_course.scores", asset_id=asset_id, time_from=time_from, time_to=time_to, step=step)
    return [SeriesPoint(time=row["time"], mean=row["score"], least=row["score"], greatest=row["score"]) for row in rows]


def alerted(tx: Transaction, asset_id: int, *, time_from: datetime, time_to: datetime) -> list[AlertedStretch]:
    """Return the newest episodes within a stretch of time that became alerts."""
    rows = tx.all("asset_course.alerted", asset_id=asset_id, time_from=time_from, time_to=time_to)
    return [AlertedStretch(**row) for row in rows]


def others_of_class(tx: Transaction, asset_id: int) -> list[tuple[str, str]]:
    """Name the other assets of an asset's class by site and tag, those beside it first."""
    return [(row["site"], row["asset"]) for row in tx.all("asset_course.of_class", asset_id=asset_id)]


def past(tx: Transaction, asset_id: int, *, kind: str | None = None, most: int = 50) -> list[PastEvent]:
    """Return what became of an asset, the newest first; of one kind where it is named."""
    return [PastEvent(**row) for row in tx.all("asset_course.past", asset_id=asset_id, kind=kind, most=most)]


def documents(tx: Transaction, asset_id: int) -> list[AssetDocument]:
    """Return an asset's documents, the newest version of each."""
    return [AssetDocument(**row) for row in tx.all("asset_course.documents", asset_id=asset_id)]


def parts(tx: Transaction, asset_id: int) -> list[UsedPart]:
    """Return the parts that an asset's orders used or wait for."""
    return [UsedPart(**row) for row in tx.all("asset_course.parts", asset_id=asset_id)]


def coverage(tx: Transaction, asset_id: int, *, time_from: datetime, time_to: datetime) -> list[Coverage]:
    """Say of each signal that reports steadily how much of a stretch of time is stored, by whole minutes."""
    rows = tx.all("asset_course.coverage", asset_id=asset_id, time_from=time_from, time_to=time_to)
    return [Coverage(**row) for row in rows]


def held(tx: Transaction, site: str, asset: str) -> list[Held]:
    """Return what is held in quarantine of an asset, by reason."""
    return [Held(**row) for row in tx.all("asset_course.held", site=site, asset=asset)]
