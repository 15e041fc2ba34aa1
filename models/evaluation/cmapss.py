"""Judge the shipped remaining life on the C-MAPSS turbofans, under the published protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from models.evaluation.turbofans import Subset, read_subset
from models.remaining.estimator import RemainingLife
from models.remaining.history import Floats, History, Life

HORIZON_CYCLES = 125.0
"""The protocol: what is left counts as 125 cycles where it is more."""

LEFT_CYCLES = (5, 150)
SEEN_CYCLES = 15
"""Where there are no test engines, a training engine is cut with so many cycles left (all alike), seen for so many."""

FOLDS = 5
DRAWS = 200
"""So many times every engine is cut anew: the mean and the spread of one figure a draw."""

Progress = Callable[[int, int], None]


class CmapssProtocol(StrEnum):
    """On which engines an estimator is judged: those of the test file, or training engines held out in turn."""

    TEST = "test"
    CROSS_VALIDATION = "cross-validation"


@dataclass(frozen=True, kw_only=True, slots=True)
class EnginePrediction:
    """One engine at its last cycle, in cycles; `target` is what was left, capped at the horizon, None where unknown."""

    unit: int
    cycle: int
    predicted: float
    low: float
    high: float
    target: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CmapssFigures:
    """What the protocol says of one subset.

    Attributes:
        protocol: which engines were judged.
        predictions: one per engine; in a cross-validation those of the first draw of cuts.
        draws: (draws, engines, 5) of cycle, predicted, low, high and target, in the order of `predictions`; in a
            cross-validation alone.
        rmse: cycles, the mean over the draws where there are several, None without answers.
        rmse_spread: cycles, the standard deviation between draws, each with as many cuts as there are engines.
        covered: the part of the targets within the interval that should hold `coverage` of them.
    """

    subset: str
    protocol: CmapssProtocol
    predictions: tuple[EnginePrediction, ...]
    trained_on: int
    rmse: float | None
    rmse_spread: float | None
    coverage: float
    covered: float | None
    interval_cycles: float | None
    draws: Floats | None = None

    def summary(self) -> str:
        """Return the figures in one line, for a person."""
        on = (
            f"{len(self.predictions)} test engines, trained on {self.trained_on}"
            if self.protocol is CmapssProtocol.TEST
            else f"CROSS-VALIDATION over {len(self.predictions)} training engines, no test files here"
        )
        if self.rmse is None or self.covered is None:
            return f"{self.subset}: {on}; no RUL_{self.subset}.txt, so no error is known"
        spread = f" ± {self.rmse_spread:.2f}" if self.rmse_spread is not None else ""
        return (
            f"{self.subset}: RMSE {self.rmse:.2f}{spread} cycles, capped at {HORIZON_CYCLES:.0f} ({on}); "
            f"the {100 * self.coverage:.0f} % interval held {100 * self.covered:.0f} %, "
            f"{self.interval_cycles:.0f} cycles wide"
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give `unit,predicted` of every engine; where the cuts were ours all that the figures follow from, by draw."""
        if self.draws is None:
            yield from ({"unit": one.unit, "predicted": one.predicted} for one in self.predictions)
            return
        for number, draw in enumerate(self.draws.tolist()):
            for one, (cycle, predicted, low, high, target) in zip(self.predictions, draw, strict=True):
                cut = {"cycle": int(cycle), "low": low, "high": high, "target": target}
                yield {"unit": one.unit, "predicted": predicted, "draw": number, **cut}


