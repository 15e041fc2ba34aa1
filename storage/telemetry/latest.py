"""The latest reading of each signal, which only ever moves forward."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from storage.binary.columns import ReadingColumns, last_of_signals
from storage.core.database import Transaction

QUIET_S = 2.0
"""Values are brought forward once a second, in seconds: a shorter silence says nothing."""


def upsert(tx: Transaction, columns: ReadingColumns, *, stored_at: datetime) -> int:
    """Move `latest` forward to these stored readings and return how many signals moved; none ever moves back."""
    rows = last_of_signals(columns.take(np.lexsort((columns.times_us, columns.signal_ids))))
    if not len(rows):
        return 0
    parameters = {"stored_at": stored_at, **rows.as_arrays()}
    tx.all("latest.one_writer")
    moved = tx.run("latest.move", **parameters)
    return moved if moved == len(rows) else moved + tx.run("latest.begin", **parameters)


def repair(tx: Transaction, *, stored_at: datetime) -> int:
    """Bring `latest` up to what is stored and return how many signals had lagged."""
    tx.all("latest.one_writer")
    return tx.run("latest.repair", stored_at=stored_at)
