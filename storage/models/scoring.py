"""How far each asset is scored, which worker leases it, and the scores themselves; many assets at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.core import leases
from storage.core.database import Transaction
from storage.core.leases import Lease
from storage.telemetry.latest import QUIET_S
from storage.telemetry.windows import from_us


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetToScore:
    """An asset that has something to score up to its `horizon_us`, in epoch microseconds of data time."""

    asset_id: int
    horizon_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LeasedToScore:
    """An asset that this worker scores in (`watermark_us`, `horizon_us`], unless another gets a higher `fence`.

    Instants are epoch microseconds. Every condition level is divided by `line`, the asset's own alarm line.
    """

    asset_id: int
    fence: int
    model_id: int
    watermark_us: int
    horizon_us: int
    state: bytes
    line: float

    @property
    def watermark(self) -> datetime:
        """Return until when the asset is scored."""
        return from_us(self.watermark_us)

    @property
    def horizon(self) -> datetime:
        """Return until when it may be scored now."""
        return from_us(self.horizon_us)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoringProgress:
    """How far a leased asset is scored now, and with which state the next round continues."""

    leased: LeasedToScore
    watermark_us: int
    state: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRow:
    """What one round says of an asset; `time_us` is data time, bit 1 of `flags` says that the alarm stands."""

    asset_id: int
    time_us: int
    model_id: int
    score_max: float
    score_last: float
    flags: int


def due(
    tx: Transaction,
    *,
    holder: str,
    now: datetime,
    skip_assets: Collection[int] = (),
    skip_models: Collection[int] = (),
) -> list[AssetToScore]:
    """Return the assets that have something to score and that no other worker leases.

    The horizon is the asset's newest data time less its effective grace: that of its class, and the lag between the
    slots of ingest. Once nothing new was stored for that long by the clock, the horizon is the newest data time itself.
    """
    rows = tx.all(
        "scoring.due",
        holder=holder,
        now=now,
        quiet_s=QUIET_S,
        skip_assets=list(skip_assets),
        skip_models=list(skip_models),
    )
    return [AssetToScore(**row) for row in rows]


def lease(
    tx: Transaction, wanted: Sequence[AssetToScore], *, holder: str, now: datetime, lease_s: float
) -> list[Lease[AssetToScore]]:
    """Lease those of the wanted assets that are still free; `leased_assets` then reads their states."""
    return leases.take(tx, "scoring", wanted, holder=holder, now=now, lease_s=lease_s)


def leased_assets(tx: Transaction, taken: Sequence[Lease[AssetToScore]]) -> list[LeasedToScore]:
    """Return leased assets with their states, but for those that another worker has taken over since."""
    return [LeasedToScore(**row) for row in leases.remember(tx, "scoring", taken)]


def advance(tx: Transaction, advances: Sequence[ScoringProgress]) -> set[int]:
    """Write how far assets are scored now, give their leases back, and return which were still this worker's.

    Nothing else may be written of the others: another worker scores them.
    """
    return leases.advance(tx, "scoring", advances)


def release(tx: Transaction, *, holder: str) -> None:
    """Give every lease of a worker back, so that others need not wait until they run out."""
    leases.release(tx, "scoring", holder=holder)


def write_scores(tx: Transaction, rows: Sequence[ScoreRow]) -> None:
    """Write the score rows of one round; a new model that judges an instant again replaces what was said of it.

    Bit 2 of their flags is set by the record where an asset is being learnt again: they do not count.
    """
    tx.run(
        "scoring.write_scores",
        asset_ids=[row.asset_id for row in rows],
        times_us=[row.time_us for row in rows],
        model_ids=[row.model_id for row in rows],
        maxima=[row.score_max for row in rows],
        lasts=[row.score_last for row in rows],
        flags=[row.flags for row in rows],
    )


def reset(tx: Transaction, *, asset_id: int, model_id: int, watermark: datetime, state: bytes) -> None:
    """Let the asset be scored by a new model from `watermark` on, or from where it is scored to if that is later."""
    tx.run("scoring.reset", asset_id=asset_id, model_id=model_id, watermark=watermark, state=state)


def watermark_of(tx: Transaction, asset_id: int) -> datetime | None:
    """Return how far an asset is scored; None where it never was."""
    row = tx.first("scoring.watermark", asset_id=asset_id)
    found: datetime | None = row["watermark"] if row else None
    return found


def move_line(tx: Transaction, *, asset_id: int, model_id: int, line: float) -> bool:
    """Let an asset be judged by another alarm line from the next round on; False where another model judges it."""
    return tx.run("scoring.move_line", asset_id=asset_id, model_id=model_id, line=line) > 0
