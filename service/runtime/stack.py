"""`assetloop up`: database, broker and every role of the product in one command, and all of it down again."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType

from plant.errors import Unavailable
from service.demo import demonstration
from service.runtime.data_folder import Running
from service.runtime.entry import first_link_line
from service.runtime.foundation import Foundation
from service.runtime.processes import Crew, await_port
from service.runtime.screen import LastingFaults, Screen, Shown
from service.runtime.surroundings import Surroundings
from service.runtime.waiting import ToldToStopError
from storage.core.database import Database, Role
from storage.register import assets
from storage.views import counts, product_state


@dataclass(frozen=True, kw_only=True, slots=True)
class UpOptions:
    """What `assetloop up` was asked for; `demo` None means: on an empty register."""

    port: int
    host: str
    demo: bool | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a run came to, in the words of its JSON; `deaths` counts what ended without being told to."""

    readings: int = 0
    quarantined: int = 0
    alerts: int = 0
    work_orders: int = 0
    seconds_to_first_work_order: float | None = None
    deaths: dict[str, int] = field(default_factory=dict)


def up(around: Surroundings, options: UpOptions, screen: Screen) -> Summary:
    """Run the stack until Ctrl-C, SIGTERM or the asked-for seconds have passed; leave no process.

    Raises:
        Conflict: the port is taken, or the data folder is held or newer.
        Misconfigured, Unavailable: the database or the broker cannot be had.
    """
    began = around.clock.now()
    with _told_to_stop() as stop, around.folder, contextlib.ExitStack() as cleanup:
        foundation = Foundation(around, screen, stop)
        cleanup.callback(foundation.stop)
        try:
            await_port(options.host, options.port, around.folder.roles_lock, say=screen.say, stop=stop)
            foundation.start()
        except ToldToStopError:
            return Summary()
        stack = _Stack(around, options, screen, stop, foundation, began)
        cleanup.callback(stack.close)
        with contextlib.suppress(ToldToStopError):
            stack.start_roles()
            stack.run()
        return stack.summary()


