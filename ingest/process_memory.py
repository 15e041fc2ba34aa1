"""How the process deals with memory: fewer searches for garbage, and what is freed goes back to the system."""

from __future__ import annotations

import ctypes
import gc

_GARBAGE_AFTER = 200_000  # objects made; a block of messages makes tens of thousands that are gone a moment later
_FREE_AT_ONCE_BYTES = 2**18

# mallopt's names for what it sets, from the GNU C library's malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


def keep_small() -> None:
    """Tell Python and the C library how this process uses memory.

    Python looks for cycles among all young objects after every 700 new ones; here that is a third of the work, for
    objects that are in no cycle. The C library keeps large blocks that were freed, and a heap for each thread: with
    messages of many instants that comes to 70 MiB. Where it is another C library than GNU's, that stays as it is.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE_AFTER, 50, 50)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for what in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            mallopt(what, _FREE_AT_ONCE_BYTES)
        mallopt(_M_ARENA_MAX, 1)
