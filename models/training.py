"""Train a model for every installed machine of which somebody declared when it was healthy."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from models import catalogue, memory
from models.detector import ConditionDetector
from models.quantities import roles_of
from plant.clock import Clock
from plant.errors import NotFound
from plant.finding import FindingKind, FindingSource
from storage import findings, healthy, scoring, windows
from storage import models as store
from storage.database import Database, Transaction
from storage.models import Installation, ModelSignal
from storage.windows import from_us

Interval = tuple[datetime, datetime]
Progress = Callable[[int, int, str], None]

_MOST_ROWS = 200_000
_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A new champion; `data_from` and `data_to` are the first and last instant it learnt from."""

    asset_id: int
    site: str
    asset: str
    model_id: int
    version: int
    rows: int
    signals: tuple[str, ...]
    data_from: datetime
    data_to: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """An asset that has no new model; `reason` says why and what is needed."""

    asset_id: int
    site: str
    asset: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """What a model is to learn from: `rows` (n, p) of `signals` at `times_us` (n,), epoch microseconds."""

    signals: tuple[ModelSignal, ...]
    times_us: NDArray[np.int64]
    rows: NDArray[np.float64]


def train(
    database: Database,
    *,
    clock: Clock,
    trained_by: str,
    asset_ids: Collection[int] | None = None,
    tags: Collection[tuple[str, str]] | None = None,
    progress: Progress | None = None,
) -> list[Trained | Refused]:
    """Train and put in charge a model for each machine, one after another; a refusal does not stop the rest.

    The new champion judges what comes after its training data and was not judged before.

    Args:
        database: spoken to as the application.
        clock: dates the models.
        trained_by: who asked for it.
        asset_ids: which assets; all with a healthy interval where neither this nor `tags` is given.
        tags: which assets, by (site, asset).
        progress: called after each asset with (done, total, asset).

    Raises:
        NotFound: a tag names no asset.
        Unavailable: the database is away; what was trained before stands.
    """
    with database.transaction() as tx:
        chosen = store.installations(tx, _chosen(tx, asset_ids, tags))
    results = []
    for done, installation in enumerate(chosen, start=1):
        results.append(_train_one(database, installation, clock=clock, trained_by=trained_by))
        if progress is not None:
            progress(done, len(chosen), installation.asset)
    return results


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


def _chosen(
    tx: Transaction, asset_ids: Collection[int] | None, tags: Collection[tuple[str, str]] | None
) -> set[int] | None:
    if asset_ids is None and tags is None:
        return None
    return set(asset_ids or ()) | {_asset_id(tx, site, asset) for site, asset in tags or ()}


def _asset_id(tx: Transaction, site: str, asset: str) -> int:
    found = store.asset_id_of(tx, site, asset)
    if found is None:
        raise NotFound(f"there is no asset {asset} at site {site}")
    return found


def _train_one(database: Database, installation: Installation, *, clock: Clock, trained_by: str) -> Trained | Refused:
    with database.transaction() as tx:
        material = _material(tx, installation)
    if isinstance(material, str):
        return _refused(installation, material)
    try:
        detector = ConditionDetector().fit(material.rows, time=material.times_us / 1e6, **roles_of(material.signals))
    except ValueError as error:
        return _refused(installation, _with_names(str(error), material.signals))
    with database.transaction() as tx:
        return _put_in_charge(tx, installation, material, detector, trained_by=trained_by, at=clock.now())


def _refused(installation: Installation, reason: str) -> Refused:
    return Refused(asset_id=installation.asset_id, site=installation.site, asset=installation.asset, reason=reason)


def _with_names(reason: str, signals: Sequence[ModelSignal]) -> str:
    """Name the signal where a detector, which knows none, speaks of a column."""
    return re.sub(r"column (\d+)", lambda found: f"signal {signals[int(found[1])].key}", reason)


def _material(tx: Transaction, installation: Installation) -> Material | str:
    """Read what was declared healthy, the oldest rows first; say in a sentence where there is nothing."""
    intervals = merged(healthy.intervals(tx, installation.installation_id))
    if not intervals:
        return "no interval of its data was declared healthy yet"
    signals = store.signals_of(tx, installation.asset_id)
    instants: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.float64]] = []
    room = _MOST_ROWS
    for healthy_from, healthy_to in intervals:
        window = windows.read(
            tx,
            [signal.signal_id for signal in signals],
            after=healthy_from - _JUST_BEFORE,
            until=healthy_to,
            most=room,
        )
        instants.append(window.times_us)
        rows.append(window.values)
        room -= len(window)
        if room <= 0 or not window.complete:
            break
    return _with_values(signals, np.concatenate(instants), np.concatenate(rows), intervals)


def _with_values(
    signals: tuple[ModelSignal, ...],
    times_us: NDArray[np.int64],
    rows: NDArray[np.float64],
    intervals: list[Interval],
) -> Material | str:
    """Leave out signals that were silent all the time."""
    spoke = [bool(np.isfinite(column).any()) for column in rows.T]
    if not any(spoke):
        begin, end = intervals[0][0].isoformat(), intervals[-1][1].isoformat()
        return f"no good readings are stored between {begin} and {end}, where it was declared healthy"
    heard = tuple(signal for signal, there in zip(signals, spoke, strict=True) if there)
    return Material(signals=heard, times_us=times_us, rows=rows[:, spoke])


def _put_in_charge(
    tx: Transaction,
    installation: Installation,
    material: Material,
    detector: ConditionDetector,
    *,
    trained_by: str,
    at: datetime,
) -> Trained:
    """Store the model as champion, let scoring go on with it, and end what the one before found."""
    data_from, data_to = from_us(material.times_us[0]), from_us(material.times_us[-1])
    model_id, version = catalogue.enter(
        tx,
        detector,
        installation_id=installation.installation_id,
        signal_ids=[signal.signal_id for signal in material.signals],
        times_us=material.times_us,
        rows=material.rows,
        data_from=data_from,
        data_to=data_to,
        trained_by=trained_by,
        trained_at=at,
    )
    state = memory.pack(detector.start(), {})
    scoring.reset(tx, asset_id=installation.asset_id, model_id=model_id, watermark=data_to, state=state)
    for kind in FindingKind:
        findings.clear_open(tx, asset_id=installation.asset_id, kind=kind, source=FindingSource.MODEL)
    return Trained(
        asset_id=installation.asset_id,
        site=installation.site,
        asset=installation.asset,
        model_id=model_id,
        version=version,
        rows=len(material.rows),
        signals=tuple(signal.key for signal in material.signals),
        data_from=data_from,
        data_to=data_to,
    )
