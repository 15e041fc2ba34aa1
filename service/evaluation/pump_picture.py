"""Draw what the detector said of each SKAB recording: its score, its alarms, and what was labelled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from models.evaluation.skab import FileFlags, SkabFigures
from models.scoring.episodes import alarm_runs
from service.evaluation.pictures import BLUE, GREY, RED, save

COLUMNS = 3
ALARM_LINE = 0.5


def draw(figures: SkabFigures, path: Path) -> None:
    """Draw a panel a file: score over rows, the label as a band, alarms as a bar on top.

    Raises:
        Misconfigured: the picture cannot be written.
    """
    rows = -(-len(figures.files) // COLUMNS)
    figure = Figure(figsize=(15, 0.8 + 1.9 * rows), layout="constrained")
    panels = figure.subplots(rows, COLUMNS, squeeze=False, sharey=True).ravel()
    for axes, each in zip(panels, figures.files, strict=False):
        _panel(axes, each)
    for axes in panels[len(figures.files) :]:
        axes.set_axis_off()
    figure.suptitle(f"{figures.summary()}\nblue: score, 0.5 is the alarm line; red: in alarm; grey: labelled faulty")
    save(figure, path)


def _panel(axes: Any, each: FileFlags) -> None:
    for begin, end in alarm_runs(each.label) if each.label is not None else ():
        axes.axvspan(begin, end, color=GREY, alpha=0.35, linewidth=0)
    for begin, end in alarm_runs(each.flag):
        axes.hlines(1.0, begin, end, color=RED, linewidth=5)
    at = np.arange(each.judged_from, len(each.score))
    axes.plot(at, each.score[each.judged_from :], color=BLUE, linewidth=0.9)
    axes.axhline(ALARM_LINE, color=GREY, linewidth=0.7, linestyle="--")
    axes.axvline(each.judged_from, color=GREY, linewidth=0.7)
    title = each.file if each.refused is None else f"{each.file}: not trained"
    axes.set_title(title, fontsize=9)
    axes.set(ylim=(0, 1.05), xlim=(0, len(each.score)))
    axes.tick_params(labelsize=7)
