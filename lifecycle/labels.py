"""What closing codes teach: labels of findings, and how well machines of a class are watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plant.errors import Rejected
from storage.core.database import Transaction
from storage.models import labels
from storage.models.labels import ClassOutcomes

FORMULAE = {
    "precision": "confirmed / (confirmed + false_alarms)",
    "recall": "confirmed / (confirmed + missed)",
    "lead_to_failure_s": "median(failed_at - notified_at) of confirmed faults that ended in a failure",
    "lead_to_work_s": "median(started_at - notified_at) of confirmed faults that did not",
}
"""How each figure is made; orders count, those closed as no fault found do not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Detection:
    """How well machines of a class were watched in a span, as known when the span was asked for.

    `precision` and `recall` are 0 to 1, lead times in seconds; None where there is no case.
    """

    counts: ClassOutcomes
    precision: float | None
    recall: float | None


def detection(tx: Transaction, *, since: datetime, until: datetime) -> list[Detection]:
    """Say how well each class was watched, by the orders that were closed in [since, until).

    Raises:
        Rejected: the span is empty.
    """
    if until <= since:
        raise Rejected("empty_span", "`to` must be later than `from`")
    return [_detection(one) for one in labels.outcomes(tx, since=since, until=until)]


def _detection(counts: ClassOutcomes) -> Detection:
    return Detection(
        counts=counts,
        precision=_part(counts.confirmed, counts.false_alarms),
        recall=_part(counts.confirmed, counts.missed),
    )


def _part(these: int, others: int) -> float | None:
    """Return which part `these` are of both; None where there is neither.

    >>> _part(3, 1), _part(0, 0) is None
    (0.75, True)
    """
    return these / (these + others) if these + others else None
