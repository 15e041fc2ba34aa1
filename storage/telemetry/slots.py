"""Slots: each ingest process leases some, and each slot has a session of its own at the broker.

The session's client id contains the slot's number (`{installation}-ingest-{slot}`). So a process that takes over a slot
gets from the broker what the former holder had not acknowledged. Leases count on the database's clock, which all
holders share.

A holder whose lease has run out may be dead, or frozen amid a commit. A frozen one still holds its rows locked in the
database, and whoever stores the same readings would wait for it. So who takes over its slot ends its database sessions
first (`_end_sessions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plant.errors import Misconfigured
from storage.core.database import Role, Transaction, session_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A slot as anybody sees it; `lag_s` is how far behind its holder was, in seconds.

    `is_held` says that its lease has not run out, `is_listening` that its session is subscribed. `claimed_by` is who
    waits for it to be given away; `is_draining` says that its session is to end.
    """

    slot: int
    holder: str | None
    lag_s: float
    last_commit: datetime | None
    claimed_by: str | None
    is_held: bool
    is_listening: bool
    is_draining: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldSlot:
    """A slot as its holder sees it.

    Messages may have been waiting for it since its `last_commit`. `claimed_by` is who waits for it, `is_draining` says
    that its session is to end.
    """

    slot: int
    last_commit: datetime | None
    claimed_by: str | None
    is_draining: bool


def acquire(tx: Transaction, holder: str, *, lease_s: float, most: int) -> int | None:
    """Acquire a slot for a process that has none; None where it has to wait and ask again.

    The first of these that there is: the slot that was given to it; the lowest that nobody holds; a new one, of at most
    `most` in all. Before a new one is made, a holder of several slots is asked for one, and the answer is None.
    """
    tx.all("slots.one_at_a_time")
    row = tx.first("slots.given", holder=holder)
    if row is not None:
        return int(row["slot"])
    slot = _acquire_free(tx, holder, lease_s=lease_s, most=most)
    if slot is None and not tx.run("slots.claim", holder=holder):
        made = tx.first("slots.make", holder=holder, lease_s=lease_s, most=most)
        slot = None if made is None else int(made["slot"])
    return slot


def take_over(tx: Transaction, holder: str, *, lease_s: float, most: int) -> int | None:
    """Take over one slot whose holder is gone; None where there is none."""
    tx.all("slots.one_at_a_time")
    return _acquire_free(tx, holder, lease_s=lease_s, most=most)


def _acquire_free(tx: Transaction, holder: str, *, lease_s: float, most: int) -> int | None:
    row = tx.first("slots.acquire", holder=holder, lease_s=lease_s, most=most)
    if row is None:
        return None
    if row["former"] not in (None, holder):
        _end_sessions(tx, row["former"])
    return int(row["slot"])


def _end_sessions(tx: Transaction, former: str) -> None:
    """End the database sessions of a former holder, which may be frozen amid a commit with its rows locked."""
    tx.run("slots.as_login")
    tx.all("slots.end_sessions", name=session_name(Role.INGEST, former))
    tx.run("slots.as_ingest")


def renew(tx: Transaction, holder: str, *, lease_s: float) -> dict[int, HeldSlot]:
    """Extend the leases of the slots that `holder` has, and return those slots by number."""
    rows = [HeldSlot(**row) for row in tx.all("slots.renew", holder=holder, lease_s=lease_s)]
    return {row.slot: row for row in rows}


def report(
    tx: Transaction, slot: int, holder: str, *, lag_s: float, is_listening: bool, last_commit: datetime | None
) -> None:
    """Write down how far behind a slot is that `holder` has."""
    tx.run("slots.report", slot=slot, holder=holder, lag_s=lag_s, is_listening=is_listening, last_commit=last_commit)


def report_spool(tx: Transaction, holder: str, oldest: datetime | None, *, lease_s: float) -> None:
    """Write down when the `oldest` message in the spool of `holder` came, None where it is empty."""
    if oldest is None:
        tx.run("slots.end_spool", holder=holder)
    else:
        tx.run("slots.report_spool", holder=holder, oldest=oldest, lease_s=lease_s)


def report_loss(tx: Transaction, holder: str, *, at: datetime, messages: int, size_bytes: int) -> None:
    """Write down that telemetry was lost."""
    tx.run("slots.report_loss", holder=holder, at=at, messages=messages, size_bytes=size_bytes)


def spread_s(tx: Transaction) -> float:
    """Return what slots and spools lag behind one another by, in seconds, at most 15 min."""
    return float(tx.one("slots.spread")["seconds"])


def give_away(tx: Transaction, slot: int, holder: str, *, lease_s: float) -> None:
    """Hand a slot over to the process that asked for it."""
    tx.run("slots.give_away", slot=slot, holder=holder, lease_s=lease_s)


def end(tx: Transaction, slot: int, holder: str) -> None:
    """Forget a slot whose session at the broker has ended."""
    tx.run("slots.end", slot=slot, holder=holder)


def release(tx: Transaction, holder: str) -> None:
    """Give up every slot that `holder` has."""
    tx.run("slots.release", holder=holder)


def drain(tx: Transaction, *, keep: int | None = None) -> list[int]:
    """Ask for the end of the slots beyond `keep`, or beyond one for each process that is alive; return which."""
    tx.all("slots.one_at_a_time")
    return [int(row["slot"]) for row in tx.all("slots.drain", keep=keep)]


def every(tx: Transaction) -> list[Slot]:
    """Return every slot."""
    return [Slot(**row) for row in tx.all("slots.all")]


def installation(tx: Transaction) -> str:
    """Return the name of this deployment, with which the names of its clients at the broker begin.

    Raises:
        Misconfigured: the database has not been migrated.
    """
    row = tx.first("migrate.deployment")
    if row is None:
        raise Misconfigured("the database has not been migrated; run `assetloop migrate`")
    name: str = row["installation"]
    return name
