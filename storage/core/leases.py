"""Leases of assets, for scoring and for guarding: take them, advance the watermark, give them back.

Each of the two has statements of its own, under its subject, `scoring` or `guard`.

Taking a lease locks rows and must never hold others up, even when the worker is frozen at that moment. The server ends
the session of a frozen worker only while it waits for the worker's next statement
(`idle_in_transaction_session_timeout`), not while it still sends an answer that nobody reads: then the rows stay
locked. So a statement that locks rows returns few bytes, which fit the socket's buffer. The detectors' states,
which are long, are read afterwards, when the leases are committed and no row is locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from storage.core.database import Transaction


class _Due(Protocol):
    @property
    def asset_id(self) -> int: ...
    @property
    def horizon_us(self) -> int: ...


class _Leased(Protocol):
    @property
    def asset_id(self) -> int: ...
    @property
    def fence(self) -> int: ...


class _Advance(Protocol):
    @property
    def leased(self) -> _Leased: ...
    @property
    def watermark_us(self) -> int: ...
    @property
    def state(self) -> bytes: ...


D = TypeVar("D", bound=_Due)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease(Generic[D]):
    """An asset that was due and is now this worker's, until another worker gets a higher fencing number."""

    due: D
    fence: int


def take(
    tx: Transaction, subject: str, wanted: Sequence[D], *, holder: str, now: datetime, lease_s: float, **more: list[Any]
) -> list[Lease[D]]:
    """Lease those of the wanted assets that no other worker holds."""
    rows = tx.all(
        f"{subject}.lease",
        asset_ids=[one.asset_id for one in wanted],
        horizons_us=[one.horizon_us for one in wanted],
        holder=holder,
        now=now,
        lease_s=lease_s,
        **more,
    )
    fences = {row["asset_id"]: row["fence"] for row in rows}
    return [Lease(due=one, fence=fences[one.asset_id]) for one in wanted if one.asset_id in fences]


def remember(tx: Transaction, subject: str, taken: Sequence[Lease[D]], **more: list[Any]) -> list[dict[str, Any]]:
    """Read the states of leased assets, by asset; those that another worker took over meanwhile are left out."""
    return tx.all_in_binary(
        f"{subject}.remember",
        asset_ids=[one.due.asset_id for one in taken],
        fences=[one.fence for one in taken],
        horizons_us=[one.due.horizon_us for one in taken],
        **more,
    )


def advance(tx: Transaction, subject: str, advances: Sequence[_Advance], **more: list[Any]) -> set[int]:
    """Write how far assets are done, give their leases back, and return those that were still this worker's."""
    rows = tx.all(
        f"{subject}.advance",
        asset_ids=[one.leased.asset_id for one in advances],
        fences=[one.leased.fence for one in advances],
        watermarks_us=[one.watermark_us for one in advances],
        states=[one.state for one in advances],
        **more,
    )
    return {row["asset_id"] for row in rows}


def release(tx: Transaction, subject: str, *, holder: str) -> None:
    """Give every lease of a worker back, so that another need not wait for them to run out."""
    tx.run(f"{subject}.release", holder=holder)
