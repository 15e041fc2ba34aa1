"""Judge the shipped detector, and plain ones beside it, on recordings of many rigs, healthy and faulty."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.detector.arrays import Flags, Floats
from models.detector.estimator import ConditionDetector
from models.evaluation.baselines import BASELINES, Baseline
from models.evaluation.skab import ratio
from models.evaluation.tables import columns_of, whole_rows
from models.evaluation.vus import vus_pr
from models.scoring.episodes import alarm_runs
from plant.errors import Rejected

SHIPPED = "shipped"
"""The service's own, as people see it: a row is flagged where an alarm stands or an unseen regime is said."""

ALARMS_ALONE = "its alarms alone"
DRAWS = 1_000
"""Recordings are drawn with replacement so often."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class RigRecording:
    """One recording: `rows` (n, p) at `time` (n,) seconds, and which of them are `scored` and `faulty` (n,)."""

    rig: str
    recording: str
    time: Floats
    rows: Floats
    train: slice
    scored: Flags
    faulty: Flags
    settings: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingVerdict:
    """What a detector says of every row of a recording; nothing where training was `refused`, for that reason."""

    recording: RigRecording
    score: Floats
    flag: Flags
    refused: str | None = None

    def counts(self) -> tuple[int, int, int, int]:
        """Return flagged and all faulty rows, flagged and all healthy rows, of those that are scored."""
        counted, faulty = self.recording.scored, self.recording.faulty
        flagged = self.flag & counted
        return (
            int((flagged & faulty).sum()),
            int((counted & faulty).sum()),
            int((flagged & ~faulty).sum()),
            int((counted & ~faulty).sum()),
        )

    def delays_s(self) -> list[float | None]:
        """Return for each scored fault how long after its begin it was flagged first; None where it never was."""
        delays: list[float | None] = []
        for begin, end in alarm_runs(self.recording.faulty & self.recording.scored):
            first = np.flatnonzero(self.flag[begin:end])
            seconds = self.recording.time[begin + first[0]] - self.recording.time[begin] if len(first) else None
            delays.append(None if seconds is None else float(seconds))
        return delays


@dataclass(frozen=True, kw_only=True, slots=True)
class RigFigures:
    """What one detector makes of one rig: rows are summed over its recordings."""

    rig: str
    detector: str
    verdicts: tuple[RecordingVerdict, ...]

    @property
    def rates(self) -> tuple[float | None, float | None]:
        """Return the part of the faulty rows that is flagged, and that of the healthy ones."""
        return _rates([each.counts() for each in self.verdicts])

    @property
    def j(self) -> float | None:
        """Return the detected part less the false part; None where a rig has no faulty or no healthy rows."""
        detected, false = self.rates
        return None if detected is None or false is None else detected - false

    @property
    def delays_s(self) -> list[float | None]:
        """Return the delay of each fault."""
        return [delay for each in self.verdicts for delay in each.delays_s()]

    def public(self) -> dict[str, Any]:
        """Return the figures as a JSON object."""
        detected, false = self.rates
        delays = self.delays_s
        found = [delay for delay in delays if delay is not None]
        return {
            "rig": self.rig,
            "detector": self.detector,
            "detected": detected,
            "false_alarms": false,
            "j": self.j,
            "j_5_95": _spread([each.counts() for each in self.verdicts]),
            "events": len(delays),
            "events_found": len(found),
            "delay_s": float(np.median(found)) if found else None,
            "vus_pr": self._vus_pr(),
            "refused": {each.recording.recording: each.refused for each in self.verdicts if each.refused},
        }

    def _vus_pr(self) -> float | None:
        score = np.concatenate([each.score[each.recording.scored] for each in self.verdicts])
        faulty = np.concatenate([each.recording.faulty[each.recording.scored] for each in self.verdicts])
        return vus_pr(score, faulty)


def read_rigs(directory: Path) -> list[RigRecording]:
    """Read every rig below a folder: `meta.json`, `labels.csv` and a `.csv.gz` for each recording.

    Raises:
        Rejected: there is none, or one is not in that format.
    """
    rigs = sorted(path.parent for path in directory.glob("*/meta.json"))
    if not rigs:
        raise Rejected("no_recordings", f"there are no rigs (*/meta.json) in {directory}")
    recordings = []
    for rig in rigs:
        try:
            recordings += list(_rig(rig))
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise Rejected("malformed_recording", f"{rig.name}: {error!r}") from error
    return recordings


def judge_rigs(
    recordings: Sequence[RigRecording],
    detector: ConditionDetector,
    baselines: Mapping[str, Baseline] = BASELINES,
    progress: Progress | None = None,
) -> list[RigFigures]:
    """Judge each recording by a fresh copy of the detector and by each baseline; figures by rig, then by detector."""
    verdicts: dict[tuple[str, str], list[RecordingVerdict]] = {}
    if progress is not None:
        progress(0, len(recordings))
    for done, recording in enumerate(recordings, start=1):
        whole, alone = judge(recording, detector)
        verdicts.setdefault((recording.rig, SHIPPED), []).append(whole)
        verdicts.setdefault((recording.rig, ALARMS_ALONE), []).append(alone)
        for name, baseline in baselines.items():
            verdicts.setdefault((recording.rig, name), []).append(_judge_plainly(recording, baseline))
        if progress is not None:
            progress(done, len(recordings))
    return [RigFigures(rig=rig, detector=name, verdicts=tuple(each)) for (rig, name), each in verdicts.items()]


def judge(recording: RigRecording, detector: ConditionDetector) -> tuple[RecordingVerdict, RecordingVerdict]:
    """Train a copy of `detector` on a recording's training rows, and stream all that come after them.

    Returns what people are told, alarms and unseen regimes, and the alarms alone.
    """
    score, alarm = np.zeros(len(recording.rows)), np.zeros(len(recording.rows), np.bool_)
    unseen = alarm.copy()
    trained = ConditionDetector(**detector.get_params())
    try:
        trained.fit(recording.rows[recording.train], time=recording.time[recording.train], settings=recording.settings)
    except ValueError as error:
        nothing = RecordingVerdict(recording=recording, score=score, flag=alarm, refused=str(error))
        return nothing, nothing
    after = slice(recording.train.stop, None)
    said, _ = trained.stream(trained.start(), recording.rows[after], recording.time[after])
    score[after], alarm[after], unseen[after] = said.score, said.alarm, said.unseen
    return (
        RecordingVerdict(recording=recording, score=score, flag=alarm | unseen),
        RecordingVerdict(recording=recording, score=score, flag=alarm),
    )


def _judge_plainly(recording: RigRecording, baseline: Baseline) -> RecordingVerdict:
    score, flag = np.zeros(len(recording.rows)), np.zeros(len(recording.rows), np.bool_)
    after = slice(recording.train.stop, None)
    level = baseline(recording.rows[recording.train].copy(), recording.rows[after].copy())
    score[after], flag[after] = level / (1.0 + level), level > 1.0
    return RecordingVerdict(recording=recording, score=score, flag=flag)


def mean_j(figures: Sequence[RigFigures], detector: str) -> tuple[float | None, float | None]:
    """Return the mean J over rigs of one detector, and its mean part of false alarms."""
    mine = [each for each in figures if each.detector == detector and each.j is not None]
    if not mine:
        return None, None
    return float(np.mean([each.j for each in mine])), float(np.mean([each.rates[1] for each in mine]))


def flags(figures: Sequence[RigFigures]) -> Iterator[dict[str, Any]]:
    """Give rig, recording, row counted from 0, score and flag of every row, as the shipped detector says."""
    for each in figures:
        for verdict in each.verdicts if each.detector == SHIPPED else ():
            for row, (score, flag) in enumerate(zip(verdict.score, verdict.flag, strict=True)):
                name = verdict.recording.recording
                yield {"rig": each.rig, "recording": name, "row": row, "score": repr(float(score)), "flag": int(flag)}


def _rates(counts: Sequence[tuple[int, int, int, int]]) -> tuple[float | None, float | None]:
    found, faulty, false, healthy = (sum(column) for column in zip(*counts, strict=True))
    return ratio(found, faulty), ratio(false, healthy)


def _spread(counts: Sequence[tuple[int, int, int, int]]) -> list[float] | None:
    """Return the 5th and 95th percentile of J over recordings drawn with replacement; None where that says nothing."""
    if len(counts) < 2:
        return None
    chance = np.random.default_rng(0)
    drawn = np.array(counts)[chance.integers(0, len(counts), (DRAWS, len(counts)))].sum(axis=1)
    drawn = drawn[(drawn[:, 1] > 0) & (drawn[:, 3] > 0)]
    if not len(drawn):
        return None
    js = drawn[:, 0] / drawn[:, 1] - drawn[:, 2] / drawn[:, 3]
    return [float(part) for part in np.percentile(js, [5, 95])]


def _rig(folder: Path) -> Iterator[RigRecording]:
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as lines:
        labels = list(csv.DictReader(lines))
    for name, described in meta["recordings"].items():
        with gzip.open(folder / f"{name}.csv.gz", "rt", newline="", encoding="utf-8") as lines:
            header, *table = whole_rows(csv.reader(lines))
        values = columns_of(table, range(len(header)))
        signals = [place for place, column in enumerate(header) if column != "time"]
        scored, faulty = np.zeros(len(values), np.bool_), np.zeros(len(values), np.bool_)
        for begin, end in described["scored"]:
            scored[begin:end] = True
        for label in labels:
            if label["recording"] == name:
                faulty[int(label["from"]) : int(label["to"])] = True
        settings = described.get("settings") or meta.get("settings") or []
        columns = [header[place] for place in signals]
        yield RigRecording(
            rig=folder.name,
            recording=name,
            time=values[:, header.index("time")],
            rows=values[:, signals],
            train=slice(*described["train"]),
            scored=scored,
            faulty=faulty,
            settings=tuple(columns.index(setting) for setting in settings if setting in columns),
        )
