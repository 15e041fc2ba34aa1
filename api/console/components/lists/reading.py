"""What a page shows is read in a thread, and read again when the record has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from nicegui import run

from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from storage.views.overview import Counts

Found = TypeVar("Found")
_EVERY_S = 1.0


class ListReading(Generic[Found]):
    """Reads, and shows what was found; of two readings at a time the later one counts.

    `seen` says by which of the counts the record has changed. Without a database what was shown stays.
    """

    def __init__(
        self,
        visit: Visit,
        *,
        read: Callable[[Parts], Found],
        show: Callable[[Found], None],
        seen: Callable[[Counts], object],
    ) -> None:
        self._visit, self._read, self._show, self._seen_in = visit, read, show, seen
        self._reads = 0
        self._seen: object = None

    async def begin(self) -> None:
        """Read for the first time, and go on as long as the page is open."""
        await self.again()
        self._visit.every(_EVERY_S, self._keep_up)

    async def again(self) -> None:
        """Read and show."""
        counts = self._visit.watch.look().counts
        self._reads += 1
        mine = self._reads
        try:
            found = await run.io_bound(self._read, self._visit.parts)
        except AssetloopError:
            return
        if found is None or mine != self._reads:
            return
        self._seen = self._seen_in(counts) if counts else None
        self._show(found)

    async def _keep_up(self) -> None:
        counts = self._visit.watch.look().counts
        if counts is not None and self._seen_in(counts) != self._seen:
            await self.again()
