"""What a person sees of `assetloop up`: steps, progress bars, and one live screen; lines only where no terminal is."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from plant.escaped import escaped
from plant.product_state import FaultKind, ProductFault
from service.runtime.counted import counted
from service.runtime.data_folder import Running
from service.runtime.milestones import Milestones
from storage.views.counts import OrderLine, Totals

Bar = Callable[[int, int], None]
Stages = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What is shown of a running stack: figures where the database answers, what does not run, what is wrong."""

    totals: Totals | None = None
    orders: Sequence[OrderLine] = ()
    resting: Sequence[str] = ()
    faults: Sequence[ProductFault] = ()
    first_s: float | None = None


Show = Callable[[Shown], None]


class Screen:
    """Writes to standard error, so that standard output stays for results."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)

    def say(self, line: str) -> None:
        """Print one line."""
        self.console.print(escaped(line), markup=False, soft_wrap=True)

    @contextlib.contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Show that something is under way and how long it took."""
        began = time.monotonic()
        with self.console.status(f"{what} …"):
            yield
        self.say(f"{what}: ready after {time.monotonic() - began:.1f} s")

    @contextlib.contextmanager
    def bar(self, what: str, unit: str) -> Iterator[Bar]:
        """Show progress; the block calls what it is given with (done, total)."""
        began = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        done_total = [0, 0]
        milestones = self._milestones(what, unit)
        with self._progress(*columns) as progress:
            task = progress.add_task(what, total=None)

            def advance(done: int, total: int) -> None:
                done_total[:] = [done, total]
                progress.update(task, completed=done, total=total)
                if milestones is not None:
                    milestones.reached(done, total)

            yield advance
        took_s = time.monotonic() - began
        self.say(
            f"{what}: {counted(done_total[1], unit)} in {took_s:.1f} s" if done_total[1] else f"{what}: {took_s:.1f} s"
        )

    def _milestones(self, what: str, unit: str = "") -> Milestones | None:
        return None if self.console.is_interactive else Milestones(what, unit, say=self.say)

    def _progress(self, *columns: ProgressColumn) -> Progress:
        """Make bars that leave nothing behind; where no terminal is, milestones are said instead."""
        return Progress(*columns, console=self.console, transient=True, disable=not self.console.is_interactive)

    @contextlib.contextmanager
    def stages(self) -> Iterator[Stages]:
        """Show progress through several stages; the block calls what it is given with (what, done, total)."""
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with self._progress(*columns) as progress:
            tasks: dict[str, TaskID] = {}
            said: dict[str, Milestones | None] = {}

            def advance(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what], said[what] = progress.add_task(what, total=None), self._milestones(what)
                progress.update(tasks[what], completed=done, total=total)
                if (milestones := said[what]) is not None:
                    milestones.reached(done, total)

            yield advance

    @contextlib.contextmanager
    def live(self, running: Running, folder: Path) -> Iterator[Show]:
        """Keep one screen up to date where there is a terminal; elsewhere print only what changes."""
        self.say(f"console and API: {running.console_url}   telemetry: {running.mqtt_url}   data: {folder}")
        self.say("Ctrl-C stops everything")
        if not self.console.is_terminal:
            yield self._changes()
            return
        with Live(console=self.console, refresh_per_second=4, transient=False) as live:

            def show(shown: Shown) -> None:
                live.update(_screen(running, shown))

            yield show

    def _changes(self) -> Show:
        seen: set[str] = set()
        wrong: set[FaultKind] = set()

        def show(shown: Shown) -> None:
            lines = [f"{order.number} {order.title}" for order in shown.orders]
            lines += [f"{name} died and is started again" for name in shown.resting]
            lines += [f"first work order after {shown.first_s} s"] if shown.first_s is not None else []
            for line in lines:
                if line not in seen:
                    seen.add(line)
                    self.say(line)
            for fault in shown.faults:
                if fault.kind not in wrong:
                    self.say(f"FAULT {fault_line(fault)}")
            for kind in wrong - {fault.kind for fault in shown.faults}:
                self.say(f"over: {_in_words(kind)}")
            wrong.clear()
            wrong.update(fault.kind for fault in shown.faults)

        return show


def fault_line(fault: ProductFault) -> str:
    """Say in a line what is wrong with the product.

    >>> fault_line(ProductFault(kind=FaultKind.INGEST_AWAY, says="none has written its lease lately"))
    'ingest away: none has written its lease lately'
    """
    return f"{_in_words(fault.kind)}: {fault.says}"


def _in_words(kind: FaultKind) -> str:
    return kind.value.replace("_", " ")


def _screen(running: Running, shown: Shown) -> Group:
    lines: list[Text | Table] = []
    if shown.totals is not None:
        lines.append(_figures(shown.totals, shown.first_s))
    for order in shown.orders:
        done = f" · acknowledged by {order.acknowledged_by}" if order.acknowledged_by else ""
        title = escaped(f"{order.number} {order.state} {order.title}{done}")
        lines.append(Text(title, style="" if done else "bold"))
    lines.extend(Text(escaped(fault_line(fault)), style="bold red") for fault in shown.faults)
    lines.extend(Text(f"{name} died; it is started again", style="red") for name in shown.resting)
    return Group(Panel(Group(*lines), title=f"assetloop · {running.console_url}", subtitle="Ctrl-C stops everything"))


def _figures(totals: Totals, first_s: float | None) -> Table:
    figures = Table.grid(padding=(0, 3))
    figures.add_row("assets", f"{totals.assets}", "models", f"{totals.models}", "readings", f"{totals.readings:,}")
    figures.add_row(
        "open alerts",
        f"{totals.open_alerts}",
        "open orders",
        f"{totals.open_work_orders}",
        "quarantined",
        f"{totals.quarantined}",
    )
    figures.add_row("newest reading", _ago(totals.silent_s), "scoring behind", _seconds(totals.scoring_lag_s))
    if first_s is not None:
        figures.add_row("first work order", f"after {first_s} s")
    return figures


def _ago(seconds: float | None) -> str:
    return "none yet" if seconds is None else f"{max(seconds, 0.0):.0f} s ago"


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{max(seconds, 0.0):.0f} s"


class LastingFaults:
    """Faults that have lasted for a while: what passes by itself while roles start is not worth a line.

    Nothing is said in the first `starting_s`, and then of what has lasted for `least_s`; seconds are monotonic.
    """

    def __init__(self, *, least_s: float = 3.0, starting_s: float = 15.0) -> None:
        self._least_s = least_s
        self._starting_s = starting_s
        self._began_s: float | None = None
        self._since_s: dict[FaultKind, float] = {}

    def of(self, faults: Sequence[ProductFault], now_s: float) -> list[ProductFault]:
        """Return those of `faults` that were seen for long enough.

        >>> lasting, fault = LastingFaults(), ProductFault(kind=FaultKind.INGEST_AWAY, says="")
        >>> seen = {0: [fault], 9: [fault], 14: [], 20: [fault], 24: [fault]}
        >>> [len(lasting.of(faults, at_s)) for at_s, faults in seen.items()]
        [0, 0, 0, 0, 1]
        """
        if self._began_s is None:
            self._began_s = now_s
        self._since_s = {fault.kind: self._since_s.get(fault.kind, now_s) for fault in faults}
        if now_s - self._began_s < self._starting_s:
            return []
        return [fault for fault in faults if now_s - self._since_s[fault.kind] >= self._least_s]
