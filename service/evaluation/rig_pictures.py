"""Draw what the shipped detector said of each recording of a rig: its score, its alarms, and what was labelled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from models.evaluation.rigs import SHIPPED, RecordingVerdict, RigFigures
from models.scoring.episodes import alarm_runs
from service.evaluation.pictures import BLUE, GREY, RED, save

ALARM_LINE = 0.5


def draw(figures: Sequence[RigFigures], folder: Path) -> None:
    """Draw a picture a rig, named after it, with a panel a recording.

    Raises:
        Misconfigured: a picture cannot be written.
    """
    for each in figures:
        if each.detector != SHIPPED:
            continue
        figure = Figure(figsize=(12, 0.8 + 1.6 * len(each.verdicts)), layout="constrained")
        panels = figure.subplots(len(each.verdicts), 1, squeeze=False, sharey=True).ravel()
        for axes, verdict in zip(panels, each.verdicts, strict=True):
            _panel(axes, verdict)
        figure.suptitle(f"{each.rig}: blue the score, 0.5 is the alarm line; red in alarm; grey labelled faulty")
        save(figure, folder / f"{each.rig}.png")


def _panel(axes: Any, verdict: RecordingVerdict) -> None:
    recording = verdict.recording
    for begin, end in alarm_runs(recording.faulty):
        axes.axvspan(begin, end, color=GREY, alpha=0.35, linewidth=0)
    for begin, end in alarm_runs(verdict.flag):
        axes.hlines(1.0, begin, end, color=RED, linewidth=5)
    axes.plot(np.arange(len(verdict.score)), verdict.score, color=BLUE, linewidth=0.8)
    axes.axhline(ALARM_LINE, color=GREY, linewidth=0.7, linestyle="--")
    axes.set_title(
        recording.recording if verdict.refused is None else f"{recording.recording}: not trained", fontsize=9
    )
    axes.set(ylim=(0, 1.05), xlim=(0, len(verdict.score)))
