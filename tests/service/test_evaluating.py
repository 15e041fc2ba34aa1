"""What was judged is written down and drawn, and what cannot be is refused before the work."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from models.remaining.estimator import RemainingLife
from plant.errors import Misconfigured, NotFound, Rejected
from service import evaluating
from service.evaluating import CmapssQuestion, judge_turbofans
from tests.models.remaining.engines import life, write_engines
from tests.models.remaining.test_estimator import QUICK
from tests.stack import assetloop


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cmapss")
    write_engines(folder / "train_FD001.txt", [life(seed).history for seed in range(12)])
    write_engines(folder / "test_FD001.txt", [life(seed).history.until(70) for seed in range(50, 53)])
    (folder / "RUL_FD001.txt").write_text("".join(f"{life(seed).failed_at - 70:g}\n" for seed in range(50, 53)))
    return folder


def test_every_engine_is_written_and_drawn(directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "RemainingLife", partial(RemainingLife, regressor=QUICK, virtual_lives=30))
    out, plot = tmp_path / "rul.csv", tmp_path / "rul.png"
    figures, said = judge_turbofans(CmapssQuestion(directory=directory, subset="FD001", out=out, plot=plot))
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["unit"] for row in rows] == ["1", "2", "3"]
    assert list(rows[0]) == ["unit", "predicted"]
    truth = [min(float(line), 125.0) for line in (directory / "RUL_FD001.txt").read_text().split()]
    error = np.sqrt(np.mean([(float(row["predicted"]) - left) ** 2 for row, left in zip(rows, truth, strict=True)]))
    assert said["rmse"] == pytest.approx(error)
    assert (said["protocol"], said["engines"], said["trained_on"]) == ("test", 3, 12)
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "3 test engines, trained on 12" in figures.summary()


def test_where_it_cannot_be_written_nothing_is_learnt(directory: Path, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no folder"):
        judge_turbofans(CmapssQuestion(directory=directory, subset="FD001", out=tmp_path / "no" / "rul.csv"))


def test_no_files_and_too_few_engines_are_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        judge_turbofans(CmapssQuestion(directory=tmp_path, subset="FD001"))
    write_engines(tmp_path / "train_FD001.txt", [life(seed).history for seed in range(3)])
    write_engines(tmp_path / "test_FD001.txt", [life(9).history.until(30)])
    with pytest.raises(Rejected, match="needs 8 machines that ran to failure, there are 3"):
        judge_turbofans(CmapssQuestion(directory=tmp_path, subset="FD001"))


def test_the_command_says_what_is_missing_in_one_line(tmp_path: Path) -> None:
    ran = assetloop("evaluate", "cmapss", str(tmp_path), "--subset", "FD004")
    assert ran.returncode == 1
    assert "there is no train_FD004.txt" in ran.stderr
    assert "Traceback" not in ran.stderr
