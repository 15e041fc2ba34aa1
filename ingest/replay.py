"""Replay: what was held of an unknown asset goes into the record once the asset is known, in order and once.

It leaves quarantine in the transaction that stores it. So nothing is lost or stored twice, wherever this process dies
and whichever other process does the same work.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from ingest.commit.batch import Batch, MessageBlock, SlowPathMessage
from ingest.commit.committer import Committer
from ingest.decoding.decode import Decoder
from ingest.decoding.decoded import DeviceReport
from plant.backoff import Outage
from plant.errors import AssetloopError, Rejected
from storage.binary.columns import ReadingColumns
from storage.core.database import Database
from storage.telemetry import device_sessions, quarantine
from storage.telemetry.quarantine import Arrival

_log = logging.getLogger(__name__)
_EVERY_S = 2.0
_AFTER_A_FAULT_S = 60.0
_MOST_AT_ONCE = 500
_MOST_BYTES_AT_ONCE = 4 * 2**20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Replay:
    """Replays in a thread of its own, with devices of its own; `note_stored` is called with what was stored."""

    def __init__(
        self,
        database: Database,
        decoder: Decoder,
        committer: Committer,
        note_stored: Callable[[list[ReadingColumns]], None],
    ) -> None:
        self._database = database
        self._decoder = decoder
        self._committer = committer
        self._note_stored = note_stored
        self._outage = Outage("quarantine cannot be replayed", "quarantine can be replayed again", log=_log)

    def run(self, stop: threading.Event) -> None:
        """Replay whatever can be, until `stop` is set."""
        pause_s = 0.0
        while not stop.wait(pause_s):
            try:
                pause_s = 0.0 if self.step(time.monotonic()) else _EVERY_S
            except AssetloopError as error:
                pause_s = self._outage.failed(error)
            except Exception:  # noqa: BLE001 - one bad entry must not end the replay of all others
                _log.exception("quarantine cannot be replayed, in an unforeseen way")
                pause_s = _AFTER_A_FAULT_S
            else:
                self._outage.over()

    def step(self, now_s: float) -> int:
        """Replay some of one asset's messages, those of one minute at most; return how many.

        Raises:
            Unavailable: the database is away.
            Conflict: another process replayed some of them at the same moment; none of ours counts.
        """
        with self._database.transaction() as tx:
            arrivals = quarantine.replayable(tx, most=_MOST_AT_ONCE, most_bytes=_MOST_BYTES_AT_ONCE)
            if arrivals:  # aliases mean what they mean by now; extras were written when the message came
                self._decoder.remember(device_sessions.remembered(tx))
        arrivals = [one for one in arrivals if _minute(one.at) == _minute(arrivals[0].at)]
        if not arrivals:
            return 0
        self._note_stored(self._committer.commit(self._batch(arrivals, now_s), now_s))
        asset = "/".join(filter(None, (arrivals[0].site, arrivals[0].asset)))
        _log.info("telemetry was replayed from quarantine", extra={"asset": asset, "messages": len(arrivals)})
        return len(arrivals)

    def _batch(self, arrivals: list[Arrival], now_s: float) -> Batch:
        batch = Batch(opened_s=now_s, messages=len(arrivals), releases=dict(enumerate(arrivals)))
        for number, arrival in enumerate(arrivals):
            topic, arrival_us = arrival.topic.encode(), _microseconds(arrival.at)
            batch.blocks.append(MessageBlock([(topic, arrival.payload, 0, int(arrival.retained))], arrival_us, None))
            batch.slow_path[number] = SlowPathMessage(
                topic,
                arrival.payload,
                arrival_us,
                arrival.retained,
                [self._report(arrival)],
                whole=(len(arrival.payload), hashlib.sha256(arrival.payload).digest()),
            )
        return batch

    def _report(self, arrival: Arrival) -> DeviceReport:
        """Read what the message says of the asset; what it says of others has been seen to, or waits for them."""
        try:
            reports = self._decoder.decode(arrival.topic.encode(), arrival.payload).reports
            for report in reports:
                if (report.site, report.asset) == (arrival.site, arrival.asset):
                    return report
            raise Rejected("unknown_topic", "it says nothing of the asset any more")
        except Rejected as refusal:
            report = DeviceReport.empty(arrival.site, arrival.asset)
            report.refuse(refusal.reason, refusal.detail, arrival.readings)
            return report


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _microseconds(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
