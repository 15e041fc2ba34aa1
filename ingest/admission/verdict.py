"""What ingest would make of a message by itself: admitted by the same rules, and its readings held against one another.

Each asset is taken to be in the register, and each of its signals to be new; whether it is late is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.admission.admit import AdmissionRules, admit_and_register
from ingest.admission.devices import Devices
from ingest.admission.limits import Limiter
from ingest.decoding.decoded import Decoded, DeviceReport
from ingest.decoding.device_profile import DeviceProfile
from ingest.decoding.shown import ShownReading, device, flags_in_words
from plant.reading import Flag
from plant.tags import one_form

DUPLICATE, CONFLICTING = "duplicate", "conflicting"


class _ImaginedRegister(Devices):
    """A register in which every asset stands, and none has a signal yet."""

    def __init__(self, most_signals: int) -> None:
        self._most = most_signals
        self._profiles: dict[tuple[str, str], DeviceProfile] = {}

    def recall(self, site: str, asset: str, now_s: float) -> DeviceProfile:  # noqa: ARG002 - as the real one
        return self._profiles.setdefault((site, asset), DeviceProfile(site=site, asset=asset, asset_id=0))

    def register(self, device: DeviceProfile, keys: Sequence[str]) -> None:
        count = len(set(device.signals.values()))
        for key in keys:
            form = one_form(key) or key
            if form not in device.signals and count < self._most:
                device.signals[form], count = count, count + 1
            if form in device.signals:
                device.signals[key] = device.signals[form]
        device.is_full = any(key not in device.signals for key in keys)


def judged(
    decoded: Decoded, rules: AdmissionRules, *, most_signals: int, arrival_us: int, retained: bool = False
) -> list[ShownReading]:
    """Admit what was decoded, and return its readings as ingest would store them, those in doubt with their reason.

    What is refused is left in the reports. Of readings of one signal at one instant the first is stored.
    """
    register, limiter = _ImaginedRegister(most_signals), Limiter.off()
    admit_and_register(decoded.reports, register, rules, limiter, 0.0, arrival_us, retained=retained)
    first: dict[tuple[str, str, int], float] = {}
    return [
        shown
        for report in decoded.reports
        if report.device is not None and report.signal_ids
        for shown in _held_against_one_another(report, report.device, first)
    ]


def _held_against_one_another(
    report: DeviceReport, profile: DeviceProfile, first: dict[tuple[str, str, int], float]
) -> Iterator[ShownReading]:
    names = {number: key for key, number in reversed(profile.signals.items())}  # as the register calls them
    name, place = device(report), 0
    for signal_ids, time_us, flags in zip(report.signal_ids, report.times_us, report.flags, strict=True):
        for number in signal_ids.tolist():
            value, key = report.values[place], names[number]
            words = flags_in_words(flags | report.marks.get(place, 0))
            instant = name, key, time_us
            if instant in first:
                words = " ".join(filter(None, (words, DUPLICATE if first[instant] == value else CONFLICTING)))
            first.setdefault(instant, value)
            time_ms = None if flags & Flag.TIME_IS_ARRIVAL else time_us / 1000
            yield ShownReading(name, key, time_ms, value, words)
            place += 1
