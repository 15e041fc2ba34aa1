"""What lets many assets fall silent at once: the product itself, a collector, the way from a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class HeardAsset:
    """An asset that is heard of, the collector that speaks for it ("" for none), and since when it says nothing."""

    asset_id: int
    collector: str
    silent_since: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CommonSilence:
    """How many assets of a site wait together, and since when the first says nothing."""

    site: str
    silent: int
    since: datetime


def product_faults(tx: Transaction) -> dict[str, str]:
    """Return what is wrong with the product itself that lets no telemetry come, and what there is to say of it."""
    return {row["fault"]: row["says"] for row in tx.all("silences.product_faults")}


def heard_of(tx: Transaction, site: str) -> list[HeardAsset]:
    """Return the assets of a site that are heard of; each once for every episode of silence it is in."""
    return [HeardAsset(**row) for row in tx.all("silences.heard_of", site=site)]


def common(tx: Transaction) -> list[CommonSilence]:
    """Return the sites where many assets wait together."""
    return [CommonSilence(**row) for row in tx.all("silences.common")]


def told_sites(tx: Transaction) -> set[str]:
    """Return the sites of which people were told that much fell silent at once."""
    return {row["site"] for row in tx.all("silences.told_sites")}
