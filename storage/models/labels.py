"""Labels: what closing codes say of findings, the readings that are kept with them, and what became of orders."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from plant.work_order import Outcome
from storage.core.database import Transaction
from storage.telemetry.windows import Window, from_us

PERSON = "person"
"""The source of a label without a finding; that of others is the finding's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a closed order says of one finding; of none where a person reported what nothing had noticed.

    `onset` to `ended` is the episode, in data time; the machine was restored at `restored_at`. People were
    notified at `notified_at`, by the clock. `score` is the finding's worst, `line` the alarm line in force then.
    """

    label_id: int
    order_id: int
    finding_id: UUID | None
    asset_id: int
    installation_id: int | None
    source: str
    source_version: str
    kind: str
    outcome: Outcome
    failure_mode: str
    onset: datetime
    ended: datetime
    notified_at: datetime | None
    started_at: datetime | None
    failed_at: datetime | None
    restored_at: datetime
    score: float | None
    line: float
    labelled_at: datetime
    labelled_by: str

    @property
    def is_a_report(self) -> bool:
        """Say whether a person reported the failure, since nothing had noticed it."""
        return self.source == PERSON


@dataclass(frozen=True, kw_only=True, slots=True)
class EpisodeReadings:
    """The readings that were kept of an episode: `window` as it was read, columns in the order of `signal_ids`."""

    label_id: int
    signal_ids: tuple[int, ...]
    window: Window


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassOutcomes:
    """What became of a class's orders in a span; medians in seconds, None of nothing.

    `confirmed` and `false_alarms` count orders that findings led to, `missed` confirmed faults that a person reported.
    `failures` of the confirmed ended in a loss of function.
    """

    asset_class: str
    class_name: str
    class_name_zh: str
    confirmed: int
    missed: int
    false_alarms: int
    no_fault_found: int
    failures: int
    lead_to_failure_s: float | None
    lead_to_work_s: float | None


def write(tx: Transaction, order_id: int) -> int:
    """Make a closed order's codes labels; return how many. A second time there are none."""
    return tx.run("labels.write", order_id=order_id)


def to_learn(tx: Transaction, *, most: int = 100) -> list[Label]:
    """Return labels from which nothing was learnt yet, the oldest first."""
    return [_label(row) for row in tx.all("labels.to_learn", most=most)]


def lock(tx: Transaction, label_id: int) -> Label | None:
    """Lock a label from which nothing was learnt yet; None where something was, or another worker is about to."""
    row = tx.first("labels.lock", label_id=label_id)
    return _label(row) if row else None


def mark_learnt(tx: Transaction, label_id: int, *, at: datetime) -> None:
    """Remember that a label was learnt from."""
    tx.run("labels.mark_learnt", label_id=label_id, at=at)


def of_installation(tx: Transaction, installation_id: int) -> list[Label]:
    """Return an installation's labels, the oldest episode first."""
    return [_label(row) for row in tx.all("labels.of_installation", installation_id=installation_id)]


def keep_readings(tx: Transaction, label_id: int, signal_ids: Sequence[int], window: Window) -> None:
    """Keep the readings of an episode; once kept they stay as they are. Nothing is kept of an empty window."""
    if not len(window):
        return
    tx.run(
        "labels.keep_readings",
        label_id=label_id,
        signal_ids=list(signal_ids),
        data_from=from_us(window.times_us[0]),
        data_to=from_us(window.times_us[-1]),
        rows=len(window),
        body=_packed(window),
    )


def readings_of(tx: Transaction, installation_id: int) -> dict[int, EpisodeReadings]:
    """Return what was kept of an installation's episodes, by label."""
    return {
        row["label_id"]: EpisodeReadings(
            label_id=row["label_id"],
            signal_ids=tuple(row["signal_ids"]),
            window=_unpacked(row["body"], row["rows"], len(row["signal_ids"])),
        )
        for row in tx.all("labels.readings_of", installation_id=installation_id)
    }


def outcomes(tx: Transaction, *, since: datetime, until: datetime) -> list[ClassOutcomes]:
    """Say what became of the orders that were closed in [since, until), for every class of equipment."""
    return [ClassOutcomes(**row) for row in tx.all("labels.outcomes", since=since, until=until)]


def _label(row: dict[str, object]) -> Label:
    return Label(**{**row, "outcome": Outcome(str(row["outcome"]))})  # type: ignore[arg-type]  # columns are the fields


def _packed(window: Window) -> bytes:
    """Write instants and values, row by row, as little-endian numbers and compress them."""
    times = np.ascontiguousarray(window.times_us, "<i8").tobytes()
    return zlib.compress(times + np.ascontiguousarray(window.values, "<f8").tobytes())


def _unpacked(body: bytes, rows: int, signals: int) -> Window:
    data = zlib.decompress(body)
    times: NDArray[np.int64] = np.frombuffer(data, "<i8", count=rows).astype(np.int64)
    values = np.frombuffer(data, "<f8", offset=8 * rows, count=rows * signals).astype(np.float64)
    return Window(times_us=times, values=values.reshape(rows, signals), complete=True)