def evaluate_cmapss(
    directory: Path,
    subset: str,
    *,
    estimator: RemainingLife | None = None,
    cross_validate: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> CmapssFigures:
    """Train on the subset's run-to-failure engines and judge the last cycle of each test engine.

    Saxena et al., *Damage propagation modeling for aircraft engine run-to-failure simulation* (2008); the cap is that
    of Heimes (2008), as in most publications since. Without test files, or where asked for, training engines are held
    out in turn instead, and the protocol says so.

    Raises:
        Rejected: there is no training file, or a file is not in the published format.
        ValueError: the engines are too few, or nothing can be learnt from them.
    """
    engines = read_subset(directory, subset)
    shipped = estimator or RemainingLife(horizon=HORIZON_CYCLES, random_state=seed)
    if engines.cut and not cross_validate:
        return _test(engines, subset, shipped, progress)
    return _cross_validate(engines, subset, shipped, seed, progress)


def _test(engines: Subset, subset: str, estimator: RemainingLife, progress: Progress | None) -> CmapssFigures:
    trained = clone(estimator).fit(list(engines.lives.values()), progress=progress)
    predictions = [
        _prediction(unit, trained, history, engines.left.get(unit)) for unit, history in sorted(engines.cut.items())
    ]
    return _figures(predictions, subset, CmapssProtocol.TEST, len(engines.lives), estimator.coverage)


def _prediction(unit: int, trained: RemainingLife, history: History, left: float | None) -> EnginePrediction:
    estimate = trained.predict(history)
    return EnginePrediction(
        unit=unit,
        cycle=int(history.time[-1]),
        predicted=float(estimate.likely[-1]),
        low=float(estimate.low[-1]),
        high=float(estimate.high[-1]),
        target=None if left is None else min(left, HORIZON_CYCLES),
    )


def _figures(
    predictions: Sequence[EnginePrediction], subset: str, protocol: CmapssProtocol, trained_on: int, coverage: float
) -> CmapssFigures:
    judged = [one for one in predictions if one.target is not None]
    table = np.array([(one.predicted, one.low, one.high, one.target) for one in judged], dtype=np.float64)
    rmse, covered, width = _of(table) if judged else (None, None, None)
    return CmapssFigures(
        subset=subset,
        protocol=protocol,
        predictions=tuple(predictions),
        trained_on=trained_on,
        rmse=rmse,
        rmse_spread=None,
        coverage=coverage,
        covered=covered,
        interval_cycles=width,
    )


def _of(table: Floats) -> tuple[float, float, float]:
    """Return error, part within the interval, and the interval's mean width of rows (predicted, low, high, target)."""
    predicted, low, high, target = table.T
    error = float(np.sqrt(((predicted - target) ** 2).mean()))
    within = (low <= target) & (target <= high)
    return error, float(within.mean()), float((np.minimum(high, HORIZON_CYCLES) - low).mean())


def _cross_validate(
    engines: Subset, subset: str, estimator: RemainingLife, seed: int, progress: Progress | None
) -> CmapssFigures:
    rng = np.random.default_rng(seed)
    units = rng.permutation(sorted(engines.lives))
    courses: dict[int, Floats] = {}
    for fold in range(FOLDS):
        held_out = units[fold::FOLDS]
        seen = [engines.lives[unit] for unit in sorted(set(units.tolist()) - set(held_out.tolist()))]
        trained = clone(estimator).fit(seen, progress=_of_fold(progress, fold))
        courses |= {int(unit): _course(trained, engines.lives[unit]) for unit in held_out}
    ordered = sorted(courses)
    draws = [np.stack([rng.choice(courses[unit]) for unit in ordered]) for _ in range(DRAWS)]
    predictions = [
        EnginePrediction(unit=unit, cycle=int(cycle), predicted=predicted, low=low, high=high, target=target)
        for unit, (cycle, predicted, low, high, target) in zip(ordered, draws[0].tolist(), strict=True)
    ]
    errors, covered, widths = np.array([_of(draw[:, 1:]) for draw in draws]).T
    return CmapssFigures(
        subset=subset,
        protocol=CmapssProtocol.CROSS_VALIDATION,
        predictions=tuple(predictions),
        trained_on=len(units) - len(units[::FOLDS]),
        rmse=float(errors.mean()),
        rmse_spread=float(errors.std()),
        coverage=estimator.coverage,
        covered=float(covered.mean()),
        interval_cycles=float(widths.mean()),
        draws=np.stack(draws),
    )


def _course(trained: RemainingLife, life: Life) -> Floats:
    """Return (cycle, predicted, low, high, target) at every cycle at which the engine may be cut."""
    estimate, left = trained.predict(life.history), life.failed_at - life.history.time
    target = np.minimum(left, HORIZON_CYCLES)
    course = np.stack([life.history.time, estimate.likely, estimate.low, estimate.high, target], axis=1)
    seen = np.arange(1, len(left) + 1) >= SEEN_CYCLES
    cut = seen & (left >= LEFT_CYCLES[0]) & (left <= LEFT_CYCLES[1])
    if not cut.any():
        raise ValueError(f"an engine that ran {len(left)} cycles is too short to be cut")
    return course[cut]


def _of_fold(progress: Progress | None, fold: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(fold * total + done, FOLDS * total)
