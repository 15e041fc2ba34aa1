"""What is to be stored of many reports, in columns that know which message each row came from.

A report is let go as soon as it stands here. A few thousand of them kept as objects would not fit the processor's
cache any more, and that alone adds a third to what a message costs (`docs/performance.md`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from ingest.decoding.decoded import DeviceReport
from ingest.decoding.device_profile import DeviceProfile, SignalIds
from storage.binary.columns import ReadingColumns


def _longs() -> array[int]:
    return array("q")


@dataclass(slots=True)
class BatchColumns:
    """Columns of three lengths: one entry a report, one entry an instant, one entry a value.

    - A report: `devices`, `messages` (the number of its message in the batch, never decreasing) and `instants` (how
      many it has).
    - An instant: `signal_ids` (of its values), `times_us` and `flags`.
    - A value: `values`.

    Reports with marks or rejects have no place here.
    """

    devices: list[DeviceProfile] = field(default_factory=list)
    messages: array[int] = field(default_factory=_longs)
    instants: array[int] = field(default_factory=_longs)
    signal_ids: list[SignalIds] = field(default_factory=list)
    times_us: array[int] = field(default_factory=_longs)
    flags: array[int] = field(default_factory=lambda: array("h"))
    values: array[float] = field(default_factory=lambda: array("d"))

    def add(self, report: DeviceReport, message: int) -> None:
        """Add an admitted report."""
        if report.device is None:
            raise ValueError("a report is admitted before it is put into columns")
        times_us = report.times_us
        self.devices.append(report.device)
        self.messages.append(message)
        self.instants.append(len(times_us))
        self.signal_ids += report.signal_ids
        self.times_us.extend(times_us)
        self.flags.extend(report.flags)
        self.values += report.values

    def part(self, first: int, last: int) -> BatchColumns:
        """Return what the messages from number `first` up to but without `last` have here."""
        reports = slice(bisect_left(self.messages, first), bisect_left(self.messages, last))
        edges = [0, *accumulate(self.instants)]
        instants = slice(edges[reports.start], edges[reports.stop])
        places = [0, *accumulate(map(len, self.signal_ids))]
        return BatchColumns(
            devices=self.devices[reports],
            messages=self.messages[reports],
            instants=self.instants[reports],
            signal_ids=self.signal_ids[instants],
            times_us=self.times_us[instants],
            flags=self.flags[instants],
            values=self.values[places[instants.start] : places[instants.stop]],
        )

    def emptied(self) -> list[DeviceReport]:
        """Return its reports as if all their readings had been refused, for a reason that is still to be given."""
        reports = []
        for device, values in zip(self.devices, self.values_of_reports().tolist(), strict=True):
            report = DeviceReport.empty(device.site, device.asset)
            report.device = device
            report.refuse("", "", values)
            reports.append(report)
        return reports

    def readings(self) -> ReadingColumns:
        """Return the readings in the order in which they were received."""
        if not self.signal_ids:
            return ReadingColumns.of([], [], [], [])
        counts = self._values_of_instants()
        return ReadingColumns(
            signal_ids=np.concatenate(self.signal_ids),
            times_us=np.repeat(np.array(self.times_us), counts),
            values=np.array(self.values),
            flags=np.repeat(np.array(self.flags), counts),
        )

    def values_of_reports(self) -> NDArray[np.int64]:
        """Count the values of each report."""
        ends = np.cumsum(np.array(self.instants, np.int64))
        before = np.concatenate([[0], np.cumsum(self._values_of_instants())])
        values: NDArray[np.int64] = np.diff(before[np.concatenate([[0], ends])])
        return values

    def _values_of_instants(self) -> NDArray[np.int64]:
        return np.fromiter(map(len, self.signal_ids), np.int64, len(self.signal_ids))
