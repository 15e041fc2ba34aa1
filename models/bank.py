"""Many assets in one pass: detectors with the same number of signals side by side, bit for bit as if alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from models.detector import ConditionDetector, Scored, scored
from models.kernel import Floats, Norms, run


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
        paces = {detector.pace() for detector in detectors}
        signals = {detector.n_features_in_ for detector in detectors}
        if len(paces) > 1 or len(signals) > 1:
            raise ValueError("the detectors of a bank must share their time constants and their number of signals")
        self._pace = paces.pop()
        self._start = np.stack([detector.start() for detector in detectors])
        self._norms = side_by_side([detector.norms() for detector in detectors])

    def start(self) -> Floats:
        """Return the state in which each asset's stream begins, one row an asset."""
        return self._start.copy()

    def stream(self, states: Floats, rows: Floats, times: Floats) -> tuple[Scored, Floats]:
        """Judge `rows` (n, A, p) at `times` (n, A) seconds; NaN in `times` where an asset has no row at that step.

        Returns scores (n, A), alarms (n, A) and shares (n, A, p), where a missing row scores 0, and the next states.
        The times of an asset must increase from row to row and against its state; the caller sees to that.
        """
        level, alarm, share, after = run(self._norms, self._pace, states, rows, times)
        return scored(level, alarm, share), after


def side_by_side(norms: Sequence[Norms]) -> Norms:
    """Join banks along the assets.

    Returns arrays as in `Norms`, the assets in the order given.
    """
    return Norms(
        **{each.name: np.concatenate([getattr(norm, each.name) for norm in norms], axis=-1) for each in fields(Norms)}
    )
