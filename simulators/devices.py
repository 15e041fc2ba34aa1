"""A device is one machine of a class: its signals are a pure function of the time.

>>> pump = Device.at("demo", "P-101", "centrifugal_pump")
>>> pump.values([1_700_000_000.0])["flow_m3_h"] == pump.values([5.0, 1_700_000_000.0])["flow_m3_h"]
array([False,  True])
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from plant.errors import Misconfigured
from simulators.faults import Fault, UnknownFault
from simulators.machines import MACHINE_CLASSES, MachineClass
from simulators.moments import FloatArray, LoadCycle, Moments, seed_of, uniform, white_noise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

_SCATTER = 0.015


class UnknownMachine(Misconfigured, ValueError):
    """A class of equipment for which there is no simulated machine; the text is one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """One simulated machine. Units differ a little (1.5 %) in every signal, by their seed."""

    asset: str
    machine: MachineClass
    seed: int
    faults: tuple[Fault, ...] = ()

    @classmethod
    def at(cls, site: str, asset: str, class_tag: str) -> Device:
        """Build the machine of a functional location; raises `UnknownMachine`."""
        if class_tag not in MACHINE_CLASSES:
            known = ", ".join(MACHINE_CLASSES)
            message = f"asset {asset}: class {class_tag!r} cannot be simulated (can: {known})"
            raise UnknownMachine(message)
        return cls(asset=asset, machine=MACHINE_CLASSES[class_tag], seed=seed_of(site, asset))

    @property
    def keys(self) -> tuple[str, ...]:
        """Name the signals, in the order of `values`."""
        return tuple(channel.key for channel in self.machine.channels)

    def suffering(self, faults: Iterable[Fault]) -> Device:
        """Return this device with exactly those of `faults` that are its own.

        Raises `UnknownFault` for a kind that its class does not know.
        """
        own = tuple(fault for fault in faults if fault.asset == self.asset)
        for fault in own:
            if fault.kind not in self.machine.fault_kinds:
                known = ", ".join(self.machine.fault_kinds)
                message = f"fault {fault}: a {self.machine.tag} knows only {known}"
                raise UnknownFault(message)
        return replace(self, faults=own)

    def values(self, times: ArrayLike) -> dict[str, FloatArray]:
        """Measure every signal at each epoch second of a list; arrays of its length.

        The same instant gives the same values in every call, to the resolution of the sensor.
        """
        instants = np.asarray(times, dtype=np.float64)
        cycle = LoadCycle.of(self.seed)
        clean = self.machine.physics(Moments(times=instants, seed=self.seed, cycle=cycle, faults=self.faults))
        return {
            channel.key: np.round(
                clean[channel.key] * self._gain(channel.key)
                + channel.noise * white_noise(self.seed, channel.key, instants),
                channel.decimals,
            )
            for channel in self.machine.channels
        }

    def _gain(self, key: str) -> float:
        return 1.0 + _SCATTER * (2.0 * uniform(self.seed, "gain", key) - 1.0)
