"""`assetloop bench console`: pages that stay open over cut connections, and pages that are opened and left, one by one.

One run: a scratch database with a plant in it and one process of `assetloop serve` as users run it. Each session opens
the page of an order of its own, types a comment letter by letter and sends it, while its connection is cut again and
again; what the server has not taken goes again, as a browser sends it (`static/connection.js`). Then many pages are
opened and left.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass, fields
from pathlib import Path

import httpx
import numpy as np
import psutil

from alerts.orders.commands import report_failure
from api.identity.access import SESSION_COOKIE
from api.identity.people import NewPerson, add_person, principal_of
from api.identity.signing_in.sign_in import begin_session
from plant.clock import SystemClock
from plant.people.principal import Recognition, process
from plant.people.rights import PlantRole
from plant.severity import Severity
from plant.work_order import FailureReport
from service.bench.ground import scratch
from service.bench.http.console_page import ConsolePage
from service.bench.http.serving import HOST, make_plant, serving
from service.runtime.screen import Stages
from service.runtime.surroundings import Surroundings
from storage.bench import many_machines
from storage.core.database import Database, Role
from storage.orders.comments import comments_of
from storage.work import orders

_READY_S = 120.0
_ACK_S = 3.0
_LONGEST_AWAY_S = 30.0
_SEED = 7
_AT_ONCE = 4
_WARM = 50
_PAGES = (
    "/",
    "/work-orders",
    "/alerts",
    "/models",
    "/figures",
    "/search?q=pump",
    "/engineering",
    "/handover",
    "/ledger",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleBench:
    """So many sessions for `seconds`, with so many cuts among them; then so many pages; the plant has `assets`."""

    sessions: int = 50
    reconnects: int = 200
    seconds: float = 120.0
    opens: int = 1000
    assets: int = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleFigures:
    """What was measured.

    `reloads` is how often a page would have been loaded again, `lost` and `doubled` of how many sessions the comment is
    not what was typed, or is there twice. `grew_mb` is the server's memory over the cuts, `opens_grew_mb` over the
    pages that were opened and left, the first of them apart. `page_s` is the longest of three answers for each page.
    """

    sessions: int
    reconnects: int
    reloads: int
    lost: int
    doubled: int
    grew_mb: float
    opens: int
    opens_grew_mb: float
    open_cpu_ms: float
    page_s: dict[str, float]

    def lines(self) -> str:
        """Say it to a person."""
        said = _LINES.format(**{each.name: getattr(self, each.name) for each in fields(self)})
        return said + "".join(f"\n{page:<16} {seconds:.2f} s" for page, seconds in self.page_s.items())


_LINES = """\
{sessions} sessions, {reconnects} reconnects: {reloads} reloads, {lost} lost, {doubled} done twice; {grew_mb:+.1f} MB
{opens} pages opened and left: {opens_grew_mb:+.1f} MB, {open_cpu_ms:.0f} ms of processor each"""


def bench_console(around: Surroundings, what: ConsoleBench, advance: Stages) -> ConsoleFigures:
    """Measure.

    Raises:
        Unavailable: the server does not start, or does not answer.
        Misconfigured: the database cannot be used.
    """
    with scratch(around) as url, tempfile.TemporaryDirectory(prefix="assetloop-bench-") as folder:
        advance("a plant", 0, 1)
        cookie, numbers = _install(url, what)
        with serving(url, Path(folder)) as (server, port):
            bench = _Bench(base=f"http://{HOST}:{port}", cookie=cookie, server=server, what=what)
            page_s, run, opened = asyncio.run(bench.all(numbers, advance))
        with Database(url, role=Role.APP, most=1) as database, database.transaction() as tx:
            said = [[one.said for one in comments_of(tx, orders.get_order(tx, number).order_id)] for number in numbers]
    return ConsoleFigures(
        sessions=what.sessions,
        reconnects=run.cuts,
        reloads=run.reloads,
        lost=sum(one[:1] != [_typed(number)] for one, number in zip(said, numbers, strict=True)),
        doubled=sum(len(one) > 1 for one in said),
        grew_mb=round(run.grew_mb, 1),
        opens=what.opens,
        opens_grew_mb=round(opened.grew_mb, 1),
        open_cpu_ms=round(1e3 * opened.cpu_s / max(1, what.opens), 1),
        page_s=page_s,
    )


def _typed(number: str) -> str:
    return f"Seen at {number}: grease is dry, the bearing is warm, next look on Monday."


def _install(url: str, what: ConsoleBench) -> tuple[str, list[str]]:
    """Make a plant, a person who is signed in, and an order for each session."""
    clock = SystemClock()
    with Database(url, role=Role.OWNER, most=2) as database:
        with database.transaction() as tx:
            make_plant(tx, assets=what.assets, signals=4)
        new = NewPerson(sign_in="bench", name="Bench", roles=((PlantRole.SUPERVISOR, None),))
        person = add_person(database, new, actor=process("bench"), clock=clock)
        cookie = begin_session(database, person, Recognition.PASSWORD, address=HOST, clock=clock).cookie
        actor = principal_of(person, Recognition.PASSWORD)
        report = FailureReport(actor=actor, failure_mode="VIB", severity=Severity.MINOR, what="Hums")
        numbers = [
            report_failure(
                database, many_machines.SITE, many_machines.asset_tag(place + 1), report, clock=clock, console_url=""
            ).number
            for place in range(what.sessions)
        ]
    return cookie, numbers


@dataclass(kw_only=True, slots=True)
class _Run:
    cuts: int = 0
    reloads: int = 0
    grew_mb: float = 0.0
    cpu_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bench:
    base: str
    cookie: str
    server: psutil.Process
    what: ConsoleBench

    async def all(self, numbers: list[str], advance: Stages) -> tuple[dict[str, float], _Run, _Run]:
        """Measure the pages, the cuts and the openings, in this order."""
        cookies = {SESSION_COOKIE: self.cookie}
        async with httpx.AsyncClient(base_url=self.base, cookies=cookies, timeout=_READY_S) as browser:
            advance("pages", 0, 1)
            page_s = {path: round(await self._slowest(browser, path), 2) for path in _PAGES}
            advance("cuts", 0, 1)
            run = await self._cut(browser, numbers)
            advance("openings", 0, 1)
            return page_s, run, await self._open(browser)

    async def _slowest(self, browser: httpx.AsyncClient, path: str) -> float:
        took: list[float] = []
        for _ in range(3):
            began = time.perf_counter()
            (await browser.get(path)).raise_for_status()
            took.append(time.perf_counter() - began)
        return max(took[1:])  # the first is what the picture of the plant waited for

    async def _cut(self, browser: httpx.AsyncClient, numbers: list[str]) -> _Run:
        run, chance = _Run(), np.random.default_rng(_SEED)
        pages = [await ConsolePage.opened(browser, self.cookie, f"/work-orders/{number}") for number in numbers]
        before = self._memory_mb()
        until = time.monotonic() + self.what.seconds
        typing = [
            asyncio.create_task(one.type(_typed(n), self.what.seconds)) for one, n in zip(pages, numbers, strict=True)
        ]
        for cut, place in enumerate(chance.permutation(self.what.reconnects) % len(pages)):
            due = until - self.what.seconds * (1 - cut / self.what.reconnects)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            away_s = float(min(_LONGEST_AWAY_S, chance.exponential(self.what.seconds / 20)))
            typing.append(asyncio.create_task(pages[int(place)].cut(away_s)))
        await asyncio.gather(*typing)
        await asyncio.gather(*(one.settled() for one in pages))
        run.grew_mb = self._memory_mb() - before
        run.cuts, run.reloads = sum(one.cuts for one in pages), sum(one.reloads for one in pages)
        await asyncio.gather(*(one.leave() for one in pages))
        return run

    async def _open(self, browser: httpx.AsyncClient) -> _Run:
        run, places = _Run(), iter(range(self.what.opens + _WARM + 1))
        before: list[tuple[float, float]] = []

        async def work() -> None:
            for place in places:
                if place == _WARM:
                    before.append((self._memory_mb(), sum(self.server.cpu_times()[:2])))
                page = await ConsolePage.opened(browser, self.cookie, _PAGES[place % len(_PAGES)])
                await page.leave()

        await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
        await asyncio.sleep(2 * _ACK_S)  # what was left is kept for a moment
        run.grew_mb = self._memory_mb() - before[0][0]
        run.cpu_s = sum(self.server.cpu_times()[:2]) - before[0][1]
        return run

    def _memory_mb(self) -> float:
        return float(self.server.memory_full_info().uss) / 2**20
