"""What is counted of every stage, in the manner of Prometheus: received, decoded, committed, and what became of it.

Counted once a batch or a block of messages, never once a message, so that it costs the hot path nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from plant.product_state import FaultKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.commit.batch import Batch
    from storage.telemetry.delivery import BatchDelivered

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600)
_SIZES = (1, 10, 100, 1000, 5000, 10_000, 20_000, 50_000, 100_000, 500_000)
_OWN_FAULTS = (FaultKind.NOT_STORING, FaultKind.BROKER_AWAY, FaultKind.DISK_NEARLY_FULL)
_OUTCOMES = ("stored", "duplicate", "late", "quarantined", "conflicting", "limited")


class Meter:
    """Counters and histograms in `registry`; one a process, or none of whose figures are asked for."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        where: dict[str, Any] = {
            "namespace": "assetloop",
            "subsystem": "ingest",
            "registry": registry or CollectorRegistry(),
        }
        self._received = Counter("received_messages", "Messages that came in.", **where)
        self._received_bytes = Counter("received_payload", "Bytes of payloads that came in.", unit="bytes", **where)
        timed = {**where, "unit": "seconds", "buckets": _SECONDS}
        self._decoded = Counter(
            "decoded_values", "Values read out of payloads at once; the rest is asked for.", **where
        )
        self._outcomes = Counter("values", "What became of values, by outcome, as in the ledger.", ["outcome"], **where)
        self._committed = Counter("committed_messages", "Messages whose batch is committed.", **where)
        self._commit = Histogram("commit", "Time of one commit.", **timed)
        self._batch = Histogram("batch_values", "Values of one batch.", buckets=_SIZES, **where)
        self._wait = Histogram("arrival_to_commit", "From a batch's first arrival to its commit.", **timed)
        self._latency = Histogram(
            "publish_to_commit", "From the time that the newest reading of a batch claims to its commit.", **timed
        )
        self._failed = Counter("failed_commits", "Commits that did not hold and were tried again.", **where)
        self._spool = Gauge("spool", "Telemetry of QoS 0 that waits on disk.", unit="bytes", **where)
        self._lost = Counter("lost_messages", "Messages of QoS 0 that found no room.", **where)
        self._window = Gauge("window_free", "Memory that may yet wait for the database.", unit="bytes", **where)
        self._sessions = Gauge(
            "sessions", "Sessions at the broker, by whether they are subscribed.", ["state"], **where
        )
        self._fault = Gauge(
            "fault", "Whether this is wrong with the process now, by fault: 1 or 0.", ["fault"], **where
        )
        for outcome in _OUTCOMES:
            self._outcomes.labels(outcome)
        self.faults(())

    def read(self, *, messages: int, payload_bytes: int, values: int) -> None:
        """Count a block of messages, and the values that were decoded and admitted at once."""
        self._received.inc(messages)
        self._received_bytes.inc(payload_bytes)
        self._decoded.inc(values)

    def committed(
        self, batch: Batch, delivered: BatchDelivered, times_us: NDArray[np.int64], *, took_s: float, now_us: int
    ) -> None:
        """Count a batch whose transaction holds; `times_us` are those of its readings, in µs since 1970."""
        for outcome in _OUTCOMES:
            count = int(getattr(delivered, outcome).sum())
            if count > 0:  # a replay takes out of quarantine what was counted there before
                self._outcomes.labels(outcome).inc(count)
        self._committed.inc(batch.messages)
        self._commit.observe(took_s)
        self._batch.observe(int(delivered.stored.sum()))
        self._wait.observe(max(0.0, (now_us - batch.arrival_us) / 1e6))
        if len(times_us):
            self._latency.observe(max(0.0, (now_us - int(times_us.max())) / 1e6))

    def failed(self) -> None:
        """Count a commit that did not hold."""
        self._failed.inc()

    def levels(self, *, window_free_bytes: int, spool_bytes: int, listening: int, sessions: int) -> None:
        """Say how full everything is."""
        self._window.set(window_free_bytes)
        self._spool.set(spool_bytes)
        self._sessions.labels("subscribed").set(listening)
        self._sessions.labels("away").set(sessions - listening)

    def faults(self, kinds: Collection[FaultKind]) -> None:
        """Say what is wrong with this process now, and that the rest is well."""
        for kind in _OWN_FAULTS:
            self._fault.labels(kind.value).set(kind in kinds)

    def lost(self, messages: int) -> None:
        """Count what was lost."""
        self._lost.inc(messages)
