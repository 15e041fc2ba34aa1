"""Waiting for the thing itself: long enough for a busy machine, and no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psutil

PATIENCE_S = 90.0
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.01, 0.5
_PAUSE = 0.05  # of the time waited so far: who waits long looks seldom, since looking costs the machine something


def wait_for(look: Callable[[], Any], *, what: str, within_s: float = PATIENCE_S) -> Any:
    """Look again and again until there is something to see, and return it."""
    began = time.monotonic()
    while True:
        seen = look()
        if seen:
            return seen
        waited_s = time.monotonic() - began
        assert waited_s < within_s, f"no {what} within {within_s} s"
        time.sleep(min(max(_SHORTEST_PAUSE_S, _PAUSE * waited_s), _LONGEST_PAUSE_S))


class TimeLeft:
    """How long something has taken, counted in what other programs have left of the machine.

    What is promised of a free machine is held against the time that passed times that share. Idle time counts as left,
    so on a free machine the promise is held to the second; what other programs took does not count. Own is what this
    process and those that it has started have worked, those that have ended included.
    """

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._machine = seconds_of_the_machine()
        self._own_s = self._worked_s()

    def taken_s(self) -> float:
        """Return the seconds since it was made, less what others took of them."""
        passed_s = time.monotonic() - self._began_s
        busy_s, possible_s = (now - then for now, then in zip(seconds_of_the_machine(), self._machine, strict=True))
        others_s = max(0.0, busy_s - (self._worked_s() - self._own_s))
        return passed_s * (1.0 - others_s / possible_s) if possible_s else passed_s

    @staticmethod
    def _worked_s() -> float:
        process = psutil.Process()
        return sum(map(seconds_of, [process, *process.children(recursive=True)]))


def seconds_of_the_machine() -> tuple[float, float]:
    """Return how many seconds its cores have worked, and how many they could have, since it was started."""
    spent = psutil.cpu_times()
    capacity = sum(spent) - getattr(spent, "guest", 0.0) - getattr(spent, "guest_nice", 0.0)
    return capacity - spent.idle - getattr(spent, "iowait", 0.0), capacity


def seconds_of(process: psutil.Process) -> float:
    """Return the processor time of a process and of its children that have ended."""
    try:
        return sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0.0
