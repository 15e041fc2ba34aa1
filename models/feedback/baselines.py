"""A state that has lasted may be the machine's new normal: it is proposed as a new baseline, and a person decides."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from models.feedback.watching import STEP, UNCLEAN, needed_clean, span_of_champion
from models.training.drift import Floats, references, shifts
from plant.clock import Clock
from plant.finding import FindingSource, StateWord
from plant.model import RetrainingReason
from storage.core.database import Database, Transaction
from storage.models import drift, installations, proposals, state_labels
from storage.models.state_labels import StateToLookAt

LONG = timedelta(hours=24)
"""An alarm that has stood for so long, data time, may be the new normal."""


def propose(database: Database, *, clock: Clock, most: int = 50) -> int:
    """Propose new baselines, each in its own transaction; return how many. Nothing is learnt before a person accepts.

    Raises:
        Unavailable: the database is away; what was proposed stands.
    """
    with database.transaction() as tx:
        waiting = state_labels.to_look_at(tx, long=LONG, most=most)
    proposed = 0
    for one in waiting:
        with database.transaction() as tx:
            proposed += look_at(tx, one, clock=clock)
    return proposed


def look_at(tx: Transaction, state: StateToLookAt, *, clock: Clock) -> bool:
    """Propose a machine's present state as its baseline where a person called it normal, or it has long been flat.

    Never where a person's word is that it is faulty, a limit or a rule stands broken, somebody works on it, or the
    same was decided since it began.
    """
    label = next(iter(state_labels.governing(state_labels.of_installation(tx, state.installation_id))[-1:]), None)
    if label is not None and label.says is StateWord.FAULTY:
        return False
    said = label is not None and (state.onset is None or label.since >= state.onset)
    begin = label.since if said and label is not None else state.onset
    decided = proposals.last_decided(tx, state.installation_id, RetrainingReason.NEW_BASELINE)
    if begin is None or (decided is not None and decided >= begin):
        return False
    begin = max(begin, state.newest - LONG)
    needed = needed_clean(span_of_champion(tx, state.asset_id))
    clean = drift.clean_time(tx, state.asset_id, since=begin, until=state.newest, step=STEP, counting=UNCLEAN)
    if clean < needed or not (said or is_flat(tx, state.asset_id, begin, state.newest)):
        return False
    evidence = {
        "said_by": label.said_by if said and label is not None else None,
        "alarm_since": state.onset.isoformat() if state.onset else None,
        "clean_s": clean.total_seconds(),
        "needed_s": needed.total_seconds(),
    }
    proposed = proposals.put(
        tx,
        installation_id=state.installation_id,
        asset_id=state.asset_id,
        reason=RetrainingReason.NEW_BASELINE,
        evidence=evidence,
        data_from=begin,
        data_to=state.newest,
        at=clock.now(),
    )
    return proposed is not None


def is_flat(tx: Transaction, asset_id: int, since: datetime, until: datetime) -> bool:
    """Say whether every signal is distributed in the second half of a span as in the first; not known is not flat."""
    signals = installations.signals_of(tx, asset_id)
    ids, half = [signal.signal_id for signal in signals], since + (until - since) / 2
    before, after = (
        drift.sample(
            tx, asset_id, ids, since=begin, until=end, step=STEP, ignoring=[source.value for source in FindingSource]
        )
        for begin, end in ((since, half), (half, until))
    )
    moved = shifts(signals, references(signals, _side_by_side(before)), after)
    return bool(moved) and not any(one.drifts for one in moved)


def _side_by_side(samples: list[Floats]) -> Floats:
    rows = np.full((max(map(len, samples), default=0), len(samples)), np.nan)
    for column, sample in enumerate(samples):
        rows[: len(sample), column] = sample
    return rows
