"""Once a second: go on holding the slot, say how far behind it is, and bring the latest values forward."""

from __future__ import annotations

from datetime import datetime

from plant.clock import Clock
from storage import readings, slots
from storage.database import Database
from storage.readings import ReadingColumns

_EVERY_S = 1.0


class Housekeeping:
    """What a slot owes the record beside its batches; used by one thread, `lag_s` apart.

    `lag_s` is how long the oldest message that came has been waiting, in seconds; the reader keeps it.
    """

    def __init__(self, database: Database, clock: Clock, *, slot: int, holder: str, lease_s: float) -> None:
        self._database = database
        self._clock = clock
        self._slot = slot
        self._holder = holder
        self._lease_s = lease_s
        self._stored: list[ReadingColumns] = []
        self._last_commit: datetime | None = None
        self._due_s = 0.0
        self._latest_is_in_doubt = False
        self.lag_s = 0.0
        self.is_slot_lost = False

    def note_commit(self, stored: list[ReadingColumns]) -> None:
        """Remember what a commit stored."""
        self._stored += stored
        self._last_commit = self._clock.now()

    def doubt_latest(self) -> None:
        """Remember that a commit may have succeeded without our hearing of it."""
        self._latest_is_in_doubt = True

    def keep(self, now_s: float, *, at_once: bool = False) -> None:
        """Do what is due, at most once a second unless `at_once`; `now_s` is monotonic seconds.

        Raises:
            Unavailable: the database is away; what is due stays due.
        """
        if now_s < self._due_s and not at_once:
            return
        self._due_s = now_s + _EVERY_S
        self._renew()
        self._bring_latest_forward()

    def release(self) -> None:
        """Give the slot up."""
        with self._database.transaction() as tx:
            slots.release(tx, self._slot, self._holder)

    def _renew(self) -> None:
        with self._database.transaction() as tx:
            is_ours = slots.renew(
                tx,
                self._slot,
                self._holder,
                lease_s=self._lease_s,
                lag_s=self.lag_s,
                last_commit=self._last_commit,
            )
        self.is_slot_lost = not is_ours

    def _bring_latest_forward(self) -> None:
        if self._latest_is_in_doubt:
            with self._database.transaction() as tx:
                readings.repair_latest(tx, stored_at=self._clock.now())
            self._latest_is_in_doubt = False
        elif self._stored:
            self._stored = [readings.newest(ReadingColumns.joined(self._stored))]
            with self._database.transaction() as tx:
                readings.upsert_latest(tx, self._stored[0], stored_at=self._clock.now())
        self._stored = []
