"""Messages as rows: planned, taken for sending, sent or ended; and the ways that are closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from plant.errors import Conflict, NotFound
from storage.core.database import Transaction
from storage.core.keyset import After, beyond


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedDispatch:
    """A message that is to go out from `next_at` on."""

    notice_id: str
    revision: int
    step: int
    way: str
    person: str
    document: dict[str, Any]
    next_at: datetime
    held: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedDispatch:
    """A message that this process is sending; `dispatch_id` is its idempotency key."""

    dispatch_id: str
    notice_id: str
    revision: int
    step: int
    way: str
    person: str
    document: dict[str, Any]
    state: str
    held: str
    created_at: datetime
    next_at: datetime
    attempts: int
    first_tried_at: datetime
    ended_at: datetime | None
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DispatchRecord:
    """A message as people see it, with what it is about."""

    dispatch_id: str
    notice_id: str
    revision: int
    step: int
    way: str
    person: str
    state: str
    held: str
    created_at: datetime
    next_at: datetime
    attempts: int
    ended_at: datetime | None
    said: str
    site: str
    subject: str
    subject_id: str
    team: str | None
    severity: str
    title: dict[str, str]
    link: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedWay:
    """A way by which nothing goes out any more, until a person opens it again."""

    way: str
    closed_at: datetime
    because: str


def plan(tx: Transaction, planned: PlannedDispatch, *, at: datetime) -> None:
    """Let a message go out instead of what still waits for its receiver; a second time changes nothing."""
    same = {"notice_id": planned.notice_id, "way": planned.way, "person": planned.person}
    place = {"revision": planned.revision, "step": planned.step}
    tx.run("dispatches.supersede", **same, **place, at=at)
    tx.run(
        "dispatches.add",
        **same,
        **place,
        document=Jsonb(planned.document),
        held=planned.held,
        next_at=planned.next_at,
        at=at,
    )


def refresh(tx: Transaction, notice_id: str, document: dict[str, Any]) -> None:
    """Let what waits and was never tried say what is so now."""
    tx.run("dispatches.refresh", notice_id=notice_id, document=Jsonb(document))


def withdraw(tx: Transaction, notice_id: str, *, but: list[str], at: datetime) -> int:
    """Withdraw the messages of a notice that wait, except those of these ways; return how many they were."""
    return tx.run("dispatches.withdraw", notice_id=notice_id, but=but, at=at)


def told(tx: Transaction, notice_id: str) -> set[tuple[str, str]]:
    """Return whom a notice went out to, or is to go: way and person."""
    return {(row["way"], row["person"]) for row in tx.all("dispatches.told", notice_id=notice_id)}


def ways_told(tx: Transaction, notice_id: str, ways: list[str]) -> list[str]:
    """Name those of these ways by which a notice went out, or is to."""
    return [row["way"] for row in tx.all("dispatches.ways_told", notice_id=notice_id, ways=ways)]


def due_ways(tx: Transaction, *, now: datetime) -> list[str]:
    """Name the ways by which something is due."""
    return [row["way"] for row in tx.all("dispatches.due_ways", now=now)]


def claim(tx: Transaction, way: str, *, now: datetime, until: datetime, most: int) -> list[ClaimedDispatch]:
    """Take messages that are due, so that nobody else sends them until the lease runs out."""
    return [ClaimedDispatch(**row) for row in tx.all("dispatches.claim", way=way, now=now, until=until, most=most)]


def mark_sent(tx: Transaction, dispatch_id: str, *, at: datetime, said: str) -> None:
    """Keep that the receiver has a message, and what it said."""
    tx.run("dispatches.sent", dispatch_id=dispatch_id, at=at, said=said)


def try_again(tx: Transaction, dispatch_id: str, *, next_at: datetime, said: str) -> None:
    """Keep that a message did not go out, why, and when it is tried again."""
    tx.run("dispatches.try_again", dispatch_id=dispatch_id, next_at=next_at, said=said)


def mark_dead(tx: Transaction, dispatch_id: str, *, at: datetime, said: str) -> None:
    """Keep that a message does not go out by itself any more, and why."""
    tx.run("dispatches.dead", dispatch_id=dispatch_id, at=at, said=said)


def send_again(tx: Transaction, dispatch_id: str, *, at: datetime, by: str) -> None:
    """Let a message that had ended badly go out after all, with the same key.

    Raises:
        NotFound: there is no such message.
        Conflict: it has not ended badly, or its way is closed.
    """
    site_of(tx, dispatch_id)
    row = tx.first("dispatches.send_again", dispatch_id=dispatch_id, at=at, said=f"sent again by {by}")
    if row is None:
        raise Conflict("only a message that has ended badly is sent again")
    if any(one.way == row["way"] for one in closed_ways(tx)):
        raise Conflict(f"the way {row['way']} is closed: open it first")


def site_of(tx: Transaction, dispatch_id: str) -> str:
    """Return the site a message is about; empty where it is about every site.

    Raises:
        NotFound: there is no such message.
    """
    row = tx.first("dispatches.site_of", dispatch_id=dispatch_id)
    if row is None:
        raise NotFound(f"there is no message {dispatch_id}")
    return str(row["site"])


def close_way(tx: Transaction, way: str, *, at: datetime, because: str) -> None:
    """Let nothing go out by a way any more; what waits for it has ended badly."""
    tx.run("dispatches.close_way", way=way, at=at, because=because)


def open_way(tx: Transaction, way: str) -> None:
    """Let messages go out by a way again.

    Raises:
        NotFound: it is not closed.
    """
    if not tx.run("dispatches.open_way", way=way):
        raise NotFound(f"the way {way} is not closed")


def closed_ways(tx: Transaction) -> list[ClosedWay]:
    """Return the ways that are closed, and why."""
    return [ClosedWay(**row) for row in tx.all("dispatches.closed_ways")]


def list_dispatches(
    tx: Transaction,
    *,
    state: str | None = None,
    subject_id: str | None = None,
    after: After | None = None,
    most: int = 200,
) -> list[DispatchRecord]:
    """Return messages, the newest first: of one state, of one thing, or all."""
    rows = tx.all("dispatches.list", state=state, subject_id=subject_id, **beyond(after), most=most)
    return [DispatchRecord(**row) for row in rows]
