"""Admission: which of a device's readings are stored, with what time and flags, and why the others are not."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from ingest.admission.clocks import WrongClocks
from ingest.admission.devices import Devices
from ingest.admission.limits import Limiter
from ingest.decoding.decoded import ABSENT, DeviceReport
from ingest.decoding.device_profile import DeviceProfile, SignalIds, is_key
from plant.reading import Flag

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_2000_US = 946_684_800_000_000
_FURTHEST_AHEAD_US = 10 * 60 * 1_000_000
_NEVER_NEWEST = int(Flag.HISTORICAL | Flag.CLOCK_AHEAD)


@dataclass(kw_only=True, slots=True)
class AdmissionRules:
    """What holds for every device, in µs.

    `retention_us` is how old a reading may be, `spread_us` how far the ingest slots lag behind one another. `clocks`
    gathers whose clocks are wrong.
    """

    retention_us: int
    spread_us: int = 0
    clocks: WrongClocks = field(default_factory=WrongClocks)

    def oldest_us(self, arrival_us: int) -> int:
        """Return the earliest time that a reading may have that came then."""
        return max(YEAR_2000_US, arrival_us - self.retention_us)


def admit_all(
    reports: Sequence[DeviceReport],
    devices: Devices,
    rules: AdmissionRules,
    limiter: Limiter,
    now_s: float,
    arrival_us: int,
    *,
    retained: bool,
) -> bool:
    """Admit every report of a message that is not admitted yet; False where the register has to be asked first.

    Nothing is left in the report of a device that has said more than it may.
    """
    for report in reports:
        if report.device is None:
            device = devices.recall(report.site, report.asset, now_s)
            if device is None:
                return False
            values = len(report.values)
            if not limiter.lets_through(device, values, now_s):
                report.withhold(device)
            elif not admit(report, device, rules, arrival_us=arrival_us, retained=retained):
                limiter.give_back(device, values)
                return False
    return True


def admit_and_register(
    reports: Sequence[DeviceReport],
    devices: Devices,
    rules: AdmissionRules,
    limiter: Limiter,
    now_s: float,
    arrival_us: int,
    *,
    retained: bool,
) -> bool:
    """Admit every report of a message as `admit_all` does, and register the signals that are new of what is stored.

    False where a device is not known, or a signal could not be registered.

    Raises:
        Unavailable: the database is away.
    """
    while not admit_all(reports, devices, rules, limiter, now_s, arrival_us, retained=retained):
        report = next(report for report in reports if report.device is None)
        device = devices.recall(report.site, report.asset, now_s)
        keys = device and _keys_to_register(report, device, rules, arrival_us, retained=retained)
        if device is None or not keys:
            return False
        devices.register(device, keys)
    return True


def admit(
    report: DeviceReport, device: DeviceProfile, rules: AdmissionRules, *, arrival_us: int, retained: bool = False
) -> bool:
    """Judge a report's readings and leave in it what is to be stored.

    False, and nothing done, where a reading that would be stored is of a signal that is not known yet and may be
    registered. A reading that is refused for its time makes no signal. `arrival_us` is when the message came, in µs
    since 1970. What is newer than the device's newest becomes that.
    """
    if device.asset_id is None:
        report.device = device
        report.refuse_all("unknown_asset", _unknown(report.site, report.asset))
        return True
    signal_ids = []
    for keys in report.keys:
        ids = device.layout(keys)
        if ids is None:
            if not device.is_full and _keys_to_register(report, device, rules, arrival_us, retained=retained):
                return False
            _refuse_times(report, rules.oldest_us(arrival_us), arrival_us, retained=retained)
            signal_ids = _keep_known(report, device)
            break
        signal_ids.append(ids)
    report.device, report.signal_ids = device, signal_ids
    _judge_times(report, device, rules, arrival_us, retained=retained)
    if report.wrong_us is not None:
        off_us = report.wrong_us - arrival_us
        says = "" if 0 < off_us <= _FURTHEST_AHEAD_US else _shown_time(report.wrong_us, arrival_us)
        rules.clocks.note(device.asset_id, off_us, says, arrival_us)
    return True


def _unknown(site: str, asset: str) -> str:
    if site:
        return f"{site}/{asset} is not in the register; `assetloop quarantine approve` stores what it says"
    named = asset if "/" in asset else f"SITE/{asset}"
    return (
        f"{asset} names no site, and no asset or more than one is called so; `assetloop quarantine approve {named}`"
        " stores what it says"
    )


def _keep_known(report: DeviceReport, device: DeviceProfile) -> list[SignalIds]:
    """Refuse the keys that can never be signals, or are one too many; return the numbers of the others."""
    places: list[int] = []
    signal_ids, place = [], 0
    for keys in report.keys:
        known = [n for n, key in enumerate(keys) if key in device.signals]
        for key in keys:
            if key not in device.signals:
                report.refuse("too_many_signals" if is_key(key) else "bad_key", ascii(key)[:80], key=ascii(key)[:80])
        signal_ids.append(np.array([device.signals[keys[n]] for n in known], np.int32))
        places += [place + n for n in known]
        place += len(keys)
    _keep(report, places)
    return signal_ids


def _keep(report: DeviceReport, places: Sequence[int]) -> None:
    """Keep the values that stand at `places`, with their marks."""
    values, marks = report.values, report.marks
    report.values = array("d", [values[place] for place in places])
    if marks:
        report.marks = {new: marks[old] for new, old in enumerate(places) if old in marks}


def _judge_times(
    report: DeviceReport, device: DeviceProfile, rules: AdmissionRules, arrival_us: int, *, retained: bool
) -> None:
    """Fill in absent times, flag what is ahead of the clock or late, and refuse times no clock can have meant."""
    times_us = report.times_us
    if not times_us:
        return
    first_us, last_us = (times_us[0], times_us[0]) if len(times_us) == 1 else (min(times_us), max(times_us))
    oldest_us = rules.oldest_us(arrival_us)
    punctual_us = device.newest_us - device.grace_us - rules.spread_us
    if first_us < oldest_us or first_us < punctual_us or last_us > arrival_us + device.grace_us or any(report.flags):
        _judge_one_by_one(report, device, oldest_us, punctual_us, arrival_us, retained=retained)
    elif last_us > device.newest_us:
        device.newest_us = last_us


def _keys_to_register(
    report: DeviceReport, device: DeviceProfile, rules: AdmissionRules, arrival_us: int, *, retained: bool
) -> list[str]:
    """Return the keys of new signals, of those instants that are not refused for their time."""
    oldest_us = rules.oldest_us(arrival_us)
    return device.new_keys(
        keys
        for keys, time_us in zip(report.keys, report.times_us, strict=True)
        if _time_refusal(time_us, oldest_us, arrival_us, retained=retained) is None
    )


def _refuse_times(report: DeviceReport, oldest_us: int, arrival_us: int, *, retained: bool) -> None:
    """Refuse the instants with times that no clock can have meant, and leave nothing of them in the report."""
    kept: list[int] = []
    places: list[int] = []
    place = 0
    sizes = [len(ids) for ids in report.signal_ids] or [len(keys) for keys in report.keys]
    for number, (size, time_us) in enumerate(zip(sizes, report.times_us, strict=True)):
        here, place = range(place, place + size), place + size
        reason = _time_refusal(time_us, oldest_us, arrival_us, retained=retained)
        if reason:
            report.wrong_us = report.wrong_us if time_us == ABSENT else time_us
            report.refuse(reason, "" if time_us == ABSENT else _shown_time(time_us, arrival_us), len(here))
        else:
            kept.append(number)
            places += here
    if len(kept) < len(report.times_us):
        report.keys = [report.keys[number] for number in kept]
        report.signal_ids = [report.signal_ids[number] for number in kept] if report.signal_ids else []
        report.times_us = [report.times_us[number] for number in kept]
        report.flags = [report.flags[number] for number in kept]
        _keep(report, places)


def _judge_one_by_one(
    report: DeviceReport, device: DeviceProfile, oldest_us: int, punctual_us: int, arrival_us: int, *, retained: bool
) -> None:
    """Judge every instant; all instants of a message come at once, so none of them makes another one late."""
    _refuse_times(report, oldest_us, arrival_us, retained=retained)
    newest_us = device.newest_us
    for number, time_us in enumerate(report.times_us):
        report.flags[number] |= _flags(time_us, punctual_us, arrival_us + device.grace_us, report.flags[number])
        report.times_us[number] = arrival_us if time_us == ABSENT else time_us
        if report.flags[number] & Flag.CLOCK_AHEAD:
            report.wrong_us = time_us
        if not report.flags[number] & _NEVER_NEWEST:
            newest_us = max(newest_us, report.times_us[number])
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


def _shown_time(time_us: int, arrival_us: int) -> str:
    """Say what a refused time is, and in which other unit it would have been one.

    >>> _shown_time(1648731311 * 1000, 1_700_000_000_000_000)
    '1648731311 ms is 1970-01-20; as seconds 2022-03-31: send milliseconds, or say time_unit in mapping.toml'
    """
    said = time_us // 1000
    shown = f"{said} ms is {_date(time_us)}"
    for unit, us in (("seconds", said * 1_000_000), ("microseconds", said), ("nanoseconds", said // 1000)):
        if YEAR_2000_US <= us <= arrival_us + _FURTHEST_AHEAD_US:
            return f"{shown}; as {unit} {_date(us)}: send milliseconds, or say time_unit in mapping.toml"
    return shown


def _date(us: int) -> str:
    try:
        return (_EPOCH + timedelta(microseconds=us)).date().isoformat()
    except OverflowError:
        return "no date"
