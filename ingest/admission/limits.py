"""Limits: what a device may say at once and in the long run, so that one that floods takes nothing from the others.

A token bucket a device, of values. The hot path only subtracts from a small credit; the bucket is asked when that is
used up, so that a device that does not flood costs next to nothing.
"""

from __future__ import annotations

from typing import Self

from ingest.decoding.device_profile import DeviceProfile

_CREDITS_A_BUCKET = 64
_BOUNDLESS = 2**62


class Limiter:
    """A device may say `burst` values at once, and `values_per_s` in the long run.

    What goes beyond is noted until it is taken. Times are seconds of any clock that does not go back.
    """

    def __init__(self, *, values_per_s: float, burst: float) -> None:
        self._rate = values_per_s
        self._burst = burst
        self._noted: dict[int, tuple[DeviceProfile, int]] = {}

    @classmethod
    def off(cls) -> Self:
        """Return one that lets everything through."""
        return cls(values_per_s=_BOUNDLESS, burst=_BOUNDLESS)

    @classmethod
    def of(cls, *, values_per_s: float, burst: float) -> Self:
        """Return one as it is set: 0 values a second are no limit."""
        return cls(values_per_s=values_per_s, burst=burst) if values_per_s else cls.off()

    def grants(self, device: DeviceProfile, values: int, now_s: float) -> bool:
        """Say whether a device may say so many values more, where its credit went below nothing by them.

        If not, they are noted, and its credit is what it was.

        >>> limiter, device = Limiter(values_per_s=10, burst=100), DeviceProfile(site="s", asset="a", asset_id=1)
        >>> device.credit -= 80
        >>> limiter.grants(device, 80, 0.0), device.credit
        (True, 0)
        >>> device.credit -= 40
        >>> limiter.grants(device, 40, 1.0), limiter.grants(device, 40, 2.0)
        (False, True)
        """
        credit = device.credit + values
        level = self._burst if device.filled_s is None else device.level + (now_s - device.filled_s) * self._rate
        level = min(level, self._burst - credit)
        device.filled_s = now_s
        if level + credit < values:
            device.level, device.credit = level, credit
            self._note(device, values)
            return False
        lent = min(int(level), max(values - credit, int(self._burst / _CREDITS_A_BUCKET)))
        device.level, device.credit = level - lent, credit + lent - values
        return True

    def _note(self, device: DeviceProfile, values: int) -> None:
        _, before = self._noted.get(device.number, (device, 0))
        self._noted[device.number] = (device, before + values)

    @property
    def has_noted(self) -> bool:
        """Say whether something was not let through."""
        return bool(self._noted)

    def take_noted(self) -> dict[int, tuple[DeviceProfile, int]]:
        """Return what was not let through since this was asked last: devices and values, by the device's number."""
        noted, self._noted = self._noted, {}
        return noted
