"""The order of commits: batches are committed in the order in which they came.

Two batches are on their way at a time, each in a thread of its own. They wait for each other twice:

1. Before it writes its rows, a batch waits until the one before it has written its own. Where the two have no instant
   of a signal in common, it need not wait.
2. Before it commits, a batch waits until the one before it is committed.

So the server writes one batch while it makes another one durable, and of two values for one instant the first received
is the one that is stored.

Where a batch fails, the one after it may have written rows already. It rolls back and writes them once more, after the
batch that failed is committed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from storage.telemetry.prepared import OrderedReadings

_LONGEST_WAIT_S = 1.0  # for the commit of the batch before


class RolledBack(Exception):
    """The batch before is not committed, or ingest is to stop: roll back, and write the batch once more."""


class CommitOrder:
    """Gives every batch its turn, in the order in which they came; for one thread. The turns are for any thread."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._last: CommitTurn | None = None
        self._stopping = threading.Event()

    def next(self) -> CommitTurn:
        """Return the turn after all those before."""
        self._last = CommitTurn(self._last, self._change, self._stopping)
        return self._last

    def stop(self) -> None:
        """Let no batch wait any more."""
        with self._change:
            self._stopping.set()
            self._change.notify_all()


class CommitTurn:
    """The turn of one batch to be written and committed. A turn made without one before it never waits.

    `readings` are what the batch is about to write, None while that is not known. `is_written` says that its rows are
    with the server, `is_committed` that they are durable. `failures` counts how often it was rolled back.
    """

    def __init__(
        self,
        before: CommitTurn | None = None,
        change: threading.Condition | None = None,
        stopping: threading.Event | None = None,
    ) -> None:
        self._before = before
        self._change = change or threading.Condition()
        self._stopping = stopping or threading.Event()
        self._failures_before = 0
        self.readings: OrderedReadings | None = None
        self.is_written = False
        self.is_committed = False
        self.failures = 0

    def await_write(self, readings: OrderedReadings | None) -> None:
        """Wait until this batch may write: the one before has written, or has nothing in common with these `readings`.

        A batch that was rolled back waits until the one before is committed.

        Raises:
            RolledBack: ingest is to stop.
        """
        with self._change:
            self.readings = readings
            self._change.notify_all()
        before = self._before
        if before is None:
            return
        self._await(
            lambda: before.is_committed or (not self.failures and (before.is_written or self._is_apart_from(before)))
        )
        self._failures_before = before.failures

    def _is_apart_from(self, before: CommitTurn) -> bool:
        mine, theirs = self.readings, before.readings
        return mine is not None and theirs is not None and mine.is_apart_from(theirs)

    def await_commit(self) -> None:
        """Say that this batch is written, then wait until the one before is committed, so that this one may commit.

        Raises:
            RolledBack: the one before failed, or is not committed within a second: it may be waiting for a row that
                this batch has locked in the database. Or ingest is to stop.
        """
        with self._change:
            self.is_written = True
            self._change.notify_all()
            before = self._before
            if before is None:
                return
            self._change.wait_for(
                lambda: before.is_committed or before.failures != self._failures_before or self._stopping.is_set(),
                _LONGEST_WAIT_S,
            )
            if not before.is_committed:
                raise RolledBack

    def await_all_before(self) -> None:
        """Wait until the batch before is committed; it waited for those before it.

        Raises:
            RolledBack: ingest is to stop.
        """
        before = self._before
        if before is not None:
            self._await(lambda: before.is_committed)

    def roll_back(self) -> None:
        """Say that the rows of this batch are not with the server, or not any more; the batch after rolls back too."""
        with self._change:
            self.is_written = False
            self.failures += 1
            self._change.notify_all()

    def committed(self) -> None:
        """Say that this batch is committed."""
        with self._change:
            self.is_written = self.is_committed = True
            self.readings = self._before = None
            self._change.notify_all()

    def _await(self, is_free: Callable[[], bool]) -> None:
        with self._change:
            self._change.wait_for(lambda: is_free() or self._stopping.is_set())
            if not is_free():
                raise RolledBack
