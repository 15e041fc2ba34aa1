"""The turbofans are judged under the published protocol, or by engines held out where there are no test files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.evaluation.cmapss import DRAWS, CmapssFigures, evaluate_cmapss
from models.remaining.estimator import RemainingLife
from tests.models.remaining.engines import life, write_engines
from tests.models.remaining.test_estimator import QUICK

CUTS = (80, 95, 60, 90)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cmapss")
    write_engines(folder / "train_FD001.txt", [life(seed).history for seed in range(15)])
    engines = [life(seed) for seed in range(50, 54)]
    write_engines(folder / "test_FD001.txt", [one.history.until(cut) for one, cut in zip(engines, CUTS, strict=True)])
    left = [one.failed_at - one.history.time[cut - 1] for one, cut in zip(engines, CUTS, strict=True)]
    (folder / "RUL_FD001.txt").write_text("\n".join(f"{one:g}" for one in left) + "\n")
    return folder


def judged(directory: Path, **wanted: bool) -> CmapssFigures:
    return evaluate_cmapss(
        directory, "FD001", estimator=RemainingLife(horizon=125.0, regressor=QUICK, virtual_lives=30), **wanted
    )


def test_test_engines_are_told_at_their_last_cycle_and_the_error_follows_from_the_rows(directory: Path) -> None:
    figures = judged(directory)
    assert (figures.protocol, figures.trained_on) == ("test", 15)
    rows = list(figures.rows())
    assert [row["unit"] for row in rows] == [1, 2, 3, 4]
    assert set(rows[0]) == {"unit", "predicted"}
    truth = [min(float(line), 125.0) for line in (directory / "RUL_FD001.txt").read_text().split()]
    recomputed = np.sqrt(np.mean([(row["predicted"] - left) ** 2 for row, left in zip(rows, truth, strict=True)]))
    assert figures.rmse == pytest.approx(recomputed)
    assert [one.cycle for one in figures.predictions] == list(CUTS)


@pytest.mark.long
def test_training_engines_held_out_are_said_to_be_no_test(directory: Path) -> None:
    heard: list[tuple[int, int]] = []
    figures = evaluate_cmapss(
        directory,
        "FD001",
        estimator=RemainingLife(horizon=125.0, regressor=QUICK, virtual_lives=30),
        cross_validate=True,
        progress=lambda done, total: heard.append((done, total)),
    )
    assert figures.protocol == "cross-validation"
    assert "CROSS-VALIDATION" in figures.summary()
    assert len(figures.predictions) == 15
    assert figures.trained_on == 12
    assert figures.rmse is not None
    assert figures.rmse < 25
    assert figures.rmse_spread is not None
    assert heard[-1] == (15, 15)
    rows = list(figures.rows())
    assert len(rows) == 15 * DRAWS
    errors = []
    for draw in range(DRAWS):
        mine = [row for row in rows if row["draw"] == draw]
        assert [row["unit"] for row in mine] == list(range(1, 16))
        errors.append(np.sqrt(np.mean([(row["predicted"] - row["target"]) ** 2 for row in mine])))
    held = np.mean([row["low"] <= row["target"] <= row["high"] for row in rows])
    width = np.mean([min(row["high"], 125.0) - row["low"] for row in rows])
    told = (figures.rmse, figures.rmse_spread, figures.covered, figures.interval_cycles)
    assert told == pytest.approx((np.mean(errors), np.std(errors), held, width))


def test_test_engines_without_answers_have_no_error(directory: Path, tmp_path: Path) -> None:
    for name in ("train_FD001.txt", "test_FD001.txt"):
        (tmp_path / name).write_bytes((directory / name).read_bytes())
    figures = judged(tmp_path)
    assert (figures.rmse, figures.covered) == (None, None)
    assert len(list(figures.rows())) == 4
    assert "no error is known" in figures.summary()
