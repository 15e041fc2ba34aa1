"""The long-term wear of machines: how far each has slowly left the state its model was trained in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class WearRow:
    """Ten minutes of an asset; `time_us` is their begin in epoch microseconds of data time.

    `wear` is in alarm lines: 0 as trained, 1 is the limit. `wear_signals` is each signal's part, in the order of the
    model's signals; it sums to 1, or is all 0.
    """

    asset_id: int
    time_us: int
    model_id: int
    wear: float
    wear_signals: tuple[float, ...]


def write(tx: Transaction, rows: Sequence[WearRow]) -> None:
    """Write ten minutes of each asset; a new model that judges them again replaces what was said of them."""
    tx.run_many(
        "wear.write",
        [
            {
                "asset_id": row.asset_id,
                "time_us": row.time_us,
                "model_id": row.model_id,
                "wear": row.wear,
                "wear_signals": list(row.wear_signals),
            }
            for row in rows
        ],
    )
