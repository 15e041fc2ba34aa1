"""What the dashboards need from the register: assets with their place, key values and feeds."""

from __future__ import annotations

from dataclasses import dataclass

from storage.core.database import Transaction
from storage.core.grade import Grade


@dataclass(frozen=True, kw_only=True, slots=True)
class KeySignal:
    """A signal whose newest value stands on the twin, in `unit`; beyond `low` and `high` it is out of its limits."""

    signal_id: int
    name: str
    unit: str
    name_zh: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TwinAsset:
    """One asset on the twin; `x`, `y` are its top left corner, 0 to 1, None where nobody has placed it."""

    asset_id: int
    site: str
    site_name: str
    tag: str
    name: str
    x: float | None
    y: float | None
    site_name_zh: str = ""
    area: str = "–"
    name_zh: str = ""
    asset_class: str = ""
    key_signals: tuple[KeySignal, ...] = ()
    feeds: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """The whole register as the dashboards see it, ordered by site, area and tag; `timezone` is that of most assets."""

    grade: Grade
    assets: tuple[TwinAsset, ...]
    timezone: str = "browser"


def read_twin(tx: Transaction) -> Twin:
    """Read the register."""
    signals, feeds = _key_signals(tx), _feeds(tx)
    assets = tuple(
        TwinAsset(
            **{name: value for name, value in row.items() if name != "class"},
            asset_class=row["class"],
            key_signals=tuple(signals.get(row["asset_id"], ())),
            feeds=tuple(feeds.get(row["asset_id"], ())),
        )
        for row in tx.all("twin.assets")
    )
    zone = tx.first("twin.timezone")
    return Twin(
        grade=Grade(tx.one("twin.grade")["grade"]), assets=assets, timezone=zone["timezone"] if zone else "browser"
    )


def _key_signals(tx: Transaction) -> dict[int, list[KeySignal]]:
    found: dict[int, list[KeySignal]] = {}
    for row in tx.all("twin.key_signals"):
        signal = KeySignal(**{name: value for name, value in row.items() if name != "asset_id"})
        found.setdefault(row["asset_id"], []).append(signal)
    return found


def _feeds(tx: Transaction) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in tx.all("twin.feeds"):
        found.setdefault(row["from_asset_id"], []).append(row["to_asset_id"])
    return found
