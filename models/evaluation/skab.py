"""Judge the shipped detector on recorded benchmarks, under their published protocols."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.base import clone

from models.detector.arrays import Flags, Floats
from models.detector.estimator import ConditionDetector
from models.evaluation.tables import columns_of, whole_rows
from plant.errors import Rejected

LABELLED_TRAINING_ROWS = 400
"""SKAB's protocol: the first 400 rows of each labelled file are healthy and train, the rest is judged."""

HEALTHY_TRAINING_ROWS = 2_000
"""A file without labels is healthy throughout; more of it trains, and any alarm in the rest is a false one."""

NOT_SIGNALS = frozenset({"datetime", "anomaly", "changepoint"})

Progress = Callable[[int, int], None]
"""Hears how many files are judged, and of how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """One file: `rows` (n, p) of `signals`, `time` (n,) in seconds, `label` (n,) or None where it is healthy."""

    file: str
    signals: tuple[str, ...]
    time: Floats
    rows: Floats
    label: Flags | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFlags:
    """A file's verdict for every row: `score` and `flag` (n,); rows before `judged_from` trained, they have neither.

    `refused` says why its first rows were not enough to train on; then no row is flagged, as without a model.
    """

    file: str
    judged_from: int
    score: Floats
    flag: Flags
    label: Flags | None
    refused: str | None = None

    def onsets(self) -> list[int]:
        """Return the row at which each alarm begins."""
        began = np.diff(self.flag.astype(np.int8), prepend=0) == 1
        return [int(row) for row in np.flatnonzero(began)]

    def counts(self) -> tuple[int, int, int, int]:
        """Count true and false positives, true and false negatives among the judged rows; zeros without labels."""
        if self.label is None:
            return 0, 0, 0, 0
        flag, label = self.flag[self.judged_from :], self.label[self.judged_from :]
        pairs = (flag & label, flag & ~label, ~flag & ~label, ~flag & label)
        tp, fp, tn, fn = (int(pair.sum()) for pair in pairs)
        return tp, fp, tn, fn


@dataclass(frozen=True, kw_only=True, slots=True)
class SkabFigures:
    """Counts summed over the labelled files, and the verdict of each file.

    `healthy_alarms` counts the alarms in files without labels, which take no part in the sums.
    """

    tp: int
    fp: int
    tn: int
    fn: int
    healthy_alarms: int
    files: tuple[FileFlags, ...]

    @property
    def f1(self) -> float | None:
        """TP / (TP + (FP + FN) / 2); None where nothing was to be found and nothing was."""
        return ratio(self.tp, self.tp + (self.fp + self.fn) / 2)

    @property
    def false_alarm_rate(self) -> float | None:
        """FP / (FP + TN), the part of healthy rows in alarm."""
        return ratio(self.fp, self.fp + self.tn)

    @property
    def missed_alarm_rate(self) -> float | None:
        """FN / (FN + TP), the part of faulty rows without alarm."""
        return ratio(self.fn, self.fn + self.tp)

    def summary(self) -> str:
        """Return the figures in one line, for a person, and a line for each file that could not be judged."""
        rates = (self.false_alarm_rate, self.missed_alarm_rate)
        false, missed = ("-" if rate is None else f"{100 * rate:.1f} %" for rate in rates)
        f1 = "-" if self.f1 is None else f"{self.f1:.3f}"
        return (
            f"F1 {f1}, false alarms {false}, missed {missed} "
            f"(TP {self.tp}, FP {self.fp}, TN {self.tn}, FN {self.fn}); "
            f"alarms in healthy recordings: {self.healthy_alarms}"
            + "".join(f"\nnot judged: {each.file}: {each.refused}" for each in self.files if each.refused)
        )

    def rows(self) -> Iterator[tuple[str, int, float, bool]]:
        """Give file, row counted from 0, score and flag of every row of every file."""
        for each in self.files:
            for row, (score, flag) in enumerate(zip(each.score, each.flag, strict=True)):
                yield each.file, row, float(score), bool(flag)


def ratio(part: float, whole: float) -> float | None:
    """Divide, or answer None where there is nothing to divide by.

    >>> ratio(1, 4), ratio(0, 0)
    (0.25, None)
    """
    return part / whole if whole else None


def evaluate_skab(
    directory: Path, detector: ConditionDetector | None = None, progress: Progress | None = None, *, skip: int = 0
) -> SkabFigures:
    """Judge a detector, the shipped one where None, on every CSV file below `directory`.

    The protocol of the Skoltech Anomaly Benchmark (Katser and Kozitsin, 2020): trained per file on its first rows,
    streamed causally over the rest, counts pooled over files. The same settings for all files. `skip` leaves out the
    first rows of every file, so that another stretch trains: how much do the figures hang on where that begins?

    Raises:
        Rejected: there is no CSV file below `directory`, one is not in SKAB's format, or none can be judged.
    """
    recordings = [read_recording(path, directory) for path in sorted(directory.rglob("*.csv"))]
    if not recordings:
        raise Rejected("no_recordings", f"there are no SKAB recordings (*.csv) below {directory}")
    files = []
    if progress is not None:
        progress(0, len(recordings))
    for done, recording in enumerate(recordings, start=1):
        files.append(judge(recording, detector or ConditionDetector(), skip=skip))
        if progress is not None:
            progress(done, len(recordings))
    if all(each.refused for each in files):
        raise Rejected("nothing_to_judge", f"{files[0].file}: {files[0].refused}; nor can any other be judged")
    return pooled(files)


def pooled(files: Sequence[FileFlags]) -> SkabFigures:
    """Sum the counts over files."""
    tp, fp, tn, fn = (sum(column) for column in zip(*(each.counts() for each in files), strict=True))
    healthy_alarms = sum(len(each.onsets()) for each in files if each.label is None)
    return SkabFigures(tp=tp, fp=fp, tn=tn, fn=fn, healthy_alarms=healthy_alarms, files=tuple(files))


def judge(recording: Recording, detector: ConditionDetector, *, skip: int = 0) -> FileFlags:
    """Train a fresh copy of `detector` on the first rows of a recording, or those after `skip`, and stream the rest.

    A row that is not newer than all before it comes late and is not judged, as in the service: what was said stands.
    """
    judged_from = skip + (HEALTHY_TRAINING_ROWS if recording.label is None else LABELLED_TRAINING_ROWS)
    score, flag = np.zeros(len(recording.rows)), np.zeros(len(recording.rows), np.bool_)
    refused = _fill(recording, detector, skip, judged_from, score, flag)
    return FileFlags(
        file=recording.file, judged_from=judged_from, score=score, flag=flag, label=recording.label, refused=refused
    )


def _fill(
    recording: Recording, detector: ConditionDetector, skip: int, judged_from: int, score: Floats, flag: Flags
) -> str | None:
    """Write scores and flags from row `judged_from` on; where the training is refused, say why and write nothing."""
    if len(recording.rows) <= judged_from:
        return f"too short: it has {len(recording.rows)} rows, and the first {judged_from} only train"
    before = np.maximum.accumulate(np.concatenate([[-np.inf], recording.time[:-1]]))
    newer = np.flatnonzero(recording.time > before)
    training, judged = newer[(newer >= skip) & (newer < judged_from)], newer[newer >= judged_from]
    trained: ConditionDetector = clone(detector)
    try:
        trained.fit(recording.rows[training], time=recording.time[training])
    except ValueError as error:
        return str(error)
    said, _ = trained.stream(trained.start(), recording.rows[judged], recording.time[judged])
    rows = np.arange(judged_from, len(score))
    latest = np.searchsorted(judged, rows, side="right") - 1
    spoken = rows[latest >= 0]
    score[spoken], flag[spoken] = said.score[latest[latest >= 0]], said.alarm[latest[latest >= 0]]
    return None


def read_recording(path: Path, directory: Path) -> Recording:
    """Read one SKAB file: semicolons, a `datetime` column, signals, and perhaps labels.

    Raises:
        Rejected: it is not in that format.
    """
    file = path.relative_to(directory).as_posix()
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            read = list(whole_rows(csv.reader(lines, delimiter=";")))
        if not read:
            raise ValueError("it is empty")
        header, *table = read
        if "datetime" not in header:
            raise ValueError(
                f"no column is called datetime; its {len(header)} columns between semicolons do not look so"
            )
        time = [datetime.fromisoformat(line[header.index("datetime")]).replace(tzinfo=UTC) for line in table]
        signals = tuple(name for name in header if name not in NOT_SIGNALS)
        rows = columns_of(table, [header.index(name) for name in signals])
        label = columns_of(table, [header.index("anomaly")])[:, 0] > 0 if "anomaly" in header else None
    except (ValueError, csv.Error) as error:
        raise Rejected("malformed_recording", f"{file}: {error}") from error
    except OSError as error:
        raise Rejected("malformed_recording", f"{file} cannot be read: {error.strerror}") from error
    seconds = np.array([moment.timestamp() for moment in time])
    return Recording(file=file, signals=signals, time=seconds, rows=rows, label=label)
