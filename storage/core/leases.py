"""What is the same of leasing assets to score and to guard: taking, advancing, giving back, by each one's statements.

Whoever is stopped in the middle of a transaction keeps its rows locked until the server ends the session. By itself it
does so only for one that waits for its client's next word, never for one whose answer the client does not read. So what
locks rows answers with few bytes, and the long states are read once the leases are committed.
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
class Taken(Generic[D]):
    """What was due is ours until somebody holds a later fence."""

    due: D
    fence: int


def take(
    tx: Transaction, subject: str, wanted: Sequence[D], *, holder: str, now: datetime, lease_s: float, **more: list[Any]
) -> list[Taken[D]]:
    """Take those of the wanted assets that are still nobody else's."""
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
    return [Taken(due=one, fence=fences[one.asset_id]) for one in wanted if one.asset_id in fences]


def remember(tx: Transaction, subject: str, taken: Sequence[Taken[D]], **more: list[Any]) -> list[dict[str, Any]]:
    """Read what is known of taken assets, by asset, those aside that somebody took over since."""
    return tx.all_in_binary(
        f"{subject}.remember",
        asset_ids=[one.due.asset_id for one in taken],
        fences=[one.fence for one in taken],
        horizons_us=[one.due.horizon_us for one in taken],
        **more,
    )


def advance(tx: Transaction, subject: str, advances: Sequence[_Advance], **more: list[Any]) -> set[int]:
    """Write how far assets are done now, give their leases back, and say which were still ours."""
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
