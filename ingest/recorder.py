"""The recorder: writes batches to the database, beside the thread that reads, until each of them holds.

One batch is on its way at a time; what comes meanwhile gathers, so that batches grow with the load, and the larger they
are the less each row costs the server. A second batch on its way was tried and gained nothing (`docs/performance.md`).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from ingest.batch import Batch
from ingest.commit import Committer
from ingest.housekeeping import Housekeeping
from ingest.metrics import Meter
from ingest.outage import Outage
from plant.errors import AssetloopError


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
        self._outage = Outage("the database is away", "the database is back")
        self._submitted: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._committed: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        duties = (("ingest-recorder", self._commit_all), ("ingest-housekeeping", self._keep_house))
        self._threads = [threading.Thread(target=self._run, args=(do,), name=name, daemon=True) for name, do in duties]
        self.in_flight: Batch | None = None

    @property
    def is_database_away(self) -> bool:
        """Say whether the last attempt to reach the database failed."""
        return self._outage.is_on

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def submit(self, batch: Batch) -> None:
        """Give the next batch to commit, none being in flight."""
        self.in_flight = batch
        self._submitted.put(batch)

    def committed(self) -> Batch | None:
        """Return the batch that was in flight once it is committed, None before.

        Raises:
            BaseException: whatever ended a thread, which is a fault of the program.
        """
        if self._failure is not None:
            raise self._failure
        try:
            batch = self._committed.get_nowait()
        except queue.Empty:
            return None
        self.in_flight = None
        return batch

    def stop(self, wait_s: float) -> bool:
        """End the threads, giving up a commit that does not hold, and say whether they ended within `wait_s`."""
        self._stopping.set()
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
            batch = self._submitted.get()
            if batch is not None:
                self._commit_until_it_holds(batch)

    def _commit_until_it_holds(self, batch: Batch) -> None:
        while not self._stopping.is_set():
            try:
                stored = self._committer.commit(batch, time.monotonic())
            except AssetloopError as error:
                self._housekeeping.doubt_latest()
                self._meter.failed()
                self._stopping.wait(self._outage.failed(error))
                continue
            self._outage.over()
            self._housekeeping.note_commit(stored)
            self._committed.put(batch)
            self._wake()
            return

    def _keep_house(self) -> None:
        while not self._stopping.wait(self._housekeeping.pause_s(time.monotonic())):
            try:
                self._housekeeping.keep(time.monotonic())
            except AssetloopError as error:
                self._stopping.wait(self._outage.failed(error))
            else:
                self._outage.over()
