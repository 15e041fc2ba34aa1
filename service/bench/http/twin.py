"""`assetloop bench api`: the twin of one asset among many over HTTP, beside a route that answers nothing.

One run: a scratch database with a plant in it and one process of `assetloop serve` as users run it. First requests come
at a steady rate, each for another asset, whether or not those before it are answered: what they wait is measured from
the instant at which they were due. Then as many as there are connections are always under way.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import psutil

from api.identity.tokens import TokenWanted, issue_token
from plant.clock import SystemClock
from plant.errors import Unavailable
from plant.people.principal import process
from plant.people.rights import PlantRole
from service.bench.ground import scratch
from service.bench.http.serving import HOST, make_plant, serving
from service.runtime.screen import Stages
from service.runtime.surroundings import Surroundings
from storage.bench import many_machines
from storage.core.database import Database, Role

_WARM = 400
_SEED = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiBench:
    """What to measure: a plant of `assets`, asked `rate` times a second for `seconds` over `connections`."""

    assets: int = 10_000
    signals: int = 10
    rate: int = 200
    seconds: float = 10.0
    connections: int = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiFigures:
    """What was measured, of the twin and of a route that answers nothing.

    `…_p99_ms` at the steady rate; `…_most_per_s` with all connections busy; `…_cpu_ms` processor time of the server a
    request, `twin_database_ms` that of the database's sessions. `ratio` is the twin's processor time to the other's.
    """

    assets: int
    rate: int
    answered_per_s: float
    twin_p50_ms: float
    twin_p99_ms: float
    twin_most_per_s: float
    twin_cpu_ms: float
    twin_database_ms: float
    twin_bytes: int
    nothing_p99_ms: float
    nothing_most_per_s: float
    nothing_cpu_ms: float
    ratio: float

    def lines(self) -> str:
        """Say it to a person."""
        return _LINES.format(**{each.name: getattr(self, each.name) for each in fields(self)})


_LINES = """\
twin       {answered_per_s:>8.0f} answered a second of {rate} asked, of {assets:,} assets: \
{twin_p50_ms:.1f} ms, 99 of 100 within {twin_p99_ms:.1f} ms
           {twin_most_per_s:>8.0f} a second at most; {twin_cpu_ms:.2f} ms of processor a request, \
{twin_database_ms:.2f} ms in the database, {twin_bytes:,} bytes
nothing    {nothing_most_per_s:>8.0f} a second at most; 99 of 100 within {nothing_p99_ms:.1f} ms; \
{nothing_cpu_ms:.2f} ms of processor
ratio      {ratio:>8.1f} times the processor of a route that answers nothing"""


def bench_api(around: Surroundings, what: ApiBench, advance: Stages) -> ApiFigures:
    """Measure.

    Raises:
        Unavailable: the server does not start, or refuses a request.
        Misconfigured: the database cannot be used.
    """
    with scratch(around) as url, tempfile.TemporaryDirectory(prefix="assetloop-bench-") as folder:
        advance("a plant", 0, 1)
        token = _install(url, what)
        advance("the server", 0, 1)
        with serving(url, Path(folder)) as (server, port), Database(url, role=Role.OWNER, most=1) as owner:
            twin = _twin_requests(what, token)
            asyncio.run(_closed(port, twin[:_WARM], what.connections))
            advance("a route that answers nothing", 0, 1)
            nothing = _measured(port, _NOTHING * int(what.rate * what.seconds), what, _Spent(server, None))
            advance("the twin", 0, 1)
            found = _measured(port, twin, what, _Spent(server, owner))
    return ApiFigures(
        assets=what.assets,
        rate=what.rate,
        answered_per_s=round(found.per_s, 1),
        twin_p50_ms=found.percentile_ms(50),
        twin_p99_ms=found.percentile_ms(99),
        twin_most_per_s=round(found.most_per_s, 1),
        twin_cpu_ms=round(found.cpu_ms, 3),
        twin_database_ms=round(found.database_ms, 3),
        twin_bytes=found.body_bytes,
        nothing_p99_ms=nothing.percentile_ms(99),
        nothing_most_per_s=round(nothing.most_per_s, 1),
        nothing_cpu_ms=round(nothing.cpu_ms, 3),
        ratio=round(found.cpu_ms / nothing.cpu_ms, 2),
    )


def _install(url: str, what: ApiBench) -> str:
    """Make a plant, and a token that may see it."""
    with Database(url, role=Role.OWNER, most=2) as database:
        with database.transaction() as tx:
            make_plant(tx, assets=what.assets, signals=what.signals)
        wanted = TokenWanted(name="bench", role=PlantRole.SUPERVISOR, scopes=None, sites=None, days=1)
        return issue_token(database, wanted, actor=process("bench"), clock=SystemClock()).token


def _twin_requests(what: ApiBench, token: str) -> list[bytes]:
    places = np.random.default_rng(_SEED).integers(1, what.assets + 1, int(what.rate * what.seconds) + _WARM)
    head = f"HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n\r\n"
    site = many_machines.SITE
    return [
        f"GET /api/v1/assets/{site}/{many_machines.asset_tag(int(place))} {head}".encode() for place in places.tolist()
    ]


_NOTHING = [f"GET /api/v1/health/live HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Measured:
    waits_ms: Sequence[float]
    per_s: float
    most_per_s: float
    cpu_ms: float
    database_ms: float
    body_bytes: int

    def percentile_ms(self, percent: float) -> float:
        return round(float(np.percentile(self.waits_ms, percent)), 2)


def _measured(port: int, requests: Sequence[bytes], what: ApiBench, spent: _Spent) -> _Measured:
    began_s = time.perf_counter()
    waits_s = asyncio.run(_open(port, requests, what))
    took_s = time.perf_counter() - began_s
    spent.begin()
    most_s, body_bytes = asyncio.run(_closed(port, requests, what.connections))
    cpu_s, database_s = spent.since()
    return _Measured(
        waits_ms=[wait * 1e3 for wait in waits_s],
        per_s=len(waits_s) / took_s,
        most_per_s=len(requests) / most_s,
        cpu_ms=1e3 * cpu_s / len(requests),
        database_ms=1e3 * database_s / len(requests),
        body_bytes=body_bytes,
    )


class _Spent:
    """The processor time of the server, and of the sessions that the bench's database has."""

    def __init__(self, server: psutil.Process, owner: Database | None) -> None:
        self._server, self._owner = server, owner
        self._before: dict[int, float] = {}

    def begin(self) -> None:
        """Begin to count."""
        self._before = self._now()

    def since(self) -> tuple[float, float]:
        """Return the seconds of the server, and those of the database, since."""
        now = self._now()
        spent = {pid: seconds - self._before.get(pid, 0.0) for pid, seconds in now.items()}
        of_server = spent.pop(self._server.pid)
        return of_server, sum(spent.values())

    def _now(self) -> dict[int, float]:
        processes = [self._server]
        if self._owner is not None:
            with self._owner.transaction() as tx:
                pids = many_machines.sessions(tx)
            for pid in pids:
                with suppress(psutil.Error):  # a database elsewhere has none here
                    processes.append(psutil.Process(pid))
        return {one.pid: sum(one.cpu_times()[:2]) for one in processes}


