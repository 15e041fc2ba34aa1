"""Train a model for each installed machine that has some time declared healthy."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from models import catalogue
from models.catalogue import KIND, ModelRefused, unpacked
from models.detector.estimator import ConditionDetector
from models.quantities import roles_of
from models.training import data, promotion
from models.training.backtest import BackTest, back_test
from models.training.data import TrainingData
from models.training.drift import references
from models.training_requests import TrainingRequest
from plant.clock import Clock
from plant.errors import NotFound
from plant.model import ModelState, Succession
from storage.core.database import Database, Transaction
from storage.models import catalogue as store
from storage.models import installations, labels
from storage.models.installations import Installation
from storage.telemetry.windows import from_us

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedModel:
    """A new model; `data_from` and `data_to` are the first and last instant it learnt from.

    Signals that `never_moved` are watched for moving alone; running `counters` are judged by their rate; `daily` ones
    are judged against what they do at each time of day. Stretches of the data that lie `apart` from the rest are named
    by `from`, `to`, `departure`, `level` and whether `left_out`.
    """

    asset_id: int
    site: str
    asset: str
    model_id: int
    version: int
    state: ModelState
    rows: int
    signals: tuple[str, ...]
    never_moved: tuple[str, ...]
    counters: tuple[str, ...]
    daily: tuple[str, ...]
    apart: tuple[dict[str, Any], ...]
    data_from: datetime
    data_to: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRefused:
    """An asset that has no new model; `reason` says why and what is needed."""

    asset_id: int
    site: str
    asset: str
    reason: str


def train(
    database: Database,
    *,
    clock: Clock,
    trained_by: str,
    asset_ids: Collection[int] | None = None,
    tags: Collection[tuple[str, str]] | None = None,
    succession: Succession = Succession.CHALLENGE,
    progress: Progress | None = None,
) -> list[TrainedModel | TrainingRefused]:
    """Train a model for each machine, one after another; a refusal does not stop the rest.

    A new champion judges what comes after its training data and was not judged before.

    Args:
        database: spoken to as the application.
        clock: dates the models.
        trained_by: who asked for it.
        asset_ids: which assets; all with a healthy interval where neither this nor `tags` is given.
        tags: which assets, by (site, asset).
        succession: what becomes of the models.
        progress: called after each asset with (done, total, asset).

    Raises:
        NotFound: a tag names no asset.
        Unavailable: the database is away; what was trained before stands.
    """
    with database.transaction() as tx:
        chosen = installations.to_train(tx, _chosen(tx, asset_ids, tags))
    task = TrainingRequest(trained_by=trained_by, succession=succession)
    results = []
    for done, installation in enumerate(chosen, start=1):
        results.append(train_one(database, installation, task, clock=clock))
        if progress is not None:
            progress(done, len(chosen), installation.asset)
    return results


def train_one(
    database: Database,
    installation: Installation,
    task: TrainingRequest,
    *,
    clock: Clock,
    also: Callable[[Transaction, TrainedModel], None] | None = None,
) -> TrainedModel | TrainingRefused:
    """Read, learn, back-test and store a model for one machine; `also` writes in the transaction that stores it."""
    with database.transaction() as tx:
        healthy = data.read(tx, installation)
        known = labels.of_installation(tx, installation.installation_id)
        kept = labels.readings_of(tx, installation.installation_id) if known else {}
    if isinstance(healthy, str):
        return refused(installation, healthy)
    try:
        detector = learn(healthy)
    except ValueError as error:
        return refused(installation, _in_their_words(str(error), healthy))
    tested = back_test(detector, healthy, learn, known, kept)
    with database.transaction() as tx:
        trained = _store(tx, installation, healthy, detector, tested, task, at=clock.now())
        if also is not None:
            also(tx, trained)
        return trained


def learn(healthy: TrainingData) -> ConditionDetector:
    """Fit the detector that every machine gets.

    Raises:
        ValueError: too little or unclean data; the message says why and how much is still needed.
    """
    detector: ConditionDetector = ConditionDetector().fit(
        healthy.rows, time=healthy.times_us / 1e6, **roles_of(healthy.signals)
    )
    return detector


def refused(installation: Installation, reason: str) -> TrainingRefused:
    """Return the outcome of an asset that gets no new model."""
    return TrainingRefused(
        asset_id=installation.asset_id, site=installation.site, asset=installation.asset, reason=reason
    )


def _chosen(
    tx: Transaction, asset_ids: Collection[int] | None, tags: Collection[tuple[str, str]] | None
) -> set[int] | None:
    if asset_ids is None and tags is None:
        return None
    return set(asset_ids or ()) | {asset_id(tx, site, asset) for site, asset in tags or ()}


def asset_id(tx: Transaction, site: str, asset: str) -> int:
    """Return the asset of a site by its tag; raises `NotFound` where there is none."""
    found = installations.asset_id_of(tx, site, asset)
    if found is None:
        raise NotFound(f"there is no asset {asset} at site {site}")
    return found


def _in_their_words(reason: str, healthy: TrainingData) -> str:
    """Replace `column 3` by the name of that signal and `rows 0 to 9` by when they came: a detector knows neither."""

    def instants(match: re.Match[str]) -> str:
        begin, end = (from_us(healthy.times_us[int(row)]).isoformat() for row in match.groups())
        return f"{begin} to {end}"

    named = re.sub(r"column (\d+)", lambda match: f"signal {healthy.signals[int(match[1])].key}", reason)
    return re.sub(r"rows (\d+) to (\d+)", instants, named)


def _apart(detector: ConditionDetector) -> tuple[dict[str, Any], ...]:
    """Return the stretches of training that lie apart from the rest, with their instants."""
    return tuple(
        {
            "from": from_us(round(1e6 * each["from_s"])).isoformat(),
            "to": from_us(round(1e6 * each["to_s"])).isoformat(),
            "departure": each["departure"],
            "level": each["level"],
            "left_out": each["left_out"],
        }
        for each in detector.apart_
    )


def _store(
    tx: Transaction,
    installation: Installation,
    healthy: TrainingData,
    detector: ConditionDetector,
    tested: BackTest,
    task: TrainingRequest,
    *,
    at: datetime,
) -> TrainedModel:
    """Store the model with its data and back-test; where it becomes the champion, let scoring go on with it."""
    champion = _becomes_champion(tx, installation, task.succession)
    data_from, data_to = from_us(healthy.times_us[0]), from_us(healthy.times_us[-1])
    names = tuple(signal.key for signal in healthy.signals)
    noticed: dict[str, Any] = {
        "never_moved": tuple(names[column] for column in detector.still_.tolist()),
        "counters": tuple(names[column] for column in detector.counting_.tolist()),
        "daily": tuple(names[column] for column in detector.daily_.tolist()),
        "apart": _apart(detector),
    }
    model_id, version = catalogue.enter(
        tx,
        detector,
        installation_id=installation.installation_id,
        signal_ids=[signal.signal_id for signal in healthy.signals],
        times_us=healthy.times_us,
        rows=healthy.rows,
        data_from=data_from,
        data_to=data_to,
        trained_by=task.trained_by,
        trained_at=at,
        champion=champion,
        figures={**tested.figures, **{what: list(signals) for what, signals in noticed.items()}},
        line=tested.line,
        reference=references(healthy.signals, healthy.rows),
    )
    if champion:
        promotion.take_over_newly_trained(tx, model_id, detector, at=at, actor=task.trained_by)
    return TrainedModel(
        asset_id=installation.asset_id,
        site=installation.site,
        asset=installation.asset,
        model_id=model_id,
        version=version,
        state=ModelState.CHAMPION if champion else ModelState.CHALLENGER,
        rows=len(healthy.rows),
        signals=names,
        **noticed,
        data_from=data_from,
        data_to=data_to,
    )


def _becomes_champion(tx: Transaction, installation: Installation, succession: Succession) -> bool:
    match succession:
        case Succession.PROMOTE:
            return True
        case Succession.CHALLENGE:
            return not _has_usable_champion(tx, installation)
        case Succession.AWAIT:
            return False
        case _:
            assert_never(succession)


def _has_usable_champion(tx: Transaction, installation: Installation) -> bool:
    """Say whether this machine has a champion that can be loaded here."""
    model_id = store.of_asset(tx, installation.asset_id, kind=KIND, state=ModelState.CHAMPION)
    if model_id is None:
        return False
    try:
        unpacked(store.load(tx, model_id))
    except ModelRefused:
        return False
    return True
