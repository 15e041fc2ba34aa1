"""The reader: what was sent is decoded, admitted, and put into the batch that is being gathered."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.admission.admit import AdmissionRules, admit_all
from ingest.admission.devices import Devices
from ingest.admission.limits import Limiter
from ingest.commit.batch import Batch, Gathering, MessageBlock, MessageSource, SlowPathMessage
from ingest.commit.batch_columns import BatchColumns
from ingest.decoding.decode import Decoder
from ingest.decoding.decoded import Answer, Decoded, DeviceReport, Extras
from ingest.metrics import Meter
from ingest.mqtt.frames import PAYLOAD, RETAINED, Publish
from ingest.mqtt.share import PASSED_OVER
from plant.clock import Clock
from plant.errors import Rejected
from plant.reading import Flag

_KEPT_OF_LARGE_BYTES = 4096
_BYTES_A_MESSAGE = 400  # what a message takes in memory beside its payload and its values
_BYTES_A_VALUE = 10
_FRESH_US = 2_000_000
_MOST_ANSWERS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class _LastBlock:
    """What was read last: its messages, and from where on its reports, instants and numbers stand in `columns`."""

    columns: BatchColumns
    first_report: int
    first_instant: int
    first_number: int
    arrival_us: int
    publishes: list[Publish]

    @classmethod
    def of(cls, batch: Batch, arrival_us: int, publishes: list[Publish]) -> _LastBlock:
        """Return the block that is about to be read into a batch."""
        columns = batch.columns
        return cls(
            columns=columns,
            first_report=len(columns.messages),
            first_instant=len(columns.times_us),
            first_number=batch.messages,
            arrival_us=arrival_us,
            publishes=publishes,
        )


class Reader:
    """Reads messages into batches. All methods are for one thread."""

    def __init__(
        self,
        clock: Clock,
        decoder: Decoder,
        devices: Devices,
        rules: AdmissionRules,
        gathering: Gathering,
        limiter: Limiter | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._clock = clock
        self.decoder = decoder
        self._devices = devices
        self._rules = rules
        self._gathering = gathering
        self._limiter = limiter or Limiter.off()
        self._boundless = Limiter.off()
        self._meter = meter or Meter()
        self._answers: dict[str, Answer] = {}
        self._last: _LastBlock | None = None

    def now_us(self) -> int:
        """Return the instant in µs since 1970."""
        return int(self._clock.now().timestamp() * 1e6)

    def read(
        self,
        source: MessageSource | None,
        publishes: list[Publish],
        *,
        arrival_us: int | None = None,
        decode: Callable[[bytes, bytes], Decoded] | None = None,
    ) -> None:
        """Decode messages, admit them where their devices are known, and gather them.

        They came at `arrival_us`, or now where it is None; each counts as a microsecond after the one before, so that
        two messages of one device without a time of their own stay two. What came earlier comes all at once, and is not
        limited. `decode` reads them, in place of the reader's own decoder. Those without a topic are only acknowledged.
        """
        decode = decode or self.decoder.decode
        limiter = self._limiter if arrival_us is None else self._boundless
        arrival_us = self.now_us() if arrival_us is None else arrival_us
        now_s = time.monotonic()
        batch = self._gathering.open(now_s)
        columns, number, values = batch.columns, batch.messages, len(batch.columns.values)
        self._last = _LastBlock.of(batch, arrival_us, publishes)
        passed_over = 0
        for came_us, (topic, payload, _, retained) in enumerate(publishes, arrival_us):
            if topic == PASSED_OVER:
                number, passed_over = number + 1, passed_over + 1
                continue
            try:
                decoded = decode(topic, payload)
            except Rejected as refusal:
                batch.slow_path[number] = _unreadable(topic, payload, came_us, refusal)
            else:
                reports, extras = decoded.reports, decoded.extras
                if extras is not None:
                    self.put_back(extras.answers)
                if admit_all(
                    reports, self._devices, self._rules, limiter, now_s, came_us, retained=retained != 0
                ) and _is_plain(reports, extras):
                    for report in reports:
                        columns.add(report, number)
                else:
                    batch.slow_path[number] = SlowPathMessage(
                        topic, payload, came_us, bool(retained), reports, extras=extras
                    )
            number += 1
        batch.messages = number
        batch.limit(limiter.take_noted())
        self._weigh(batch, MessageBlock(publishes, arrival_us, source), len(columns.values) - values, passed_over)

    def _weigh(self, batch: Batch, block: MessageBlock, values: int, passed_over: int) -> None:
        publishes = block.publishes
        batch.blocks.append(block)
        size = sum([len(publish[PAYLOAD]) for publish in publishes])
        batch.weight += size + len(publishes) * _BYTES_A_MESSAGE + values * _BYTES_A_VALUE
        self._meter.read(messages=len(publishes) - passed_over, payload_bytes=size, values=values)

    def was_fresh(self) -> bool:
        """Say whether most of what was read last was measured within two seconds of its arrival.

        Readings without a time of their own say nothing about that. Nor does what the broker retained: it comes with
        every subscription, before and among what waits.
        """
        last = self._last
        if last is None:
            return False
        columns, place = last.columns, last.first_instant
        timed = fresh = 0
        reports = slice(last.first_report, None)
        for message, instants in zip(columns.messages[reports], columns.instants[reports], strict=True):
            here, place = range(place, place + instants), place + instants
            if last.publishes[message - last.first_number][RETAINED]:
                continue
            times_us = [columns.times_us[one] for one in here if not columns.flags[one] & Flag.TIME_IS_ARRIVAL]
            timed += len(times_us)
            fresh += sum(abs(last.arrival_us - time_us) <= _FRESH_US for time_us in times_us)
        return 2 * fresh > timed

    def take_answers(self) -> list[Answer]:
        """Take what is to be said to devices."""
        if not self._answers:
            return []
        answers, self._answers = list(self._answers.values()), {}
        return answers

    def put_back(self, answers: Sequence[Answer]) -> None:
        """Keep answers that cannot be said now, up to a bound, for the next time they are asked for."""
        room = _MOST_ANSWERS - len(self._answers)
        self._answers = {answer.topic: answer for answer in answers[:room]} | self._answers


def _is_plain(reports: Sequence[DeviceReport], extras: Extras | None) -> bool:
    """Say whether everything of a message goes straight into the columns of its batch."""
    return (extras is None or not (extras.presences or extras.memories)) and all(
        not report.rejects and not report.marks for report in reports
    )


def _unreadable(topic: bytes, payload: bytes, arrival_us: int, refusal: Rejected) -> SlowPathMessage:
    if refusal.reason != "too_large":
        return SlowPathMessage(topic, payload, arrival_us, refusal=refusal)
    whole = len(payload), hashlib.sha256(payload).digest()
    return SlowPathMessage(topic, payload[:_KEPT_OF_LARGE_BYTES], arrival_us, refusal=refusal, whole=whole)
