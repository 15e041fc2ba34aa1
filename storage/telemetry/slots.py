"""Slots: each ingest process leases some, and each slot has a session of its own at the broker.

The session's client id contains the slot's number (`{installation}-ingest-{slot}`). So a process that takes over a slot
gets from the broker what the former holder had not acknowledged. Leases count on the database's clock, which all
holders share.

A holder whose lease has run out may be dead, or frozen amid a commit. A frozen one still holds its rows locked in the
database, and whoever stores the same readings would wait for it. So who takes over its slot ends its database sessions
first (`_end_sessions`).
"""

from __future__ import annotations

from collections.abc import Mapping
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
    that its session is to end. `spread_over` are the slots over which what must come in order was spread, by what is
    stored of its session, and `spread_version` which ring that was; None where it had no part in that.
    """

    slot: int
    last_commit: datetime | None
    claimed_by: str | None
    is_draining: bool
    spread_over: list[int] | None = None
    spread_version: int | None = None

    @property
    def agreed(self) -> Ring | None:
        """Return the ring by which everything is stored, None where there was none yet."""
        if self.spread_over is None or self.spread_version is None:
            return None
        return Ring(version=self.spread_version, slots=frozenset(self.spread_over))


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """The slots over which what must come in order is spread, and which of all rings that there ever were."""

    version: int
    slots: frozenset[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class SpreadSlots:
    """The present ring, and which one each slot has agreed on, also of those that are to end and no longer in it.

    It is None where the slot's session is not subscribed.

    >>> spread = SpreadSlots(ring=Ring(version=7, slots=frozenset({0, 1})), agreed={0: 7, 1: 7, 2: 6})
    >>> spread.may_leave(1), spread.may_leave(2)
    (False, True)
    """

    ring: Ring
    agreed: Mapping[int, int | None]

    def may_leave(self, slot: int) -> bool:
        """Say whether this slot is to end, others listen, and all of them go by the ring without it."""
        others = [version for other, version in self.agreed.items() if other != slot]
        is_out = bool(self.ring.slots) and slot not in self.ring.slots
        return is_out and all(version == self.ring.version for version in others)


NO_SPREAD = SpreadSlots(ring=Ring(version=0, slots=frozenset()), agreed={})


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


def spread_slots(tx: Transaction) -> SpreadSlots:
    """Return over which slots what must come in order is spread; those that are to end have no part in it any more.

    Nobody changes that until the transaction ends.
    """
    tx.all("slots.one_at_a_time")
    rows = tx.all("slots.spread_over")
    slots = frozenset(row["slot"] for row in rows if not row["is_draining"])
    return SpreadSlots(
        ring=Ring(version=tx.one("slots.ring_version")["version"], slots=slots),
        agreed={row["slot"]: row["spread_version"] if row["is_listening"] else None for row in rows},
    )


def agree(tx: Transaction, slot: int, holder: str, ring: Ring) -> None:
    """Write down that all is stored which a slot's session heard by other rings; it is part of the spread then."""
    tx.all("slots.one_at_a_time")
    tx.run("slots.agree", slot=slot, holder=holder, spread_over=sorted(ring.slots), version=ring.version)


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
    drained = [int(row["slot"]) for row in tx.all("slots.drain", keep=keep)]
    if drained:
        tx.run("slots.change_ring")
    return drained


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
