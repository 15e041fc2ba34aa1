"""The C-MAPSS turbofans as histories: NASA's files of one subset, read from a folder."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import error as BadCompression  # noqa: N812 - zlib names it in small letters

import numpy as np

from models.evaluation.tables import whole_rows
from models.remaining.history import Floats, History, Life
from plant.errors import Rejected

SETTINGS, SIGNALS = slice(2, 5), slice(5, 26)
COLUMNS = 26


@dataclass(frozen=True, kw_only=True, slots=True)
class Subset:
    """Engines by their unit number: those that ran to failure, those that were cut, and what these had left, in cycles.

    `cut` is empty where the folder has no test file, `left` where it has no answers.
    """

    lives: Mapping[int, Life]
    cut: Mapping[int, History]
    left: Mapping[int, float]


def read_subset(directory: Path, subset: str) -> Subset:
    """Read `train_…`, and where they are there `test_…` and `RUL_…`, each `.txt` or `.txt.gz`.

    Raises:
        Rejected: there is no training file, a file is not in the published format, or answers and engines do not match.
    """
    train = _found(directory, f"train_{subset}.txt")
    if train is None:
        raise Rejected("no_engines", f"there is no train_{subset}.txt or train_{subset}.txt.gz in {directory}")
    test, answers = _found(directory, f"test_{subset}.txt"), _found(directory, f"RUL_{subset}.txt")
    histories = read_engines(train)
    lives = {unit: Life(history=one, failed_at=float(one.time[-1])) for unit, one in histories.items()}
    cut = read_engines(test) if test else {}
    return Subset(lives=lives, cut=cut, left=_read_left(answers, cut) if answers and cut else {})


def read_engines(path: Path) -> dict[int, History]:
    """Read the engines of one file: unit, cycle, three settings, 21 measurements, separated by blanks.

    Raises:
        Rejected: it is not in that format.
    """
    table = _read_table(path)
    if table.shape[1] != COLUMNS:
        raise Rejected("malformed_engines", f"{path.name}: {table.shape[1]} columns, C-MAPSS has {COLUMNS}")
    units = table[:, 0]
    try:
        return {int(unit): _history(table[units == unit]) for unit in np.unique(units)}
    except ValueError as error:
        raise Rejected("malformed_engines", f"{path.name}: {error}") from error


def _history(rows: Floats) -> History:
    return History(time=rows[:, 1], rows=rows[:, SIGNALS], settings=rows[:, SETTINGS], begin=float(rows[0, 1]) - 1.0)


def _read_left(path: Path, cut: Mapping[int, History]) -> dict[int, float]:
    """Read the answers, one a line, in the order of the units."""
    table = _read_table(path)
    if table.shape != (len(cut), 1):
        raise Rejected("malformed_engines", f"{path.name}: {len(table)} answers for {len(cut)} engines")
    return dict(zip(sorted(cut), table[:, 0].tolist(), strict=True))


def _found(directory: Path, name: str) -> Path | None:
    return next((path for path in (directory / name, directory / f"{name}.gz") if path.is_file()), None)


def _read_table(path: Path) -> Floats:
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("ascii")
        table = np.array(list(whole_rows(map(str.split, text.splitlines()))), dtype=np.float64)
    except (ValueError, EOFError, OSError, BadCompression) as error:
        raise Rejected("malformed_engines", f"{path.name} is not a table of numbers: {error}") from error
    if table.ndim != 2 or not np.isfinite(table).all():
        raise Rejected("malformed_engines", f"{path.name} is not a table of numbers")
    return table
