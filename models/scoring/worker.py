"""Rounds that follow the rows: ask what is due, lease it, do it together, and let what fails stand alone."""

from __future__ import annotations

import contextlib
import logging
import threading
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from plant.backoff import GrowingWait, Outage, SetAside
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from storage.core.database import Database, Transaction
from storage.core.leases import Lease

_log = logging.getLogger(__name__)

_ASSETS_A_LEASE = 2_000
_SHORTEST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_ASIDE = GrowingWait(first_s=10.0, most_s=600.0)


class _OfAsset(Protocol):
    @property
    def asset_id(self) -> int: ...


class _Due(_OfAsset, Protocol):
    @property
    def horizon_us(self) -> int: ...


D = TypeVar("D", bound=_Due)
L = TypeVar("L", bound=_OfAsset)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundReport:
    """What one round did. `behind` counts assets whose backlog was larger than a round takes.

    `read_s`, `judge_s` and `write_s` say where the time went, in seconds; reports that differ in them are equal.
    """

    assets: int = 0
    rows: int = 0
    findings_opened: int = 0
    findings_cleared: int = 0
    behind: int = 0
    skipped: int = 0
    taken_over: int = 0
    read_s: float = field(default=0.0, compare=False)
    judge_s: float = field(default=0.0, compare=False)
    write_s: float = field(default=0.0, compare=False)

    def __add__(self, other: RoundReport) -> RoundReport:
        return RoundReport(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


class Follower(ABC, Generic[D, L]):
    """One worker. Any number of them share the assets by leases; what each writes is guarded by the leases' fences.

    Args:
        database: spoken to as the application.
        clock: tells how fresh data and leases are.
        holder: the worker's name in the leases.
        lease_s: after how long a worker that died loses its assets, in seconds.
        most_rows: instants an asset may have in one round; a backlog takes several.
        most_assets: assets that are leased, judged and written together.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        holder: str,
        *,
        lease_s: float = 15.0,
        most_rows: int = 20_000,
        most_assets: int = _ASSETS_A_LEASE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._holder = holder
        self._lease_s = lease_s
        self._most_rows = most_rows
        self._most_assets = most_assets
        self._aside = SetAside[int](_ASIDE)

    @abstractmethod
    def _ask(self, tx: Transaction, now: datetime, skip_assets: Iterable[int]) -> list[D]:
        """Say what there is to do."""

    @abstractmethod
    def _take(self, tx: Transaction, wanted: Sequence[D], now: datetime) -> list[Lease[D]]:
        """Lease what is still nobody else's."""

    @abstractmethod
    def _remember(self, tx: Transaction, taken: Sequence[Lease[D]]) -> list[L]:
        """Read what is known of what was leased; long, so that it is read when no row is locked any more."""

    @abstractmethod
    def _alike(self, leased: Sequence[L]) -> Iterator[list[L]]:
        """Yield together what can be done together; what cannot be done at all is left out."""

    @abstractmethod
    def _together(self, leased: Sequence[L]) -> RoundReport:
        """Read, judge and write these assets."""

    @abstractmethod
    def _give_back(self, tx: Transaction) -> None:
        """Give every lease of this worker back."""

    def round(self, stop: threading.Event | None = None) -> RoundReport:
        """Do every asset that has something new and is nobody else's, each once; end early where told to stop.

        An asset that cannot be done stops no other: it is set aside for a while, longer each time.

        Raises:
            Unavailable: the database is away. What was written stands, the rest is done by a later round.
            Misconfigured: the database refuses us.
        """
        report = RoundReport()
        due = self._due()
        for first in range(0, len(due), self._most_assets):
            if stop and stop.is_set():
                break
            for alike in self._alike(self._lease(due[first : first + self._most_assets])):
                report += self._try(alike)
        return report

    def release(self) -> None:
        """Give every lease back, so that another worker need not wait for them to run out."""
        with contextlib.suppress(Unavailable), self._database.transaction() as tx:
            self._give_back(tx)

    def _due(self) -> list[D]:
        """Say what there is to do; each worker begins elsewhere, so that they seldom ask for the same."""
        now = self._clock.now()
        with self._database.transaction() as tx:
            due = self._ask(tx, now, self._aside.left_alone(now))
        first = zlib.crc32(self._holder.encode()) % max(1, len(due))
        return due[first:] + due[:first]

    def _lease(self, wanted: Sequence[D]) -> list[L]:
        with self._database.transaction() as tx:
            taken = self._take(tx, wanted, self._clock.now())
        with self._database.transaction() as tx:
            return self._remember(tx, taken)

    def _try(self, leased: Sequence[L]) -> RoundReport:
        """Do assets together; where that fails in two halves, so that one that cannot be done stops no other."""
        try:
            report = self._together(leased)
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - one bad asset must not stop the others
            if len(leased) > 1:
                middle = len(leased) // 2
                return self._try(leased[:middle]) + self._try(leased[middle:])
            self._set_aside(leased[0])
            return RoundReport(skipped=1)
        for one in leased:
            self._aside.went_well(one.asset_id)
        return report

    def _set_aside(self, leased: L) -> None:
        if self._aside.put(leased.asset_id, self._clock.now()):
            _log.exception("asset is set aside: it cannot be judged", extra={"asset_id": leased.asset_id})


def follow_rows(
    followers: Sequence[Follower[Any, Any]], clock: Clock, stop: threading.Event, *, round_s: float = 2.0
) -> None:
    """Make rounds, one every `round_s` seconds, until told to stop; wait, longer each time, for an absent database."""
    outage = Outage(
        "scoring waits: the database is away",
        "scoring goes on: the database is back",
        first_s=_SHORTEST_WAIT_S,
        most_s=_LONGEST_WAIT_S,
        log=_log,
    )
    while not stop.is_set():
        began = clock.now()
        try:
            report = sum((one.round(stop) for one in followers), RoundReport())
        except Unavailable as error:
            stop.wait(outage.failed(error))
        else:
            outage.over()
            passed_s = (clock.now() - began).total_seconds()
            stop.wait(0.0 if report.behind else max(0.0, round_s - passed_s))
    if not outage.is_on:
        for one in followers:
            one.release()