async def _open(port: int, requests: Sequence[bytes], what: ApiBench) -> list[float]:
    """Send requests when they are due, over whichever connection is free; return how long each waited."""
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(what.connections):
        free.put_nowait(await _Connection.opened(port))
    began_s = time.perf_counter()
    waits_s: list[float] = []

    async def one(place: int, request: bytes) -> None:
        due_s = began_s + place / what.rate
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
        connection = await free.get()
        await connection.ask(request)
        waits_s.append(time.perf_counter() - due_s)
        free.put_nowait(connection)

    count = min(len(requests), int(what.rate * what.seconds))
    await asyncio.gather(*(one(place, request) for place, request in enumerate(requests[:count])))
    return waits_s


async def _closed(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, int]:
    """Send requests as fast as they are answered; return how long that took, and how long an answer is."""
    waiting, sizes = iter(requests), [0]
    opened = [await _Connection.opened(port) for _ in range(connections)]

    async def work(connection: _Connection) -> None:
        for request in waiting:
            sizes[0] = await connection.ask(request)

    began_s = time.perf_counter()
    await asyncio.gather(*(work(connection) for connection in opened))
    return time.perf_counter() - began_s, sizes[0]


class _Connection:
    """A connection that is kept, as bare as can be: what asks must cost less than what answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def opened(cls, port: int) -> _Connection:
        return cls(*await asyncio.open_connection(HOST, port))

    async def ask(self, request: bytes) -> int:
        """Send a request and read its answer; return the length of its body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise Unavailable(f"the server answered {head.splitlines()[0].decode('latin-1')}")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        await self._reader.readexactly(length)
        return length
