"""What an ingest process knows to be wrong with itself: whether it stores, and whether its disk has room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from plant.clock import Clock
from plant.product_state import FaultKind, ProductFault
from storage.core.disk import nearly_full

_SHOWN_AFTER = timedelta(seconds=2)
"""A commit that succeeds at the second attempt, as after a deadlock, is no fault."""


class OwnState:
    """Commits and housekeeping note what went wrong and what went well; `folder` is on the disk that is watched."""

    def __init__(self, clock: Clock, *, folder: Path | None = None) -> None:
        self._clock = clock
        self._folder = folder
        self._failing: tuple[datetime, str] | None = None
        self._is_listening = True

    def note_failed(self, why: object) -> None:
        """Note that a commit failed and is tried again."""
        since = self._failing[0] if self._failing else self._clock.now()
        self._failing = (since, str(why))

    def note_committed(self) -> None:
        """Note that a commit succeeded."""
        self._failing = None

    def note_sessions(self, listening: Mapping[int, bool]) -> None:
        """Note which slots have a session that is subscribed."""
        self._is_listening = all(listening.values())

    def reported(self) -> tuple[ProductFault, ...]:
        """Return what others cannot see for themselves, to be written into the record."""
        found = []
        failing = self._failing
        if failing is not None and self._clock.now() - failing[0] >= _SHOWN_AFTER:
            found.append(ProductFault(kind=FaultKind.NOT_STORING, since=failing[0], says=failing[1]))
        full = nearly_full(self._folder) if self._folder is not None else None
        if full is not None:
            found.append(ProductFault(kind=FaultKind.DISK_NEARLY_FULL, says=full))
        return tuple(found)

    def kinds(self) -> set[FaultKind]:
        """Return what is wrong, for the metrics of this process."""
        kinds = {fault.kind for fault in self.reported()}
        return kinds if self._is_listening else kinds | {FaultKind.BROKER_AWAY}
