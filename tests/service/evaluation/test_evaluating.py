"""What was judged is written down and drawn, and what cannot be is refused before the work."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from models.remaining.estimator import RemainingLife
from plant.errors import Misconfigured, Rejected
from service.evaluation import evaluating
from service.evaluation.evaluating import CmapssQuestion, judge_turbofans
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


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"out": Path("no/rul.csv")}, "there is no folder"),
        ({"out": Path("/proc/rul.csv")}, "rul.csv cannot be written"),
        ({"plot": Path("rul.xyz")}, "rul.xyz cannot be drawn"),
        ({"plot": Path("rul")}, "end it in .png"),
        ({"plot": Path()}, "cannot be written: Is a directory"),
    ],
)
def test_where_it_cannot_be_written_nothing_is_learnt(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Path], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluating, "evaluate_cmapss", lambda *_, **__: pytest.fail("it was judged"))
    with pytest.raises(Misconfigured, match=says):
        judge_turbofans(CmapssQuestion(directory=directory, subset="FD001", **asked))
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_left_as_it_was_where_judging_fails(tmp_path: Path) -> None:
    out = tmp_path / "rul.csv"
    out.write_text("yesterday's\n")
    with pytest.raises(Rejected):
        judge_turbofans(CmapssQuestion(directory=tmp_path, subset="FD001", out=out))
    assert out.read_text() == "yesterday's\n"


def test_no_files_and_too_few_engines_are_said(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"no train_FD001\.txt"):
        judge_turbofans(CmapssQuestion(directory=tmp_path, subset="FD001"))
    write_engines(tmp_path / "train_FD001.txt", [life(seed).history for seed in range(3)])
    write_engines(tmp_path / "test_FD001.txt", [life(9).history.until(30)])
    with pytest.raises(Rejected, match="needs 8 machines that ran to failure, there are 3"):
        judge_turbofans(CmapssQuestion(directory=tmp_path, subset="FD001"))


@pytest.mark.parametrize(
    ("folder", "subset", "says"),
    [
        (".", "FD004", "there is no train_FD004.txt"),
        ("none", "FD001", "there is no folder"),
        (".", "FD005", "is not one of 'FD001'"),
        (".", "FD001", "line 2 has 3 of 26 columns; is the file cut off"),
    ],
)
def test_the_command_says_what_is_wrong_in_one_line_and_exits_with_2(
    tmp_path: Path, folder: str, subset: str, says: str
) -> None:
    (tmp_path / "train_FD001.txt").write_text(" ".join(["1"] * 26) + "\n1 2 3")
    ran = assetloop("evaluate", "cmapss", str(tmp_path / folder), "--subset", subset)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert ran.stderr.count("\n") == 1
