"""One batch, one transaction: readings, rejects and the delivery record; what the database refuses is bisected out."""

from __future__ import annotations

import hashlib
import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ingest.admission.device import Device, topic_text
from ingest.admission.devices import Devices
from ingest.admission.limits import Limiter
from ingest.admission.terms import Terms
from ingest.commit.batch import Batch, Odd
from ingest.commit.batch_columns import Sheet
from ingest.commit.commit_order import TakenBack, Turn
from ingest.decoding.decoded import Reject
from ingest.metrics import Meter
from ingest.reader import admit_all
from plant.errors import AssetloopError, Rejected
from plant.reading import Flag
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Transaction
from storage.telemetry import delivery, device_sessions, quarantine, readings
from storage.telemetry.delivery import BatchDelivered
from storage.telemetry.device_sessions import Heard, Remembered
from storage.telemetry.prepared import Appended, Ordered, Outcome
from storage.telemetry.quarantine import Refused
from storage.telemetry.windows import from_us

_log = logging.getLogger(__name__)
_COUNTED = {Outcome.STORED: "stored", Outcome.DUPLICATE: "duplicate", Outcome.CONFLICTING: "conflicting"}


@dataclass(kw_only=True, slots=True)
class MessageTold:
    """What became of the readings of one message, counted as in the delivery record; `refused` says why some were."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    late: int = 0
    quarantined: int = 0
    conflicting: int = 0
    limited: int = 0
    refused: list[Reject] = field(default_factory=list)


class Committer:
    """Writes batches for one slot; `witness` is told what became of each message, by its number, once that holds."""

    def __init__(
        self,
        database: Database,
        devices: Devices,
        terms: Terms,
        *,
        slot: int,
        limiter: Limiter | None = None,
        witness: Callable[[dict[int, MessageTold]], None] | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._database = database
        self._devices = devices
        self._terms = terms
        self._slot = slot
        self._limiter = limiter or Limiter.off()
        self._witness = witness
        self._meter = meter or Meter()
        self._batch_numbers = itertools.count(time.time_ns() // 1000)

    def commit(self, batch: Batch, now_s: float, turn: Turn | None = None) -> list[ReadingColumns]:
        """Write every message, each into the record or into quarantine; return the last readings stored by signal.

        Nothing holds before the batch of the `turn` before does.

        Raises:
            Unavailable, Misconfigured: the database cannot take anything now; some of it may have been committed,
                and committing all of it again stores nothing twice.
            TakenBack: nothing was committed, because the batch before is not; the same once more will do.
        """
        turn = turn or Turn()
        try:
            return [self._write(batch, now_s, turn)]
        except Rejected as error:
            return self._bisect(batch, now_s, turn, error)
        except (AssetloopError, TakenBack):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a payload provokes, it must not stop the others
            return self._bisect(batch, now_s, turn, error)

    def _bisect(self, batch: Batch, now_s: float, turn: Turn, error: Exception) -> list[ReadingColumns]:
        turn.take_back()
        turn.await_all_before()
        if batch.messages > 1:
            first, last = batch.first, batch.first + batch.messages
            middle = first + batch.messages // 2
            return self.commit(batch.part(first, middle), now_s) + self.commit(batch.part(middle, last), now_s)
        self._set_aside(batch, error)
        return []

    def _set_aside(self, batch: Batch, error: Exception) -> None:
        """Quarantine the one message that cannot be written."""
        cause = error if isinstance(error, Rejected) else Rejected("refused", f"{type(error).__name__}: {error}")
        refused = batch.refused(cause)
        topic = topic_text(refused.odd[refused.first].topic)
        _log.warning("a message was refused by the database", extra={"topic": topic, "error": str(error)})
        try:
            self._write(refused, 0.0, Turn())
        except Exception as again:
            if isinstance(again, AssetloopError) and not isinstance(again, Rejected):
                raise
            _log.exception("a message is lost: it can be neither stored nor quarantined", extra={"topic": topic})

    def _write(self, batch: Batch, now_s: float, turn: Turn) -> ReadingColumns:
        told = self._begin(batch, now_s, turn)
        number = next(self._batch_numbers)
        at = from_us(batch.arrival_us)
        began_s = time.perf_counter()
        with self._database.transaction() as tx:
            if batch.releases:
                quarantine.release(tx, [arrival.arrival_id for arrival in batch.releases.values()])
            appended = readings.append(tx, told.ordered, received_at=at)
            quarantine.hold(tx, [refused for place, odd in batch.odd.items() for refused in _held(odd, place)])
            delivered = told.delivered(appended)
            delivery.record(tx, self._slot, number, delivered, at=at)
            _write_beside(tx, batch.odd, at)
            turn.written()
        took_s = time.perf_counter() - began_s
        self._meter.committed(batch, delivered, told.columns.times_us, took_s=took_s, now_us=time.time_ns() // 1000)
        if self._witness is not None:
            self._witness(told.by_message(appended.outcomes))
        return appended.newest

    def _begin(self, batch: Batch, now_s: float, turn: Turn) -> _Told:
        """Make all ready that takes no database, then wait for the batch's turn to be written."""
        if not batch.odd:
            told = _Told(batch)
            turn.begin(told.ordered)
            return told
        turn.begin(None)
        try:
            self._resolve(batch.odd, now_s)
        finally:
            batch.limit(self._limiter.take_noted())
        return _Told(batch)

    def _resolve(self, odd: dict[int, Odd], now_s: float) -> None:
        """Admit the messages whose devices or signals were not known when they came."""
        waiting = [one for one in odd.values() if not one.is_admitted]
        self._devices.learn([report for one in waiting for report in one.reports], now_s)
        for one in waiting:
            if one.refusal is not None:
                one.refuse(one.refusal)
            elif not admit_all(
                one.reports, self._devices, self._terms, self._limiter, now_s, one.arrival_us, one.retained
            ):
                one.refuse(Rejected("unknown_signal", "its signals could not be registered"))
            one.is_admitted = True


