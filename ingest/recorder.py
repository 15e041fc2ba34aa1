"""The recorder: the one thread that writes to the database, a batch at a time, until it holds."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from ingest.batch import Batch
from ingest.commit import Committer
from ingest.housekeeping import Housekeeping
from ingest.outage import Outage
from plant.errors import AssetloopError

_LONGEST_IDLE_S = 1.0


class Recorder:
    """Commits one batch at a time beside the thread that reads; `wake` is called when something has happened.

    All methods are for the reading thread.
    """

    def __init__(self, committer: Committer, housekeeping: Housekeeping, *, wake: Callable[[], None]) -> None:
        self._committer = committer
        self._housekeeping = housekeeping
        self._wake = wake
        self._outage = Outage("the database is away", "the database is back")
        self._submitted: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._committed: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="ingest-recorder", daemon=True)
        self.in_flight: Batch | None = None

    @property
    def is_database_away(self) -> bool:
        """Say whether the last attempt to reach the database failed."""
        return self._outage.is_on

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def submit(self, batch: Batch) -> None:
        """Give the next batch to commit, none being in flight."""
        self.in_flight = batch
        self._submitted.put(batch)

    def committed(self) -> Batch | None:
        """Return the batch that was in flight once it is committed, None before.

        Raises:
            BaseException: whatever ended the thread, which is a fault of the program.
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
        """End the thread, giving up a commit that does not hold, and say whether it ended within `wait_s`."""
        self._stopping.set()
        self._submitted.put(None)
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._commit_until_it_holds(self._next())
                self._keep_house()
        except BaseException as failure:  # noqa: BLE001 - raised again in the thread that reads
            self._failure = failure
        finally:
            self._wake()

    def _next(self) -> Batch | None:
        try:
            return self._submitted.get(timeout=_LONGEST_IDLE_S)
        except queue.Empty:
            return None

    def _commit_until_it_holds(self, batch: Batch | None) -> None:
        while batch is not None and not self._stopping.is_set():
            try:
                stored = self._committer.commit(batch.messages, time.monotonic())
            except AssetloopError as error:
                self._housekeeping.doubt_latest()
                self._stopping.wait(self._outage.failed(error))
                continue
            self._outage.over()
            self._committed.put(batch)
            self._wake()
            self._housekeeping.note_commit(stored)
            return

    def _keep_house(self) -> None:
        try:
            self._housekeeping.keep(time.monotonic())
        except AssetloopError as error:
            self._outage.failed(error)
        else:
            self._outage.over()
