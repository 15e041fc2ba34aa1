"""The watch over champions: retraining is proposed with its evidence; a person decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scipy.stats import poisson

from models.training.drift import shifts
from plant.clock import Clock
from plant.finding import FindingKind, FindingSource
from plant.model import RetrainingReason
from storage.core.database import Database, Transaction
from storage.models import catalogue as store
from storage.models import drift, proposals
from storage.models.drift import DriftCheck, WatchedModel
from storage.register import relearning
from storage.register.relearning import Relearning
from storage.telemetry import windows

CHECK_EVERY = timedelta(hours=6)
"""A champion is checked each time its data have gone on so far ..."""

INPUTS_OVER = timedelta(hours=24)
"""... its inputs over at most so much of them ..."""

ALARMS_OVER = timedelta(days=7)
"""... its alarms over so much."""

IN_A_ROW = 2
"""Inputs have to drift in so many checks one after another before anything is proposed."""

FALSE_ALARMS_A_DAY = 1 / 30
"""How many false alarms a model may give: one per asset and month."""

LEAST_EPISODES = 3
UNLIKELY = 0.001
"""The alarm rate drifts where at least three came, and so many or more would come by chance less likely than this."""

LEAST_CLEAN = timedelta(hours=1)
MOST_CLEAN = timedelta(hours=24)
"""A machine that is learnt again is proposed for training after as much clean time as its model had, within these."""

LOOK_EVERY = timedelta(minutes=2)
"""A machine that is learnt again is looked at so often by the clock."""

_OF_SENSORS = tuple(kind.value for kind in FindingKind if kind.is_of_a_sensor)
"""A faulty sensor is repaired, not learnt: its alarms are no drift of the model."""

UNCLEAN = (FindingKind.SENSOR_STUCK.value, FindingKind.SENSOR_SPIKES.value, FindingKind.SENSOR_DROPOUT.value)
"""What an old model still finds in a machine that was changed, as well as in the one it knew."""

STEP = timedelta(minutes=2)
_VALUES = 720  # as many as there are steps in a day
_MOST_LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchReport:
    """What one round of the watch did."""

    checked: int = 0
    proposed: int = 0


def watch(database: Database, *, clock: Clock, most: int = 50) -> WatchReport:
    """Look at machines that are learnt again, and check the champions that are due, each in its own transaction.

    Raises:
        Unavailable: the database is away; what was proposed stands.
    """
    proposed = 0
    with database.transaction() as tx:
        learning = relearning.to_look_at(tx, now=clock.now(), every=LOOK_EVERY, most=most)
        due = drift.models_to_check(tx, every=CHECK_EVERY, most=most)
    for interval in learning:
        with database.transaction() as tx:
            proposed += look_at_learning(tx, interval, clock=clock)
    for watched in due:
        with database.transaction() as tx:
            proposed += check(tx, watched, clock=clock)
    return WatchReport(checked=len(due), proposed=proposed)


def look_at_learning(tx: Transaction, interval: Relearning, *, clock: Clock) -> bool:
    """Propose the training of a machine that is learnt again once it has run cleanly for long enough."""
    if proposals.is_under_way(tx, interval.installation_id):
        return False
    newest = windows.newest(tx, [interval.asset_id]).get(interval.asset_id)
    if newest is None:
        return False
    asked = proposals.last_decided(tx, interval.installation_id, RetrainingReason.RELEARNING)
    since = max(interval.began, asked or interval.began, newest.time - _MOST_LOOKED_BACK)
    needed = needed_clean(span_of_champion(tx, interval.asset_id))
    if newest.time - since < needed:
        return False
    clean = drift.clean_time(tx, interval.asset_id, since=since, until=newest.time, step=STEP, counting=UNCLEAN)
    if clean < needed:
        return False
    return _propose_learning(tx, interval, since, newest.time, clean, needed, clock)


def needed_clean(trained_on: timedelta | None) -> timedelta:
    """Say how much clean time is enough: as much as the model before had learnt from, between an hour and a day.

    >>> needed_clean(timedelta(hours=3)), needed_clean(None), needed_clean(timedelta(days=9)) == MOST_CLEAN
    (datetime.timedelta(seconds=10800), datetime.timedelta(seconds=3600), True)
    """
    return min(max(trained_on or LEAST_CLEAN, LEAST_CLEAN), MOST_CLEAN)


def span_of_champion(tx: Transaction, asset_id: int) -> timedelta | None:
    """Return how long the training data of the asset's last champion were, of this machine or of the one before."""
    newest = next((one for one in store.list_models(tx, asset_id=asset_id) if one.promoted_at is not None), None)
    return newest.data_to - newest.data_from if newest else None


