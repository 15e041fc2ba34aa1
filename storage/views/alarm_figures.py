"""Figures of the alarm system of the last 30 days, by EEMUA 191: how they are spread, no means."""

from __future__ import annotations

from typing import Any

from storage.core.database import Transaction

FIGURES = ("distribution", "floods", "chattering", "stale", "worst", "response")


def alarm_figures(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
    """Return each figure's rows by its name, those of `FIGURES`."""
    return {name: list(tx.all(f"alarm_figures.{name}")) for name in FIGURES}
