"""Quarantine: what was refused is kept with its reason, so that a person can look and it can be replayed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plant.errors import Conflict
from storage.core.database import Transaction
from storage.core.storable_text import storable

_KEPT_ONE_BY_ONE = frozenset({"unknown_asset", "refused_by_database"})  # as the function quarantine_sample says


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedPayload:
    """A payload, or what is kept of one, and why it or `readings` of its readings were refused at `at`.

    `length` and `sha256` are those of the whole payload, also where `payload` is only its beginning. `place` is its
    order among those that came at one instant; `retained` says that the broker had kept it from earlier.
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
    place: int = 0
    retained: bool = False
    key: str = ""

    @classmethod
    def withheld(cls, topic: str, payload: bytes, *, reason: str, detail: str, at: datetime) -> RefusedPayload:
        """Say that a payload was refused which may hold a secret: none of it is kept but its length and digest."""
        return cls(
            topic=topic,
            reason=reason,
            detail=detail,
            payload=b"",
            length=len(payload),
            sha256=hashlib.sha256(payload).digest(),
            at=at,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A payload of an asset that was unknown when it came `at`, and what of it was held: `readings` of `asset`.

    `site` is empty where its topic named none.
    """

    arrival_id: int
    topic: str
    payload: bytes
    at: datetime
    retained: bool
    readings: int
    site: str
    asset: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stranger:
    """An asset that the register does not know, and how much waits for it to be approved.

    `site` is empty where its topic names none: then `asset` is the tag of the only asset so called, or `site/tag`.
    `topic` and `detail` are those of what was held first. `meant` is how many assets of the register are called so by
    now: one is being replayed, several need names that differ where they speak.
    """

    site: str
    asset: str
    messages: int
    readings: int
    first_seen: datetime
    last_seen: datetime
    topic: str
    detail: str
    meant: int

    @property
    def name(self) -> str:
        """Return site and asset as people write them, or the asset alone."""
        return "/".join(tag for tag in (self.site, self.asset) if tag)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dismissed:
    """An unknown asset that a person dismissed, and how much it said; `site` is empty where its topic names none."""

    site: str
    asset: str
    by: str
    at: datetime
    messages: int
    readings: int
    last_seen: datetime | None

    @property
    def name(self) -> str:
        """Return site and asset as people write them, or the asset alone."""
        return "/".join(tag for tag in (self.site, self.asset) if tag)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonTotal:
    """How many different payloads one reason holds, how often they came, and how many readings that refused."""

    reason: str
    payloads: int
    times: int
    readings: int


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineEntry:
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Expired:
    """How much of one reason was held for too long and is gone, and when that happened first and last."""

    reason: str
    messages: int
    readings: int
    first_at: datetime
    last_at: datetime


def hold(tx: Transaction, refused: Sequence[RefusedPayload]) -> None:
    """Hold what was refused, in one order everywhere so that two writers never wait for each other in a ring."""
    ordered = sorted(refused, key=_order)
    if ordered:
        tx.run_many("quarantine.hold", [_parameters(one) for one in ordered])


def _order(refused: RefusedPayload) -> tuple[object, ...]:
    """Sort by entries and, within one, by arrival: the first payload stays as its sample."""
    apart = refused.sha256 if refused.reason in _KEPT_ONE_BY_ONE else b""
    return refused.topic, refused.reason, refused.key, apart, refused.at, refused.place


def _parameters(refused: RefusedPayload) -> dict[str, object]:
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
        "place": refused.place,
        "retained": refused.retained,
        "key": storable(refused.key),
    }


def replayable(tx: Transaction, *, most: int, most_bytes: int) -> list[Arrival]:
    """Return what can be stored by now of one asset, in the order in which it came; nothing where nothing can.

    That is at most `most` payloads, and no more once `most_bytes` are reached.
    """
    return [Arrival(**row) for row in tx.all("quarantine.replayable", most=most, most_bytes=most_bytes)]


def release(tx: Transaction, arrivals: Sequence[int]) -> None:
    """Let arrivals go whose readings are stored in this transaction.

    Raises:
        Conflict: another process has stored some of them.
    """
    if tx.one("quarantine.release", arrivals=list(arrivals))["released"] != len(arrivals):
        raise Conflict("another process has replayed a part of this")


def waiting(tx: Transaction, asset_id: int) -> int:
    """Count the messages of an asset that wait to be replayed."""
    return int(tx.one("quarantine.waiting", asset_id=asset_id)["messages"])


def strangers(tx: Transaction, *, most: int = 1000) -> list[Stranger]:
    """Return the assets that wait to be approved, those heard last first."""
    return [Stranger(**row) for row in tx.all("quarantine.strangers", most=most)]


def is_known(tx: Transaction, *, site: str, asset: str) -> bool:
    """Say whether what is held under a name means one asset of the register, and is being replayed."""
    return bool(tx.one("quarantine.is_known", site=site or None, asset=asset)["known"])


def dismiss(tx: Transaction, *, site: str, asset: str, by: str, at: datetime) -> tuple[int, int]:
    """Keep no more than counts of what an unknown asset says and said; return how many messages and readings were held.

    `site` is empty where its topic names none.
    """
    row = tx.one("quarantine.dismiss", site=site or None, asset=asset, by=by, at=at)
    return row["messages"], row["readings"]


def heed(tx: Transaction, asset_id: int) -> None:
    """Dismiss an asset no longer that the register knows by now, under whichever name that was."""
    tx.run("quarantine.heed", asset_id=asset_id)


def dismissed(tx: Transaction, *, most: int = 1000) -> list[Dismissed]:
    """Return the unknown assets that were dismissed, those heard last first."""
    return [Dismissed(**row) for row in tx.all("quarantine.dismissed", most=most)]


def totals(tx: Transaction) -> dict[str, ReasonTotal]:
    """Return how much was refused, by reason."""
    return {row["reason"]: ReasonTotal(**row) for row in tx.all("quarantine.totals")}


def expired(tx: Transaction) -> list[Expired]:
    """Return how much has expired, by reason."""
    return [Expired(**row) for row in tx.all("quarantine.expired")]


def recent(tx: Transaction, *, most: int = 100) -> list[QuarantineEntry]:
    """Return the entries that were seen last, the newest first."""
    return [QuarantineEntry(**row) for row in tx.all("quarantine.recent", most=most)]
