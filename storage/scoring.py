"""How far each asset is scored, who is at work on it, and the scores themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from storage.database import Transaction

_QUIET_S = 2.0  # `latest` is written once a second: a shorter silence says nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Leased:
    """An asset that is ours to score in (`watermark`, `horizon`] for as long as nobody else holds a later `fence`."""

    asset_id: int
    fence: int
    model_id: int
    watermark: datetime
    horizon: datetime
    state: bytes


def lease(
    tx: Transaction,
    *,
    holder: str,
    now: datetime,
    lease_s: float,
    most: int,
    skip_assets: Collection[int] = (),
    skip_models: Collection[int] = (),
) -> list[Leased]:
    """Take up to `most` assets that have something to score, by asset.

    The horizon is the asset's newest data time less its effective grace: that of its class, and what the slots of
    ingest lag one another by. Once nothing new was stored for that long by the clock, it is the newest itself.
    """
    rows = tx.all(
        "scoring.lease",
        holder=holder,
        now=now,
        lease_s=lease_s,
        most=most,
        quiet_s=_QUIET_S,
        skip_assets=list(skip_assets),
        skip_models=list(skip_models),
    )
    return sorted((Leased(**row) for row in rows), key=lambda leased: leased.asset_id)


def advance(tx: Transaction, leased: Leased, *, watermark: datetime, state: bytes) -> bool:
    """Write how far the asset is scored now and give the lease back; False if it is ours no more."""
    touched = tx.run("scoring.advance", asset_id=leased.asset_id, fence=leased.fence, watermark=watermark, state=state)
    return touched > 0


def release(tx: Transaction, *, holder: str) -> None:
    """Give every lease of a worker back, so that another need not wait for them to run out."""
    tx.run("scoring.release", holder=holder)


def write_score(
    tx: Transaction,
    *,
    asset_id: int,
    time: datetime,
    model_id: int,
    score_max: float,
    score_last: float,
    alarm: bool,
) -> None:
    """Write the score row of one round; `time` is data time.

    Bit 1 of its flags says that the alarm stands; bit 2 is set by the record where the asset is being learnt again.
    """
    tx.run(
        "scoring.write_score",
        asset_id=asset_id,
        time=time,
        model_id=model_id,
        score_max=score_max,
        score_last=score_last,
        flags=int(alarm),
    )


def reset(tx: Transaction, *, asset_id: int, model_id: int, watermark: datetime, state: bytes) -> None:
    """Let the asset be scored by a new model from `watermark` on, or from where it is scored to if that is later."""
    tx.run("scoring.reset", asset_id=asset_id, model_id=model_id, watermark=watermark, state=state)


def watermark_of(tx: Transaction, asset_id: int) -> datetime | None:
    """Return how far an asset is scored; None where it never was."""
    row = tx.first("scoring.watermark", asset_id=asset_id)
    found: datetime | None = row["watermark"] if row else None
    return found
