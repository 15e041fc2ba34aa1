"""Many assets in one pass: detectors with the same number of signals side by side, bit for bit as if alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats
from models.detector.estimator import ConditionDetector
from models.detector.kernel import run
from models.detector.parameters import Pace, chosen, side_by_side
from models.detector.results import Scored, scored
from models.detector.state import last_rows


class DetectorBank:
    """Trained detectors, one an asset, that share their time constants and their number of signals p.

    An asset's results do not depend on the others in the bank.
    """

    def __init__(self, detectors: Sequence[ConditionDetector]) -> None:
        """Put trained detectors side by side.

        Raises:
            ValueError: there is none, or they differ in number of signals or in time constants.
        """
        if not detectors:
            raise ValueError("a bank needs at least one detector")
        shapes = {shape_of(detector) for detector in detectors}
        if len(shapes) > 1:
            raise ValueError(
                "the detectors of a bank must share their time constants and their numbers of signals and settings"
            )
        ((self._pace, self.signals, _),) = shapes
        self._start = np.stack([detector.start() for detector in detectors])
        self._norms = side_by_side([detector.norms() for detector in detectors])

    @property
    def state_width(self) -> int:
        """Return how many numbers the state of one asset has."""
        return int(self._start.shape[1])

    @property
    def judges_wear(self) -> Flags:
        """Say of which assets wear is judged (A,): those whose training was long enough."""
        judges: Flags = np.isfinite(self._norms.wear_s)
        return judges

    def last_rows(self, states: Floats) -> Floats:
        """Return when the last row of each asset came (A,) in epoch seconds, NaN where none has."""
        return last_rows(states, self.signals, len(self._norms.setting_at))

    def __len__(self) -> int:
        return len(self._start)

    def take(self, places: NDArray[np.intp]) -> Self:
        """Return the bank of the detectors at these places, in this order."""
        some = object.__new__(type(self))
        some._pace, some.signals = self._pace, self.signals
        some._start, some._norms = self._start[places], chosen(self._norms, places)
        return some

    def joined(self, other: Self) -> Self:
        """Return the bank of these detectors and then those of `other`, which are alike."""
        joined = object.__new__(type(self))
        joined._pace, joined.signals = self._pace, self.signals
        joined._start = np.concatenate([self._start, other._start])
        joined._norms = side_by_side([self._norms, other._norms])
        return joined

    def start(self) -> Floats:
        """Return the state in which each asset's stream begins, one row an asset."""
        return self._start.copy()

    def stream(self, states: Floats, rows: Floats, times: Floats, lines: Floats | None = None) -> tuple[Scored, Floats]:
        """Judge `rows` (n, A, p) at `times` (n, A) seconds; NaN in `times` where an asset has no row at that step.

        `lines` (A,) are what each asset's levels are divided by, 1 where None. Returns scores (n, A), alarms (n, A)
        and shares (n, A, p), where a missing row scores 0, and the next states. The times of an asset must increase
        from row to row and against its state; the caller sees to that.
        """
        norms = self._norms if lines is None else replace(self._norms, whiten=self._norms.whiten / lines)
        result, after = run(norms, self._pace, states, rows, times)
        return scored(result), after


def shape_of(detector: ConditionDetector) -> tuple[Pace, int, int]:
    """Return what detectors must have in common to stand in one bank: constants, signals, settings."""
    return detector.pace(), detector.n_features_in_, detector.settings_
