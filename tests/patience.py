"""Waiting for the thing itself: long enough for a busy machine, and no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

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
