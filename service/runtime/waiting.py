"""Waiting for what is away, with growing pauses, and running until told to stop."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from plant.backoff import GrowingWait
from plant.errors import Unavailable

log = logging.getLogger("service.runtime.roles")
T = TypeVar("T")
_WAIT = GrowingWait(first_s=0.5, most_s=5.0)


class ToldToStopError(Exception):
    """Somebody asked for the end while something was under way or being waited for."""


def patiently(attempt: Callable[[], T], *, say: Callable[[str], None], stop: threading.Event) -> T:
    """Return what `attempt` returns once it no longer raises `Unavailable`.

    Raises:
        ToldToStopError: `stop` was set meanwhile.

    >>> answers = iter([Unavailable("the broker is away"), "there"])
    >>> def ask() -> str:
    ...     answer = next(answers)
    ...     if isinstance(answer, Exception):
    ...         raise answer
    ...     return answer
    >>> patiently(ask, say=print, stop=threading.Event())
    the broker is away; waiting for it
    'there'
    """
    failures = 0
    while True:
        try:
            return attempt()
        except Unavailable as error:
            if not failures:
                say(f"{error}; waiting for it")
        if stop.wait(_WAIT.after(failures)):
            raise ToldToStopError
        failures += 1


@contextlib.contextmanager
def until_told(role: str) -> Iterator[threading.Event]:
    """Yield an event that SIGTERM, SIGINT or the end of the stack that started this process sets."""
    stop = threading.Event()
    log.info("started", extra={"role": role})

    def tell(*_: object) -> None:
        stop.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    _watch_lifeline()
    try:
        yield stop
    finally:
        log.info("stopped", extra={"role": role})
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end what runs as Ctrl-C does, so that what it started ends with it.

    The first such signal counts; others do not disturb the clearing up. `nohup` keeps its meaning.
    """
    numbers = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # no other thread hears of signals

    def end(*_: object) -> None:
        for one in numbers:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {one: signal.signal(one, end) for one in numbers}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _watch_lifeline() -> None:
    """End this process when the stack that started it is gone: the pipe it holds open then closes."""
    descriptor = os.environ.get("ASSETLOOP_LIFELINE")
    if descriptor is None:
        return

    def watch() -> None:
        with contextlib.suppress(OSError):
            os.read(int(descriptor), 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
