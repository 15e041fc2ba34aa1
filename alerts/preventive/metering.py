"""What a counter has counted for a plan, also over the moment at which it is changed or set back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from plant.orders.maintenance_plan import MeterCount


def begin_count(value: float) -> MeterCount:
    """Begin to count from a value."""
    return MeterCount(anchor=value, seen=value)


def counted_on(held: MeterCount, value: float, time: datetime) -> MeterCount:
    """Go on to count with the newest value.

    A counter that goes back was changed or set back, once a second reading says so: one reading that is wrong loses
    nothing. What had been counted until then is carried over; from what it fell to it counts anew.

    >>> from datetime import UTC, timedelta
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> held = counted_on(begin_count(100.0), 450.0, noon)
    >>> held = counted_on(held, 3.0, noon + timedelta(minutes=1))
    >>> counted_on(held, 460.0, noon + timedelta(minutes=2)).total
    360.0
    >>> held = counted_on(held, 4.0, noon + timedelta(minutes=2))
    >>> counted_on(held, 54.0, noon + timedelta(hours=1)).total
    401.0
    """
    if value >= held.seen:
        return replace(held, seen=value, fell_to=None, fell_at=None)
    if held.fell_to is None or held.fell_at is None:
        return replace(held, fell_to=value, fell_at=time)
    if time <= held.fell_at:
        return held
    begun = min(held.fell_to, value)
    return MeterCount(anchor=begun, seen=value, carried=held.total)


def is_worth_keeping(held: MeterCount, now: MeterCount, every: float) -> bool:
    """Say whether a count has moved so far that it is written down: a two-hundredth of what the plan counts.

    >>> is_worth_keeping(MeterCount(anchor=0.0, seen=0.0), MeterCount(anchor=0.0, seen=4.0), every=1000.0)
    False
    """
    return (now.anchor, now.carried, now.fell_to) != (held.anchor, held.carried, held.fell_to) or (
        now.seen - held.seen >= every / 200
    )
