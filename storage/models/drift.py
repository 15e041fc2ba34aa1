"""What the watch for drift reads and writes: samples of readings, episodes, clean time, and the checks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchedModel:
    """A champion that is due for a check; `newest` is how far its asset's data reach, `checked_to` its last check."""

    model_id: int
    installation_id: int
    asset_id: int
    signal_ids: list[int]
    data_to: datetime
    promoted_at: datetime | None
    figures: dict[str, Any]
    reference: list[dict[str, Any]]
    newest: datetime
    checked_to: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftCheck:
    """What one check of a model showed, over [`data_from`, `data_to`); `signals` are as JSON, the worst first."""

    at: datetime
    data_from: datetime
    data_to: datetime
    signals: list[dict[str, Any]]
    episodes: int
    expected: float
    inputs_drift: bool
    alarms_drift: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ShadowScores:
    """How the model that only looks on judged a span; None where it gave no score."""

    scores: int
    alarm_part: float | None


def models_to_check(tx: Transaction, *, every: timedelta, most: int) -> list[WatchedModel]:
    """Return champions whose data reach so much further than their last check, or than their training."""
    return [WatchedModel(**row) for row in tx.all("drift.models_to_check", every=every, most=most)]


def sample(
    tx: Transaction,
    asset_id: int,
    signal_ids: Sequence[int],
    *,
    since: datetime,
    until: datetime,
    step: timedelta,
    ignoring: Sequence[str] = (),
) -> list[NDArray[np.float64]]:
    """Return at most one value of each signal and step, in the order of the signals; time with a finding is left out.

    Findings of the sources in `ignoring` do not count.
    """
    rows = tx.all(
        "drift.sample",
        asset_id=asset_id,
        signal_ids=list(signal_ids),
        since=since,
        until=until,
        step=step,
        ignoring=list(ignoring),
    )
    values: list[list[float]] = [[] for _ in signal_ids]
    for row in rows:
        values[row["place"] - 1].append(row["value"])
    return [np.array(each, np.float64) for each in values]


def clean_time(
    tx: Transaction,
    asset_id: int,
    *,
    since: datetime,
    until: datetime,
    step: timedelta,
    counting: Collection[str] = (),
) -> timedelta:
    """Return how much of a span was clean, to a step: the asset sent readings, and no rule or limit found anything.

    Findings of its model count too where they are of the kinds in `counting`.
    """
    row = tx.one("drift.clean_steps", asset_id=asset_id, since=since, until=until, step=step, counting=list(counting))
    return int(row["steps"]) * step


def shadow_scores(tx: Transaction, asset_id: int, *, since: datetime, until: datetime) -> ShadowScores:
    """Return how the model that only looks on judged a span."""
    return ShadowScores(**tx.one("drift.shadow_scores", asset_id=asset_id, since=since, until=until))


def episodes(
    tx: Transaction, asset_id: int, *, since: datetime, until: datetime, ignoring: Collection[str] = ()
) -> int:
    """Count the episodes of models in a span that may be false alarms, without those of the kinds in `ignoring`."""
    row = tx.one("drift.episodes", asset_id=asset_id, since=since, until=until, ignoring=list(ignoring))
    return int(row["episodes"])


def add_check(tx: Transaction, model_id: int, check: DriftCheck) -> None:
    """Write down what a check showed."""
    tx.run(
        "drift.add_check",
        model_id=model_id,
        at=check.at,
        data_from=check.data_from,
        data_to=check.data_to,
        signals=Jsonb(check.signals),
        episodes=check.episodes,
        expected=check.expected,
        inputs_drift=check.inputs_drift,
        alarms_drift=check.alarms_drift,
    )


def checks(tx: Transaction, model_id: int, *, most: int = 50) -> list[DriftCheck]:
    """Return the checks of a model, the newest first."""
    return [DriftCheck(**row) for row in tx.all("drift.checks", model_id=model_id, most=most)]
