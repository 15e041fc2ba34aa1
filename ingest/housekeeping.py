"""Once a second: go on holding the slots, take over those of the dead, and bring the latest values forward."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.admission.admit import AdmissionRules
from ingest.commit.latest_forwarder import LatestForwarder
from ingest.commit.spool import LostTelemetry
from ingest.own_state import OwnState
from plant.clock import Clock
from plant.errors import AssetloopError
from plant.product_state import ProductFault
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Transaction
from storage.telemetry import device_clocks, device_sessions, slots
from storage.telemetry.device_clocks import ClockNote
from storage.telemetry.device_sessions import Documents
from storage.telemetry.slots import NO_SPREAD, HeldSlot, Ring
from storage.views import product_state

_log = logging.getLogger(__name__)
_EVERY_S = 1.0
_COMMITTED_LATE = timedelta(seconds=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotState:
    """How a slot is: how far behind in seconds, whether its session is subscribed, and what it agreed on."""

    lag_s: float
    is_listening: bool
    agreed: Ring | None = None


class Housekeeping:
    """What a process owes the record beside its batches. One thread keeps house, the others note what they did.

    `held` are its slots. `end_session` makes the broker forget the session of a slot. Of the first `most_slots` slots
    those of processes that are gone are taken over; where there is just one, there is none to take over. `spread` are
    the slots over which what must come in order is spread.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rules: AdmissionRules,
        *,
        holder: str,
        lease_s: float,
        most_slots: int,
        end_session: Callable[[int], None],
        own_state: OwnState | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules
        self._holder = holder
        self._lease_s = lease_s
        self._most_slots = most_slots
        self._end_session = end_session
        self.own_state = own_state or OwnState(clock)
        self._has_reported = True  # its row is to be made while there is room for it
        self._latest = LatestForwarder(database, clock)
        self._held: Mapping[int, HeldSlot] = {}
        self.spread = NO_SPREAD
        self._learnt: Documents = {}
        self._lately: Documents = {}
        self._learnt_to: datetime | None = None
        self._leaving: dict[int, Callable[[Transaction, int], None]] = {}
        self._states: Mapping[int, SlotState] = {}
        self._spooled_since_us: int | None = None
        self._has_spooled = True
        self._lost: list[LostTelemetry] = []
        self._last_commit: datetime | None = None
        self._renewed_s = 0.0
        self._due_s = 0.0

    @property
    def held(self) -> dict[int, HeldSlot]:
        """Return the slots that are ours, those we are parting with left out."""
        leaving = self._leaving
        return {slot: one for slot, one in self._held.items() if slot not in leaving}

    def is_lease_fresh(self, now_s: float) -> bool:
        """Say whether the slots are still ours for sure; a process that was held up for long cannot know."""
        return now_s - self._renewed_s < self._lease_s

    def note_commit(self, stored: list[ReadingColumns]) -> None:
        """Remember what a commit stored."""
        self._latest.note(stored)
        self.own_state.note_committed()
        self._last_commit = self._clock.now()

    def doubt_latest(self) -> None:
        """Remember that a commit may have succeeded without our hearing of it."""
        self._latest.doubt()

    def report(
        self, states: Mapping[int, SlotState], *, spooled_since_us: int | None, lost: LostTelemetry | None
    ) -> None:
        """Hear how the slots are, since when something waits in the spool, and what was lost since the last time."""
        self._states = states
        self._spooled_since_us = spooled_since_us
        if lost is not None:
            self._lost.append(lost)

    def give_away(self, slot: int) -> None:
        """Let who asked for a slot have it; its session is closed."""
        self._leaving[slot] = self._give

    def end(self, slot: int) -> None:
        """End the session of a slot for good; it is drained."""
        self._leaving[slot] = self._forget

    def take_learnt(self) -> Documents:
        """Take what any process has learnt of speakers since this was asked last, where there are several slots."""
        learnt, self._learnt = self._learnt, {}
        return learnt

    def pause_s(self, now_s: float) -> float:
        """Return how long there is nothing to do."""
        return max(0.0, self._due_s - now_s)

    def keep(self, now_s: float, *, at_once: bool = False) -> None:
        """Do what is due, at most once a second unless `at_once`; `now_s` is monotonic seconds.

        Raises:
            Unavailable: the database is away; what is due stays due.
        """
        if now_s < self._due_s and not at_once:
            return
        self._due_s = now_s + _EVERY_S
        self._see_to_slots()
        self._report()
        self._latest.forward()

    def release(self) -> None:
        """Give the slots up."""
        with self._database.transaction() as tx:
            slots.release(tx, self._holder)
            slots.report_spool(tx, self._holder, None, lease_s=self._lease_s)
            product_state.withdraw(tx, self._holder)

    def _see_to_slots(self) -> None:
        began_s = time.monotonic()
        with self._database.transaction() as tx:
            for slot, part in list(self._leaving.items()):
                part(tx, slot)
            if self._most_slots > 1:
                slots.take_over(tx, self._holder, lease_s=self._lease_s, most=self._most_slots)
            held = slots.renew(tx, self._holder, lease_s=self._lease_s)
            spread_s = slots.spread_s(tx)
            spread = slots.spread_slots(tx) if self._most_slots > 1 else NO_SPREAD
            if self._most_slots > 1:
                self._learn(tx)
        self.spread = spread  # first: who knows that a slot is to end must know a ring without it
        self._held = held
        self._leaving = {slot: part for slot, part in self._leaving.items() if slot in self._held}
        self._renewed_s = began_s
        self._rules.spread_us = round(spread_s * 1e6)

    def _learn(self, tx: Transaction) -> None:
        """Look what was learnt lately, and once more at what may have been committed late."""
        now = self._clock.now()
        since = (self._learnt_to or now) - _COMMITTED_LATE
        known, self._lately = self._lately, device_sessions.remembered(tx, since=since)
        self._learnt_to = now
        learnt = {name: dict(documents) for name, documents in self._learnt.items()}
        for name, documents in self._lately.items():
            former = known.get(name, {})
            new = {speaker: one for speaker, one in documents.items() if former.get(speaker) != one}
            learnt[name] = learnt.get(name, {}) | new
        self._learnt = learnt

    def _give(self, tx: Transaction, slot: int) -> None:
        slots.give_away(tx, slot, self._holder, lease_s=self._lease_s)

    def _forget(self, tx: Transaction, slot: int) -> None:
        self._end_session(slot)
        slots.end(tx, slot, self._holder)
        _log.info("a slot was drained and has ended", extra={"slot": slot})

    def _report(self) -> None:
        self.own_state.note_sessions({slot: state.is_listening for slot, state in self._states.items()})
        lost, faults = tuple(self._lost), self.own_state.reported()
        clocks = self._rules.clocks.take()
        try:
            self._write_report(faults, lost, clocks)
        except AssetloopError:
            self._rules.clocks.put_back(clocks)
            raise
        del self._lost[: len(lost)]
        self._has_reported = bool(faults)

    def _write_report(
        self, faults: Sequence[ProductFault], lost: Sequence[LostTelemetry], clocks: Sequence[ClockNote]
    ) -> None:
        with self._database.transaction() as tx:
            if faults or self._has_reported:
                product_state.report(tx, self._holder, faults)
            for slot, state in self._states.items():
                slots.report(
                    tx,
                    slot,
                    self._holder,
                    lag_s=state.lag_s,
                    is_listening=state.is_listening,
                    last_commit=self._last_commit,
                )
                if state.agreed is not None:
                    slots.agree(tx, slot, self._holder, state.agreed)
            self._report_spool(tx)
            for one in lost:
                slots.report_loss(
                    tx, self._holder, at=self._clock.now(), messages=one.messages, size_bytes=one.size_bytes
                )
            device_clocks.note(tx, clocks)

    def _report_spool(self, tx: Transaction) -> None:
        since_us = self._spooled_since_us
        if since_us is not None or self._has_spooled:
            oldest = None if since_us is None else _EPOCH + timedelta(microseconds=since_us)
            slots.report_spool(tx, self._holder, oldest, lease_s=self._lease_s)
        self._has_spooled = since_us is not None
