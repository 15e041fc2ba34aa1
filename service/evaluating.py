"""Judge the shipped models on recorded data, and write down and draw what they said."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from plant.errors import Misconfigured


def refuse_no_folder(path: Path | None) -> None:
    """Refuse before the work what could not be written after it.

    Raises:
        Misconfigured: the folder of `path` is not there.
    """
    if path is not None and not path.absolute().parent.is_dir():
        raise Misconfigured(f"{path} cannot be written: there is no folder {path.absolute().parent}")


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows with the same names as CSV.

    Raises:
        Misconfigured: the file cannot be written.
    """
    table = list(rows)
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(table[0]) if table else [])
            writer.writeheader()
            writer.writerows(table)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}") from error
