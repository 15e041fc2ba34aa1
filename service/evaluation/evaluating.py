"""Judge the shipped models on recorded data, and write down and draw what they said."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.evaluation.cmapss import HORIZON_CYCLES, CmapssFigures, evaluate_cmapss
from models.remaining.estimator import RemainingLife
from plant.errors import Misconfigured, Rejected

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class CmapssQuestion:
    """What `assetloop evaluate cmapss` was asked."""

    directory: Path
    subset: str
    out: Path | None = None
    plot: Path | None = None
    cross_validate: bool = False
    seed: int = 0


def judge_turbofans(question: CmapssQuestion, progress: Progress | None = None) -> tuple[CmapssFigures, dict[str, Any]]:
    """Judge, write the CSV and the picture that were asked for; return the figures, also as a JSON object.

    Raises:
        Rejected: there is no training file, a file is not in the published format, or its engines are too few.
        Misconfigured: there is no such folder, or what was asked for cannot be written.
    """
    refuse_before_work(question.directory, out=question.out, plot=question.plot)
    shipped = RemainingLife(horizon=HORIZON_CYCLES, random_state=question.seed, n_jobs=os.cpu_count())
    try:
        figures = evaluate_cmapss(
            question.directory,
            question.subset,
            estimator=shipped,
            cross_validate=question.cross_validate,
            seed=question.seed,
            progress=progress,
        )
    except ValueError as error:
        raise Rejected("not_enough_engines", f"{question.subset}: {error}") from error
    if question.out is not None:
        write_rows(question.out, figures.rows())
    if question.plot is not None:
        from service.evaluation.pictures import turbofans

        turbofans(figures, question.plot)
    return figures, _said(figures)


def refuse_before_work(directory: Path, *, out: Path | None, plot: Path | None) -> None:
    """Refuse before the work what could not be read, or not be written after it.

    Raises:
        Misconfigured: there is no such folder, a file cannot be written, or pictures have no such format.
    """
    if not directory.is_dir():
        raise Misconfigured(f"there is no folder {directory}")
    for path in (out, plot):
        refuse_unwritable(path)
    if plot is not None:
        from service.evaluation.pictures import refuse_no_format

        refuse_no_format(plot)


def refuse_unwritable(path: Path | None) -> None:
    """Refuse a file that cannot be written, by opening it; one that was not there is not left behind.

    Raises:
        Misconfigured: its folder is not there, or nobody may write it.
    """
    if path is None:
        return
    if not path.absolute().parent.is_dir():
        raise Misconfigured(f"{path} cannot be written: there is no folder {path.absolute().parent}")
    was_there = path.exists()
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}") from error
    if not was_there:
        path.unlink()


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows with the same names as CSV.

    Raises:
        Misconfigured: the file cannot be written.
    """
    table = list(rows)
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(table[0]) if table else [])
            writer.writeheader()
            writer.writerows(table)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}") from error


def _said(figures: CmapssFigures) -> dict[str, Any]:
    return {
        "subset": figures.subset,
        "protocol": figures.protocol,
        "engines": len(figures.predictions),
        "trained_on": figures.trained_on,
        "rmse": figures.rmse,
        "rmse_spread": figures.rmse_spread,
        "horizon_cycles": HORIZON_CYCLES,
        "coverage": figures.coverage,
        "covered": figures.covered,
        "interval_cycles": figures.interval_cycles,
    }
