"""Liveness: whether an asset can be heard, its device speaks, its sensors measure; three states, kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from plant.errors import NotFound
from plant.health import Health
from storage.core.database import Transaction

SessionState = Literal["up", "down", "unknown"]
DeviceState = Literal["alive", "silent", "unknown", "never"]
SensorState = Literal["fresh", "stale", "bad", "never"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Liveness:
    """How an asset's session, device and sensors are, by the database's clock.

    `health` is the judgement of docs/health.md. `heard_at` is when something new of it was stored last, `newest_at` the
    time its newest reading claims. A device or sensor counts as gone after `silent_after_s`, which is its class's.
    `stale`, `bad` and `mute` are keys of signals: too old, of bad quality, never heard.
    """

    site: str
    asset: str
    health: Health
    session: SessionState
    device: DeviceState
    sensors: SensorState
    heard_at: datetime | None
    newest_at: datetime | None
    silent_after_s: float
    stale: tuple[str, ...]
    bad: tuple[str, ...]
    mute: tuple[str, ...]


def of_all(tx: Transaction) -> list[Liveness]:
    """Return the liveness of every asset, by site and tag."""
    return [_liveness(row) for row in tx.all("liveness.assets", site=None, asset=None)]


def of_asset(tx: Transaction, site: str, asset: str) -> Liveness:
    """Return the liveness of one asset.

    Raises:
        NotFound: there is no such asset.
    """
    row = tx.first("liveness.assets", site=site, asset=asset)
    if row is None:
        raise NotFound(f"there is no asset {asset} at site {site}")
    return _liveness(row)


def _liveness(row: dict[str, Any]) -> Liveness:
    keys = {name: tuple(row[name]) for name in ("stale", "bad", "mute")}
    return Liveness(**{**row, **keys, "health": Health(row["health"])})
