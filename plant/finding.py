"""A finding is an episode: something looked wrong with an asset from an onset until it cleared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from plant.severity import Severity

RELEARNING = "relearning"
"""Why a model's finding is suppressed while its machine is learnt again: the model only looks on."""


class Assumption(StrEnum):
    """What is assumed of the state a machine is in after an alarm of its model: nobody has said."""

    FAULT = "fault"
    NEW_NORMAL = "new_normal"
    AS_BEFORE = "as_before"


class StateWord(StrEnum):
    """What a person says of that state."""

    NORMAL = "normal"
    FAULTY = "faulty"


def assumption_of(cleared: datetime | None, *, elsewhere: bool) -> Assumption:
    """Say what is assumed: the fault while an alarm stands, then what it was before, or the new normal if elsewhere.

    >>> assumption_of(None, elsewhere=False).value
    'fault'
    """
    if cleared is None:
        return Assumption.FAULT
    return Assumption.NEW_NORMAL if elsewhere else Assumption.AS_BEFORE


class FindingSource(StrEnum):
    """What noticed it."""

    MODEL = "model"
    RULE = "rule"
    LIMIT = "limit"


class FindingKind(StrEnum):
    """What is wrong, in one word: with the machine, with a sensor, or with what the model knows."""

    CONDITION = "condition"
    WEAR = "wear"
    SENSOR_STUCK = "sensor_stuck"
    SENSOR_DRIFT = "sensor_drift"
    SENSOR_SPIKES = "sensor_spikes"
    SENSOR_DROPOUT = "sensor_dropout"
    UNSEEN_REGIME = "unseen_regime"
    LIMIT = "limit"
    RATE = "rate"
    SILENT = "silent"

    @property
    def is_of_a_sensor(self) -> bool:
        """Say whether it is an instrument that needs care, not the machine.

        >>> FindingKind.SENSOR_STUCK.is_of_a_sensor, FindingKind.WEAR.is_of_a_sensor
        (True, False)
        """
        return self.name.startswith("SENSOR_")

    @property
    def is_of_the_machine(self) -> bool:
        """Say whether the machine itself may be ill: it is no instrument, no unknown regime, and it does speak.

        >>> FindingKind.WEAR.is_of_the_machine, FindingKind.UNSEEN_REGIME.is_of_the_machine
        (True, False)
        """
        return not (self.is_of_a_sensor or self in (FindingKind.UNSEEN_REGIME, FindingKind.SILENT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How much of the score one signal accounts for; `share` is 0 to 1."""

    signal: str
    share: float
    unit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One episode as scoring keeps it; times are data time, `score` and `severity` are the worst so far (1 is worst).

    `severity_now` is how bad it was when it was last seen, None where that was not said. `suppressed` says why nobody
    is told of it (ISA-18.2, suppressed by design): `work`, `out_of_service`, `design`, or `relearning`; the record
    decides that when the finding is written. `elsewhere`: it cleared where the machine had not been before, and that
    is taken for its new normal.
    """

    finding_id: UUID
    asset_id: int
    kind: str
    failure_mode: str
    source: FindingSource
    source_version: str
    onset: datetime
    updated: datetime
    severity: Severity
    score: float
    shares: tuple[Share, ...]
    window_from: datetime
    window_to: datetime
    cleared: datetime | None = None
    quality: dict[str, float] = field(default_factory=dict)
    revision: int = 1
    suppressed: str | None = None
    severity_now: Severity | None = None
    elsewhere: bool = False

    @property
    def grade(self) -> Severity:
        """Return how bad it is now; the worst so far where nothing else was said."""
        return self.severity_now or self.severity

    @property
    def lasted_s(self) -> float:
        """Return how long the episode has lasted, in seconds of data time."""
        return ((self.cleared or self.updated) - self.onset).total_seconds()
