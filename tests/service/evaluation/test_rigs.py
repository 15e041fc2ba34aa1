"""Rigs in the format of the README are read, judged beside four plain detectors, and every row is written."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from models.evaluation.baselines import BASELINES
from models.evaluation.rigs import ALARMS_ALONE, SHIPPED
from plant.errors import Rejected
from service.evaluation.rigs import RigsQuestion, judge_folder

ROWS, TRAINED, FAULT = 900, 500, (700, 850)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One rig of two recordings; in the first two signals shift during the fault."""
    rig = tmp_path / "rigs" / "pump"
    rig.mkdir(parents=True)
    recordings = {name: {"train": [0, TRAINED], "scored": [[TRAINED, ROWS]], "rows": ROWS} for name in ("ill", "well")}
    (rig / "meta.json").write_text(json.dumps({"period_s": 60, "settings": [], "recordings": recordings}))
    (rig / "labels.csv").write_text(f"recording,from,to,fault\nill,{FAULT[0]},{FAULT[1]},leak\n")
    for seed, name in enumerate(recordings):
        rows = np.random.default_rng(seed).normal(0.0, 1.0, (ROWS, 3))
        if name == "ill":
            rows[FAULT[0] : FAULT[1], :2] += 4.0
        with gzip.open(rig / f"{name}.csv.gz", "wt", newline="") as lines:
            csv.writer(lines).writerows([["time", "a", "b", "c"], *np.c_[60.0 * np.arange(ROWS), rows].tolist()])
    return rig.parent


def test_a_fault_is_found_and_every_row_is_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "flags.csv"
    text, said = judge_folder(RigsQuestion(directory=folder, out=out, plot=tmp_path / "pictures"))
    shipped = said["rigs"][0]
    assert (shipped["rig"], shipped["detector"], shipped["events"], shipped["events_found"]) == ("pump", SHIPPED, 1, 1)
    assert shipped["detected"] > 0.9
    assert shipped["false_alarms"] < 0.1
    assert 0 <= shipped["delay_s"] <= 600
    assert [each["detector"] for each in said["rigs"]] == [SHIPPED, ALARMS_ALONE, *BASELINES]
    assert set(said["mean"]) == {SHIPPED, ALARMS_ALONE, *BASELINES}
    assert "pump" in text
    with out.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["row"] for row in rows if row["recording"] == "well"] == [str(row) for row in range(ROWS)]
    ill = np.array([row["flag"] == "1" for row in rows if row["recording"] == "ill"])
    assert ill[FAULT[0] : FAULT[1]].mean() == pytest.approx(shipped["detected"])
    assert (tmp_path / "pictures" / "pump.png").stat().st_size > 0


def test_an_unseen_regime_is_flagged_as_people_are_told_of_it_but_is_no_alarm(folder: Path) -> None:
    rig = folder / "pump"
    meta = json.loads((rig / "meta.json").read_text())
    (rig / "meta.json").write_text(json.dumps({**meta, "settings": ["c"]}))
    rows = np.random.default_rng(0).normal(0.0, 1.0, (ROWS, 3))
    rows[FAULT[0] : FAULT[1], 2] = 30.0
    with gzip.open(rig / "ill.csv.gz", "wt", newline="") as lines:
        csv.writer(lines).writerows([["time", "a", "b", "c"], *np.c_[60.0 * np.arange(ROWS), rows].tolist()])
    _, said = judge_folder(RigsQuestion(directory=folder))
    found = {each["detector"]: each["detected"] for each in said["rigs"]}
    assert found[SHIPPED] > 0.9
    assert found[ALARMS_ALONE] == 0.0


def test_each_plain_detector_finds_it_too(folder: Path) -> None:
    _, said = judge_folder(RigsQuestion(directory=folder))
    found = {each["detector"]: each["detected"] for each in said["rigs"]}
    assert min(found.values()) > 0.3


def test_a_folder_without_rigs_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no rigs"):
        judge_folder(RigsQuestion(directory=tmp_path))


def test_a_rig_in_another_format_is_rejected_by_name(folder: Path) -> None:
    (folder / "pump" / "labels.csv").write_text("what,when\nill,1\n")
    with pytest.raises(Rejected, match="malformed_recording: pump"):
        judge_folder(RigsQuestion(directory=folder))
