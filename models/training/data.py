"""What a model may learn from: time declared healthy since the machine was last changed, without known faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from plant.finding import StateWord
from plant.work_order import Outcome
from storage.core.database import Transaction
from storage.models import installations, labels, state_labels
from storage.models.installations import Installation, ModelSignal
from storage.models.state_labels import StateLabel
from storage.register import healthy_time, relearning
from storage.telemetry import windows
from storage.work import suppression

Interval = tuple[datetime, datetime]

MOST_NORMAL = timedelta(hours=24)
"""Of what a person called normal so much from its begin is learnt from: no later fault is declared healthy with it."""

BEFORE_A_FAULT = timedelta(hours=1)
"""The time just before a confirmed fault was found is left out too: the fault was already growing."""

_MOST_ROWS = 200_000
_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingData:
    """What a model is to learn from: `rows` (n, p) of `signals` at `times_us` (n,), epoch microseconds."""

    signals: tuple[ModelSignal, ...]
    times_us: NDArray[np.int64]
    rows: NDArray[np.float64]


def read(tx: Transaction, installation: Installation) -> TrainingData | str:
    """Read the healthy time of a machine; where there is none, return a sentence that says why.

    Of more than 200,000 rows the last are taken: how the machine is now matters more than how it was.
    """
    normal, faulty = _said(tx, installation)
    declared = merged(sorted([*healthy_time.intervals(tx, installation.installation_id), *normal]))
    if not declared:
        return "no interval of its data was declared healthy yet"
    intervals = _usable(tx, installation, declared, faulty)
    if not intervals:
        return (
            "all that was declared healthy lies before its machine was changed, within a confirmed fault or a state "
            "that a person called faulty, or while it was worked on; declare healthy time of its present normal"
        )
    signals = installations.signals_of(tx, installation.asset_id)
    instants: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.float64]] = []
    room = _MOST_ROWS
    for healthy_from, healthy_to in reversed(intervals):
        window = windows.read_last(
            tx,
            [signal.signal_id for signal in signals],
            after=healthy_from - _JUST_BEFORE,
            until=healthy_to,
            most=room,
        )
        instants.append(window.times_us)
        rows.append(window.values)
        room -= len(window)
        if room <= 0:
            break
    return _with_values(signals, np.concatenate(instants[::-1]), np.concatenate(rows[::-1]), intervals)


def _said(tx: Transaction, installation: Installation) -> tuple[list[Interval], list[Interval]]:
    """Return what persons called normal, and faulty, up to the newest reading."""
    said = state_labels.of_installation(tx, installation.installation_id)
    newest = windows.newest(tx, [installation.asset_id]).get(installation.asset_id) if said else None
    return stretches_said(said, newest.time) if newest else ([], [])


def stretches_said(labels: Sequence[StateLabel], until: datetime) -> tuple[list[Interval], list[Interval]]:
    """Return the stretches that were called normal, and faulty, up to `until`; `labels` in the order said.

    What was said later holds from its `since` on, whatever was said before.
    """
    holding = state_labels.governing(labels)
    ends = [*(one.since for one in holding), until][1:]
    said = [(one.says, one.since, end) for one, end in zip(holding, ends, strict=True) if end > one.since]
    normal = [(since, min(end, since + MOST_NORMAL)) for says, since, end in said if says is StateWord.NORMAL]
    return normal, [(since, end) for says, since, end in said if says is StateWord.FAULTY]


def _usable(
    tx: Transaction, installation: Installation, declared: list[Interval], faulty: list[Interval]
) -> list[Interval]:
    """Leave out time before the last change, what is faulty by closing codes or a person's word, and time at work."""
    since, until = declared[0][0], declared[-1][1]
    changed = relearning.normal_since(tx, installation.installation_id)
    before_change = [(since, changed)] if changed and changed > since else []
    faults = [
        (label.onset - BEFORE_A_FAULT, label.restored_at)
        for label in labels.of_installation(tx, installation.installation_id)
        if label.outcome is Outcome.CONFIRMED
    ]
    quiet = suppression.intervals(tx, installation.asset_id, since=since, until=until)
    return without(declared, sorted(before_change + faults + faulty + quiet))


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """Join intervals that overlap or touch; `intervals` are sorted by their begin.

    >>> merged([(1, 3), (2, 5), (7, 8)])
    [(1, 5), (7, 8)]
    """
    joined: list[Interval] = []
    for begin, end in intervals:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def without(intervals: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """Cut `holes` out of `intervals`; both are sorted by their begin, intervals do not overlap.

    >>> without([(0, 10), (20, 30)], [(2, 3), (8, 22), (9, 12)])
    [(0, 2), (3, 8), (22, 30)]
    """
    left: list[Interval] = []
    for begin, end in intervals:
        at = begin
        for hole_from, hole_to in holes:
            if hole_to <= at or hole_from >= end:
                continue
            if hole_from > at:
                left.append((at, hole_from))
            at = max(at, hole_to)
        if at < end:
            left.append((at, end))
    return left


def _with_values(
    signals: tuple[ModelSignal, ...],
    times_us: NDArray[np.int64],
    rows: NDArray[np.float64],
    intervals: list[Interval],
) -> TrainingData | str:
    """Leave out signals without any value; where no signal has one, return a sentence that says so."""
    spoke = [bool(np.isfinite(column).any()) for column in rows.T]
    if not any(spoke):
        begin, end = intervals[0][0].isoformat(), intervals[-1][1].isoformat()
        return f"no good readings are stored between {begin} and {end}, where it was declared healthy"
    heard = tuple(signal for signal, there in zip(signals, spoke, strict=True) if there)
    return TrainingData(signals=heard, times_us=times_us, rows=rows[:, spoke])
