from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.detector.estimator import ConditionDetector
from models.evaluation.skab import FileFlags, SkabFigures, evaluate_skab, judge, read_recording
from models.scoring.episodes import alarm_runs
from models.scoring.scorer import Scorer
from plant.errors import Rejected
from tests.models.conftest import START, Rows

HEADER = "datetime;Flow;Current;anomaly;changepoint"


def write_recording(path: Path, rows: int, *, fault: range = range(0), header: str = HEADER, seed: int = 0) -> Path:
    """A recording at 1 Hz in which flow drops by ten of its standard deviations while it is labelled."""
    chance = np.random.default_rng(seed)
    lines = [header]
    for row in range(rows):
        clock = f"2020-03-09 {10 + row // 3600:02}:{row // 60 % 60:02}:{row % 60:02}"
        flow, current = chance.normal(32.0 - 10.0 * (row in fault), 1.0), chance.normal(1.0, 0.1)
        labels = f";{float(row in fault)};0.0" if "anomaly" in header else ""
        lines.append(f"{clock};{flow:.4f};{current:.4f}{labels}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def flags(flag: list[bool], label: list[bool] | None, judged_from: int = 0) -> FileFlags:
    return FileFlags(
        file="a.csv",
        judged_from=judged_from,
        score=np.zeros(len(flag)),
        flag=np.array(flag),
        label=None if label is None else np.array(label),
    )


def test_counts_leave_out_the_rows_that_trained() -> None:
    each = flags([True, True, False, True, False], [True, True, True, False, False], judged_from=1)
    assert each.counts() == (1, 1, 1, 1)


def test_figures_follow_the_published_formulae() -> None:
    figures = SkabFigures(tp=60, fp=10, tn=90, fn=20, healthy_alarms=0, files=())
    assert figures.f1 == pytest.approx(60 / 75)
    assert figures.false_alarm_rate == pytest.approx(0.1)
    assert figures.missed_alarm_rate == pytest.approx(0.25)
    assert figures.summary().startswith("F1 0.800, false alarms 10.0 %, missed 25.0 %")


def test_figures_without_a_denominator_are_unknown_not_zero() -> None:
    figures = SkabFigures(tp=0, fp=0, tn=0, fn=0, healthy_alarms=2, files=())
    assert (figures.f1, figures.false_alarm_rate, figures.missed_alarm_rate) == (None, None, None)
    assert figures.summary().startswith("F1 -, false alarms -, missed -")


def test_files_are_pooled_and_every_row_of_every_file_is_given(tmp_path: Path) -> None:
    write_recording(tmp_path / "valve" / "1.csv", 700, fault=range(500, 600))
    write_recording(tmp_path / "valve" / "2.csv", 650, fault=range(450, 600), seed=1)
    figures = evaluate_skab(tmp_path)
    assert [each.file for each in figures.files] == ["valve/1.csv", "valve/2.csv"]
    assert figures.tp + figures.fn == 250
    assert figures.fp + figures.tn == 300
    assert figures.f1 is not None
    assert figures.f1 > 0.8
    rows = list(figures.rows())
    assert len(rows) == 1350
    assert rows[0] == ("valve/1.csv", 0, 0.0, False)
    assert [row for file, row, _, _ in rows if file == "valve/2.csv"] == list(range(650))


def test_a_recording_without_labels_counts_alarms_only(tmp_path: Path) -> None:
    write_recording(tmp_path / "healthy.csv", 2300, header="datetime;Flow;Current")
    figures = evaluate_skab(tmp_path)
    assert (figures.tp, figures.fp, figures.tn, figures.fn) == (0, 0, 0, 0)
    assert figures.healthy_alarms == 0
    assert figures.files[0].judged_from == 2000


def test_the_given_detector_is_judged_and_stays_untrained(tmp_path: Path) -> None:
    write_recording(tmp_path / "1.csv", 600, fault=range(450, 550))
    deaf = ConditionDetector(on=1e12)
    assert evaluate_skab(tmp_path, deaf).tp == 0
    assert not hasattr(deaf, "norms_")


def test_labels_and_position_are_no_signals(tmp_path: Path) -> None:
    recording = read_recording(write_recording(tmp_path / "1.csv", 10, fault=range(5, 8)), tmp_path)
    assert recording.signals == ("Flow", "Current")
    assert recording.rows.shape == (10, 2)
    assert np.diff(recording.time).tolist() == [1.0] * 9
    assert recording.label is not None
    assert np.flatnonzero(recording.label).tolist() == [5, 6, 7]


def test_a_folder_without_recordings_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no SKAB recordings"):
        evaluate_skab(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "a;b\n1;2\n", "datetime;Flow\nyesterday;1\n", "datetime;Flow\n2020-01-01 00:00:00\n"]
)
def test_another_format_is_rejected_with_the_file_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Rejected, match=r"malformed_recording: other\.csv"):
        read_recording(path, tmp_path)


