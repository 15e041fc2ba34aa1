"""`assetloop evaluate skab` says figures that anyone can work out again from the flags it writes."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.detector.estimator import ConditionDetector
from plant.errors import Misconfigured, Rejected
from service.evaluation import skab
from service.evaluation.skab import SkabQuestion, detector_with, judge_pump
from tests.models.evaluation.test_skab import write_recording
from tests.stack import assetloop


@pytest.fixture
def pump(tmp_path: Path) -> Path:
    folder = tmp_path / "pump"
    write_recording(folder / "valve" / "1.csv", 700, fault=range(500, 600))
    write_recording(folder / "valve" / "2.csv", 650, fault=range(450, 600), seed=1)
    write_recording(folder / "healthy.csv", 2200, header="datetime;Flow;Current", seed=2)
    return folder


def judged(*arguments: str) -> dict[str, object]:
    done = assetloop("evaluate", "skab", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return said


def counted_again(flags: Path, recordings: Path, training_rows: int = 400) -> dict[str, float]:
    """Work the figures out from the written flags and the labels in the files, with nothing of the product."""
    counts: Counter[tuple[bool, bool]] = Counter()
    told = pd.read_csv(flags)
    for file, rows in told.groupby("file"):
        recording = pd.read_csv(recordings / str(file), sep=";")
        assert rows["row"].tolist() == list(range(len(recording)))
        if "anomaly" in recording:
            pairs = zip(recording["anomaly"] > 0, rows["flag"] > 0, strict=True)
            counts.update(list(pairs)[training_rows:])
    tp, fp, tn, fn = (counts[pair] for pair in ((True, True), (False, True), (False, False), (True, False)))
    return {"f1": tp / (tp + (fp + fn) / 2), "false_alarm_rate": fp / (fp + tn), "missed_alarm_rate": fn / (fn + tp)}


def test_the_figures_follow_from_the_flags_that_are_written(pump: Path, tmp_path: Path) -> None:
    out = tmp_path / "flags.csv"
    said = judged(str(pump), "--out", str(out))
    again = counted_again(out, pump)
    assert {name: said[name] for name in again} == pytest.approx(again)
    with out.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == ["file", "row", "score", "flag"]
    assert len(rows) == 700 + 650 + 2200
    assert {row["file"] for row in rows} == {"healthy.csv", "valve/1.csv", "valve/2.csv"}
    assert all(0.0 <= float(row["score"]) <= 1.0 for row in rows)
    assert said["healthy_alarms"] == 0


def test_a_picture_is_drawn(pump: Path, tmp_path: Path) -> None:
    picture = tmp_path / "skab.png"
    figures, _ = judge_pump(SkabQuestion(directory=pump, plot=picture))
    assert figures.summary().startswith("F1 ")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_another_constant_and_another_beginning_are_judged_and_said(pump: Path) -> None:
    _, said = judge_pump(SkabQuestion(directory=pump, instead=["on=1e12"], skip=20))
    assert (said["tp"], said["instead"], said["skip"]) == (0, ["on=1e12"], 20)
    assert [each["judged_from"] for each in said["files"]] == [2020, 420, 420]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"instead": ["speed=1"]}, "the detector has no 'speed'; it has baseline"),
        ({"instead": ["smooth=soon"]}, "'soon' is no number"),
        ({"out": Path("nowhere/flags.csv")}, "there is no folder"),
        ({"out": Path("pump/flags.csv")}, "would lie among the recordings"),
        ({"plot": Path("skab.nothing")}, "cannot be drawn: .* end it in .png"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_mend(
    pump: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], says: str
) -> None:
    monkeypatch.chdir(pump.parent)
    with pytest.raises(Misconfigured, match=says):
        judge_pump(SkabQuestion(directory=pump, **asked))


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("none", "there is no folder"),
        ("empty", "there are no SKAB recordings"),
        ("other", "no column is called datetime"),
    ],
)
def test_a_folder_without_recordings_is_refused_in_one_line(tmp_path: Path, folder: str, says: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "1.csv").write_text("time,Flow\n1,2\n", encoding="utf-8")
    with pytest.raises((Misconfigured, Rejected), match=says) as refused:
        judge_pump(SkabQuestion(directory=tmp_path / folder))
    assert "\n" not in str(refused.value)


def test_a_folder_that_is_not_there_is_one_line_and_exit_2(tmp_path: Path) -> None:
    done = assetloop("evaluate", "skab", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_cannot_be_written_is_refused_before_anything_is_judged(
    pump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skab, "evaluate_skab", lambda *_, **__: pytest.fail("it was judged"))
    for asked in ({"plot": tmp_path / "skab.nothing"}, {"plot": tmp_path}, {"out": Path("/proc/flags.csv")}):
        with pytest.raises(Misconfigured, match="cannot be"):
            judge_pump(SkabQuestion(directory=pump, **asked))
    assert not (tmp_path / "skab.nothing").exists()


def test_the_shipped_constants_are_judged_unless_told() -> None:
    assert detector_with([]).get_params() == ConditionDetector().get_params()
    with pytest.raises(Misconfigured, match="no 'nothing'"):
        detector_with(["nothing=1"])


@pytest.mark.needs("shared-data")
def test_the_figures_on_the_real_pump_follow_from_the_flags_and_meet_the_goals(shared: Path, tmp_path: Path) -> None:
    recordings, out = shared / "data" / "skab", tmp_path / "flags.csv"
    said = judged(str(recordings), "--out", str(out))
    again = counted_again(out, recordings)
    assert {name: said[name] for name in again} == pytest.approx(again)
    assert again["f1"] >= 0.86
    assert again["false_alarm_rate"] <= 0.12
    assert again["missed_alarm_rate"] <= 0.15
    healthy = pd.read_csv(out).query("file == 'anomaly-free/anomaly-free.csv'")["flag"].astype(int)
    assert (healthy.diff() == 1).sum() <= 1
    assert len(healthy) == 9405
