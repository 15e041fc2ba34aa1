"""Pictures of what the models said, for a person to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from models.evaluation.cmapss import HORIZON_CYCLES, CmapssFigures
from plant.errors import Misconfigured

mpl.use("agg")
BLUE, GREY, RED = "#2563eb", "#94a3b8", "#dc2626"


def save(figure: Figure, path: Path) -> None:
    """Write a picture; its format is told by the name.

    Raises:
        Misconfigured: it cannot be written there, or the name ends in no format.
    """
    try:
        figure.savefig(path, dpi=110)
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path} cannot be written: {error}") from error


def refuse_no_format(path: Path) -> None:
    """Refuse a picture whose name ends in no format that can be drawn.

    Raises:
        Misconfigured: it does; the text names those that can.
    """
    known = Figure().canvas.get_supported_filetypes()
    if path.suffix.removeprefix(".").lower() not in known:
        raise Misconfigured(
            f"{path} cannot be drawn: its name ends in no format of pictures; end it in .png, or in one of "
            f"{', '.join(sorted(known))}"
        )


def turbofans(figures: CmapssFigures, path: Path) -> None:
    """Draw estimate and interval of each engine, by what was left, and how the errors lie."""
    judged = [one for one in figures.predictions if one.target is not None]
    figure = Figure(figsize=(12, 5), layout="constrained")
    engines, errors = figure.subplots(1, 2, width_ratios=[3, 1])
    _draw_engines(engines, sorted(judged, key=lambda one: (one.target or 0.0, one.predicted)))
    errors.hist([one.predicted - (one.target or 0.0) for one in judged], bins=31, color=BLUE)
    errors.axvline(0, color=GREY)
    errors.set(xlabel="estimate - truth (cycles)", ylabel="engines")
    figure.suptitle(figures.summary(), wrap=True, fontsize=10)
    save(figure, path)


def _draw_engines(axes: Any, predictions: list[Any]) -> None:
    at = np.arange(len(predictions))
    low = np.array([one.low for one in predictions])
    high = np.minimum([one.high for one in predictions], HORIZON_CYCLES)
    axes.vlines(at, low, high, color=GREY, linewidth=2, label="interval")
    axes.plot(at, [one.predicted for one in predictions], ".", color=BLUE, label="estimate")
    axes.plot(at, [one.target for one in predictions], color=RED, linewidth=1, label="truth")
    axes.set(xlabel="engine, by what was left", ylabel="remaining life (cycles)", ylim=(0, None))
    axes.legend(loc="upper left")