@contextlib.contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C, SIGTERM or a closed terminal sets; `nohup` keeps its meaning."""
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, tell) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Stack:
    """The roles of one `up`, and what is shown of them."""

    def __init__(
        self,
        around: Surroundings,
        options: UpOptions,
        screen: Screen,
        stop: threading.Event,
        foundation: Foundation,
        began: datetime,
    ) -> None:
        self._around = around
        self._options = options
        self._screen = screen
        self._stop = stop
        self._foundation = foundation
        self._began = began
        host = f"[{options.host}]" if ":" in options.host else options.host
        self._running = Running(
            pid=os.getpid(),
            database_url=foundation.database_url,
            mqtt_url=foundation.mqtt_url,
            ingest_mqtt_url=foundation.ingest_mqtt_url,
            console_url=around.settings.console_url or f"http://{host}:{options.port}",
        )
        around.folder.announce(self._running)
        self._lasting = LastingFaults()
        self._crew = Crew(around.folder.logs, self._environment(), lock=around.folder.roles_lock)
        self._database = Database(foundation.database_url, role=Role.APP, wait_s=3.0)

    def close(self) -> None:
        """Stop every role."""
        self._screen.say("stopping …")
        self._crew.stop()
        self._database.close()

    def start_roles(self) -> None:
        """Start every role, and the demo where it is wanted.

        Raises:
            ToldToStopError: somebody asked for the end meanwhile.
        """
        self._crew.start("ingest")
        self._crew.start("serve", "serve", "--host", self._options.host, "--port", str(self._options.port))
        demo = self._wants_demo()
        self._enter_people(is_demo=demo)
        if demo and not demonstration.read_state(self._around.folder.demo).prepared:
            self._prepare_demo()
        for role in ("score", "desk", "work"):
            self._crew.start(role)
        if demo:
            fault = demonstration.begin_fault(self._around.folder.demo, self._around.clock)
            self._crew.start("simulate", "simulate", "--fault", fault)
            self._screen.say(f"simulating the demo's devices; the bearing of {demonstration.FAULTY_ASSET} wears out")

    def _enter_people(self, *, is_demo: bool) -> None:
        """Enter the demo's people, and say where the first administrator sets a password."""
        from api.identity.first_people import enter_demo_people, first_link

        clock = self._around.clock
        if is_demo:
            enter_demo_people(self._database, clock=clock)
        link = first_link(self._database, clock=clock)
        if link is not None:
            self._screen.say(first_link_line(self._running.console_url, link))

    def run(self) -> None:
        """Watch and show until the end is asked for or the time is up."""
        with self._screen.live(self._running, self._around.folder.path) as show:
            while not self._stop.is_set() and self._left_s() > 0:
                show(self._look(self._watch()))
                self._stop.wait(max(0.05, min(1.0, self._left_s())))

    def _look(self, resting: list[str]) -> Shown:
        folder = self._around.folder.path
        try:
            with self._database.transaction() as tx:
                first = counts.first_order_since(tx, self._began)
                return Shown(
                    totals=counts.totals(tx),
                    orders=counts.latest_orders(tx),
                    resting=resting,
                    faults=self._lasting.of(product_state.faults(tx, folder=folder), time.monotonic()),
                    first_s=self._seconds_to(first),
                )
        except Unavailable as error:
            faults = product_state.away(error, folder=folder)
            return Shown(resting=resting, faults=self._lasting.of(faults, time.monotonic()))

    def summary(self) -> Summary:
        """Say what the run came to."""
        deaths = dict(self._foundation.deaths + Counter(self._crew.deaths))
        try:
            with self._database.transaction() as tx:
                totals, first = counts.totals(tx), counts.first_order_since(tx, self._began)
        except Unavailable:
            self._screen.say("the database is away, so the figures of this run are not known")
            return Summary(deaths=deaths)
        return Summary(
            readings=totals.readings,
            quarantined=totals.quarantined,
            alerts=totals.alerts,
            work_orders=totals.work_orders,
            seconds_to_first_work_order=self._seconds_to(first),
            deaths=deaths,
        )

    def _environment(self) -> dict[str, str]:
        own = {
            "ASSETLOOP_DATABASE_URL": self._running.database_url,
            "ASSETLOOP_MQTT_URL": self._running.mqtt_url,
            "ASSETLOOP_CONSOLE_URL": self._running.console_url,
            "ASSETLOOP_DATA": str(self._around.folder.path),
            "PYTHONUNBUFFERED": "1",
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        }
        return {**os.environ, **own}

    def _left_s(self) -> float:
        if self._options.seconds is None:
            return float("inf")
        return self._options.seconds - (self._around.clock.now() - self._began).total_seconds()

    def _seconds_to(self, first: counts.FirstOrder | None) -> float | None:
        return round((first.created_at - self._began).total_seconds(), 1) if first else None

    def _watch(self) -> list[str]:
        """Start again what died; return a line for each that does not run at this moment."""
        return [*self._foundation.watch(), *(f"{name} ({said})" for name, said in self._crew.watch().items())]

    def _wants_demo(self) -> bool:
        """The demo is for an empty register, or for a folder in which it was begun before."""
        if self._options.demo is not None:
            return self._options.demo
        with self._database.transaction() as tx:
            return assets.is_empty(tx) or self._around.folder.demo.exists()

    def _prepare_demo(self) -> None:
        around, database = self._around, self._database
        demonstration.write_state(around.folder.demo, demonstration.DemoState())
        demonstration.register_demo(database, around.clock)
        with self._screen.bar("publishing an hour of the plant's healthy past", "readings") as bar:
            past = demonstration.publish_past(
                database, around.wire(self._running.mqtt_url), around.clock, self._unless_stopped(bar)
            )
        with self._screen.bar("storing it", "readings") as bar:
            site = demonstration.site_tag()
            demonstration.await_stored(database, around.clock, site, None, past, self._unless_stopped(bar))
        with self._screen.bar("training a model per machine", "models") as bar:
            demonstration.train_on(database, around.clock, past, self._unless_stopped(bar))
        demonstration.write_state(around.folder.demo, demonstration.DemoState(prepared=True))

    def _unless_stopped(self, bar: demonstration.Progress) -> demonstration.Progress:
        def advance(done: int, total: int) -> None:
            if self._stop.is_set():
                raise ToldToStopError
            self._watch()
            bar(done, total)

        return advance
