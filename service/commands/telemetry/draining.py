"""`assetloop ingest drain`: ask for the end of surplus slots, and wait until the ingest processes have seen to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from plant.errors import Unavailable
from service.runtime.counted import counted
from service.runtime.surroundings import Surroundings
from storage.core.database import Role
from storage.telemetry import slots

_LOOK_EVERY_S = 0.3


@dataclass(frozen=True, kw_only=True, slots=True)
class Drained:
    """Slots that have ended, those that have not within the time, and those that stay."""

    ended: list[int]
    left: list[int]
    kept: list[int]

    def line(self) -> str:
        """Say it to a person."""
        if not self.ended and not self.left:
            return f"nothing to end: {counted(len(self.kept), 'slots')}, one for each ingest process"
        said = [f"ended: {_listed(self.ended)}", f"kept: {_listed(self.kept)}"]
        if self.left:
            said.append(f"not ended yet: {_listed(self.left)}; the ingest processes go on with it")
        return "\n".join(said)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"


def drain(around: Surroundings, *, keep: int | None, wait_s: float, advance: Callable[[int, int], None]) -> Drained:
    """Drain the slots beyond `keep`, or beyond one a process; `advance` hears how many have ended, and of how many.

    Raises:
        Unavailable: no ingest process is alive to do it.
    """
    with around.database(Role.INGEST) as database:
        with database.transaction() as tx:
            if not any(slot.is_held for slot in slots.every(tx)):
                raise Unavailable("no ingest process is alive to drain anything; start `assetloop ingest` first")
            slots.drain(tx, keep=keep)
            asked = [slot.slot for slot in slots.every(tx) if slot.is_draining]
        until_s = time.monotonic() + wait_s
        while True:
            with database.transaction() as tx:
                left = [slot.slot for slot in slots.every(tx) if slot.is_draining]
                kept = [slot.slot for slot in slots.every(tx) if not slot.is_draining]
            advance(len(asked) - len(left), len(asked))
            if not left or time.monotonic() >= until_s:
                return Drained(ended=sorted(set(asked) - set(left)), left=left, kept=kept)
            time.sleep(_LOOK_EVERY_S)
