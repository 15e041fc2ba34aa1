"""Admission: which of a device's readings are stored, with what time and flags, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.decoded import ABSENT, Decoded, Reject, add_reject
from plant.reading import Flag

YEAR_2000_US = 946_684_800_000_000
_FURTHEST_AHEAD_US = 10 * 60 * 1_000_000
_LONGEST_KEY = 200


@dataclass(kw_only=True, slots=True)
class Device:
    """What is known of an asset; `asset_id` is None where the register has no such asset.

    `is_full` says that the asset may have no further signals. `grace_us` is how far its clock may be ahead.
    """

    asset_id: int | None
    grace_us: int = 0
    signals: dict[str, int] = field(default_factory=dict)
    is_full: bool = False


@dataclass(kw_only=True, slots=True)
class Admitted:
    """A message's readings as they are stored, in columns of one length, and what was refused of it."""

    signal_ids: list[int]
    times_us: list[int]
    values: list[float]
    flags: list[int]
    rejects: dict[str, Reject]


def admit(
    decoded: Decoded, device: Device, *, arrival_us: int, retention_us: int, retained: bool = False
) -> Admitted | None:
    """Judge a message's readings; None where it names a signal that is not known yet and may be registered.

    `arrival_us` is when the message came, in µs since 1970; older than `retention_us` before that is too old.
    """
    if device.asset_id is None:
        return refuse_all(
            decoded,
            "unknown_asset",
            f"{decoded.site}/{decoded.asset} is not in the register; `assetloop register import` adds it",
        )
    admitted = _resolved(decoded, device) or _resolved_in_part(decoded, device)
    if admitted is None:
        return None
    _judge_times(admitted, device.grace_us, arrival_us, retention_us, retained=retained)
    return admitted


def refuse_all(decoded: Decoded, reason: str, detail: str) -> Admitted:
    """Refuse a message as a whole, with all the readings it holds."""
    readings = len(decoded.keys) + sum(reject.readings for reject in decoded.rejects.values())
    reject = Reject(reason=reason, detail=detail, readings=readings)
    return Admitted(signal_ids=[], times_us=[], values=[], flags=[], rejects={reason: reject})


def new_keys(decoded: Decoded, device: Device) -> list[str]:
    """Return the keys of a message that are not signals of the asset yet and may be registered, in their order."""
    return [key for key in dict.fromkeys(decoded.keys) if key not in device.signals and is_key(key)]


def is_key(key: str) -> bool:
    r"""Say whether a signal may be named so: 1 to 200 characters, none of them a control character.

    >>> is_key("vibration_mm_s"), is_key("a\x00b"), is_key("")
    (True, False, False)
    """
    return 0 < len(key) <= _LONGEST_KEY and not any(
        c < " " or "\x7f" <= c < "\xa0" or "\ud800" <= c < "\ue000" for c in key
    )


def _resolved(decoded: Decoded, device: Device) -> Admitted | None:
    try:
        signal_ids = [device.signals[key] for key in decoded.keys]
    except KeyError:
        return None
    return Admitted(
        signal_ids=signal_ids,
        times_us=decoded.times_us,
        values=decoded.values,
        flags=decoded.flags,
        rejects=decoded.rejects,
    )


def _resolved_in_part(decoded: Decoded, device: Device) -> Admitted | None:
    """Refuse the keys that can never be signals; None where there is one that may be registered."""
    if not device.is_full and new_keys(decoded, device):
        return None
    admitted = Admitted(signal_ids=[], times_us=[], values=[], flags=[], rejects=dict(decoded.rejects))
    for key, time_us, value, flags in zip(decoded.keys, decoded.times_us, decoded.values, decoded.flags, strict=True):
        signal_id = device.signals.get(key)
        if signal_id is None:
            add_reject(admitted.rejects, "too_many_signals" if is_key(key) else "bad_key", ascii(key)[:80])
            continue
        admitted.signal_ids.append(signal_id)
        admitted.times_us.append(time_us)
        admitted.values.append(value)
        admitted.flags.append(flags)
    return admitted


def _judge_times(admitted: Admitted, grace_us: int, arrival_us: int, retention_us: int, *, retained: bool) -> None:
    """Fill in absent times, flag those ahead of the clock, and refuse those no clock can have meant."""
    oldest_us = max(YEAR_2000_US, arrival_us - retention_us)
    times_us = admitted.times_us
    if not times_us or (min(times_us) >= oldest_us and max(times_us) <= arrival_us + grace_us):
        return
    kept = []
    for row, time_us in enumerate(times_us):
        reason = _time_refusal(time_us, oldest_us, arrival_us, retained=retained)
        if reason:
            add_reject(admitted.rejects, reason, "" if time_us == ABSENT else f"{time_us // 1000} ms since 1970")
            continue
        kept.append(row)
        if time_us == ABSENT:
            times_us[row] = arrival_us
            admitted.flags[row] |= Flag.TIME_IS_ARRIVAL
        elif time_us > arrival_us + grace_us:
            admitted.flags[row] |= Flag.CLOCK_AHEAD
    if len(kept) < len(times_us):
        _keep_rows(admitted, kept)


def _time_refusal(time_us: int, oldest_us: int, arrival_us: int, *, retained: bool) -> str | None:
    if time_us == ABSENT:
        # What the broker kept is older than its arrival, and nobody knows by how much.
        return "retained_without_time" if retained else None
    if time_us > arrival_us + _FURTHEST_AHEAD_US:
        return "in_the_future"
    return "too_old" if time_us < oldest_us else None


def _keep_rows(admitted: Admitted, rows: list[int]) -> None:
    admitted.signal_ids = [admitted.signal_ids[row] for row in rows]
    admitted.times_us = [admitted.times_us[row] for row in rows]
    admitted.values = [admitted.values[row] for row in rows]
    admitted.flags = [admitted.flags[row] for row in rows]
