"""The door for telemetry that comes not over the broker: decoded, admitted, committed as all other, then answered.

Whoever knocks waits for the commit. One thread gathers all who wait into one batch, as group commit does everywhere.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Self

from ingest.admission.settings import AdmissionSettings
from ingest.commit.batch import Gathering
from ingest.commit.batch_account import MessageOutcome
from ingest.commit.committer import Committer
from ingest.commit.latest_forwarder import LatestForwarder
from ingest.decoding.decode import Decoder
from ingest.formats import every_format
from ingest.metrics import Meter
from ingest.reader import Reader
from plant.clock import Clock
from plant.errors import AssetloopError, Unavailable
from storage.core.database import Database
from storage.telemetry import device_clocks

_log = logging.getLogger(__name__)
_SLOT = -1  # stands in the delivery record where no slot is meant
_MOST_WAITING = 1000
_MOST_AT_ONCE = 500
_MOST_BYTES_AT_ONCE = 8 * 2**20
_LATEST_EVERY_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class DoorSettings(AdmissionSettings):
    """What holds for telemetry over this door; `wait_s` is how long a caller waits for the commit."""

    wait_s: float = 10.0


@dataclass(slots=True, eq=False)
class _Letter:
    topic: bytes
    payload: bytes
    answer: Future[MessageOutcome]


class Door:
    """Takes one message at a time from many threads. `database` speaks as the role `INGEST`."""

    def __init__(self, database: Database, clock: Clock, settings: DoorSettings, meter: Meter | None = None) -> None:
        self.database = database
        self.settings = settings
        self._clock = clock
        self._letters: queue.Queue[_Letter | None] = queue.Queue(_MOST_WAITING)
        self._rules, devices, limiter = settings.rules(), settings.devices(database), settings.limiter()
        rules = self._rules
        decoder = Decoder(every_format(), most_bytes=settings.most_payload_bytes)
        self._gathering = Gathering(most_values=2**31, longest_s=0.0)
        self._reader = Reader(clock, decoder, devices, rules, self._gathering, limiter, meter)
        self._outcomes: dict[int, MessageOutcome] = {}
        self._committer = Committer(
            database, devices, rules, slot=_SLOT, limiter=limiter, witness=self._outcomes.update, meter=meter
        )
        self._latest = LatestForwarder(database, clock)
        self._latest_due_s = 0.0
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def store(self, topic: str, payload: bytes) -> MessageOutcome:
        """Store a message and return what became of it, once that is committed.

        Raises:
            Unavailable: it could not be stored in time; it may have been, and can safely be sent again with its time.
        """
        self._start()
        letter = _Letter(topic.encode(), payload, Future())
        try:
            self._letters.put_nowait(letter)
            return letter.answer.result(self.settings.wait_s)
        except queue.Full:
            raise Unavailable("too much waits to be stored; send it again later") from None
        except TimeoutError:
            raise Unavailable("it was not stored in time; send it again") from None

    def close(self) -> None:
        """Store what has been taken, and end."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._letters.put(None)
            thread.join(self.settings.wait_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="door", daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        is_open = True
        while is_open:
            letters, is_open = self._collect()
            if letters:
                self._commit(letters)
            self._bring_latest_forward(at_once=not is_open)

    def _collect(self) -> tuple[list[_Letter], bool]:
        """Wait for somebody, and take all who wait by then; False once the door is to close."""
        letters: list[_Letter] = []
        size = 0
        try:
            letter = self._letters.get(timeout=_LATEST_EVERY_S)
            while letter is not None:
                letters.append(letter)
                size += len(letter.payload)
                if len(letters) >= _MOST_AT_ONCE or size >= _MOST_BYTES_AT_ONCE:
                    return letters, True
                letter = self._letters.get_nowait()
        except queue.Empty:
            return letters, True
        return letters, False

    def _commit(self, letters: list[_Letter]) -> None:
        try:
            self._outcomes.clear()
            limited = [self._read(letter) for letter in letters]
            batch = self._gathering.take_batch()
            if batch is not None:
                self._latest.note(self._committer.commit(batch, time.monotonic()))
        except AssetloopError as error:
            self._latest.doubt()
            self._refuse(letters, error)
        except Exception as error:  # noqa: BLE001 - whoever waits gets the error, and the door stays open
            _log.exception("the door failed in an unforeseen way")
            self._refuse(letters, error)
        else:
            for number, (letter, values) in enumerate(zip(letters, limited, strict=True)):
                outcome = self._outcomes.get(number, MessageOutcome())
                outcome.limited += values
                outcome.received += values
                letter.answer.set_result(outcome)

    def _refuse(self, letters: list[_Letter], error: Exception) -> None:
        self._gathering.take_batch()
        for letter in letters:
            letter.answer.set_exception(error)

    def _read(self, letter: _Letter) -> int:
        """Read a message, and say how many of its values were one too many."""
        before = self._limited()
        self._reader.read(None, [(letter.topic, letter.payload, 0, 0)])
        return self._limited() - before

    def _limited(self) -> int:
        return sum(values for _, values in self._gathering.open(time.monotonic()).limited.values())

    def _bring_latest_forward(self, *, at_once: bool) -> None:
        """Upsert the latest values, at most once a second; where that fails they are repaired later."""
        now_s = time.monotonic()
        self._note_clocks()
        if not self._latest.has_work or (now_s < self._latest_due_s and not at_once):
            return
        self._latest_due_s = now_s + _LATEST_EVERY_S
        try:
            self._latest.forward()
        except AssetloopError as error:
            _log.warning("the latest values could not be brought forward", extra={"why": str(error)})

    def _note_clocks(self) -> None:
        """Write down whose clocks are wrong."""
        clocks = self._rules.clocks.take()
        if not clocks:
            return
        try:
            with self.database.transaction() as tx:
                device_clocks.note(tx, clocks)
        except AssetloopError:
            self._rules.clocks.put_back(clocks)
