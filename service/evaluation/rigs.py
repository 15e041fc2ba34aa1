"""Judge the shipped detector on a folder of rigs beside four plain ones, and write down and draw what it said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.detector.estimator import ConditionDetector
from models.evaluation.baselines import BASELINES
from models.evaluation.rigs import ALARMS_ALONE, SHIPPED, Progress, flags, judge_rigs, mean_j, read_rigs
from plant.errors import Misconfigured
from service.evaluation.evaluating import refuse_before_work, write_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class RigsQuestion:
    """What `assetloop evaluate rigs` was asked; `plot` is a folder for a picture a rig."""

    directory: Path
    out: Path | None = None
    plot: Path | None = None


def judge_folder(question: RigsQuestion, progress: Progress | None = None) -> tuple[str, dict[str, Any]]:
    """Judge, write the CSV and the pictures that were asked for; return the figures as text and as a JSON object.

    The estimator is the service's own with its defaults, but it trains on however short a recording there is.

    Raises:
        Rejected: there is no rig, or one is not in the format.
        Misconfigured: there is no such folder, or what was asked for cannot be written.
    """
    refuse_before_work(question.directory, out=question.out, plot=None)
    if question.plot is not None:
        _make_folder(question.plot)
    figures = judge_rigs(read_rigs(question.directory), ConditionDetector(min_training_s=0.0), progress=progress)
    if question.out is not None:
        write_rows(question.out, flags(figures))
    if question.plot is not None:
        from service.evaluation.rig_pictures import draw

        draw(figures, question.plot)
    said = {
        "rigs": [each.public() for each in figures],
        "mean": {
            name: dict(zip(("j", "false_alarms"), mean_j(figures, name), strict=True))
            for name in (SHIPPED, ALARMS_ALONE, *BASELINES)
        },
    }
    return table(said), said


def table(said: dict[str, Any]) -> str:
    """Return the figures as lines for a person: each rig with each detector, then the means over rigs."""
    lines = [f"{'rig':<14}{'detector':<18}{'detected':>9}{'false':>8}{'J':>8}{'events':>9}{'delay s':>9}{'VUS-PR':>8}"]
    for each in said["rigs"]:
        events = f"{each['events_found']}/{each['events']}"
        cells = (_percent(each["detected"]), _percent(each["false_alarms"]), _figure(each["j"]))
        delay = "-" if each["delay_s"] is None else f"{each['delay_s']:.0f}"
        lines.append(
            f"{each['rig']:<14}{each['detector']:<18}{cells[0]:>9}{cells[1]:>8}{cells[2]:>8}{events:>9}{delay:>9}"
            f"{_figure(each['vus_pr']):>8}"
        )
        lines += [f"  not judged: {name}: {reason}" for name, reason in each["refused"].items()]
    for name, mean in said["mean"].items():
        lines.append(f"{'mean':<14}{name:<18}{'':>9}{_percent(mean['false_alarms']):>8}{_figure(mean['j']):>8}")
    return "\n".join(lines)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be made a folder: {error.strerror}") from error


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{100 * part:.1f} %"


def _figure(number: float | None) -> str:
    return "-" if number is None else f"{number:.3f}"
