"""Group commit: messages gather while a commit is under way, and go together into the next one."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ingest.admission.device import Device, topic_text
from ingest.commit.batch_columns import Sheet
from ingest.decoding.decoded import Beside, Report
from ingest.mqtt.frames import Publish
from plant.errors import Rejected
from storage.telemetry.quarantine import Arrival


class Origin(Protocol):
    """Where messages come from: a connection to the broker, or the spool."""

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Hear that messages are committed; those that were to be acknowledged by their packet ids."""
        ...


@dataclass(slots=True)
class Block:
    """Messages that were read in one go, at `arrival_us` (µs since 1970), from `origin`, which is to hear of them."""

    publishes: list[Publish]
    arrival_us: int
    origin: Origin | None


@dataclass(slots=True)
class Odd:
    """A message that does not simply go onto the sheet, and how far it has come.

    It has `reports`, or a `refusal` where it could not be read. `is_admitted` once the register knew all devices and
    signals of its reports, or it was refused. `payload` is only the beginning of one that was too large; `whole` then
    says how long it was, and its SHA-256. `arrival_us` counts µs since 1970. `beside` is what it says beside readings.
    """

    topic: bytes
    payload: bytes
    arrival_us: int
    retained: bool = False
    reports: list[Report] = field(default_factory=list)
    is_admitted: bool = False
    refusal: Rejected | None = None
    whole: tuple[int, bytes] | None = None
    beside: Beside | None = None

    def refuse(self, cause: Rejected) -> None:
        """Refuse the message as a whole: every report of it or, where it has none, as one reading."""
        if not self.reports:
            self.reports = [Report.empty("", "")]
            self.reports[0].refuse(cause.reason, cause.detail)
        for report in self.reports:
            report.device = report.device or Device.stranger(topic_text(self.topic))
            report.refuse_all(cause.reason, cause.detail)
        self.is_admitted, self.beside = True, None


@dataclass(kw_only=True, slots=True)
class Batch:
    """Messages that are committed together, in the order in which they were received, numbered from `first` on.

    What is to be stored of most of them stands on `sheet`; the others are in `odd`, by their number. `weight` estimates
    their memory in bytes; `opened_s` is when the first one came, in monotonic seconds. A part of a batch keeps the
    numbers and the blocks of the whole.

    `limited` are values beyond what a device may say, by its number; they belong to the first message. `releases` are
    the arrivals in quarantine that messages are read from, by the message's number.
    """

    opened_s: float
    blocks: list[Block] = field(default_factory=list)
    sheet: Sheet = field(default_factory=Sheet)
    odd: dict[int, Odd] = field(default_factory=dict)
    first: int = 0
    messages: int = 0
    weight: int = 0
    limited: dict[int, tuple[Device, int]] = field(default_factory=dict)
    releases: dict[int, Arrival] = field(default_factory=dict)

    def limit(self, noted: Mapping[int, tuple[Device, int]]) -> None:
        """Count values that were not let through."""
        for number, (device, values) in noted.items():
            self.limited[number] = (device, values + self.limited.get(number, (device, 0))[1])

    def part(self, first: int, last: int) -> Batch:
        """Return the messages from number `first` up to but without `last`."""
        return Batch(
            opened_s=self.opened_s,
            blocks=self.blocks,
            sheet=self.sheet.part(first, last),
            odd={number: odd for number, odd in self.odd.items() if first <= number < last},
            first=first,
            messages=last - first,
            limited=self.limited if first == self.first else {},
            releases={number: one for number, one in self.releases.items() if first <= number < last},
        )

    def refused(self, cause: Rejected) -> Batch:
        """Return this batch of a single message with that message refused, with all its readings."""
        odd = self.odd.get(self.first)
        if odd is None:
            block, place = self._find(self.first)
            topic, payload, _, _ = block.publishes[place]
            odd = Odd(topic, payload, block.arrival_us, reports=self.sheet.emptied())
        odd.refuse(cause)
        return Batch(
            opened_s=self.opened_s,
            blocks=self.blocks,
            odd={self.first: odd},
            first=self.first,
            messages=1,
            limited=self.limited,
            releases=self.releases,
        )

    def _find(self, number: int) -> tuple[Block, int]:
        for block in self.blocks:
            if number < len(block.publishes):
                return block, number
            number -= len(block.publishes)
        raise IndexError(number)

    @property
    def arrival_us(self) -> int:
        """Return when its first message came, in µs since 1970."""
        return self._find(self.first)[0].arrival_us

    def holds(self, origin: Origin) -> bool:
        """Say whether some of its messages came from there."""
        return any(block.origin is origin for block in self.blocks)

    def acknowledge(self) -> None:
        """Acknowledge every message where it came from, in the order in which they came."""
        for block in self.blocks:
            if block.origin is not None:
                block.origin.acknowledge([packet_id for _, _, packet_id, _ in block.publishes if packet_id])


class Gathering:
    """The batches that are being gathered: one that is added to, and those before it that are large enough.

    Times are monotonic seconds, given by the caller. A batch has `most_values` before it is worth a commit beside
    another one, and takes in no further block once it has twice as many. A smaller one is gathered for `shortest_s` at
    least, since a commit costs as much as a thousand readings do, and for `longest_s` at most.
    """

    def __init__(self, *, most_values: int, longest_s: float, shortest_s: float = 0.0) -> None:
        self._most_values = most_values
        self._longest_s = longest_s
        self._shortest_s = shortest_s
        self._batches: deque[Batch] = deque()

    @property
    def weight(self) -> int:
        """Estimate the memory the gathered messages take, in bytes."""
        return sum(batch.weight for batch in self._batches)

    @property
    def opened_s(self) -> float | None:
        """Say when the first gathered message came; None where there is none."""
        return self._batches[0].opened_s if self._batches else None

    @property
    def has_room(self) -> bool:
        """Say whether less has been gathered than is enough for a batch."""
        return not self._batches or len(self._batches[0].sheet.values) < self._most_values

    def holds(self, origin: Origin) -> bool:
        """Say whether some of the gathered messages came from there."""
        return any(batch.holds(origin) for batch in self._batches)

    def open(self, now_s: float) -> Batch:
        """Return the batch to add to."""
        if not self._batches or len(self._batches[-1].sheet.values) >= 2 * self._most_values:
            self._batches.append(Batch(opened_s=now_s))
        return self._batches[-1]

    def is_due(self, now_s: float, *, drained: bool) -> bool:
        """Say whether to commit, if no commit is in flight: all has been read, enough gathered, or for long enough."""
        if not self._batches:
            return False
        return not self.has_room or now_s - self._batches[0].opened_s >= (
            self._shortest_s if drained else self._longest_s
        )

    def ripens_in_s(self, now_s: float) -> float:
        """Return in how many seconds what has been gathered would be due were nothing left to read."""
        return max(0.0, self._batches[0].opened_s + self._shortest_s - now_s) if self._batches else math.inf

    def take(self) -> Batch | None:
        """Take the oldest gathered messages away."""
        return self._batches.popleft() if self._batches else None