def test_a_recording_that_is_cut_off_is_rejected_with_the_line_named(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "1.csv", 700)
    path.write_text(path.read_text(encoding="utf-8")[:20_000], encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    with pytest.raises(Rejected, match=rf"1\.csv: line {len(lines)} has \d of 5 columns; is the file cut off"):
        evaluate_skab(tmp_path)


def test_where_no_recording_can_be_judged_there_are_no_figures(tmp_path: Path) -> None:
    write_recording(tmp_path / "1.csv", 300)
    with pytest.raises(Rejected, match=r"1\.csv: too short: it has 300 rows"):
        evaluate_skab(tmp_path)


def test_a_recording_too_short_to_judge_says_so_and_stops_no_other(tmp_path: Path) -> None:
    write_recording(tmp_path / "1.csv", 400)
    write_recording(tmp_path / "2.csv", 450)
    short, judged = evaluate_skab(tmp_path).files
    assert short.refused is not None
    assert "too short" in short.refused
    assert (len(short.flag), short.counts()) == (400, (0, 0, 0, 0))
    assert judged.refused is None
    assert sum(judged.counts()) == 50


def test_blank_lines_and_a_byte_order_mark_are_no_rows(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "1.csv", 10)
    plain = read_recording(path, tmp_path)
    path.write_text("\ufeff" + path.read_text(encoding="utf-8").replace("\n", "\n\n"), encoding="utf-8")
    again = read_recording(path, tmp_path)
    assert again.signals == plain.signals
    assert again.rows.tolist() == plain.rows.tolist()


def test_a_row_that_is_not_newer_than_those_before_it_is_late_and_changes_nothing(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "1.csv", 700, fault=range(500, 600))
    calm = read_recording(path, tmp_path)
    late = calm.rows.copy()
    late[650:655] = 1e6
    time = calm.time.copy()
    time[650:655] = calm.time[640]
    with_late = judge(replace(calm, rows=late, time=time), ConditionDetector())
    kept = np.delete(np.arange(700), np.arange(650, 655))
    without = judge(
        replace(calm, rows=calm.rows[kept], time=calm.time[kept], label=np.zeros(695, np.bool_)), ConditionDetector()
    )
    assert with_late.score[kept].tolist() == without.score.tolist()
    assert (with_late.score[650:655] == with_late.score[649]).all()


def test_a_recording_that_cannot_train_is_never_in_alarm_and_says_why(tmp_path: Path) -> None:
    recording = read_recording(write_recording(tmp_path / "1.csv", 600, fault=range(450, 550)), tmp_path)
    rows = recording.rows.copy()
    rows[:400] = 1.0
    refused = judge(replace(recording, rows=rows), ConditionDetector())
    assert refused.refused is not None
    assert "constant" in refused.refused
    assert refused.counts() == (0, 0, 100, 100)


def test_training_may_begin_later(tmp_path: Path) -> None:
    recording = read_recording(write_recording(tmp_path / "1.csv", 700, fault=range(500, 600)), tmp_path)
    later = judge(recording, ConditionDetector(), skip=50)
    assert later.judged_from == 450
    assert not later.flag[:450].any()
    moved = replace(recording, rows=recording.rows[50:], time=recording.time[50:], label=np.zeros(650, np.bool_))
    assert later.score[50:].tolist() == judge(moved, ConditionDetector()).score.tolist()


def test_the_judged_estimator_says_what_scoring_says_of_the_same_readings(rows: Rows, tmp_path: Path) -> None:
    """A recording in the record, trained and scored as in production, has findings where the evaluation has alarms."""
    recording = read_recording(write_recording(tmp_path / "1.csv", 700, fault=range(500, 600)), tmp_path)
    verdict = judge(recording, ConditionDetector())
    asset_id = rows.asset("P-1", signals=(("flow", "m3/h"), ("current", "A")))
    rows.write(asset_id, recording.rows[:400])
    rows.declare(asset_id, 0, 399)
    rows.train(asset_id)
    scorer = Scorer(rows.database, rows.clock, "w")
    for begin, end in ((400, 503), (503, 504), (504, 641), (641, 700)):
        rows.write(asset_id, recording.rows[begin:end], first_s=begin)
        scorer.round()
    rows.fall_silent()
    scorer.round()
    findings = rows.all(
        "SELECT extract(epoch FROM onset - %s)::int, extract(epoch FROM cleared - %s)::int FROM finding "
        "WHERE kind IN ('condition', 'sensor_drift') ORDER BY onset",
        START,
        START,
    )
    assert findings == alarm_runs(verdict.flag)
    assert len(findings) == 1
