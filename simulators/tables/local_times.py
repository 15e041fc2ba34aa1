"""Local times become instants, through the hour that comes twice in autumn and the one that spring leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

InstantsMs: TypeAlias = NDArray[np.int64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP_BACK = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Instants:
    """Times of a column in its order, in epoch ms, and in `notes` what was assumed to read them."""

    times_ms: InstantsMs
    notes: list[str] = field(default_factory=list)


def placed(moments: Sequence[datetime], zone: ZoneInfo | None, notes: Sequence[str] = ()) -> Instants:
    """Make instants of dates; those without an offset are of `zone`, or of UTC where none is named.

    Where the clock was set back, the local times that come again in the order of the file are the later ones.

    >>> twice = [datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 2, 30)]
    >>> [int(one) for one in np.diff(placed(twice, ZoneInfo("Europe/Berlin")).times_ms)]
    [3600000]
    """
    said = list(notes)
    is_naive = any(one.tzinfo is None for one in moments)
    if not is_naive:
        located = list(moments)
    elif zone is None:
        located = [one if one.tzinfo else one.replace(tzinfo=UTC) for one in moments]
        said.append("times without an offset are read as UTC; --timezone names another zone")
    else:
        located, left_out = _in_zone(moments, zone)
        if left_out:
            said.append(f"{left_out} times do not exist in {zone.key}, whose clock was set forward; they are later")
    times_ms = np.array([round((one - _EPOCH) / timedelta(milliseconds=1)) for one in located], dtype=np.int64)
    return Instants(times_ms=times_ms, notes=said)


def _in_zone(moments: Sequence[datetime], zone: ZoneInfo) -> tuple[list[datetime], int]:
    """Place local times in their zone, walking from the oldest; also return how many of them the zone does not know."""
    newest_first = len(moments) > 1 and moments[0].replace(tzinfo=None) > moments[-1].replace(tzinfo=None)
    walk = list(reversed(moments)) if newest_first else list(moments)
    located: list[datetime] = []
    left_out, before = 0, None
    for one in walk:
        here = one.astimezone(UTC) if one.tzinfo else _placed_after(one, before, zone)
        left_out += one.tzinfo is None and here.astimezone(zone).replace(tzinfo=None) != one
        located.append(here)
        before = here
    return (located[::-1] if newest_first else located), left_out


def _placed_after(local: datetime, before: datetime | None, zone: ZoneInfo) -> datetime:
    """Place a local time; of one that comes twice the second, where the first lies half an hour or more behind."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first >= second or before is None:  # no clock was set back: first is the only one
        return first
    is_again = first == before or before - first >= _STEP_BACK
    return second if is_again else first
