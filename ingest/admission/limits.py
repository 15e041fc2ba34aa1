"""Limits: what a device may say at once and in the long run, so that one that floods takes nothing from the others.

A token bucket a device, of values. The hot path only subtracts from a small credit; the bucket is asked when that is
used up, so that a device that does not flood costs next to nothing.

One thread reads messages while another one admits those whose devices had to be learnt, so both may ask for one device
at the same moment: they have one limiter, which lets one of them in at a time.
"""

from __future__ import annotations

import threading
from typing import Self

from ingest.decoding.device_profile import DeviceProfile

_CREDITS_A_BUCKET = 64


class Limiter:
    """A device may say `burst` values at once, and `values_per_s` in the long run.

    What goes beyond is noted until it is taken. Times are seconds of any clock that does not go back. Thread-safe;
    everybody who admits messages of the same devices has the same limiter, or one that is off.
    """

    def __init__(self, *, values_per_s: float, burst: float) -> None:
        self._rate = values_per_s
        self._burst = burst
        self._is_off = False
        self._one_at_a_time = threading.Lock()
        self._noted: dict[int, tuple[DeviceProfile, int]] = {}

    @classmethod
    def off(cls) -> Self:
        """Return one that lets everything through, and takes nothing from what a device may say."""
        limiter = cls(values_per_s=0, burst=0)
        limiter._is_off = True
        return limiter

    @classmethod
    def of(cls, *, values_per_s: float, burst: float) -> Self:
        """Return one as it is set: 0 values a second are no limit."""
        return cls(values_per_s=values_per_s, burst=burst) if values_per_s else cls.off()

    def lets_through(self, device: DeviceProfile, values: int, now_s: float) -> bool:
        """Say whether a device may say so many values more, and take them from what it may say; if not, note them.

        >>> limiter, device = Limiter(values_per_s=10, burst=100), DeviceProfile(site="s", asset="a", asset_id=1)
        >>> limiter.lets_through(device, 80, 0.0)
        True
        >>> limiter.lets_through(device, 40, 1.0), limiter.lets_through(device, 40, 2.0)
        (False, True)
        """
        if self._is_off:
            return True
        with self._one_at_a_time:
            if values <= device.credit:
                device.credit -= values
                return True
            return self._lends(device, values, now_s)

    def give_back(self, device: DeviceProfile, values: int) -> None:
        """Take back what was let through, since it is to be asked for once more."""
        if not self._is_off:
            with self._one_at_a_time:
                device.credit += values

    def _lends(self, device: DeviceProfile, values: int, now_s: float) -> bool:
        """Give a device credit out of its bucket where its own is too small."""
        credit = device.credit
        level = self._burst if device.filled_s is None else device.level + (now_s - device.filled_s) * self._rate
        level = min(level, self._burst - credit)
        device.filled_s = now_s
        if level + credit < values:
            device.level = level
            self._note(device, values)
            return False
        lent = min(int(level), max(values - credit, int(self._burst / _CREDITS_A_BUCKET)))
        device.level, device.credit = level - lent, credit + lent - values
        return True

    def _note(self, device: DeviceProfile, values: int) -> None:
        _, before = self._noted.get(device.number, (device, 0))
        self._noted[device.number] = (device, before + values)

    def take_noted(self) -> dict[int, tuple[DeviceProfile, int]]:
        """Return what was not let through since this was asked last: devices and values, by the device's number."""
        with self._one_at_a_time:
            noted, self._noted = self._noted, {}
        return noted
