"""Machines that run to failure in tests: a hidden wear that some of their signals tell of, in one regime or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.remaining.history import Floats, History, Life

SETTINGS, SIGNALS = 3, 21


def life(seed: int, *, regimes: int = 1, period: float = 1.0) -> Life:
    """A machine that fails after 100 to 200 units of time; its wear grows faster and faster."""
    rng = np.random.default_rng(seed)
    length = float(rng.integers(100, 200))
    time = np.arange(period, length + period / 2, period)
    regime = rng.integers(0, regimes, len(time))
    wear = (time / length) ** 3
    settings = np.column_stack([10.0 * regime + 0.01 * rng.standard_normal(len(time)), *[np.zeros(len(time))] * 2])
    rows = np.tile(100.0 + np.arange(SIGNALS), (len(time), 1)) + 20.0 * regime[:, None]
    for signal, slope in ((1, 3.0), (2, -2.0), (3, 4.0), (6, 2.0)):
        rows[:, signal] += (1.0 + regime) * (slope * wear + 0.3 * rng.standard_normal(len(time)))
    rows[:, 8] += rng.standard_normal(len(time))
    return Life(history=History(time=time, rows=rows, settings=settings, begin=0.0), failed_at=float(time[-1]))


def left(one: Life) -> Floats:
    """What is left at each row."""
    return one.failed_at - one.history.time


def write_engines(path: Path, histories: list[History]) -> None:
    """Write a file of the C-MAPSS format."""
    rows = [
        " ".join(f"{value:g}" for value in (unit, *[time], *settings, *signals))
        for unit, one in enumerate(histories, start=1)
        for time, settings, signals in zip(one.time, one.settings, one.rows, strict=True)
    ]
    path.write_text("  \n".join(rows) + "  \n", encoding="ascii")
