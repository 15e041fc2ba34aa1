"""What every format of payload is decoded to: the reports of devices, and what was refused of them.

The hot path makes one report of nearly every message, so a report is a plain object that is filled in as it goes along.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ingest.decoding.device_profile import DeviceProfile, SignalIds
from plant.tags import one_form

ABSENT = -(2**63)  # stands in `times_us` where the device gave no time
_LONGEST_DETAIL = 200
_MOST_KEYS = 20
_NO_MARKS: Mapping[int, int] = MappingProxyType({})


@dataclass(slots=True)
class RejectedKey:
    """What was refused under one key: why in full, and how many readings it would have been."""

    detail: str
    readings: int


@dataclass(kw_only=True, slots=True)
class Reject:
    """A part of a payload that was refused: why, what, and how many readings it would have been.

    `keys` says the same key by key, as far as it speaks of any; the first few are apart, the others under an empty one.
    """

    reason: str
    detail: str
    readings: int
    keys: dict[str, RejectedKey] = field(default_factory=dict)

    def add(self, detail: str, readings: int, key: str) -> None:
        """Add what was refused under a key."""
        if key not in self.keys and len(self.keys) >= _MOST_KEYS:
            key = ""
        known = self.keys.setdefault(key, RejectedKey(detail[:_LONGEST_DETAIL], 0))
        known.readings += readings


_NO_REJECTS: Mapping[str, Reject] = MappingProxyType({})


class DeviceReport:
    """What one device says in one message.

    It speaks of instants. `keys`, `times_us` and `flags` have one entry for each: which signals it names (no key
    twice), when (microseconds since 1970, UTC, or `ABSENT`; a Python integer that may lie outside what a timestamp can
    hold), and what the device said of the whole instant (`plant.reading.Flag`). `values` are finite and hold those of
    all instants one after another. `marks` adds flags to single values, by their place in `values`. `rejects` is what
    was refused, by reason.

    Admission fills in `device`, and `signal_ids` for each instant, and leaves what is to be stored; in `wrong_us` it
    notes a time that no right clock would have said.
    """

    marks: Mapping[int, int] = _NO_MARKS
    rejects: Mapping[str, Reject] = _NO_REJECTS
    sequence: int | None = None
    wrong_us: int | None = None
    withheld: int = 0
    device: DeviceProfile | None = None

    def __init__(
        self,
        site: str,
        asset: str,
        keys: list[tuple[str, ...]],
        times_us: list[int],
        flags: list[int],
        values: array[float],
    ) -> None:
        self.site = site if site.isascii() else one_form(site) or site
        self.asset = asset if asset.isascii() else one_form(asset) or asset
        self.keys = keys
        self.times_us = times_us
        self.flags = flags
        self.values = values
        self.signal_ids: list[SignalIds] = []

    @classmethod
    def empty(cls, site: str, asset: str) -> DeviceReport:
        """Return a report that says nothing yet."""
        return cls(site, asset, [], [], [], array("d"))

    def say(self, keys: tuple[str, ...], time_us: int, flags: int, values: array[float]) -> None:
        """Add an instant."""
        self.keys.append(keys)
        self.times_us.append(time_us)
        self.flags.append(flags)
        self.values += values

    def mark(self, place: int, flags: int) -> None:
        """Add flags to a value."""
        self.marks = {**self.marks, place: self.marks.get(place, 0) | flags}

    def refuse(self, reason: str, detail: str, readings: int = 1, *, key: str = "") -> None:
        """Refuse a part of the report, under the `key` of which it speaks.

        Parts with one reason become one reject, with the details of the first few.
        """
        known = self.rejects.get(reason)
        if known is None:
            known = Reject(reason=reason, detail=detail[:_LONGEST_DETAIL], readings=readings)
            self.rejects = {**self.rejects, reason: known}
            known.add(detail, readings, key)
            return
        known.add(detail, readings, key)
        known.readings += readings
        if len(known.detail) < _LONGEST_DETAIL and detail not in known.detail:
            known.detail = f"{known.detail}; {detail}"[:_LONGEST_DETAIL]

    def refuse_all(self, reason: str, detail: str) -> None:
        """Refuse the whole report, with all the readings it holds or held."""
        readings = self.received
        self.signal_ids, self.times_us, self.flags = [], [], []
        self.values, self.marks = array("d"), _NO_MARKS
        self.rejects = {}
        self.refuse(reason, detail, readings)

    def withhold(self, device: DeviceProfile) -> None:
        """Leave nothing in it but how many readings there were: its device has said too much."""
        self.device = device
        self.withheld = len(self.values)
        self.keys, self.signal_ids, self.times_us, self.flags = [], [], [], []
        self.values, self.marks, self.rejects = array("d"), _NO_MARKS, _NO_REJECTS

    @property
    def quarantined(self) -> int:
        """Count the readings that were refused."""
        return sum(reject.readings for reject in self.rejects.values())

    @property
    def received(self) -> int:
        """Count the readings that it holds or held."""
        return len(self.values) + self.quarantined


@dataclass(frozen=True, kw_only=True, slots=True)
class Presence:
    """Word of a device that it has begun to speak or ceased to; after that its values are stale.

    `format` is how it speaks, `speaker` who speaks for it.
    """

    site: str
    asset: str
    format: str
    speaker: str
    is_online: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FormatMemory:
    """What a format is to remember of a speaker, also after a restart: a JSON document that replaces the former one."""

    format: str
    speaker: str
    document: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A message that goes to a device. Of those that wait to be sent on one topic, only one is sent."""

    topic: str
    payload: bytes


@dataclass(kw_only=True, slots=True)
class Extras:
    """What a payload says that is not a reading."""

    presences: list[Presence] = field(default_factory=list)
    memories: list[FormatMemory] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


@dataclass(slots=True)
class Decoded:
    """One payload: a report for each device that it speaks of, and its extras."""

    reports: list[DeviceReport]
    extras: Extras | None = None
