"""What a detector says: of one row, of a stretch of rows in alarm lines, and of a stretch as scores from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class StepResult:
    """What one row says about each asset.

    `level` (A,) in alarm lines, `alarm` (A,), `share` (p, A), `blamed` (A,) the signal that is thought to be wrong
    itself, else -1, `ailing` (p, A) the bits of `sensor_checks`, `unseen` (A,), and of wear `wear` (A,) in alarm
    lines, `worn` (A,) and `wear_share` (p, A). None stands for zeros.
    """

    level: Floats
    alarm: Flags
    share: Floats
    blamed: Floats
    ailing: Floats | None
    unseen: Flags
    wear: Floats
    worn: Flags
    wear_share: Floats | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamResult:
    """What n rows say of A assets: as `StepResult`, with the shapes (n, A) or (n, A, p); zeros without a row."""

    level: Floats
    alarm: Flags
    share: Floats
    blamed: NDArray[np.int32]
    ailing: NDArray[np.uint8]
    unseen: Flags
    wear: Floats
    worn: Flags
    wear_share: Floats

    @classmethod
    def blank(cls, n: int, assets: int, signals: int) -> Self:
        """Return room for n rows."""
        return cls(
            level=np.zeros((n, assets)),
            alarm=np.zeros((n, assets), np.bool_),
            share=np.zeros((n, signals, assets)).transpose(0, 2, 1),
            blamed=np.full((n, assets), -1, np.int32),
            ailing=np.zeros((n, signals, assets), np.uint8).transpose(0, 2, 1),
            unseen=np.zeros((n, assets), np.bool_),
            wear=np.zeros((n, assets)),
            worn=np.zeros((n, assets), np.bool_),
            wear_share=np.zeros((n, signals, assets)).transpose(0, 2, 1),
        )

    def put(self, k: int, step: StepResult) -> None:
        """Write what row k says."""
        self.level[k] = step.level
        self.alarm[k] = step.alarm
        self.share[k] = step.share.T
        self.blamed[k] = step.blamed
        if step.ailing is not None:
            self.ailing[k] = step.ailing.T
        self.unseen[k] = step.unseen
        self.wear[k] = step.wear
        self.worn[k] = step.worn
        if step.wear_share is not None:
            self.wear_share[k] = step.wear_share.T


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """What a stretch of n rows says: `score` (n,) where 1 is worst and 0.5 is the alarm line, never NaN.

    `alarm` (n,) has hysteresis. `share` (n, p) is each signal's part of the score: rows sum to 1, or are all 0 where
    nothing deviates. `blamed` (n,) is the column of a sensor that is thought to drift in an alarm, else -1.

    `ailing` (n, p) are the bits of `models.detector.sensor_checks`: sensors that are stuck or have spikes. `unseen`
    (n,) says that the settings were never seen in training for a while, so that nothing is judged.

    `wear` (n,) is how far the slow mean has left the reference, in lines: 1 is too far, and `worn` (n,) says
    that it is; `wear_share` (n, p) is each signal's part, in the first row of a minute and while worn.

    For a bank of A assets every shape has A after n.
    """

    score: Floats
    alarm: Flags
    share: Floats
    blamed: NDArray[np.int32]
    ailing: NDArray[np.uint8]
    unseen: Flags
    wear: Floats
    worn: Flags
    wear_share: Floats

    def __getitem__(self, rows: Any) -> Scored:
        """Return what some rows, or some rows of some assets, say."""
        return Scored(
            score=self.score[rows],
            alarm=self.alarm[rows],
            share=self.share[rows],
            blamed=self.blamed[rows],
            ailing=self.ailing[rows],
            unseen=self.unseen[rows],
            wear=self.wear[rows],
            worn=self.worn[rows],
            wear_share=self.wear_share[rows],
        )


def scored(result: StreamResult) -> Scored:
    """Turn levels in alarm lines into scores: 0 at rest, 0.5 on the line, towards 1 beyond.

    >>> from dataclasses import replace
    >>> scored(replace(StreamResult.blank(3, 1, 1), level=np.array([[0.0], [1.0], [3.0]]))).score.ravel().tolist()
    [0.0, 0.5, 0.75]
    """
    return Scored(
        score=result.level / (1.0 + result.level),
        alarm=result.alarm,
        share=result.share,
        blamed=result.blamed,
        ailing=result.ailing,
        unseen=result.unseen,
        wear=result.wear,
        worn=result.worn,
        wear_share=result.wear_share,
    )
