"""What a payload becomes, as a person or a test can read it: a line for each reading and for each refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.decoding.decoded import ABSENT, Decoded, DeviceReport
from plant.reading import Flag

_SHOWN_FLAGS = (Flag.QUALITY_BAD, Flag.QUALITY_UNCERTAIN, Flag.HISTORICAL, Flag.CLOCK_AHEAD)


@dataclass(frozen=True, slots=True)
class ShownReading:
    """A reading: its device as `site/asset`, its signal, its time (ms since 1970, None: its arrival), and its flags."""

    device: str
    signal: str
    time_ms: float | None
    value: float
    flags: str


@dataclass(frozen=True, slots=True)
class ShownRefusal:
    """A part of a payload that becomes no reading: whose, why, and how many readings it would have been."""

    device: str
    reason: str
    detail: str
    readings: int


def readings(decoded: Decoded) -> list[ShownReading]:
    """Return the readings of a payload in their order."""
    return [shown for report in decoded.reports for shown in _readings(report)]


def refusals(decoded: Decoded) -> list[ShownRefusal]:
    """Return what of a payload is refused."""
    return [
        ShownRefusal(device(report), reject.reason, reject.detail, reject.readings)
        for report in decoded.reports
        for reject in report.rejects.values()
    ]


def device(report: DeviceReport) -> str:
    """Name a report's device.

    >>> device(DeviceReport.empty("demo", "P-101"))
    'demo/P-101'
    """
    return "/".join(filter(None, (report.site, report.asset)))


def flags_in_words(flags: int) -> str:
    """Return the words for the quality and origin of a value.

    >>> flags_in_words(Flag.QUALITY_BAD | Flag.HISTORICAL)
    'quality_bad historical'
    """
    return " ".join(str(flag.name).lower() for flag in _SHOWN_FLAGS if flag in Flag(flags))


def _readings(report: DeviceReport) -> Iterator[ShownReading]:
    place = 0
    for keys, time_us, said in zip(report.keys, report.times_us, report.flags, strict=True):
        time_ms = None if time_us == ABSENT else time_us / 1000
        for key in keys:
            words = flags_in_words(said | report.marks.get(place, 0))
            yield ShownReading(device(report), key, time_ms, report.values[place], words)
            place += 1
