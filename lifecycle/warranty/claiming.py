"""Claims of a warranty: made for one failure that fell within it, and answered by whoever guarantees."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from lifecycle import ledger
from lifecycle.attesting.heads import SIGN_HEADS
from lifecycle.ledger import Entry
from lifecycle.warranty.setting import WarrantyMoved
from plant.clock import Clock
from plant.errors import Conflict, NotFound, Rejected
from plant.orders.spending import spent_on
from plant.orders.warranty import ClaimState, ClaimStep, WarrantyClaim
from plant.people.principal import Principal
from plant.people.rights import Right
from plant.work_order import WorkOrder
from storage.core.database import Database, Transaction
from storage.core.jobs import defer
from storage.orders.stock import currency_of
from storage.orders.warranties import covered_failures
from storage.orders.warranty_claims import add_claim, add_step, claims_of_orders, move_claim
from storage.schema.upkeep import QUEUE
from storage.work import orders

_LEAST_REASON = 10
_LONGEST = 2000
_MOST_AMOUNT = Decimal(1_000_000_000)


def claim_warranty(
    database: Database,
    number: str,
    *,
    amount: Decimal | None = None,
    note: str = "",
    actor: Principal,
    clock: Clock,
) -> WarrantyClaim:
    """Claim of the guarantor what an order is about; without an amount it is what was booked on the order.

    Raises:
        Forbidden: who acts may not claim at the order's site.
        NotFound: there is no such order.
        Conflict: it is of no failure within a warranty, or it is claimed already.
        Rejected: an amount or a note that makes no sense.
    """
    said = _note(note)
    with database.transaction() as tx:
        order = orders.get_order(tx, number)
        actor.demand(Right.CLAIM_WARRANTY, order.site)
        failure = covered_failures(tx, [order.order_id]).get(order.order_id)
        if failure is None:
            raise Conflict(
                f"{number} is of no failure within a warranty: the machine has none that holds then, or the order is "
                "about no failure, was cancelled, or was closed as none"
            )
        currency = currency_of(tx, order.site)
        claimed = _amount(amount) if amount is not None else _booked(tx, order, currency)
        at = clock.now()
        claim_id = add_claim(tx, failure, amount=claimed, currency=currency, at=at, by=actor.name)
        if claim_id is None:
            raise Conflict(f"{number} is claimed already")
        _note_step(tx, claim_id, ClaimState.OPEN, claimed, said, actor, at)
        claim = claims_of_orders(tx, [order.order_id])[number]
        _enter(tx, claim, "claimed", said, actor, at)
        # somebody who asks for the evidence wants the entry under a signed head, and soon
        defer(tx, SIGN_HEADS, queue=QUEUE, timestamp=int(at.timestamp()))
        return claim


def answer_claim(
    database: Database,
    number: str,
    state: ClaimState,
    *,
    amount: Decimal | None = None,
    note: str = "",
    actor: Principal,
    clock: Clock,
) -> WarrantyClaim:
    """Write down what the guarantor says: accepted, rejected with their reason, settled by an amount; or open it again.

    Raises:
        Forbidden: who acts may not claim at the order's site.
        NotFound: there is no such order, or no claim of it.
        Conflict: the claim stands so that this cannot follow.
        Rejected: a reason or an amount is wanting, or makes no sense.
    """
    said, given = _note(note), None if amount is None else _amount(amount)
    if state is ClaimState.REJECTED and len(said) < _LEAST_REASON:
        raise Rejected("nothing_said", f"say why they reject it, in {_LEAST_REASON} characters or more")
    if state is ClaimState.SETTLED and given is None:
        raise Rejected("no_amount", "say by which amount it is settled; 0 where nothing was paid")
    with database.transaction() as tx:
        order = orders.get_order(tx, number)
        actor.demand(Right.CLAIM_WARRANTY, order.site)
        claim = claims_of_orders(tx, [order.order_id]).get(number)
        if claim is None:
            raise NotFound(f"{number} is not claimed")
        if state not in claim.state.follows:
            raise Conflict(f"the claim of {number} is {claim.state.value}; {state.value} cannot follow")
        at = clock.now()
        if not move_claim(tx, claim, state, amount=given, at=at):
            raise Conflict(f"the claim of {number} was changed by somebody else; look again")
        _note_step(tx, claim.claim_id, state, given, said, actor, at)
        moved = claims_of_orders(tx, [order.order_id])[number]
        _enter(tx, moved, state.value if state is not ClaimState.OPEN else "opened_again", said, actor, at)
        return moved


def _booked(tx: Transaction, order: WorkOrder, currency: str) -> Decimal | None:
    totals = {one.currency: one.total for one in spent_on(orders.bookings(tx, order.order_id)).costs}
    return totals.get(currency)


def _amount(amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 <= amount < _MOST_AMOUNT:
        raise Rejected("bad_amount", f"an amount is a number from 0 to below {_MOST_AMOUNT:,}")
    return round(amount, 2)


def _note(note: str) -> str:
    said = " ".join(note.split())
    if len(said) > _LONGEST:
        raise Rejected("too_much_said", f"a note has at most {_LONGEST} characters")
    return said


def _note_step(
    tx: Transaction,
    claim_id: int,
    state: ClaimState,
    amount: Decimal | None,
    note: str,
    actor: Principal,
    at: datetime,
) -> None:
    recognised = actor.recognition.value
    step = ClaimStep(at=at, by=actor.name, recognised=recognised, state=state, amount=amount, note=note)
    add_step(tx, claim_id, step)


def _enter(tx: Transaction, claim: WarrantyClaim, event: str, note: str, actor: Principal, at: datetime) -> Entry:
    detail = {
        "order": claim.order,
        "guarantor": claim.guarantor,
        "project": claim.project,
        "starts": claim.starts.isoformat(),
        "ends": claim.ends.isoformat(),
        "amount": None if claim.amount is None else str(claim.amount),
        "currency": claim.currency,
        "note": note,
    }
    return ledger.append(
        tx, claim.site, WarrantyMoved(event=event, actor=actor.name, asset=claim.asset, detail=detail), at
    )
