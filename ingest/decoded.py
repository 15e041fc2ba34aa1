"""What every format of payload is decoded to: readings as columns of keys, and what was refused in it."""

from __future__ import annotations

from dataclasses import dataclass, field

ABSENT = -(2**63)  # stands in `times_us` where the device gave no time
_LONGEST_DETAIL = 200


@dataclass(kw_only=True, slots=True)
class Reject:
    """A part of a payload that was refused: why, what, and how many readings it would have been."""

    reason: str
    detail: str
    readings: int


@dataclass(kw_only=True, slots=True)
class Decoded:
    """One payload's readings, before anyone asked whether asset and signals are known.

    The four columns have one length. `times_us` counts microseconds since 1970, UTC, or is `ABSENT`; it is a
    Python integer and may lie outside what a timestamp can hold. `values` are finite. `flags` hold what the
    device said: quality and historical. The hot path builds these, so they are neither frozen nor checked.
    """

    site: str
    asset: str
    keys: list[str] = field(default_factory=list)
    times_us: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    rejects: dict[str, Reject] = field(default_factory=dict)
    sequence: int | None = None

    def refuse(self, reason: str, detail: str, readings: int = 1) -> None:
        """Refuse a part of the payload; parts with one reason become one reject."""
        add_reject(self.rejects, reason, detail, readings)


def add_reject(rejects: dict[str, Reject], reason: str, detail: str, readings: int = 1) -> None:
    """Count a refusal among `rejects`, keeping the details of the first few."""
    reject = rejects.get(reason)
    if reject is None:
        rejects[reason] = Reject(reason=reason, detail=detail[:_LONGEST_DETAIL], readings=readings)
        return
    reject.readings += readings
    if len(reject.detail) < _LONGEST_DETAIL and detail not in reject.detail:
        reject.detail = f"{reject.detail}; {detail}"[:_LONGEST_DETAIL]
