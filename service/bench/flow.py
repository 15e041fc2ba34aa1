"""The measured flow of the ingest bench: a publisher kept just ahead, watched from outside until all is stored."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import psutil

from plant.errors import Unavailable
from service.bench.packets import PublishPlan
from service.bench.publisher import Gauges, begin
from storage.bench import bare_copy
from storage.core.database import Database

Advance = Callable[[int, int], None]

_LOOK_EVERY_S = 0.02
_ON_THE_WAY_S = 0.6  # how much is kept on the way: what is stored in so many seconds
_LEAST_ON_THE_WAY_VALUES = 200_000
_PATIENCE_S = 60.0


@dataclass(kw_only=True, slots=True)
class WatchedProcesses:
    """The processes that share the work by name; `peak_rss` is the largest resident memory of one called ingest."""

    processes: dict[str, list[psutil.Process]]
    before: dict[str, float] = field(default_factory=dict)
    peak_rss: int = 0

    @classmethod
    def beside_server(cls, database: Database, processes: dict[str, list[psutil.Process]]) -> WatchedProcesses:
        """Name the processes whose time is counted, with those of the database where it runs on this machine."""
        watched = cls(processes=dict(processes))
        with database.transaction() as tx, contextlib.suppress(psutil.NoSuchProcess):
            server = psutil.Process(bare_copy.server_pid(tx)).parent()
            if server is not None and "postgres" in server.name():
                watched.processes["database"] = [server]
        return watched

    def start(self) -> None:
        """Start the clock."""
        self.before = self._seconds()

    def used(self) -> dict[str, float]:
        """Return the processor seconds since the start, with those of children."""
        return {name: seconds - self.before[name] for name, seconds in self._seconds().items()}

    def note_memory(self) -> None:
        """Remember the largest resident memory of an ingest process."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.peak_rss = max(self.peak_rss, *(one.memory_info().rss for one in self.processes["ingest"]))

    def _seconds(self) -> dict[str, float]:
        return {name: sum(_cpu_s(one) for one in group) for name, group in self.processes.items()}


def _cpu_s(process: psutil.Process) -> float:
    """Return the processor seconds of a process, its children, and those of them that have ended."""
    spent_s = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        spent_s += float(times.user + times.system + times.children_user + times.children_system)
        spent_s += sum(_cpu_s(child) for child in process.children())
    return spent_s


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredFlow:
    """What was seen: messages, seconds, and the seconds from publishing to where a query finds it, of each marker."""

    messages: int
    publishing_s: float
    storing_s: float
    latencies_s: tuple[float, ...]
    cpu_s: dict[str, float]
    peak_rss: int

    def latency_s(self, quantile: float) -> float:
        """Return a quantile of the latency; not a number where no marker was seen."""
        return float(np.quantile(self.latencies_s, quantile)) if self.latencies_s else math.nan


def measure(
    database: Database, plan: PublishPlan, watched: WatchedProcesses, *, marker: int, seconds: float, advance: Advance
) -> MeasuredFlow:
    """Let the publisher publish for `seconds`, just ahead of what is stored, and wait until the rest is stored too.

    `marker` is the signal whose newest value says how many messages were published before it.

    Raises:
        Unavailable: nothing more is stored for a minute.
    """
    process, gauges = begin(multiprocessing.get_context("spawn"), plan)
    watched.processes["publisher"] = [psutil.Process(process.pid)]
    watcher = _Watcher(database, marker, plan, gauges)
    try:
        watcher.await_listening()
        watched.start()
        began_s = time.monotonic()
        while (passed_s := time.monotonic() - began_s) < seconds:
            watcher.look(passed_s)
            watched.note_memory()
            advance(int(passed_s), int(seconds))
        gauges.stop.value = 1
        publishing_s = watcher.await_all(began_s)
        storing_s = time.monotonic() - began_s
        return MeasuredFlow(
            messages=gauges.published.value,
            publishing_s=publishing_s,
            storing_s=storing_s,
            latencies_s=tuple(watcher.latencies_s),
            cpu_s=watched.used(),
            peak_rss=watched.peak_rss,
        )
    finally:
        gauges.finish.value = 1
        process.join(10)
        process.kill()


class _Watcher:
    """Asks the database, again and again, for the newest marker, and lets the publisher go on accordingly."""

    def __init__(self, database: Database, marker: int, plan: PublishPlan, gauges: Gauges) -> None:
        self._database = database
        self._marker = marker
        self._gauges = gauges
        self._least = max(2, _LEAST_ON_THE_WAY_VALUES // plan.values_a_message)
        self._newest: datetime | None = None
        self._changed_s = time.monotonic()
        self._stored = 0
        self.latencies_s: list[float] = []

    def await_listening(self) -> None:
        """Wait until a marker is stored: ingest listens."""
        while self._newest is None:
            self._look()
        self.latencies_s.clear()

    def look(self, passed_s: float) -> None:
        """Look once, after a pause, and let the publisher go on as far as that allows."""
        self._look()
        rate = self._stored / max(passed_s, 1.0)
        self._gauges.allowed.value = self._stored + max(self._least, int(rate * _ON_THE_WAY_S))

    def _look(self) -> None:
        time.sleep(_LOOK_EVERY_S)
        with self._database.transaction() as tx:
            found = bare_copy.newest_of(tx, self._marker)
        now_s = time.time()
        if found is not None and found[0] != self._newest:
            self._newest, self._changed_s = found[0], time.monotonic()
            self._stored = int(found[1])
            self.latencies_s.append(now_s - found[0].timestamp())
        if time.monotonic() - self._changed_s > _PATIENCE_S:
            raise Unavailable(f"nothing more was stored for {_PATIENCE_S:.0f} s; ingest's log says why")

    def await_all(self, began_s: float) -> float:
        """Look until the last marker is stored; return how long the publisher took from `began_s` on."""
        publishing_s = 0.0
        while not self._gauges.is_done.value or self._stored <= self._gauges.published.value:
            self.look(time.monotonic() - began_s)
            if self._gauges.is_done.value and not publishing_s:
                publishing_s = time.monotonic() - began_s
        return publishing_s or time.monotonic() - began_s
