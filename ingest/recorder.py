"""The recorder: commits batches in threads of its own, while another thread reads, until each of them is committed.

Two batches are on their way at a time (`ingest.commit.commit_order`): while the server makes one durable, the other one
is prepared and written. What comes meanwhile gathers. So batches grow with the load, and the larger they are the less
each row costs the server.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable

from ingest.commit.batch import Batch, MessageSource
from ingest.commit.commit_order import CommitOrder, CommitTurn, RolledBack
from ingest.commit.committer import Committer
from ingest.housekeeping import Housekeeping
from ingest.metrics import Meter
from plant.backoff import Outage
from plant.errors import AssetloopError

_log = logging.getLogger(__name__)

_MOST_IN_FLIGHT = 2


class Recorder:
    """Commits batches, and keeps house in a thread of its own; `wake` is called when something has happened.

    All methods are for the reading thread.
    """

    def __init__(
        self,
        committer: Committer,
        housekeeping: Housekeeping,
        *,
        wake: Callable[[], None],
        meter: Meter | None = None,
    ) -> None:
        self._committer = committer
        self._housekeeping = housekeeping
        self._wake = wake
        self._meter = meter or Meter()
        self._outage = Outage("the database is away", "the database is back", log=_log)
        self._order = CommitOrder()
        self._submitted: queue.SimpleQueue[tuple[Batch, CommitTurn] | None] = queue.SimpleQueue()
        self._committed: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        duties = [(f"ingest-recorder-{n}", self._commit_all) for n in range(_MOST_IN_FLIGHT)]
        duties.append(("ingest-housekeeping", self._keep_house))
        self._threads = [threading.Thread(target=self._run, args=(do,), name=name, daemon=True) for name, do in duties]
        self._in_flight: deque[Batch] = deque()

    @property
    def is_database_away(self) -> bool:
        """Say whether the last attempt to reach the database failed."""
        return self._outage.is_on

    @property
    def is_idle(self) -> bool:
        """Say whether no batch is on its way."""
        return not self._in_flight

    @property
    def has_room(self) -> bool:
        """Say whether another batch may be given."""
        return len(self._in_flight) < _MOST_IN_FLIGHT

    @property
    def weight(self) -> int:
        """Estimate the memory that the batches on their way take, in bytes."""
        return sum(batch.weight for batch in self._in_flight)

    @property
    def opened_s(self) -> float | None:
        """Say when the first message on its way came; None where there is none."""
        return self._in_flight[0].opened_s if self._in_flight else None

    def has_messages_from(self, source: MessageSource) -> bool:
        """Say whether messages from there are on their way."""
        return any(batch.has_messages_from(source) for batch in self._in_flight)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def submit(self, batch: Batch) -> None:
        """Give the next batch to commit, there being room for it."""
        self._in_flight.append(batch)
        self._submitted.put((batch, self._order.next()))

    def committed(self) -> Batch | None:
        """Return the next batch that is committed, in their order; None while there is none.

        Raises:
            BaseException: whatever ended a thread, which is a fault of the program.
        """
        if self._failure is not None:
            raise self._failure
        try:
            batch = self._committed.get_nowait()
        except queue.Empty:
            return None
        self._in_flight.popleft()
        return batch

    def stop(self, wait_s: float) -> bool:
        """End the threads, giving up a commit that fails, and say whether they ended within `wait_s`."""
        self._stopping.set()
        self._order.stop()
        for _ in range(_MOST_IN_FLIGHT):
            self._submitted.put(None)
        until_s = time.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, until_s - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, duty: Callable[[], None]) -> None:
        try:
            duty()
        except BaseException as failure:  # noqa: BLE001 - raised again in the thread that reads
            self._failure = failure
        finally:
            self._wake()

    def _commit_all(self) -> None:
        while not self._stopping.is_set():
            submitted = self._submitted.get()
            if submitted is not None:
                self._commit_until_committed(*submitted)

    def _commit_until_committed(self, batch: Batch, turn: CommitTurn) -> None:
        while not self._stopping.is_set():
            try:
                stored = self._committer.commit(batch, time.monotonic(), turn)
            except RolledBack:
                turn.roll_back()
                continue
            except AssetloopError as error:
                turn.roll_back()
                self._housekeeping.doubt_latest()
                self._housekeeping.own_state.note_failed(error)
                self._meter.failed()
                self._stopping.wait(self._outage.failed(error))
                continue
            self._outage.over()
            self._housekeeping.note_commit(stored)
            self._committed.put(batch)
            turn.committed()
            self._wake()
            return

    def _keep_house(self) -> None:
        while not self._stopping.wait(self._housekeeping.pause_s(time.monotonic())):
            self._meter.faults(self._housekeeping.own_state.kinds())
            try:
                self._housekeeping.keep(time.monotonic())
            except AssetloopError as error:
                self._stopping.wait(self._outage.failed(error))
            else:
                self._outage.over()
