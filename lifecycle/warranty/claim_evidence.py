"""All that the record says for a claim of a warranty, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lifecycle.attesting.heads import proofs
from lifecycle.handover.gates import GateName
from plant.alert import Alert
from plant.errors import Conflict
from plant.orders.attachment import Attachment
from plant.orders.spending import Downtime, Spending, spent_on
from plant.orders.warranty import ClaimStep, Warranty, WarrantyClaim
from plant.work_order import Booking, Closing, WorkOrder
from storage.core.database import Database, Transaction
from storage.orders.attachments import attachments_of
from storage.orders.comments import OrderComment, comments_of
from storage.orders.downtimes import list_downtimes
from storage.orders.warranties import covered_failures
from storage.orders.warranty_claims import (
    GuaranteedMachine,
    StoredReading,
    claims_of_orders,
    entries_about,
    machine_at,
    readings_of,
    steps_of,
)
from storage.projects import gates
from storage.projects import projects as project_rows
from storage.projects.gates import KeptSignature, SettledGate
from storage.work import alerts, orders
from storage.work.alerts import AlertEvent
from storage.work.ledger import newest_signed
from storage.work.orders import OrderEvent

MOST_READINGS = 200_000
_LEAST_AROUND, _MOST_AROUND = timedelta(minutes=30), timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoverProof:
    """How the machine was handed over: the project, its gates, and the signatures that stand over its manifest."""

    project: str
    name: str
    gates: Sequence[SettledGate]
    signatures: Sequence[KeptSignature]
    manifest: dict[str, str]
    manifest_sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerProof:
    """Entries that are under a signed head, each with its proof, and the numbers of those that are not yet."""

    proofs: Sequence[dict[str, Any]]
    unsigned: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimEvidence:
    """What speaks for a claim. `warranty` is as it stood when the claim was made, `limits` as they were handed over.

    `readings` are those from `since` to `until`; `is_cut` says that there were more of them.
    """

    order: WorkOrder
    warranty: Warranty
    failed_at: datetime
    claim: WarrantyClaim | None
    steps: Sequence[ClaimStep]
    machine: GuaranteedMachine | None
    events: Sequence[OrderEvent]
    bookings: Sequence[Booking]
    spent: Spending
    closing: Closing | None
    comments: Sequence[OrderComment]
    downtimes: Sequence[Downtime]
    files: Sequence[Attachment]
    alert: Alert | None
    alert_events: Sequence[AlertEvent]
    handover: HandoverProof | None
    limits: dict[str, str]
    readings: Sequence[StoredReading]
    since: datetime
    until: datetime
    is_cut: bool
    ledger: LedgerProof


def read_evidence(database: Database, number: str) -> ClaimEvidence:
    """Read what speaks for a claim, made or still to be made.

    Raises:
        NotFound: there is no such order.
        Conflict: it is of no failure within a warranty, and was never claimed.
    """
    with database.transaction() as tx:
        order = orders.get_order(tx, number)
        claim = claims_of_orders(tx, [order.order_id]).get(number)
        covered = covered_failures(tx, [order.order_id]).get(order.order_id)
        stands = claim or covered
        if stands is None:
            raise Conflict(f"{number} is of no failure within a warranty")
        terms = covered.terms if covered else ""
        warranty = Warranty(starts=stands.starts, ends=stands.ends, guarantor=stands.guarantor, terms=terms)
        return _gathered(tx, order, claim, warranty, stands.failed_at)


def _gathered(
    tx: Transaction, order: WorkOrder, claim: WarrantyClaim | None, warranty: Warranty, failed_at: datetime
) -> ClaimEvidence:
    since, until = _around(order, failed_at)
    readings = readings_of(tx, order.asset_id, since=since, until=until, most=MOST_READINGS + 1)
    handover = _handover(tx, order, claim)
    bookings = orders.bookings(tx, order.order_id)
    alert_id = orders.alert_of_order(tx, order.order_id)
    return ClaimEvidence(
        order=order,
        warranty=warranty,
        failed_at=failed_at,
        claim=claim,
        steps=steps_of(tx, claim.claim_id) if claim else (),
        machine=machine_at(tx, order.asset_id, failed_at),
        events=orders.order_events(tx, order.order_id),
        bookings=bookings,
        spent=spent_on(bookings),
        closing=orders.closing_of(tx, order.order_id),
        comments=comments_of(tx, order.order_id),
        downtimes=list_downtimes(tx, order_id=order.order_id),
        files=attachments_of(tx, order.order_id),
        alert=alerts.get_alert(tx, alert_id) if alert_id else None,
        alert_events=alerts.alert_events(tx, alert_id) if alert_id else (),
        handover=handover,
        limits=_limits(handover, order.asset),
        readings=readings[:MOST_READINGS],
        since=since,
        until=until,
        is_cut=len(readings) > MOST_READINGS,
        ledger=_proved(tx, order),
    )


def _around(order: WorkOrder, failed_at: datetime) -> tuple[datetime, datetime]:
    """Choose what is shown: the window that the model looked at, as much again before it, and a little after."""
    window = order.evidence.get("window") or {}
    try:
        begin, end = datetime.fromisoformat(window["from"]), datetime.fromisoformat(window["to"])
    except (KeyError, TypeError, ValueError):
        begin = end = failed_at
    begin, end = min(begin, failed_at), max(end, failed_at)
    margin = min(max(end - begin, _LEAST_AROUND), _MOST_AROUND)
    return begin - margin, end + margin / 2


def _handover(tx: Transaction, order: WorkOrder, claim: WarrantyClaim | None) -> HandoverProof | None:
    """Return the handover by the project that the claim names, else by the asset's newest one that was signed."""
    candidates = [
        one
        for one in project_rows.every(tx)
        if one.site == order.site and order.asset in one.assets and one.service_from is not None
    ]
    candidates.sort(key=lambda one: (claim is not None and one.tag == claim.project, one.service_from))
    if not candidates:
        return None
    project = candidates[-1]
    every = [one for one in gates.signatures(tx, project.project_id) if one.gate == GateName.SIGN_OFF.value]
    signed = [one for one in every if one.voided_at is None] or every
    if not signed:
        return None
    newest = signed[-1]
    return HandoverProof(
        project=project.tag,
        name=project.name,
        gates=gates.gates(tx, project.project_id),
        signatures=[one for one in signed if one.manifest_sha256 == newest.manifest_sha256],
        manifest=dict(newest.manifest),
        manifest_sha256=newest.manifest_sha256,
    )


def _limits(handover: HandoverProof | None, asset: str) -> dict[str, str]:
    """Return the limits of an asset's signals as the manifest of its handover has them."""
    begin = f"limit {asset} "
    manifest = handover.manifest if handover else {}
    return {name.removeprefix(begin): value for name, value in manifest.items() if name.startswith(begin)}


def _proved(tx: Transaction, order: WorkOrder) -> LedgerProof:
    numbers = entries_about(tx, order.site, order.number, since=order.created_at)
    head = newest_signed(tx, order.site)
    signed = [one for one in numbers if head is not None and one <= head.size]
    found = proofs(tx, order.site, signed, note=head.note) if head is not None else []
    return LedgerProof(proofs=found, unsigned=[one for one in numbers if one not in signed])
