"""Admission: which of a device's readings are stored, with what time and flags, and why the others are not."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.admission.device import Device, SignalIds
from ingest.decoding.decoded import ABSENT, Report
from plant.reading import Flag

YEAR_2000_US = 946_684_800_000_000
_FURTHEST_AHEAD_US = 10 * 60 * 1_000_000
_LONGEST_KEY = 200
_NEVER_NEWEST = int(Flag.HISTORICAL | Flag.CLOCK_AHEAD)


@dataclass(kw_only=True, slots=True)
class Terms:
    """What holds for every device: how old a reading may be, and what the ingest slots lag one another by, in µs."""

    retention_us: int
    spread_us: int = 0


def admit(report: Report, device: Device, terms: Terms, *, arrival_us: int, retained: bool = False) -> bool:
    """Judge a report's readings and leave in it what is to be stored.

    False, and nothing done, where it names a signal that is not known yet and may be registered. `arrival_us` is when
    the message came, in µs since 1970. What is newer than the device's newest becomes that.
    """
    if device.asset_id is None:
        report.device = device
        report.refuse_all("unknown_asset", _unknown(report.site, report.asset))
        return True
    signal_ids = []
    for keys in report.keys:
        ids = device.layout(keys)
        if ids is None:
            if not device.is_full and new_keys(report, device):
                return False
            signal_ids = _keep_known(report, device)
            break
        signal_ids.append(ids)
    report.device, report.signal_ids = device, signal_ids
    _judge_times(report, device, terms, arrival_us, retained=retained)
    return True


def _unknown(site: str, asset: str) -> str:
    if site:
        return f"{site}/{asset} is not in the register; `assetloop quarantine approve` stores what it says"
    named = asset if "/" in asset else f"SITE/{asset}"
    return (
        f"{asset} names no site, and no asset or more than one is called so; `assetloop quarantine approve {named}`"
        " stores what it says"
    )


def new_keys(report: Report, device: Device) -> list[str]:
    """Return the keys of a report that are not signals of the asset yet and may be registered, in their order."""
    told = dict.fromkeys(key for keys in dict.fromkeys(report.keys) for key in keys)
    return [key for key in told if key not in device.signals and is_key(key)]


def is_key(key: str) -> bool:
    r"""Say whether a signal may be named so: 1 to 200 characters, none of them a control character.

    >>> is_key("vibration_mm_s"), is_key("a\x00b"), is_key("")
    (True, False, False)
    """
    return 0 < len(key) <= _LONGEST_KEY and not any(
        c < " " or "\x7f" <= c < "\xa0" or "\ud800" <= c < "\ue000" for c in key
    )


def _keep_known(report: Report, device: Device) -> list[SignalIds]:
    """Refuse the keys that can never be signals, or are one too many; return the numbers of the others."""
    places: list[int] = []
    signal_ids, place = [], 0
    for keys in report.keys:
        known = [n for n, key in enumerate(keys) if key in device.signals]
        for key in keys:
            if key not in device.signals:
                report.refuse("too_many_signals" if is_key(key) else "bad_key", ascii(key)[:80])
        signal_ids.append(np.array([device.signals[keys[n]] for n in known], np.int32))
        places += [place + n for n in known]
        place += len(keys)
    _keep(report, places)
    return signal_ids


def _keep(report: Report, places: Sequence[int]) -> None:
    """Keep the values that stand at `places`, with their marks."""
    values, marks = report.values, report.marks
    report.values = array("d", [values[place] for place in places])
    if marks:
        report.marks = {new: marks[old] for new, old in enumerate(places) if old in marks}


def _judge_times(report: Report, device: Device, terms: Terms, arrival_us: int, *, retained: bool) -> None:
    """Fill in absent times, flag what is ahead of the clock or late, and refuse times no clock can have meant."""
    times_us = report.times_us
    if not times_us:
        return
    first_us, last_us = (times_us[0], times_us[0]) if len(times_us) == 1 else (min(times_us), max(times_us))
    oldest_us = max(YEAR_2000_US, arrival_us - terms.retention_us)
    punctual_us = device.newest_us - device.grace_us - terms.spread_us
    if first_us < oldest_us or first_us < punctual_us or last_us > arrival_us + device.grace_us or any(report.flags):
        _judge_one_by_one(report, device, oldest_us, punctual_us, arrival_us, retained=retained)
    elif last_us > device.newest_us:
        device.newest_us = last_us


def _judge_one_by_one(
    report: Report, device: Device, oldest_us: int, punctual_us: int, arrival_us: int, *, retained: bool
) -> None:
    """Judge every instant; all instants of a message come at once, so none of them makes another one late."""
    kept: list[int] = []
    places: list[int] = []
    place, newest_us = 0, device.newest_us
    for number, (signal_ids, time_us) in enumerate(zip(report.signal_ids, report.times_us, strict=True)):
        here, place = range(place, place + len(signal_ids)), place + len(signal_ids)
        reason = _time_refusal(time_us, oldest_us, arrival_us, retained=retained)
        if reason:
            report.refuse(reason, "" if time_us == ABSENT else f"{time_us // 1000} ms since 1970", len(here))
            continue
        kept.append(number)
        places += here
        added = _flags(time_us, punctual_us, arrival_us + device.grace_us, report.flags[number])
        report.flags[number] |= added
        report.times_us[number] = arrival_us if time_us == ABSENT else time_us
        if not report.flags[number] & _NEVER_NEWEST:
            newest_us = max(newest_us, report.times_us[number])
    if len(kept) < len(report.times_us):
        report.signal_ids = [report.signal_ids[number] for number in kept]
        report.times_us = [report.times_us[number] for number in kept]
        report.flags = [report.flags[number] for number in kept]
        _keep(report, places)
    device.newest_us = newest_us


def _flags(time_us: int, punctual_us: int, ahead_us: int, said: int) -> int:
    """Return what is to be flagged beside what the device said."""
    if time_us == ABSENT:
        return int(Flag.TIME_IS_ARRIVAL)
    if time_us > ahead_us:
        return int(Flag.CLOCK_AHEAD)
    return int(Flag.LATE) if time_us < punctual_us and not said & Flag.HISTORICAL else 0


def _time_refusal(time_us: int, oldest_us: int, arrival_us: int, *, retained: bool) -> str | None:
    if time_us == ABSENT:
        # What the broker kept is older than its arrival, and nobody knows by how much.
        return "retained_without_time" if retained else None
    if time_us > arrival_us + _FURTHEST_AHEAD_US:
        return "in_the_future"
    return "too_old" if time_us < oldest_us else None
