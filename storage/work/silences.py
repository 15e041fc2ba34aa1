"""What lets many assets fall silent at once: the product itself, a collector, the way from a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class FellSilent:
    """How many assets of a site fell silent at about the same time as one, of how many; the same of its collector."""

    known: int
    silent: int
    of_collector: int
    silent_of_collector: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CommonSilence:
    """How many assets of a site wait together, and since when the first says nothing."""

    site: str
    silent: int
    since: datetime


def product_faults(tx: Transaction) -> dict[str, str]:
    """Return what is wrong with the product itself that lets no telemetry come, and what there is to say of it."""
    return {row["fault"]: row["says"] for row in tx.all("silences.product_faults")}


def together(tx: Transaction, asset_id: int, *, onset: datetime) -> FellSilent:
    """Say what fell silent together with an asset."""
    return FellSilent(**tx.one("silences.together", asset_id=asset_id, onset=onset))


def common(tx: Transaction) -> list[CommonSilence]:
    """Return the sites where many assets wait together."""
    return [CommonSilence(**row) for row in tx.all("silences.common")]


def told_sites(tx: Transaction) -> set[str]:
    """Return the sites of which people were told that much fell silent at once."""
    return {row["site"] for row in tx.all("silences.told_sites")}
