"""What persons say of the state a machine is in after an alarm, and what its model assumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plant.errors import NotFound
from plant.finding import Assumption, StateWord, assumption_of
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class StateLabel:
    """What a person said: from `since` on, data time, the state is normal, or faulty."""

    state_label_id: int
    says: StateWord
    since: datetime
    said_at: datetime
    said_by: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingState:
    """What the model assumes of a machine since its last alarm, if there was one, and what a person said of it."""

    assumed: Assumption | None
    assumed_since: datetime | None
    alarm_onset: datetime | None
    labels: tuple[StateLabel, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StateToLookAt:
    """A machine whose alarm has stood since `onset`, None where none stands; `newest` is its newest reading."""

    installation_id: int
    asset_id: int
    onset: datetime | None
    newest: datetime


def say(
    tx: Transaction, *, asset_id: int, says: StateWord, since: datetime, at: datetime, by: str, note: str = ""
) -> int:
    """Write down what `by` says of what is installed at an asset now; a faulty one is no new baseline any more.

    Raises:
        NotFound: nothing is installed at this asset.
    """
    row = tx.first("state_labels.say", asset_id=asset_id, says=says.value, since=since, at=at, by=by, note=note)
    if row is None:
        raise NotFound(f"no equipment is installed at asset {asset_id}; register it first")
    if says is StateWord.FAULTY:
        tx.run("state_labels.withdraw_proposals", asset_id=asset_id, at=at, by=by)
    return int(row["state_label_id"])


def of_installation(tx: Transaction, installation_id: int) -> list[StateLabel]:
    """Return what was said of an installation, in the order in which it was said."""
    return [_label(row) for row in tx.all("state_labels.of_installation", installation_id=installation_id)]


def standing(tx: Transaction, asset_id: int) -> StandingState:
    """Return what is assumed, and was said, of what is installed at an asset now."""
    alarm = tx.first("state_labels.newest_alarm", asset_id=asset_id)
    assumed = assumption_of(alarm["cleared"], elsewhere=alarm["elsewhere"]) if alarm else None
    return StandingState(
        assumed=assumed,
        assumed_since=(alarm["cleared"] or alarm["onset"]) if alarm else None,
        alarm_onset=alarm["onset"] if alarm else None,
        labels=tuple(_label(row) for row in tx.all("state_labels.of_asset", asset_id=asset_id)),
    )


def to_look_at(tx: Transaction, *, long: timedelta, most: int) -> list[StateToLookAt]:
    """Return machines whose alarm has stood for so `long`, data time, or which a person called normal."""
    return [StateToLookAt(**row) for row in tx.all("state_labels.to_look_at", long=long, most=most)]


def governing(labels: Sequence[StateLabel]) -> list[StateLabel]:
    """Return the labels that hold, by `since`, each until the next; later words of `labels` overrule."""
    holding: list[StateLabel] = []
    for label in labels:
        holding = [one for one in holding if one.since < label.since] + [label]
    return holding


def _label(row: dict[str, Any]) -> StateLabel:
    return StateLabel(**{**row, "says": StateWord(row["says"])})
