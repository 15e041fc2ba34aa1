"""Clocks: which devices said times that no right clock says, gathered until somebody writes them down."""

from __future__ import annotations

import threading

from storage.telemetry.device_clocks import ClockNote
from storage.telemetry.windows import from_us

_MOST = 10_000


class WrongClocks:
    """Notes of wrong clocks, one a device; for several threads."""

    def __init__(self) -> None:
        self._notes: dict[int, ClockNote] = {}
        self._lock = threading.Lock()

    def note(self, asset_id: int, off_us: int, says: str, arrival_us: int) -> None:
        """Note that a device's time was off by so much when a message arrived."""
        with self._lock:
            held = self._notes.get(asset_id)
            if held is None and len(self._notes) >= _MOST:
                return
            at = from_us(arrival_us)
            self._notes[asset_id] = ClockNote(
                asset_id=asset_id,
                off_s=off_us / 1e6,
                says=says,
                since=held.since if held else at,
                last_at=max(held.last_at, at) if held else at,
                times=(held.times if held else 0) + 1,
            )

    def take(self) -> list[ClockNote]:
        """Take the notes."""
        with self._lock:
            notes, self._notes = self._notes, {}
        return list(notes.values())

    def put_back(self, notes: list[ClockNote]) -> None:
        """Keep notes that could not be written, where nothing newer is known."""
        with self._lock:
            self._notes = {one.asset_id: one for one in notes} | self._notes
