"""Warranties and claims: until when somebody answers for a machine, and what became of what was claimed of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

WarrantySource = Literal["said", "register", "handover"]
"""Who says so: a person of this machine, the register's parameters, or the project that handed it over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Warranty:
    """From when to when, the last day included, `guarantor` answers for a machine, by the `terms` of a contract."""

    starts: date
    ends: date
    guarantor: str = ""
    terms: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingWarranty(Warranty):
    """The warranty of the machine at an asset, and where it comes from."""

    site: str
    asset: str
    source: WarrantySource
    serial: str
    manufacturer: str
    model: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredFailure(Warranty):
    """A failure that fell within the warranty of the machine that stood there."""

    order_id: int
    failed_at: datetime
    source: WarrantySource
    serial: str
    manufacturer: str
    model: str


class ClaimState(StrEnum):
    """How a claim stands. A rejected one may be opened again, a settled one ends."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SETTLED = "settled"

    @property
    def follows(self) -> frozenset[ClaimState]:
        """Return what may follow.

        >>> sorted(ClaimState.REJECTED.follows), sorted(ClaimState.SETTLED.follows)
        ([<ClaimState.OPEN: 'open'>], [])
        """
        return _FOLLOWS[self]


_FOLLOWS = {
    ClaimState.OPEN: frozenset({ClaimState.ACCEPTED, ClaimState.REJECTED, ClaimState.SETTLED}),
    ClaimState.ACCEPTED: frozenset({ClaimState.REJECTED, ClaimState.SETTLED}),
    ClaimState.REJECTED: frozenset({ClaimState.OPEN}),
    ClaimState.SETTLED: frozenset[ClaimState](),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimStep:
    """One step of a claim: who said what of it, and how that was proved."""

    at: datetime
    by: str
    recognised: str
    state: ClaimState
    amount: Decimal | None
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WarrantyClaim:
    """What is claimed of a guarantor for one failure; `starts` to `ends` is the warranty as it stood then.

    `amount` is what was claimed, then what was agreed on, None where nobody has said. `project` handed it over.
    """

    claim_id: int
    order: str
    site: str
    asset: str
    project: str | None
    guarantor: str
    starts: date
    ends: date
    failed_at: datetime
    failure_mode: str
    state: ClaimState
    amount: Decimal | None
    currency: str
    made_at: datetime
    made_by: str
    changed_at: datetime
