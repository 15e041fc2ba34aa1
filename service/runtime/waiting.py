"""Waiting for what is away: say so once, try again with growing pauses, go on when it is there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from plant.backoff import GrowingWait
from plant.errors import Unavailable

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
