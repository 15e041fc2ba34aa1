"""Group commit: the messages that come while one batch is being committed are the next batch."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ingest.commit.batch_columns import BatchColumns
from ingest.decoding.decoded import DeviceReport, Extras
from ingest.decoding.device_profile import DeviceProfile
from ingest.mqtt.frames import Publish
from plant.errors import Rejected
from plant.mqtt.topics import topic_text
from storage.telemetry.quarantine import Arrival


class MessageSource(Protocol):
    """Where messages come from: a connection to the broker, or the spool."""

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Take note that messages are committed; `packet_ids` are those of the ones that want an acknowledgement."""
        ...


@dataclass(slots=True)
class MessageBlock:
    """Messages that were read at once, at `arrival_us` (µs since 1970), from `source`, which acknowledges them."""

    publishes: list[Publish]
    arrival_us: int
    source: MessageSource | None


@dataclass(slots=True)
class SlowPathMessage:
    """A message that cannot go straight into the columns of its batch, and is kept as an object until the commit.

    It has `reports`, or a `refusal` where it could not be read. `is_admitted` says that the register knew all devices
    and signals of its reports, or that it was refused. `payload` is only the beginning of one that was too large;
    `whole` then says how long it was, and its SHA-256. `arrival_us` counts µs since 1970. `extras` is what it says that
    is not a reading.
    """

    topic: bytes
    payload: bytes
    arrival_us: int
    retained: bool = False
    reports: list[DeviceReport] = field(default_factory=list)
    is_admitted: bool = False
    refusal: Rejected | None = None
    whole: tuple[int, bytes] | None = None
    extras: Extras | None = None

    def refuse(self, cause: Rejected) -> None:
        """Refuse the message as a whole: every report of it or, where it has none, as one reading."""
        if not self.reports:
            self.reports = [DeviceReport.empty("", "")]
            self.reports[0].refuse(cause.reason, cause.detail, cause.readings)
        for report in self.reports:
            report.device = report.device or DeviceProfile.stranger(topic_text(self.topic))
            report.refuse_all(cause.reason, cause.detail)
        self.is_admitted, self.extras = True, None


@dataclass(kw_only=True, slots=True)
class Batch:
    """Messages that are committed together, in the order in which they came, numbered from `first` on.

    Most messages are plain: their readings stand in `columns`. The others are in `slow_path`, by their number. `blocks`
    are all of them as they were read. `weight` estimates their memory in bytes; `opened_s` is when the first one came,
    in monotonic seconds. A part of a batch keeps the numbers and the blocks of the whole.

    `limited` counts the values that a device said beyond its limit, by the device's number; the first part of a batch
    has them. `releases` are the arrivals in quarantine that the messages were read from, by the message's number.
    `afterwards` is to be done by who acknowledges it.
    """

    opened_s: float
    blocks: list[MessageBlock] = field(default_factory=list)
    columns: BatchColumns = field(default_factory=BatchColumns)
    slow_path: dict[int, SlowPathMessage] = field(default_factory=dict)
    first: int = 0
    messages: int = 0
    weight: int = 0
    limited: dict[int, tuple[DeviceProfile, int]] = field(default_factory=dict)
    releases: dict[int, Arrival] = field(default_factory=dict)
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Say whether its messages are only to be acknowledged."""
        return not (self.columns.messages or self.slow_path or self.limited or self.releases)

    def limit(self, noted: Mapping[int, tuple[DeviceProfile, int]]) -> None:
        """Count values that were not let through."""
        for number, (device, values) in noted.items():
            self.limited[number] = (device, values + self.limited.get(number, (device, 0))[1])

    def part(self, first: int, last: int) -> Batch:
        """Return the messages from number `first` up to but without `last`."""
        return Batch(
            opened_s=self.opened_s,
            blocks=self.blocks,
            columns=self.columns.part(first, last),
            slow_path={number: one for number, one in self.slow_path.items() if first <= number < last},
            first=first,
            messages=last - first,
            limited=self.limited if first == self.first else {},
            releases={number: one for number, one in self.releases.items() if first <= number < last},
        )

    def refused(self, cause: Rejected) -> Batch:
        """Return this batch of a single message with that message refused, with all its readings."""
        message = self.slow_path.get(self.first)
        if message is None:
            block, place = self._find(self.first)
            topic, payload, _, _ = block.publishes[place]
            message = SlowPathMessage(topic, payload, block.arrival_us, reports=self.columns.emptied())
        message.refuse(cause)
        return Batch(
            opened_s=self.opened_s,
            blocks=self.blocks,
            slow_path={self.first: message},
            first=self.first,
            messages=1,
            limited=self.limited,
            releases=self.releases,
        )

    def _find(self, number: int) -> tuple[MessageBlock, int]:
        for block in self.blocks:
            if number < len(block.publishes):
                return block, number
            number -= len(block.publishes)
        raise IndexError(number)

    @property
    def arrival_us(self) -> int:
        """Return when its first message came, in µs since 1970."""
        return self._find(self.first)[0].arrival_us

    def has_messages_from(self, source: MessageSource) -> bool:
        """Say whether some of its messages came from there."""
        return any(block.source is source for block in self.blocks)

    def acknowledge(self) -> None:
        """Acknowledge every message where it came from, in the order in which they came."""
        for block in self.blocks:
            if block.source is not None:
                block.source.acknowledge([packet_id for _, _, packet_id, _ in block.publishes if packet_id])
        for action in self.afterwards:
            action()


class Gathering:
    """The batches that are being gathered: one that is added to, and those before it that are large enough.

    Times are monotonic seconds, given by the caller.

    - A batch of `most_values` is large enough to be committed while another one is on its way. Once it has twice as
      many, the next block begins a new batch.
    - A smaller one waits until no other is on its way. It is gathered for `shortest_s` at least, since a commit costs
      as much as a thousand readings do, and for `longest_s` at most.
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
        return not self._batches or len(self._batches[0].columns.values) < self._most_values

    def has_messages_from(self, source: MessageSource) -> bool:
        """Say whether some of the gathered messages came from there."""
        return any(batch.has_messages_from(source) for batch in self._batches)

    def open(self, now_s: float) -> Batch:
        """Return the batch to add to."""
        if not self._batches or len(self._batches[-1].columns.values) >= 2 * self._most_values:
            self._batches.append(Batch(opened_s=now_s))
        return self._batches[-1]

    def do_afterwards(self, action: Callable[[], None]) -> None:
        """Have something done once everything that has been gathered is committed."""
        self._batches[-1].afterwards.append(action)

    def is_due(self, now_s: float, *, drained: bool) -> bool:
        """Say whether the oldest batch should be committed, where no other is on its way.

        It should once it is large enough, or has been gathered for `longest_s`, or for `shortest_s` where the broker
        has been `drained` of all it had.
        """
        if not self._batches:
            return False
        return not self.has_room or now_s - self._batches[0].opened_s >= (
            self._shortest_s if drained else self._longest_s
        )

    def due_in_s(self, now_s: float) -> float:
        """Return in how many seconds the oldest batch is due if nothing more comes; infinity where there is none."""
        return max(0.0, self._batches[0].opened_s + self._shortest_s - now_s) if self._batches else math.inf

    def take_batch(self) -> Batch | None:
        """Take the oldest batch away, to commit it; None where nothing has been gathered."""
        return self._batches.popleft() if self._batches else None
