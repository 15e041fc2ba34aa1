"""Judge the shipped detector on the SKAB pump, and write down and draw what it said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.detector.estimator import ConditionDetector
from models.evaluation.skab import FileFlags, SkabFigures, evaluate_skab
from plant.errors import Misconfigured
from service.evaluation.evaluating import refuse_before_work, write_rows

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class SkabQuestion:
    """What `assetloop evaluate skab` was asked; `instead` holds constants to judge as NAME=VALUE."""

    directory: Path
    out: Path | None = None
    plot: Path | None = None
    instead: Sequence[str] = ()
    skip: int = 0


def judge_pump(question: SkabQuestion, progress: Progress | None = None) -> tuple[SkabFigures, dict[str, Any]]:
    """Judge, write the CSV and the picture that were asked for; return the figures, also as a JSON object.

    Raises:
        Rejected: there is no recording, one is not in SKAB's format, or none can be judged.
        Misconfigured: there is no such folder or constant, or what was asked for cannot be written.
    """
    refuse_before_work(question.directory, out=question.out, plot=question.plot)
    _refuse_among_recordings(question.out, question.directory)
    detector = detector_with(question.instead)
    figures = evaluate_skab(question.directory, detector, progress, skip=question.skip)
    if question.out is not None:
        write_rows(question.out, _rows(figures))
    if question.plot is not None:
        from service.evaluation.pump_picture import draw

        draw(figures, question.plot)
    return figures, _said(figures, question)


def detector_with(instead: Sequence[str]) -> ConditionDetector:
    """Return the shipped detector, with these constants instead of its own.

    Raises:
        Misconfigured: there is no such constant, or its value is no number.

    >>> detector_with(["smooth=7.5"]).smooth
    7.5
    """
    shipped = ConditionDetector()
    known = shipped.get_params()
    for assignment in instead:
        name, _, text = assignment.partition("=")
        if name not in known:
            raise Misconfigured(f"--set {assignment}: the detector has no {name!r}; it has {', '.join(sorted(known))}")
        try:
            shipped.set_params(**{name: float(text)})
        except ValueError:
            raise Misconfigured(f"--set {assignment}: {text!r} is no number") from None
    return shipped


def _refuse_among_recordings(out: Path | None, directory: Path) -> None:
    """Refuse to write a CSV where the next run would take it for a recording."""
    if out is not None and out.suffix == ".csv" and out.resolve().is_relative_to(directory.resolve()):
        raise Misconfigured(f"{out} would lie among the recordings: write it outside of {directory}")


def _rows(figures: SkabFigures) -> Iterator[dict[str, Any]]:
    for file, row, score, flag in figures.rows():
        yield {"file": file, "row": row, "score": repr(score), "flag": int(flag)}


def _said(figures: SkabFigures, question: SkabQuestion) -> dict[str, Any]:
    return {
        "f1": figures.f1,
        "false_alarm_rate": figures.false_alarm_rate,
        "missed_alarm_rate": figures.missed_alarm_rate,
        "tp": figures.tp,
        "fp": figures.fp,
        "tn": figures.tn,
        "fn": figures.fn,
        "healthy_alarms": figures.healthy_alarms,
        "instead": list(question.instead),
        "skip": question.skip,
        "files": [_said_of(each) for each in figures.files],
    }


def _said_of(each: FileFlags) -> dict[str, Any]:
    tp, fp, tn, fn = each.counts()
    return {
        "file": each.file,
        "judged_from": each.judged_from,
        "labelled": each.label is not None,
        "tp": tp,
        "fp": fp,
        "tn": tn,
        "fn": fn,
        "alarms": each.onsets(),
        "refused": each.refused,
    }
