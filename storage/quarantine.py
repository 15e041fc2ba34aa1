"""Quarantine: what was refused is kept with its reason, so that a person can look and it can be replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Transaction
from storage.storable import storable


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A payload, or what is kept of one, and why it or `readings` of its readings were refused at `at`.

    `length` and `sha256` are those of the whole payload, also where `payload` is only its beginning.
    """

    topic: str
    reason: str
    payload: bytes
    length: int
    sha256: bytes
    at: datetime
    readings: int = 1
    detail: str = ""
    site: str | None = None
    asset: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonTotal:
    """How many different payloads one reason holds, how often they came, and how many readings that refused."""

    reason: str
    payloads: int
    times: int
    readings: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One entry of the quarantine."""

    quarantine_id: int
    topic: str
    reason: str
    detail: str
    site_tag: str | None
    asset_tag: str | None
    payload: bytes
    length: int
    first_seen: datetime
    last_seen: datetime
    count: int
    readings: int


def hold(tx: Transaction, refused: Sequence[Refused]) -> None:
    """Hold what was refused, in one order everywhere so that two writers never wait for each other in a ring."""
    ordered = sorted(refused, key=lambda one: (one.topic, one.sha256, one.reason))
    if ordered:
        tx.run_many("quarantine.hold", [_parameters(one) for one in ordered])


def _parameters(refused: Refused) -> dict[str, object]:
    return {
        "topic": storable(refused.topic),
        "reason": refused.reason,
        "detail": storable(refused.detail),
        "site": None if refused.site is None else storable(refused.site),
        "asset": None if refused.asset is None else storable(refused.asset),
        "payload": refused.payload,
        "length": refused.length,
        "sha256": refused.sha256,
        "at": refused.at,
        "readings": refused.readings,
    }


def totals(tx: Transaction) -> dict[str, ReasonTotal]:
    """Return how much was refused, by reason."""
    return {row["reason"]: ReasonTotal(**row) for row in tx.all("quarantine.totals")}


def recent(tx: Transaction, *, most: int = 100) -> list[Held]:
    """Return the entries that were seen last, the newest first."""
    return [Held(**row) for row in tx.all("quarantine.recent", most=most)]