def _propose_learning(
    tx: Transaction,
    interval: Relearning,
    since: datetime,
    until: datetime,
    clean: timedelta,
    needed: timedelta,
    clock: Clock,
) -> bool:
    looked_on = drift.shadow_scores(tx, interval.asset_id, since=since, until=until)
    evidence: dict[str, Any] = {
        "because": interval.reason,
        "clean_s": clean.total_seconds(),
        "needed_s": needed.total_seconds(),
        "old_model_alarm_part": looked_on.alarm_part,
        "signals": _moved_since(tx, interval.asset_id, since, until),
    }
    proposed = proposals.put(
        tx,
        installation_id=interval.installation_id,
        asset_id=interval.asset_id,
        reason=RetrainingReason.RELEARNING,
        evidence=evidence,
        data_from=since,
        data_to=until,
        at=clock.now(),
    )
    return proposed is not None


def _moved_since(tx: Transaction, asset_id: int, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Say how the signals have moved from what the asset's last champion was trained on."""
    last = next((one for one in store.list_models(tx, asset_id=asset_id) if one.promoted_at is not None), None)
    if last is None:
        return []
    signals = store.signals_of_model(tx, last.model_id)
    begin = max(since, until - INPUTS_OVER)
    samples = drift.sample(
        tx,
        asset_id,
        [signal.signal_id for signal in signals],
        since=begin,
        until=until,
        step=min(STEP, (until - begin) / _VALUES),
        ignoring=[FindingSource.MODEL.value],
    )
    return [one.as_json() for one in shifts(signals, store.reference(tx, last.model_id), samples)]


def check(tx: Transaction, watched: WatchedModel, *, clock: Clock) -> int:
    """Check the inputs and the alarm rate of a champion, write the result, and propose retraining where it drifts."""
    shown = _look(tx, watched, clock)
    before = drift.checks(tx, watched.model_id, most=IN_A_ROW - 1)
    drift.add_check(tx, watched.model_id, shown)
    lasting = shown.inputs_drift and len(before) == IN_A_ROW - 1 and all(one.inputs_drift for one in before)
    if proposals.is_under_way(tx, watched.installation_id):
        return 0
    if lasting:
        return _propose(tx, watched, shown, RetrainingReason.INPUT_DRIFT, {"signals": shown.signals}, clock)
    if shown.alarms_drift:
        counted = {"episodes": shown.episodes, "expected": round(shown.expected, 3)}
        return _propose(tx, watched, shown, RetrainingReason.ALARM_RATE, counted, clock)
    return 0


def _look(tx: Transaction, watched: WatchedModel, clock: Clock) -> DriftCheck:
    until = watched.newest
    since = max(watched.data_to, until - INPUTS_OVER)
    signals = store.signals_of_model(tx, watched.model_id)
    samples = drift.sample(tx, watched.asset_id, watched.signal_ids, since=since, until=until, step=STEP)
    found = shifts(signals, watched.reference, samples)
    watched_since = max(watched.data_to, watched.promoted_at or watched.data_to, until - ALARMS_OVER)
    episodes = drift.episodes(tx, watched.asset_id, since=watched_since, until=until, ignoring=_OF_SENSORS)
    expected = expected_alarms(watched.figures, until - watched_since)
    return DriftCheck(
        at=clock.now(),
        data_from=since,
        data_to=until,
        signals=[one.as_json() for one in found],
        episodes=episodes,
        expected=expected,
        inputs_drift=any(one.drifts for one in found),
        alarms_drift=alarms_drift(episodes, expected),
    )


def expected_alarms(figures: dict[str, Any], span: timedelta) -> float:
    """Return how many false alarms to expect of a model in a span: at the rate of its back-test and a good week.

    Without the week, one alarm in a few minutes of back-test would make hundreds a day expected.

    >>> round(expected_alarms({"held_back": {"hours": 24.0, "alarms": 1}}, timedelta(days=8)), 3)
    1.233
    >>> round(expected_alarms({}, timedelta(days=3)), 3)
    0.1
    """
    tested = figures.get("held_back") or {}
    days, alarms = (tested.get("hours") or 0.0) / 24, tested.get("alarms") or 0
    prior_days = ALARMS_OVER / timedelta(days=1)
    rate = (alarms + FALSE_ALARMS_A_DAY * prior_days) / (days + prior_days)
    return float(rate * max(span / timedelta(days=1), 0.0))


def alarms_drift(episodes: int, expected: float) -> bool:
    """Say whether so many episodes are more than chance gives, where `expected` are expected (Poisson).

    >>> alarms_drift(3, 0.1), alarms_drift(3, 1.0), alarms_drift(2, 0.001)
    (True, False, False)
    """
    return episodes >= LEAST_EPISODES and float(poisson.sf(episodes - 1, expected)) < UNLIKELY


def _propose(
    tx: Transaction,
    watched: WatchedModel,
    shown: DriftCheck,
    reason: RetrainingReason,
    evidence: dict[str, Any],
    clock: Clock,
) -> int:
    proposed = proposals.put(
        tx,
        installation_id=watched.installation_id,
        asset_id=watched.asset_id,
        reason=reason,
        evidence={**evidence, "model_id": watched.model_id},
        data_from=shown.data_from,
        data_to=shown.data_to,
        at=clock.now(),
    )
    return int(proposed is not None)
