"""Waiting for what is away: say so once, try again with growing pauses, go on when it is there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from plant.errors import Unavailable

T = TypeVar("T")
_SHORTEST_S, _LONGEST_S = 0.5, 5.0


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
    pause_s, said = _SHORTEST_S, False
    while True:
        try:
            return attempt()
        except Unavailable as error:
            if not said:
                say(f"{error}; waiting for it")
                said = True
        if stop.wait(pause_s):
            raise ToldToStopError
        pause_s = min(pause_s * 1.5, _LONGEST_S)
