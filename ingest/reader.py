"""The reader: what the broker sent is decoded, admitted, and put onto the sheet of the batch that is being gathered."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

from ingest.admission.devices import Devices
from ingest.admission.limits import Limiter
from ingest.admission.terms import Terms, admit
from ingest.commit.batch import Block, Gathering, Odd, Origin
from ingest.commit.batch_columns import Sheet
from ingest.decoding.decode import Decoder
from ingest.decoding.decoded import Answer, Beside, Report
from ingest.metrics import Meter
from ingest.mqtt.frames import Publish
from plant.clock import Clock
from plant.errors import Rejected
from plant.reading import Flag

_KEPT_OF_LARGE_BYTES = 4096
_BYTES_A_MESSAGE = 400  # what a message takes in memory beside its payload and its values
_BYTES_A_VALUE = 10
_FRESH_US = 2_000_000
_MOST_ANSWERS = 10_000


class Reader:
    """Makes gathered messages of what the broker sent; `terms` are those of admission."""

    def __init__(
        self,
        clock: Clock,
        decoder: Decoder,
        devices: Devices,
        terms: Terms,
        gathering: Gathering,
        limiter: Limiter | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._clock = clock
        self._decoder = decoder
        self._devices = devices
        self._terms = terms
        self._gathering = gathering
        self._limiter = limiter or Limiter.off()
        self._boundless = Limiter.off()
        self._meter = meter or Meter()
        self._answers: dict[str, Answer] = {}
        self._last: tuple[Sheet, int, int, int, int, list[Publish]] | None = None

    def now_us(self) -> int:
        """Return the instant in µs since 1970."""
        return int(self._clock.now().timestamp() * 1e6)

    def read(self, origin: Origin | None, publishes: list[Publish], *, arrival_us: int | None = None) -> None:
        """Decode messages, admit them where their devices are known, and gather them.

        They came at `arrival_us`, just now unless told; each a microsecond after the one before, so that of one device
        two without a time of their own are two. What came earlier is not limited, for it comes all at once.
        """
        limiter = self._limiter if arrival_us is None else self._boundless
        arrival_us = self.now_us() if arrival_us is None else arrival_us
        now_s = time.monotonic()
        batch = self._gathering.open(now_s)
        sheet, number, values = batch.sheet, batch.messages, len(batch.sheet.values)
        self._last = sheet, len(sheet.messages), len(sheet.times_us), number, arrival_us, publishes
        for came_us, (topic, payload, _, retained) in enumerate(publishes, arrival_us):
            try:
                decoded = self._decoder.decode(topic, payload)
            except Rejected as refusal:
                batch.odd[number] = _unreadable(topic, payload, came_us, refusal)
            else:
                reports, beside = decoded.reports, decoded.beside
                if beside is not None:
                    self.put_back(beside.answers)
                if admit_all(reports, self._devices, self._terms, limiter, now_s, came_us, retained) and _is_plain(
                    reports, beside
                ):
                    for report in reports:
                        sheet.add(report, number)
                else:
                    batch.odd[number] = Odd(topic, payload, came_us, bool(retained), reports, beside=beside)
            number += 1
        if limiter.has_noted:
            batch.limit(limiter.take_noted())
        batch.blocks.append(Block(publishes, arrival_us, origin))
        batch.messages = number
        size, values = sum([len(payload) for _, payload, _, _ in publishes]), len(sheet.values) - values
        batch.weight += size + len(publishes) * _BYTES_A_MESSAGE + values * _BYTES_A_VALUE
        self._meter.read(messages=len(publishes), payload_bytes=size, values=values)

    def was_fresh(self) -> bool:
        """Say whether most of what was read last was measured within two seconds of its arrival.

        What has no time of its own does not tell, nor what the broker retained: that comes with every subscription,
        before and among what waits.
        """
        if self._last is None:
            return False
        sheet, first, place, number, arrival_us, publishes = self._last
        fresh = told = 0
        for message, instants in zip(sheet.messages[first:], sheet.instants[first:], strict=True):
            here, place = range(place, place + instants), place + instants
            if publishes[message - number][3]:
                continue
            timed = [one for one in here if not sheet.flags[one] & Flag.TIME_IS_ARRIVAL]
            told += len(timed)
            fresh += sum(abs(arrival_us - sheet.times_us[one]) <= _FRESH_US for one in timed)
        return 2 * fresh > told

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


def admit_all(
    reports: Sequence[Report],
    devices: Devices,
    terms: Terms,
    limiter: Limiter,
    now_s: float,
    arrival_us: int,
    retained: int,
) -> bool:
    """Admit every report of a message that is not yet; False where the register has to be asked first.

    Of a device that has said too much nothing is left in the report.
    """
    for report in reports:
        if report.device is None:
            device = devices.recall(report.site, report.asset, now_s)
            if device is None:
                return False
            values = len(report.values)
            device.credit -= values
            if device.credit < 0 and not limiter.grants(device, values, now_s):
                report.withhold(device)
            elif not admit(report, device, terms, arrival_us=arrival_us, retained=bool(retained)):
                device.credit += values
                return False
    return True


def _is_plain(reports: Sequence[Report], beside: Beside | None) -> bool:
    """Say whether everything of a message goes straight onto the sheet."""
    return (beside is None or not (beside.presences or beside.memories)) and all(
        not report.rejects and not report.marks for report in reports
    )


def _unreadable(topic: bytes, payload: bytes, arrival_us: int, refusal: Rejected) -> Odd:
    if refusal.reason != "too_large":
        return Odd(topic, payload, arrival_us, refusal=refusal)
    whole = len(payload), hashlib.sha256(payload).digest()
    return Odd(topic, payload[:_KEPT_OF_LARGE_BYTES], arrival_us, refusal=refusal, whole=whole)
