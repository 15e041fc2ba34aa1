"""Judge the shipped models on recorded data, and write down and draw what they said."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.remaining.cmapss import HORIZON_CYCLES, CmapssFigures, evaluate_cmapss
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
        NotFound: there is no training file.
        Rejected: a file is not in the published format, or its engines are too few to learn from.
        Misconfigured: what was asked for cannot be written.
    """
    for path in (question.out, question.plot):
        refuse_no_folder(path)
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
        from service.pictures import turbofans

        turbofans(figures, question.plot)
    return figures, _said(figures)


def refuse_no_folder(path: Path | None) -> None:
    """Refuse before the work what could not be written after it.

    Raises:
        Misconfigured: the folder of `path` is not there.
    """
    if path is not None and not path.absolute().parent.is_dir():
        raise Misconfigured(f"{path} cannot be written: there is no folder {path.absolute().parent}")


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
        "engines": len(figures.verdicts),
        "trained_on": figures.trained_on,
        "rmse": figures.rmse,
        "rmse_spread": figures.rmse_spread,
        "horizon_cycles": HORIZON_CYCLES,
        "coverage": figures.coverage,
        "covered": figures.covered,
        "interval_cycles": figures.interval_cycles,
    }
