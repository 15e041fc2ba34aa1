"""Group commit: messages gather while a commit is in flight, and go together into the next one."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.admission import Admitted
from ingest.decoded import Decoded
from plant.errors import Rejected

_BYTES_A_VALUE = 100  # what a decoded value takes in memory, with its place in four lists


@dataclass(kw_only=True, slots=True)
class Message:
    """One message from the broker, and how far it has come.

    Exactly one of `decoded` and `refusal` is there. `admitted` is there once the register knew its device and
    signals. `payload` is only the beginning of one that was too large; `length` and `sha256` are then of the whole.
    `packet_id` is what the broker wants acknowledged, 0 for nothing; `arrival_us` counts µs since 1970.
    """

    topic: str
    payload: bytes
    packet_id: int
    arrival_us: int
    retained: bool = False
    decoded: Decoded | None = None
    refusal: Rejected | None = None
    admitted: Admitted | None = None
    length: int = 0
    sha256: bytes = b""

    @property
    def values(self) -> int:
        """Count the values that may go into the record."""
        return len(self.decoded.keys) if self.decoded is not None else 0


@dataclass(kw_only=True, slots=True)
class Batch:
    """Messages that are committed together, in the order in which they were received over one `connection`.

    `weight` estimates their memory in bytes; `opened_s` is when the first one came, in monotonic seconds.
    """

    connection: int
    opened_s: float
    messages: list[Message] = field(default_factory=list)
    values: int = 0
    weight: int = 0


class Gathering:
    """The batch that is being gathered. Times are monotonic seconds, given by the caller."""

    def __init__(self, *, most_values: int, longest_s: float) -> None:
        self._most_values = most_values
        self._longest_s = longest_s
        self._batch: Batch | None = None

    @property
    def weight(self) -> int:
        """Estimate the memory the gathered messages take, in bytes."""
        return self._batch.weight if self._batch is not None else 0

    @property
    def opened_s(self) -> float | None:
        """Say when the first gathered message came; None where there is none."""
        return self._batch.opened_s if self._batch is not None else None

    def add(self, message: Message, *, connection: int, now_s: float) -> None:
        """Gather one message."""
        if self._batch is None:
            self._batch = Batch(connection=connection, opened_s=now_s)
        values = message.values
        self._batch.messages.append(message)
        self._batch.values += values
        self._batch.weight += len(message.payload) + values * _BYTES_A_VALUE

    def is_due(self, now_s: float, *, drained: bool) -> bool:
        """Say whether to commit, if no commit is in flight: all has been read, enough gathered, or for long enough."""
        if self._batch is None:
            return False
        return drained or self._batch.values >= self._most_values or now_s - self._batch.opened_s >= self._longest_s

    def take(self) -> Batch | None:
        """Take the gathered messages away and begin anew."""
        batch, self._batch = self._batch, None
        return batch
