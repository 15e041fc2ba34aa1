"""A job plan says what is to be done, step by step; the tasks of an order are its steps, each answered by people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from plant.errors import Rejected

_LARGEST = 1e12


class TaskKind(StrEnum):
    """What a task asks for: that something is done, that it is found right, or a reading."""

    DO = "do"
    CHECK = "check"
    READING = "reading"


class Verdict(StrEnum):
    """What was found at a task."""

    PASS = "pass"  # noqa: S105 - what was found, not a secret
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class JobStep:
    """One step; `low` and `high` bound a reading in `unit`."""

    text: str
    text_zh: str = ""
    kind: TaskKind = TaskKind.DO
    unit: str = ""
    low: float | None = None
    high: float | None = None
    trade: str = ""

    def judge(self, verdict: Verdict | None, reading: float | None) -> Verdict:
        """Say what an answer comes to: a reading is judged by its limits, whatever somebody says of it.

        Raises:
            Rejected: a reading is missing, or is asked for by nobody, or is no number that can be.

        >>> JobStep(text="vibration", kind=TaskKind.READING, high=4.5).judge(None, 7.1).value
        'fail'
        """
        if verdict is Verdict.SKIPPED:
            return verdict
        if self.kind is TaskKind.READING:
            return self._within(reading)
        if reading is not None:
            raise Rejected("no_reading_asked", "this task asks for no reading; say pass, fail or skipped")
        if verdict is None:
            raise Rejected("no_verdict", "say pass, fail or skipped")
        return verdict

    def _within(self, reading: float | None) -> Verdict:
        if reading is None:
            raise Rejected("no_reading", f"this task wants a reading{f' in {self.unit}' if self.unit else ''}")
        if not math.isfinite(reading) or abs(reading) > _LARGEST:
            raise Rejected("bad_reading", f"{reading} is no reading of anything")
        is_low = self.low is not None and reading < self.low
        is_high = self.high is not None and reading > self.high
        return Verdict.FAIL if is_low or is_high else Verdict.PASS


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeHours:
    """How many people of a trade a job wants, each for how many hours."""

    trade: str
    people: int = 1
    hours: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPart:
    """A spare part that a job wants, by its number."""

    number: str
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPlan:
    """A job of the library; `class_tag` is the class of equipment it is for, empty for every one.

    `request_id` is the request for a change of design that brought this version.
    """

    tag: str
    name: str
    name_zh: str = ""
    class_tag: str = ""
    hours: Decimal = Decimal(0)
    trades: tuple[TradeHours, ...] = ()
    parts: tuple[PlannedPart, ...] = ()
    documents: tuple[str, ...] = ()
    safety: tuple[str, ...] = ()
    safety_zh: tuple[str, ...] = ()
    steps: tuple[JobStep, ...] = ()
    version: int = 0
    request_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskAnswer:
    """What somebody found at a task."""

    at: datetime
    by: str
    verdict: Verdict
    reading: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderTask:
    """A task of an order with its newest answer, and the order that was raised because it failed.

    `is_decided` says that somebody decided about such an order, for or against it.
    """

    position: int
    step: JobStep
    added_at: datetime
    added_by: str
    answer: TaskAnswer | None = None
    answers: int = 0
    is_decided: bool = False
    raised_order: str | None = None

    @property
    def proposes_order(self) -> bool:
        """Say whether it failed and nobody has decided about an order for that."""
        return self.answer is not None and self.answer.verdict is Verdict.FAIL and not self.is_decided
