"""Where an asset's alarm line lies: false alarms raise it, by a stated rule with bounds.

A line is counted in multiples of the one a model was trained with: 1 is as trained. A level is a score's place on the
same scale, `score / (1 - score)` times the line in force then.
"""

from __future__ import annotations

from collections.abc import Iterable

MARGIN = 1.05
"""A false alarm raises the line to this many times its worst level, so that the same again is no alarm ..."""

MOST_STEP = 1.25
"""... but at once to no more than this many times the line before ..."""

MOST = 2.0
"""... never above this ..."""

FAULT_ROOM = 0.9
"""... and never above this part of the worst level of any confirmed fault of the machine: it would have been missed."""


def level_of(score: float, line: float) -> float:
    """Turn a score, given while `line` was in force, into a level in trained alarm lines.

    >>> level_of(0.5, 1.0), round(level_of(0.6, 1.25), 3)
    (1.0, 1.875)
    """
    return line * score / max(1.0 - score, 1e-9)


def raised(line: float, false_alarm: float, faults: Iterable[float] = ()) -> float:
    """Return the line after a false alarm whose worst level was `false_alarm`; `faults` are levels of confirmed faults.

    It never falls here: a new model begins with a line of its own.

    >>> raised(1.0, 1.1), raised(1.0, 3.0), raised(1.9, 3.0), raised(1.0, 3.0, [1.2])
    (1.155, 1.25, 2.0, 1.08)
    >>> raised(1.5, 1.2), raised(1.0, 3.0, [1.0])
    (1.5, 1.0)
    """
    ceiling = min((FAULT_ROOM * level for level in faults), default=MOST)
    wanted = min(MARGIN * false_alarm, MOST_STEP * line, MOST, ceiling)
    return max(line, round(wanted, 6))


def of_a_new_model(false_alarms: Iterable[float], faults: Iterable[float]) -> float:
    """Return the line a new model begins with: as if it had given those of `false_alarms` that are above its line.

    Both are levels that the new model itself gives to the kept episodes, the oldest first.

    >>> of_a_new_model([0.4, 1.1], [4.0]), of_a_new_model([0.4], [])
    (1.155, 1.0)
    """
    line, known = 1.0, list(faults)
    for level in false_alarms:
        if level >= line:
            line = raised(line, level, known)
    return line
