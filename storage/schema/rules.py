"""By which rules the record is kept: how long, in what pieces, and what the longest outage is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from itertools import pairwise

from plant.errors import Misconfigured

_MOST_ROWS_A_CHUNK = 25_000_000  # with its index some 2.5 GiB: the chunk that is written should stay in memory
_CHUNKS = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 6, 12, 24, 168))
_PARTITIONS = (*_CHUNKS, timedelta(days=28))
_MOST_PARTITIONS = 600  # of a table: whoever reads without a span of time has to lock every one of them

_NAMES = {
    "longest_outage": "ASSETLOOP_LONGEST_OUTAGE_DAYS",
    "keep_raw": "ASSETLOOP_RAW_RETENTION_DAYS",
    "keep_minutes": "ASSETLOOP_MINUTE_RETENTION_DAYS",
    "keep_hours": "ASSETLOOP_HOUR_RETENTION_DAYS",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What `migrate` writes into the record, where policies and jobs keep to it.

    `expected_values_per_s` decides how long a chunk or a partition is; `longest_outage` is after how long no device
    comes with live data any more, so that they are compressed and roll-ups of earlier times are made anew only where
    something was backfilled. What is kept no longer than `keep_…` goes partition by partition.
    `keep_strangers` is for what unknown assets said in quarantine, `keep_quarantine` for the rest of it, for ever where
    None.

    Raises:
        Misconfigured: the rules contradict one another.
    """

    expected_values_per_s: float = 100.0
    longest_outage: timedelta = timedelta(days=7)
    keep_raw: timedelta = timedelta(days=3650)
    keep_minutes: timedelta = timedelta(days=3650)
    keep_hours: timedelta = timedelta(days=7300)
    keep_scores: timedelta = timedelta(days=1095)
    keep_deliveries: timedelta = timedelta(days=90)
    keep_strangers: timedelta = timedelta(days=30)
    keep_quarantine: timedelta | None = None
    keep_remaining: timedelta = timedelta(days=365)
    keep_sign_ins: timedelta = timedelta(days=365)

    def __post_init__(self) -> None:
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        order = ("longest_outage", "keep_raw", "keep_minutes", "keep_hours")
        for shorter, longer in pairwise(order):
            if kept[shorter] > kept[longer]:
                raise Misconfigured(f"{_NAMES[shorter]} must not exceed {_NAMES[longer]}: lower it, or raise that")
        if self.keep_raw < self.longest_outage + timedelta(days=3):
            raise Misconfigured(
                f"{_NAMES['keep_raw']} must exceed {_NAMES['longest_outage']} by 3: roll-ups are made from raw readings"
            )

    @property
    def chunk(self) -> timedelta:
        """Return how long a chunk of readings is: the longest in which so many are expected as memory holds.

        >>> [str(Rules(expected_values_per_s=rate).chunk) for rate in (1, 100, 10_000)]
        ['7 days, 0:00:00', '1 day, 0:00:00', '1:00:00']
        """
        fit = [chunk for chunk in _CHUNKS if chunk.total_seconds() * self.expected_values_per_s <= _MOST_ROWS_A_CHUNK]
        return max(fit, default=_CHUNKS[0])

    @property
    def partition(self) -> timedelta:
        """Return how long a partition of readings is on plain PostgreSQL: a chunk, or longer where there would be many.

        >>> str(Rules().partition)
        '7 days, 0:00:00'
        >>> str(Rules(expected_values_per_s=10_000, keep_raw=timedelta(days=20)).partition)
        '1:00:00'
        """
        fit = [length for length in _PARTITIONS if length >= self.chunk and self.keep_raw / length <= _MOST_PARTITIONS]
        return min(fit, default=_PARTITIONS[-1])
