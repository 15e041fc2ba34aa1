"""Files of the C-MAPSS format are read as published, or refused with what is wrong."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from models.evaluation.turbofans import read_subset
from plant.errors import Rejected
from tests.models.remaining.engines import life, write_engines


def test_engines_come_with_cycles_settings_and_signals(tmp_path: Path) -> None:
    lives = [life(seed) for seed in range(3)]
    write_engines(tmp_path / "train_FD001.txt", [one.history for one in lives])
    subset = read_subset(tmp_path, "FD001")
    assert sorted(subset.lives) == [1, 2, 3]
    first = subset.lives[1]
    assert (first.history.rows.shape[1], first.history.settings.shape[1]) == (21, 3)
    assert first.failed_at == lives[0].failed_at
    assert first.history.age == 1.0, "the first row is the end of the first cycle"
    assert (subset.cut, subset.left) == ({}, {})


def test_a_compressed_file_and_the_answers_are_found_too(tmp_path: Path) -> None:
    histories = [life(seed).history for seed in range(2)]
    write_engines(tmp_path / "plain", histories)
    (tmp_path / "train_FD001.txt.gz").write_bytes(gzip.compress((tmp_path / "plain").read_bytes()))
    write_engines(tmp_path / "test_FD001.txt", [one.until(50) for one in histories])
    (tmp_path / "RUL_FD001.txt").write_text("40\n60\n")
    subset = read_subset(tmp_path, "FD001")
    assert len(subset.cut[2].time) == 50
    assert subset.left == {1: 40.0, 2: 60.0}


def test_no_training_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"no train_FD002\.txt"):
        read_subset(tmp_path, "FD002")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 2 3\n", "3 columns"),
        ("a b\n", "not a table of numbers"),
        ("1 2\n\n1\n", "line 3 has 1 of 2 columns; is the file cut off"),
        ("", "not a table"),
    ],
)
def test_another_format_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "train_FD001.txt").write_text(text)
    with pytest.raises(Rejected, match=why):
        read_subset(tmp_path, "FD001")


def test_a_compressed_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    write_engines(tmp_path / "plain", [life(0).history])
    whole = gzip.compress((tmp_path / "plain").read_bytes())
    (tmp_path / "train_FD001.txt.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Rejected, match="ended before"):
        read_subset(tmp_path, "FD001")


def test_answers_that_do_not_match_the_engines_are_refused(tmp_path: Path) -> None:
    histories = [life(seed).history for seed in range(2)]
    write_engines(tmp_path / "train_FD001.txt", histories)
    write_engines(tmp_path / "test_FD001.txt", histories)
    (tmp_path / "RUL_FD001.txt").write_text("40\n")
    with pytest.raises(Rejected, match="1 answers for 2 engines"):
        read_subset(tmp_path, "FD001")
