"""The latest values are brought forward after the commits that stored them, in transactions of their own."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from plant.clock import Clock
from plant.errors import AssetloopError
from storage.binary.columns import ReadingColumns
from storage.core.database import Database
from storage.telemetry import latest


class LatestForwarder:
    """Remembers what commits have stored, and moves `latest` forward. Threads may note while another one forwards."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._noting = threading.Lock()
        self._stored: list[ReadingColumns] = []
        self._is_in_doubt = False

    @property
    def has_work(self) -> bool:
        """Say whether something is to be brought forward."""
        return bool(self._stored) or self._is_in_doubt

    def note(self, stored: Sequence[ReadingColumns]) -> None:
        """Remember what a commit stored."""
        with self._noting:
            self._stored += stored

    def doubt(self) -> None:
        """Remember that a commit may have succeeded without our hearing of it: all of `latest` is then repaired."""
        self._is_in_doubt = True

    def forward(self) -> None:
        """Bring `latest` forward, or repair it where it is in doubt.

        Raises:
            Unavailable: the database is away; `latest` is in doubt from then on.
        """
        with self._noting:
            stored, self._stored = self._stored, []
            in_doubt, self._is_in_doubt = self._is_in_doubt, False
        try:
            if in_doubt:
                with self._database.transaction() as tx:
                    latest.repair(tx, stored_at=self._clock.now())
            elif stored:
                with self._database.transaction() as tx:
                    latest.upsert(tx, ReadingColumns.joined(stored), stored_at=self._clock.now())
        except AssetloopError:
            self.doubt()
            raise
