"""One batch, one transaction: readings, rejects and the delivery record.

Where a message cannot be written, its batch is written in halves until that message stands alone, and is quarantined.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from ingest.admission.admit import AdmissionRules, admit_and_register
from ingest.admission.devices import Devices
from ingest.admission.limits import Limiter
from ingest.commit.batch import Batch, SlowPathMessage
from ingest.commit.batch_account import BatchAccount, MessageOutcome
from ingest.commit.commit_order import CommitTurn, RolledBack
from ingest.metrics import Meter
from plant.errors import AssetloopError, Rejected
from plant.mqtt.topics import topic_text
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Transaction
from storage.telemetry import delivery, device_sessions, quarantine, readings
from storage.telemetry.device_sessions import PresenceChange, StoredMemory
from storage.telemetry.quarantine import RefusedPayload
from storage.telemetry.windows import from_us

_log = logging.getLogger(__name__)


class Committer:
    """Writes batches for one slot; after a commit `witness` is given the outcome of each message, by its number."""

    def __init__(
        self,
        database: Database,
        devices: Devices,
        rules: AdmissionRules,
        *,
        slot: int,
        limiter: Limiter | None = None,
        witness: Callable[[dict[int, MessageOutcome]], None] | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._database = database
        self._devices = devices
        self._rules = rules
        self._slot = slot
        self._limiter = limiter or Limiter.off()
        self._witness = witness
        self._meter = meter or Meter()
        self._batch_numbers = itertools.count(time.time_ns() // 1000)

    def commit(self, batch: Batch, now_s: float, turn: CommitTurn | None = None) -> list[ReadingColumns]:
        """Write every message, each into the record or into quarantine; return the last readings stored by signal.

        Nothing is committed before the batch of the `turn` before is.

        Raises:
            Unavailable, Misconfigured: the database cannot take anything now; some of it may have been committed,
                and committing all of it again stores nothing twice.
            RolledBack: nothing was committed, because the batch before is not; commit this one once more.
        """
        turn = turn or CommitTurn()
        if batch.is_empty:
            turn.await_all_before()
            return []
        try:
            return [self._write(batch, now_s, turn)]
        except Rejected as error:
            return self._bisect(batch, now_s, turn, error)
        except (AssetloopError, RolledBack):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a payload provokes, it must not stop the others
            return self._bisect(batch, now_s, turn, error)

    def _bisect(self, batch: Batch, now_s: float, turn: CommitTurn, error: Exception) -> list[ReadingColumns]:
        turn.roll_back()
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
        topic = topic_text(refused.slow_path[refused.first].topic)
        _log.warning("a message was refused by the database", extra={"topic": topic, "error": str(error)})
        try:
            self._write(refused, 0.0, CommitTurn())
        except Exception as again:
            if isinstance(again, AssetloopError) and not isinstance(again, Rejected):
                raise
            _log.exception("a message is lost: it can be neither stored nor quarantined", extra={"topic": topic})

    def _write(self, batch: Batch, now_s: float, turn: CommitTurn) -> ReadingColumns:
        account = self._prepare(batch, now_s, turn)
        number = next(self._batch_numbers)
        at = from_us(batch.arrival_us)
        began_s = time.perf_counter()
        with self._database.transaction() as tx:
            if batch.releases:
                quarantine.release(tx, [arrival.arrival_id for arrival in batch.releases.values()])
            appended = readings.append(tx, account.ordered, received_at=at)
            quarantine.hold(tx, [one for place, message in batch.slow_path.items() for one in _refused(message, place)])
            delivered = account.delivered(appended)
            delivery.record(tx, self._slot, number, delivered, at=at)
            _write_extras(tx, batch.slow_path, at)
            turn.await_commit()
        took_s = time.perf_counter() - began_s
        self._meter.committed(batch, delivered, account.readings.times_us, took_s=took_s, now_us=time.time_ns() // 1000)
        if self._witness is not None:
            self._witness(account.by_message(appended.outcomes))
        return appended.newest

    def _prepare(self, batch: Batch, now_s: float, turn: CommitTurn) -> BatchAccount:
        """Do all that can be done before writing, then wait until it is the batch's turn to write.

        Where the register must be asked first, nobody knows yet what the batch will write, so it waits until the one
        before has written.
        """
        if not batch.slow_path:
            account = BatchAccount(batch)
            turn.await_write(account.ordered)
            return account
        turn.await_write(None)
        try:
            self._resolve(batch.slow_path, now_s)
        finally:
            batch.limit(self._limiter.take_noted())
        return BatchAccount(batch)

    def _resolve(self, messages: dict[int, SlowPathMessage], now_s: float) -> None:
        """Admit the messages whose devices or signals were not known when they came."""
        waiting = [one for one in messages.values() if not one.is_admitted]
        self._devices.learn([report for one in waiting for report in one.reports], now_s)
        for one in waiting:
            if one.refusal is not None:
                one.refuse(one.refusal)
            elif not admit_and_register(
                one.reports, self._devices, self._rules, self._limiter, now_s, one.arrival_us, retained=one.retained
            ):
                one.refuse(Rejected("unknown_signal", "its signals could not be registered"))
            one.is_admitted = True


def _write_extras(tx: Transaction, messages: dict[int, SlowPathMessage], at: datetime) -> None:
    """Write what messages say that is not a reading."""
    said = [(one.extras, from_us(one.arrival_us)) for one in messages.values() if one.extras is not None]
    if not said:
        return
    memories = [StoredMemory(**asdict(memory)) for extras, _ in said for memory in extras.memories]
    device_sessions.remember(tx, memories, at=at)
    changes = [PresenceChange(**asdict(presence), at=came) for extras, came in said for presence in extras.presences]
    device_sessions.note_presences(tx, changes)


def _refused(message: SlowPathMessage, place: int) -> list[RefusedPayload]:
    """Say what of a message goes into quarantine, and why; `place` is its number in the batch."""
    refused = [
        (report, reject, key, part)
        for report in message.reports
        for reject in report.rejects.values()
        for key, part in reject.keys.items()
    ]
    if not refused:
        return []
    length, sha256 = message.whole or (len(message.payload), hashlib.sha256(message.payload).digest())
    return [
        RefusedPayload(
            topic=topic_text(message.topic),
            reason=reject.reason,
            detail=part.detail,
            readings=part.readings,
            key=key,
            payload=message.payload,
            length=length,
            sha256=sha256,
            at=from_us(message.arrival_us),
            site=report.site or None,
            asset=report.asset or None,
            place=place,
            retained=message.retained,
        )
        for report, reject, key, part in refused
    ]
