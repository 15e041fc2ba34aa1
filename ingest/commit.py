"""One batch, one transaction: readings, rejects and the delivery record; what the database refuses is bisected out."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from ingest.admission import Admitted, admit, refuse_all
from ingest.batch import Message
from ingest.decoded import Decoded, Reject
from ingest.devices import Devices
from plant.errors import AssetloopError, Rejected
from plant.topics import tag_to_topic
from storage import delivery, quarantine, readings
from storage.database import Database
from storage.delivery import Delivered
from storage.quarantine import Refused
from storage.readings import Appended, Outcome, ReadingColumns

_log = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOBODY = "?"  # the device of a message whose topic names none


class Committer:
    """Writes batches for one slot. `retention_us` is how old a reading may be, in µs."""

    def __init__(self, database: Database, devices: Devices, *, slot: int, retention_us: int) -> None:
        self._database = database
        self._devices = devices
        self._slot = slot
        self._retention_us = retention_us
        self._batch_number = 0

    def commit(self, messages: Sequence[Message], now_s: float) -> list[ReadingColumns]:
        """Write every message, each into the record or into quarantine, and return what was stored.

        Raises:
            Unavailable, Misconfigured: the database cannot take anything now; some of it may have been committed,
                and committing all of it again stores nothing twice.
        """
        try:
            return [self._write(messages, now_s)]
        except Rejected as error:
            return self._bisect(messages, now_s, error)
        except AssetloopError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a payload provokes, it must not stop the others
            return self._bisect(messages, now_s, error)

    def _bisect(self, messages: Sequence[Message], now_s: float, error: Exception) -> list[ReadingColumns]:
        if len(messages) > 1:
            middle = len(messages) // 2
            return self.commit(messages[:middle], now_s) + self.commit(messages[middle:], now_s)
        self._set_aside(messages[0], error)
        return []

    def _set_aside(self, message: Message, error: Exception) -> None:
        """Quarantine the one message that cannot be written."""
        cause = error if isinstance(error, Rejected) else Rejected("refused", f"{type(error).__name__}: {error}")
        _log.warning("a message was refused by the database", extra={"topic": message.topic, "error": str(error)})
        message.admitted = _refused(message, cause)
        message.refusal = cause
        try:
            self._write([message], 0.0)
        except Exception as again:
            if isinstance(again, AssetloopError) and not isinstance(again, Rejected):
                raise
            _log.exception(
                "a message is lost: it can be neither stored nor quarantined", extra={"topic": message.topic}
            )

    def _write(self, messages: Sequence[Message], now_s: float) -> ReadingColumns:
        self._resolve(messages, now_s)
        admitted = [_admitted(message) for message in messages]
        columns = _columns(admitted)
        at = _instant(messages[0].arrival_us)
        self._batch_number = max(self._batch_number + 1, messages[0].arrival_us)
        with self._database.transaction() as tx:
            appended = readings.append(tx, columns, received_at=at)
            quarantine.hold(tx, [one for message in messages for one in _refusals(message)])
            delivery.record(tx, self._slot, self._batch_number, _delivered(messages, admitted, appended), at=at)
        return columns.take(appended.outcomes == Outcome.STORED)

    def _resolve(self, messages: Sequence[Message], now_s: float) -> None:
        """Admit the messages whose device or signals were not known when they came."""
        waiting = [(message, message.decoded) for message in messages if message.admitted is None and message.decoded]
        if not waiting:
            return
        self._devices.learn([decoded for _, decoded in waiting], now_s)
        for message, decoded in waiting:
            message.admitted = self._admit(message, decoded, now_s)

    def _admit(self, message: Message, decoded: Decoded, now_s: float) -> Admitted:
        device = self._devices.recall(decoded.site, decoded.asset, now_s)
        admitted = device and admit(
            decoded,
            device,
            arrival_us=message.arrival_us,
            retention_us=self._retention_us,
            retained=message.retained,
        )
        return admitted or refuse_all(decoded, "unknown_signal", "its signals could not be registered")


def _refused(message: Message, cause: Rejected) -> Admitted:
    if message.decoded is not None:
        return refuse_all(message.decoded, cause.reason, cause.detail)
    reject = Reject(reason=cause.reason, detail=cause.detail, readings=1)
    return Admitted(signal_ids=[], times_us=[], values=[], flags=[], rejects={cause.reason: reject})


def _admitted(message: Message) -> Admitted:
    if message.admitted is None:
        message.admitted = _refused(message, message.refusal or Rejected("undecodable"))
    return message.admitted


def _columns(parts: Sequence[Admitted]) -> ReadingColumns:
    return ReadingColumns.of(
        [signal_id for part in parts for signal_id in part.signal_ids],
        [time_us for part in parts for time_us in part.times_us],
        [value for part in parts for value in part.values],
        [flags for part in parts for flags in part.flags],
    )


def _refusals(message: Message) -> list[Refused]:
    rejects = _admitted(message).rejects
    if not rejects:
        return []
    return [
        Refused(
            topic=message.topic,
            reason=reject.reason,
            detail=reject.detail,
            readings=reject.readings,
            payload=message.payload,
            length=message.length or len(message.payload),
            sha256=message.sha256 or hashlib.sha256(message.payload).digest(),
            at=_instant(message.arrival_us),
            site=message.decoded.site if message.decoded else None,
            asset=message.decoded.asset if message.decoded else None,
        )
        for reject in rejects.values()
    ]


def _delivered(messages: Sequence[Message], admitted: Sequence[Admitted], appended: Appended) -> list[Delivered]:
    """Count, for every device, what became of its readings."""
    numbers: dict[str, int] = {}
    of_message = [numbers.setdefault(_device(message), len(numbers)) for message in messages]
    of_reading = np.repeat(np.array(of_message, np.intp), [len(part.signal_ids) for part in admitted])
    counts = [
        np.bincount(of_reading[appended.outcomes == outcome], minlength=len(numbers)).tolist() for outcome in Outcome
    ]
    quarantined = [0] * len(numbers)
    for number, part in zip(of_message, admitted, strict=True):
        quarantined[number] += sum(reject.readings for reject in part.rejects.values())
    return [
        Delivered(
            device=device,
            received=sum(by_outcome[number] for by_outcome in counts) + quarantined[number],
            stored=counts[Outcome.STORED][number],
            duplicate=counts[Outcome.DUPLICATE][number],
            conflicting=counts[Outcome.CONFLICTING][number],
            quarantined=quarantined[number],
        )
        for device, number in numbers.items()
    ]


def _device(message: Message) -> str:
    """Name a message's device as its topic does, so that no two devices share a name."""
    if message.decoded is None:
        parts = message.topic.split("/")
        return "/".join(parts[2:4]) if len(parts) == 5 else _NOBODY
    return f"{tag_to_topic(message.decoded.site)}/{tag_to_topic(message.decoded.asset)}"


def _instant(time_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=time_us)
