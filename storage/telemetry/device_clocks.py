"""Devices whose clocks are wrong: how far off, and since when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction

_UNITS = (("y", 365.25 * 86_400), ("d", 86_400.0), ("h", 3_600.0), ("min", 60.0))


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockNote:
    """Word of an asset's device that its clock was wrong `times` between two instants, at the last by `off_s`.

    `off_s` is what the device said less the time of arrival, in seconds; `says` shows the time that it said.
    """

    asset_id: int
    off_s: float
    says: str
    since: datetime
    last_at: datetime
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongClock:
    """A device whose clock was wrong, from `since` to `last_at`; at the last by `off_s`, ahead where positive."""

    device: str
    off_s: float
    says: str
    since: datetime
    last_at: datetime
    times: int

    def line(self) -> str:
        """Say it to a person."""
        how = f"{apart(self.off_s)} {'ahead' if self.off_s > 0 else 'behind'}"
        return f"{self.device}: its clock is {how} since {self.since:%Y-%m-%d %H:%M:%SZ} ({self.times:,} times)" + (
            f"; {self.says}" if self.says else ""
        )


def apart(seconds: float) -> str:
    """Write how far two clocks are apart.

    >>> [apart(s) for s in (4.25, -90.0, 7_200.0, -56 * 365.25 * 86_400)]
    ['4.2 s', '1.5 min', '2.0 h', '56.0 y']
    """
    size = abs(seconds)
    return next((f"{size / unit_s:.1f} {unit}" for unit, unit_s in _UNITS if size >= unit_s), f"{size:.1f} s")


def note(tx: Transaction, notes: Collection[ClockNote]) -> None:
    """Write down whose clocks were wrong."""
    if notes:
        tx.run(
            "device_clocks.note",
            asset_ids=[one.asset_id for one in notes],
            offs_s=[one.off_s for one in notes],
            says=[one.says for one in notes],
            sinces=[one.since for one in notes],
            lasts=[one.last_at for one in notes],
            times=[one.times for one in notes],
        )


def wrong(tx: Transaction, *, since: datetime, device: str | None = None) -> list[WrongClock]:
    """Return the devices whose clocks were wrong since an instant, or the one that is named."""
    return [WrongClock(**row) for row in tx.all("device_clocks.wrong", since=since, device=device)]
