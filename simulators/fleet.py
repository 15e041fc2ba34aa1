"""A fleet is every machine of a register, speaking: first of its past, then as time goes by."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias

import numpy as np
import orjson

from plant.clock import Clock
from plant.errors import Misconfigured
from plant.mqtt.topics import telemetry_topic
from simulators.devices import Device
from simulators.faults import Fault, UnknownFault
from simulators.moments import FloatArray
from simulators.wire import BrokerAway, Publisher

Progress: TypeAlias = Callable[[int, int], None]
Message: TypeAlias = tuple[str, bytes]

_log = logging.getLogger(__name__)
_FLUSH_S = 30.0
_FAREWELL_S = 2.0
_CATCH_UP_S = 60.0


class Stop(Protocol):
    """What can be waited for and ends the speaking; `threading.Event` is one."""

    def is_set(self) -> bool:
        """Say whether the end has come."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait up to `timeout` seconds for the end, and say whether it has come."""
        ...


class UnusableRegister(Misconfigured, ValueError):
    """A register that lacks what a fleet needs; the text is one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """The simulated machines of one site, in the order of the register."""

    site: str
    devices: tuple[Device, ...]

    @classmethod
    def from_register(cls, register: Mapping[str, Any]) -> Fleet:
        """Build the fleet of a parsed `plant.toml`; raises `UnusableRegister`, `UnknownMachine`."""
        try:
            site = str(register["site"]["tag"])
            assets = [(str(asset["tag"]), str(asset["class"])) for asset in register["asset"]]
        except (KeyError, TypeError) as error:
            message = f"register: a fleet needs [site] tag and [[asset]] tag, class ({error})"
            raise UnusableRegister(message) from None
        return cls(site=site, devices=tuple(Device.at(site, tag, kind) for tag, kind in assets))

    def suffering(self, faults: Iterable[Fault]) -> Fleet:
        """Return the fleet with exactly these faults; raises `UnknownFault`."""
        faults = tuple(faults)
        known = {device.asset for device in self.devices}
        for fault in faults:
            if fault.asset not in known:
                message = f"fault {fault}: no asset {fault.asset!r} at site {self.site!r}"
                raise UnknownFault(message)
        return replace(self, devices=tuple(device.suffering(faults) for device in self.devices))

    def offsets_ms(self, period_s: float) -> tuple[int, ...]:
        """Say when in a period each device measures: they are spread over it evenly."""
        period_ms = _whole_ms(period_s)
        return tuple(index * period_ms // len(self.devices) for index in range(len(self.devices)))


def instants_ms(start_s: float, end_s: float, period_s: float, offset_ms: int) -> range:
    """List a device's instants in [start, end): whole periods since the epoch, plus its offset.

    The grid depends on nothing else, so that a past told twice tells the same instants.

    >>> list(instants_ms(10.0, 12.0, 1.0, 250))
    [10250, 11250]
    """
    period_ms = _whole_ms(period_s)
    start_ms = round(start_s * 1_000)
    first = start_ms + (offset_ms - start_ms) % period_ms
    return range(first, round(end_s * 1_000), period_ms)


def _whole_ms(period_s: float) -> int:
    period_ms = round(period_s * 1_000)
    if period_ms < 1:
        message = f"period of {period_s} s: at least 0.001 s"
        raise Misconfigured(message)
    return period_ms


def backfill(
    fleet: Fleet,
    wire: Publisher,
    start_s: float,
    end_s: float,
    period_s: float,
    instants_per_message: int = 100,
    progress: Progress | None = None,
) -> int:
    """Publish the fleet's past in [start, end) epoch seconds, marked historical.

    Each message is an array of instants of one device, oldest first; the devices take turns, so
    that all advance together. `progress(done, total)` hears counts of readings. Returns the
    readings published, all confirmed by the broker; raises `BrokerAway`.
    """
    timelines = [instants_ms(start_s, end_s, period_s, offset) for offset in fleet.offsets_ms(period_s)]
    total = sum(len(timeline) * len(device.keys) for timeline, device in zip(timelines, fleet.devices, strict=True))
    done = 0
    longest = max((len(timeline) for timeline in timelines), default=0)
    for first in range(0, longest, instants_per_message):
        for device, timeline in zip(fleet.devices, timelines, strict=True):
            chunk = timeline[first : first + instants_per_message]
            if not chunk:
                continue
            payload = orjson.dumps(_rows(device, chunk, hist=True))
            wire.publish(telemetry_topic(fleet.site, device.asset), payload)
            done += len(chunk) * len(device.keys)
            if progress is not None:
                progress(done, total)
    wire.flush(_FLUSH_S)
    return done


def _rows(device: Device, instants: Sequence[int], *, hist: bool) -> list[dict[str, Any]]:
    columns = device.values(_seconds(instants))
    marks = {"hist": True} if hist else {}
    return [
        {"ts": ts, "values": dict(zip(columns, row, strict=True)), **marks}
        for ts, row in zip(instants, np.stack(list(columns.values()), axis=1).tolist(), strict=True)
    ]


def _seconds(instants: Sequence[int]) -> FloatArray:
    return np.asarray(instants, dtype=np.float64) / 1_000


def live(
    fleet: Fleet,
    wire: Publisher,
    clock: Clock,
    stop: Stop,
    period_s: float = 1.0,
    faults: Sequence[Fault] = (),
    buffer: int = 10_000,
) -> int:
    """Publish each device's values once a period until `stop` is set; returns the readings taken.

    Devices speak one after the other over the period, on a grid that does not drift. `faults` is
    read anew each period: a list may grow meanwhile. While the broker is away, the last `buffer`
    messages wait and are then sent in order; older ones are lost, and the log says how many.
    """
    outbox = Outbox(wire=wire, limit=buffer)
    readings = 0
    suffering, ill = tuple(faults), fleet.suffering(faults)
    for instant, index in _ticks(fleet, clock, stop, period_s):
        if suffering != tuple(faults):
            suffering, ill = tuple(faults), fleet.suffering(faults)
        device = ill.devices[index]
        row = _rows(device, [instant], hist=False)[0]
        outbox.post(telemetry_topic(fleet.site, device.asset), orjson.dumps(row))
        readings += len(device.keys)
    outbox.farewell(_FAREWELL_S)
    return readings


def _ticks(fleet: Fleet, clock: Clock, stop: Stop, period_s: float) -> Iterator[tuple[int, int]]:
    """Yield (epoch ms, device index) when each is due, until `stop`; skip what a sleep missed."""
    period_ms = _whole_ms(period_s)
    offsets = fleet.offsets_ms(period_s)
    present = _now_ms(clock)
    base = present - present % period_ms
    while offsets:
        for index, offset in enumerate(offsets):
            due = base + offset
            if due < present:
                continue
            if _stopped_before(due, clock, stop):
                return
            yield due, index
        base += period_ms
        now = _now_ms(clock)
        if abs(now - base) > _CATCH_UP_S * 1_000 + period_ms:
            _log.warning("the clock jumped by %.0f s: going on from now", (now - base) / 1_000)
            base = now - now % period_ms
            present = now


def _stopped_before(due_ms: int, clock: Clock, stop: Stop) -> bool:
    wait_s = (due_ms - _now_ms(clock)) / 1_000
    return stop.wait(wait_s) if wait_s > 0 else stop.is_set()


def _now_ms(clock: Clock) -> int:
    return round(clock.now().timestamp() * 1_000)


class Outbox:
    """A device's memory for an absent broker: bounded, first in first out."""

    def __init__(self, *, wire: Publisher, limit: int) -> None:
        self._wire = wire
        self._waiting: deque[Message] = deque(maxlen=limit)
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def post(self, topic: str, payload: bytes) -> None:
        """Send what waits and then this message; keep what the broker does not take now."""
        if len(self._waiting) == self._waiting.maxlen:
            self.lost += 1
        self._waiting.append((topic, payload))
        self._send(0.0)

    def farewell(self, timeout_s: float) -> None:
        """Wait a little for the broker to confirm everything, and log what it did not take."""
        self._send(timeout_s)
        try:
            self._wire.flush(timeout_s)
        except BrokerAway as error:
            _log.warning("%s; %d more never left", error, len(self._waiting))
        if self.lost:
            _log.warning("%d messages were lost while the broker was away", self.lost)

    def _send(self, timeout_s: float) -> None:
        try:
            while self._waiting:
                topic, payload = self._waiting[0]
                self._wire.publish(topic, payload, timeout_s=timeout_s)
                self._waiting.popleft()
        except BrokerAway:
            return
