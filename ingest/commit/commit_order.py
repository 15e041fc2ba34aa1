"""The order of commits: no batch holds before the one that came before it.

It may be written before that one holds, and where both have no instant of a signal in common even beside it, so that
the server is never left waiting; still of two values for one instant the first received stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from storage.telemetry.prepared import Ordered

_PATIENCE_S = 1.0


class TakenBack(Exception):
    """A batch before does not hold, or all is to end: what was written is to be undone, and written once more."""


class Turns:
    """Gives out turns, in their order; for one thread. The turns themselves are for any."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._last: Turn | None = None
        self._ending = threading.Event()

    def next(self) -> Turn:
        """Return the turn after all those before."""
        self._last = Turn(self._last, self._change, self._ending)
        return self._last

    def end(self) -> None:
        """Let nobody wait any more."""
        with self._change:
            self._ending.set()
            self._change.notify_all()


class Turn:
    """The place of one batch in the order; one made by itself has nobody before it and waits for nothing.

    It `is_written` once its rows are with the server, `holds` once they are committed, and has failed so many times.
    `readings` are what it is about to write, None while that is not known.
    """

    def __init__(
        self,
        before: Turn | None = None,
        change: threading.Condition | None = None,
        ending: threading.Event | None = None,
    ) -> None:
        self._before = before
        self._change = change or threading.Condition()
        self._ending = ending or threading.Event()
        self._seen = 0
        self.readings: Ordered | None = None
        self.is_written = False
        self.holds = False
        self.failures = 0

    def begin(self, readings: Ordered | None) -> None:
        """Wait until the batch before is written, unless these `readings` are apart from its.

        Who has failed waits until that one holds.

        Raises:
            TakenBack: all is to end.
        """
        with self._change:
            self.readings = readings
            self._change.notify_all()
        before = self._before
        if before is None:
            return
        self._await(lambda: before.holds or (not self.failures and (before.is_written or self._is_apart_from(before))))
        self._seen = before.failures

    def _is_apart_from(self, before: Turn) -> bool:
        mine, theirs = self.readings, before.readings
        return mine is not None and theirs is not None and mine.is_apart_from(theirs)

    def written(self) -> None:
        """Say that the batch is written, and wait until the one before holds, so that this one may too.

        Raises:
            TakenBack: that one failed, or did not come to an end, perhaps because it waits for what this one holds
                locked in the database; or all is to end.
        """
        with self._change:
            self.is_written = True
            self._change.notify_all()
            before = self._before
            if before is None:
                return
            self._change.wait_for(
                lambda: before.holds or before.failures != self._seen or self._ending.is_set(), _PATIENCE_S
            )
            if not before.holds:
                raise TakenBack

    def await_all_before(self) -> None:
        """Wait until the batch before holds.

        Raises:
            TakenBack: all is to end.
        """
        before = self._before
        if before is not None:
            self._await(lambda: before.holds)

    def take_back(self) -> None:
        """Say that the batch is not written, or not any more; whoever was written after it takes that back."""
        with self._change:
            self.is_written = False
            self.failures += 1
            self._change.notify_all()

    def hold(self) -> None:
        """Say that the batch holds."""
        with self._change:
            self.is_written = self.holds = True
            self.readings = self._before = None
            self._change.notify_all()

    def _await(self, is_free: Callable[[], bool]) -> None:
        with self._change:
            self._change.wait_for(lambda: is_free() or self._ending.is_set())
            if not is_free():
                raise TakenBack