class _Told:
    """What a batch says: the readings to store in the order in which they came, and whose report each is of."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        apart, marks = _odd_sheet(batch.odd)
        limited = list(batch.limited.values())
        former = _former_names(batch)
        self._devices = batch.sheet.devices + apart.devices + [device for device, _ in limited + former]
        reports = [report for odd in batch.odd.values() for report in odd.reports]
        plain = [0] * len(batch.sheet.devices)
        rest = [0] * len(limited)
        self._quarantined = plain + [report.quarantined for report in reports] + rest + [0] * len(former)
        self._limited = plain + [0] * len(reports) + [values for _, values in limited] + [0] * len(former)
        self._released = plain + _released(batch) + rest + [0] * len(former)
        self._taken_off = plain + [0] * len(reports) + rest + [readings for _, readings in former]
        values = np.concatenate([batch.sheet.values_of_reports(), apart.values_of_reports()])
        self._of_reading = np.repeat(np.arange(len(values)), values)
        self.columns = batch.sheet.columns()
        if apart.signal_ids:
            odd_columns = apart.columns()
            for place, mark in marks.items():
                odd_columns.flags[place] |= mark
            messages = np.concatenate([np.array(batch.sheet.messages), np.array(apart.messages)])
            order = np.argsort(np.repeat(messages, values), kind="stable")
            self.columns = ReadingColumns.joined([self.columns, odd_columns]).take(order)
            self._of_reading = self._of_reading[order]
        self.ordered = Ordered.of(self.columns)
        self._expected = self._delivered(self.ordered.expected.outcomes)

    def delivered(self, appended: Appended) -> BatchDelivered:
        """Count, for every device, what became of its readings."""
        return self._expected if appended is self.ordered.expected else self._delivered(appended.outcomes)

    def _delivered(self, outcomes: NDArray[np.int8]) -> BatchDelivered:
        numbers = np.fromiter([device.number for device in self._devices], np.int64, len(self._devices))
        _, first, of_report = np.unique(numbers, return_index=True, return_inverse=True)
        of_reading = of_report[self._of_reading]

        def count(which: NDArray[np.bool_]) -> NDArray[np.int64]:
            some: NDArray[np.int64] = np.bincount(of_reading[which], minlength=len(first))
            return some

        def summed(of_reports: list[int]) -> NDArray[np.int64]:
            sums: NDArray[np.int64] = np.bincount(of_report, of_reports, len(first)).astype(np.int64)
            return sums

        quarantined, limited = summed(self._quarantined), summed(self._limited)
        released, taken_off = summed(self._released), summed(self._taken_off)
        received = np.bincount(of_reading, minlength=len(first)) + quarantined + limited
        again = np.maximum(released - received, 0)  # what was held twice and can be told only once
        return BatchDelivered(
            devices=[self._devices[place].name for place in first.tolist()],
            received=received + again - taken_off,
            stored=count(outcomes == Outcome.STORED),
            duplicate=count(outcomes == Outcome.DUPLICATE) + again,
            conflicting=count(outcomes == Outcome.CONFLICTING),
            late=count(self.columns.flags & Flag.LATE != 0),
            quarantined=quarantined - taken_off,
            limited=limited,
        )

    def by_message(self, outcomes: NDArray[np.int8]) -> dict[int, MessageTold]:
        """Say what became of each message, by its number."""
        odd = [(number, report) for number, one in self._batch.odd.items() for report in one.reports]
        of_reports = [*self._batch.sheet.messages, *(number for number, _ in odd)]
        told = {number: MessageTold() for number in of_reports}
        late = self.columns.flags & Flag.LATE != 0
        for place, outcome, is_late in zip(self._of_reading.tolist(), outcomes.tolist(), late.tolist(), strict=True):
            one = told[of_reports[place]]
            one.received += 1
            one.late += is_late
            name = _COUNTED[outcome]
            setattr(one, name, getattr(one, name) + 1)
        for number, report in odd:
            told[number].quarantined += report.quarantined
            told[number].limited += report.withheld
            told[number].received += report.quarantined + report.withheld
            told[number].refused += report.rejects.values()
        return told


def _released(batch: Batch) -> list[int]:
    """Say for each report of the odd messages how many of its readings were in quarantine until now."""
    released = []
    for number, odd in batch.odd.items():
        arrival = batch.releases.get(number)
        released += [arrival.readings if arrival and place == 0 else 0 for place in range(len(odd.reports))]
    return released


def _former_names(batch: Batch) -> list[tuple[Device, int]]:
    """Return the devices under whose names readings were counted as quarantined until now, each with how many.

    One that names no site was counted under its own name before anybody knew whose it is.
    """
    if not batch.releases:
        return []
    devices = [report.device for odd in batch.odd.values() for report in odd.reports if report.device]
    named = {device.name: device for device in devices}
    former = []
    for arrival in batch.releases.values():
        held = Device(site=arrival.site, asset=arrival.asset, asset_id=None)
        former.append((named.setdefault(held.name, held), arrival.readings))
    return former


def _write_beside(tx: Transaction, odd: dict[int, Odd], at: datetime) -> None:
    """Write what messages say beside readings."""
    told = [(one.beside, from_us(one.arrival_us)) for one in odd.values() if one.beside is not None]
    if not told:
        return
    memories = [Remembered(**asdict(memory)) for beside, _ in told for memory in beside.memories]
    device_sessions.remember(tx, memories, at=at)
    presences = [Heard(**asdict(presence), at=heard) for beside, heard in told for presence in beside.presences]
    device_sessions.note_presences(tx, presences)


def _odd_sheet(odd: dict[int, Odd]) -> tuple[Sheet, dict[int, int]]:
    """Put the reports of odd messages onto a sheet of their own; return it with the marks, by place on it."""
    apart, marks = Sheet(), {}
    for number, message in odd.items():
        for report in message.reports:
            marks.update({len(apart.values) + place: mark for place, mark in report.marks.items()})
            apart.add(report, number)
    return apart, marks


def _held(odd: Odd, place: int) -> list[Refused]:
    """Say what of a message goes into quarantine, and why; `place` is its number in the batch."""
    refused = [(report, reject) for report in odd.reports for reject in report.rejects.values()]
    if not refused:
        return []
    length, sha256 = odd.whole or (len(odd.payload), hashlib.sha256(odd.payload).digest())
    return [
        Refused(
            topic=topic_text(odd.topic),
            reason=reject.reason,
            detail=reject.detail,
            readings=reject.readings,
            payload=odd.payload,
            length=length,
            sha256=sha256,
            at=from_us(odd.arrival_us),
            site=report.site or None,
            asset=report.asset or None,
            place=place,
            retained=odd.retained,
        )
        for report, reject in refused
    ]
