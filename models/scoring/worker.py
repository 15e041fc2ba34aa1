"""Rounds of work on new rows: find the assets that have some, lease them, process them together."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from plant.backoff import GrowingWait, Outage, SetAside
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from storage.core.database import Database, Transaction
from storage.core.leases import Lease
from storage.telemetry import windows
from storage.telemetry.windows import Windows

_log = logging.getLogger(__name__)

_ASSETS_A_LEASE = 2_000
_VALUES_A_READ = 4_000_000
_SHORTEST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_ASIDE = GrowingWait(first_s=10.0, most_s=600.0)


class _OfAsset(Protocol):
    @property
    def asset_id(self) -> int: ...


class _Due(_OfAsset, Protocol):
    @property
    def horizon_us(self) -> int: ...


class _Leased(_Due, Protocol):
    @property
    def watermark_us(self) -> int: ...


D = TypeVar("D", bound=_Due)
L = TypeVar("L", bound=_Leased)
J = TypeVar("J")


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
        return RoundReport(
            assets=self.assets + other.assets,
            rows=self.rows + other.rows,
            findings_opened=self.findings_opened + other.findings_opened,
            findings_cleared=self.findings_cleared + other.findings_cleared,
            behind=self.behind + other.behind,
            skipped=self.skipped + other.skipped,
            taken_over=self.taken_over + other.taken_over,
            read_s=self.read_s + other.read_s,
            judge_s=self.judge_s + other.judge_s,
            write_s=self.write_s + other.write_s,
        )


class LeasingWorker(ABC, Generic[D, L, J]):
    """A worker that shares the assets with any number of others.

    Each leases assets before it processes them. A lease has a fence, a number that grows with every lease of the
    asset: whoever comes back late finds a higher one, and writes nothing.

    Args:
        database: connections that speak as the application.
        clock: says how fresh data and leases are.
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
    def _find_due(self, tx: Transaction, now: datetime, skip_assets: Iterable[int]) -> list[D]:
        """Return the assets that have something new and are not leased by others."""

    @abstractmethod
    def _take_leases(self, tx: Transaction, wanted: Sequence[D], now: datetime) -> list[Lease[D]]:
        """Lease those of the wanted assets that are still free."""

    @abstractmethod
    def _read_leased(self, tx: Transaction, taken: Sequence[Lease[D]]) -> list[L]:
        """Read the states of leased assets. They are long: they are read after the leases are committed."""

    @abstractmethod
    def _groups(self, leased: Sequence[L]) -> Iterator[list[L]]:
        """Group the assets that can be processed together; those that cannot be processed at all are left out."""

    @abstractmethod
    def _signal_ids(self, leased: Sequence[L]) -> NDArray[np.int32]:
        """Return the numbers of the signals of assets that are processed together, a row an asset."""

    @abstractmethod
    def _judge(self, leased: Sequence[L], read: Windows) -> list[J]:
        """Judge what was read of assets, a window each."""

    @abstractmethod
    def _write(self, tx: Transaction, judged: Sequence[J]) -> RoundReport:
        """Write what the windows showed."""

    @abstractmethod
    def _give_back(self, tx: Transaction) -> None:
        """Give every lease of this worker back."""

    def round(self, stop: threading.Event | None = None) -> RoundReport:
        """Process every asset that has something new and is not leased by others, each once, until `stop` is set.

        An asset that fails stops no other: it is set aside for a while, longer each time.

        Raises:
            Unavailable: the database is away. What was written stands; a later round does the rest.
            Misconfigured: the database refuses us.
        """
        report = RoundReport()
        due = self._due()
        for first in range(0, len(due), self._most_assets):
            if stop and stop.is_set():
                break
            for group in self._groups(self._lease(due[first : first + self._most_assets])):
                report += self._process_or_halve(group)
        return report

    def release(self) -> None:
        """Give every lease back, so that another worker need not wait for them to run out."""
        with contextlib.suppress(Unavailable), self._database.transaction() as tx:
            self._give_back(tx)

    def _due(self) -> list[D]:
        """Return what is due; each worker begins at another asset, so that they seldom want the same."""
        now = self._clock.now()
        with self._database.transaction() as tx:
            due = self._find_due(tx, now, self._aside.left_alone(now))
        first = zlib.crc32(self._holder.encode()) % max(1, len(due))
        return due[first:] + due[:first]

    def _lease(self, wanted: Sequence[D]) -> list[L]:
        with self._database.transaction() as tx:
            taken = self._take_leases(tx, wanted, self._clock.now())
        with self._database.transaction() as tx:
            return self._read_leased(tx, taken)

    def _process_or_halve(self, leased: Sequence[L]) -> RoundReport:
        """Process assets together; where that fails in halves, until only the asset at fault is left out."""
        try:
            report = self._process(leased)
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - one bad asset must not stop the others
            if len(leased) > 1:
                middle = len(leased) // 2
                return self._process_or_halve(leased[:middle]) + self._process_or_halve(leased[middle:])
            self._set_aside(leased[0])
            return RoundReport(skipped=1)
        for one in leased:
            self._aside.went_well(one.asset_id)
        return report

    def _process(self, leased: Sequence[L]) -> RoundReport:
        """Read, judge and write these assets."""
        signal_ids = self._signal_ids(leased)
        began = time.perf_counter()
        with self._database.transaction() as tx:
            read = windows.read_many(
                tx,
                signal_ids,
                after_us=np.array([one.watermark_us for one in leased]),
                until_us=np.array([max(one.horizon_us, one.watermark_us) for one in leased]),
                most=max(1, min(self._most_rows, _VALUES_A_READ // signal_ids.size)),
            )
        read_at = time.perf_counter()
        judged = self._judge(leased, read)
        judged_at = time.perf_counter()
        with self._database.transaction() as tx:
            report = self._write(tx, judged)
        written_at = time.perf_counter()
        return replace(report, read_s=read_at - began, judge_s=judged_at - read_at, write_s=written_at - judged_at)

    def _set_aside(self, leased: L) -> None:
        if self._aside.put(leased.asset_id, self._clock.now()):
            _log.exception("asset is set aside: it cannot be judged", extra={"asset_id": leased.asset_id})


def follow_rows(
    workers: Sequence[LeasingWorker[Any, Any, Any]], clock: Clock, stop: threading.Event, *, round_s: float = 2.0
) -> None:
    """Make rounds, one every `round_s` seconds, until `stop` is set; wait, longer each time, for an absent database."""
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
            report = sum((one.round(stop) for one in workers), RoundReport())
        except Unavailable as error:
            stop.wait(outage.failed(error))
        else:
            outage.over()
            passed_s = (clock.now() - began).total_seconds()
            stop.wait(0.0 if report.behind else max(0.0, round_s - passed_s))
    if not outage.is_on:
        for one in workers:
            one.release()
