"""Claims of a warranty as rows, and what of the record is evidence for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from plant.orders.warranty import ClaimState, ClaimStep, CoveredFailure, WarrantyClaim
from storage.core.database import Transaction
from storage.work.orders import order_number

_BAD = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimsWanted:
    """Which claims are wanted; what is None asks nothing. A guarantor is found in any letter case."""

    project: str | None = None
    guarantor: str | None = None
    state: ClaimState | None = None
    site: str | None = None
    after: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReading:
    """One reading as it was stored; `is_bad` is what its device said of it."""

    key: str
    unit: str
    time: datetime
    value: float
    is_bad: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class GuaranteedMachine:
    """The machine that stood at an asset; empty names where it has none."""

    serial: str
    manufacturer: str
    model: str
    installed_from: datetime
    installed_to: datetime | None


def add_claim(
    tx: Transaction, failure: CoveredFailure, *, amount: Decimal | None, currency: str, at: datetime, by: str
) -> int | None:
    """Make a claim and return its id; None where one is made for the order already."""
    row = tx.first(
        "warranty_claims.add",
        order_id=failure.order_id,
        guarantor=failure.guarantor,
        starts=failure.starts,
        ends=failure.ends,
        failed_at=failure.failed_at,
        amount=amount,
        currency=currency,
        at=at,
        by=by,
    )
    return None if row is None else int(row["claim_id"])


def move_claim(
    tx: Transaction, claim: WarrantyClaim, state: ClaimState, *, amount: Decimal | None, at: datetime
) -> bool:
    """Let a claim be in another state, with another amount where one is said; False where it has moved on."""
    values = {"state": state.value, "before": claim.state.value, "amount": amount, "at": at}
    return tx.first("warranty_claims.move", claim_id=claim.claim_id, **values) is not None


def add_step(tx: Transaction, claim_id: int, step: ClaimStep) -> None:
    """Write down who said what of a claim."""
    said = {"at": step.at, "by": step.by, "state": step.state.value, "amount": step.amount, "note": step.note}
    tx.run("warranty_claims.add_step", claim_id=claim_id, **said)


def list_claims(tx: Transaction, wanted: ClaimsWanted, *, most: int = 200) -> list[WarrantyClaim]:
    """Return claims, the newest first."""
    asked = {"project": wanted.project, "guarantor": wanted.guarantor, "site": wanted.site, "after": wanted.after}
    state = wanted.state.value if wanted.state else None
    rows = tx.all("warranty_claims.list", **asked, state=state, order_ids=None, most=most)
    return [_claim(dict(row)) for row in rows]


def claims_of_orders(tx: Transaction, order_ids: Sequence[int]) -> dict[str, WarrantyClaim]:
    """Return the claims of some orders, by the order's number."""
    if not order_ids:
        return {}
    nothing = dict.fromkeys(("project", "guarantor", "state", "site", "after"))
    rows = tx.all("warranty_claims.list", **nothing, order_ids=list(order_ids), most=len(order_ids))
    return {one.order: one for one in (_claim(dict(row)) for row in rows)}


def steps_of(tx: Transaction, claim_id: int) -> list[ClaimStep]:
    """Return what was said of a claim, the oldest first."""
    rows = tx.all("warranty_claims.steps", claim_id=claim_id)
    return [ClaimStep(**{**row, "state": ClaimState(row["state"])}) for row in rows]


def readings_of(tx: Transaction, asset_id: int, *, since: datetime, until: datetime, most: int) -> list[StoredReading]:
    """Return up to `most` readings of an asset's signals in a stretch of time, by signal and time."""
    rows = tx.all("warranty_claims.readings", asset_id=asset_id, since=since, until=until, most=most)
    return [StoredReading(is_bad=bool(row.pop("flags") & _BAD), **row) for row in map(dict, rows)]


def machine_at(tx: Transaction, asset_id: int, at: datetime) -> GuaranteedMachine | None:
    """Return the machine that stood at an asset at an instant."""
    row = tx.first("warranty_claims.machine", asset_id=asset_id, at=at)
    return GuaranteedMachine(**row) if row else None


def entries_about(tx: Transaction, site: str, number: str, *, since: datetime) -> list[int]:
    """Return the numbers of a chain's entries that name an order, in order."""
    rows = tx.all("warranty_claims.entries", site=site, since=since, number=number)
    return [int(row["seq"]) for row in rows]


def _claim(row: dict[str, Any]) -> WarrantyClaim:
    state = ClaimState(row.pop("state"))
    return WarrantyClaim(order=order_number(row.pop("order_id")), state=state, **row)
