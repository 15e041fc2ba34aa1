"""What the ingest bench publishes: the packets of a turn, whose times and packet ids are written as it goes out."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.mqtt.frames import packet
from plant.mqtt.topics import telemetry_topic
from service.bench import sparkplug

SITE = "bench"
MARKER = "marker"
MARKER_KEY = "published"
INSTANTS_OF_A_BATCH = 100
_TIME = re.compile(b"T{13}")
_TIME_DIGITS = 13


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishPlan:
    """What to publish: `begin_ms` is the first instant (epoch ms); every further one of an asset is 1 ms later."""

    port: int
    assets: int
    signals: int
    qos: int
    payload: str
    begin_ms: int

    @property
    def instants(self) -> int:
        """Count the instants in one message."""
        return INSTANTS_OF_A_BATCH if self.payload == "batch" else 1

    @property
    def values_a_message(self) -> int:
        """Count the values in one message."""
        return self.signals * self.instants


def asset_tag(number: int) -> str:
    """Name an asset of the bench.

    >>> asset_tag(7)
    'A-00007'
    """
    return f"A-{number:05}"


def signal_key(number: int) -> str:
    """Name a signal of the bench.

    >>> signal_key(3)
    'signal_03'
    """
    return f"signal_{number:02}"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class TurnPackets:
    """The packets of one turn, and where in them each message begins, its times stand, its packet id, and its end."""

    packets: NDArray[np.uint8]
    edges: list[int]
    times: NDArray[np.intp]
    identities: NDArray[np.intp]
    ends: NDArray[np.intp]


def turn_packets(plan: PublishPlan, variant: int) -> TurnPackets:
    """Write every asset's message of one turn; each `variant` has values of its own."""
    chance = random.Random(20260131 + variant)  # noqa: S311 - made-up readings, the same in every run
    packets, edges, times, identities = bytearray(), [0], [], []
    for number in range(plan.assets):
        topic, payload = _message(plan, number, chance)
        message = packet(topic, payload, 0, 0 if plan.qos else None)
        body = len(packets) + len(message) - len(payload)
        times.append([body + place for place in _times(plan, payload)])
        identities.append([body - 2, body - 1])
        packets += message
        edges.append(len(packets))
    return TurnPackets(
        packets=np.frombuffer(packets, np.uint8).copy(),
        edges=edges,
        times=np.array(times),
        identities=np.array(identities),
        ends=np.array([[end - 2, end - 1] for end in edges[1:]]),
    )


def births(plan: PublishPlan) -> list[tuple[bytes, bytes]]:
    """Return what bears the nodes, as topics and payloads."""
    keys = [signal_key(number) for number in range(plan.signals)]
    return [
        (sparkplug.topic("NBIRTH", asset_tag(number)), sparkplug.birth(keys, plan.begin_ms))
        for number in range(plan.assets)
    ]


def _message(plan: PublishPlan, number: int, chance: random.Random) -> tuple[bytes, bytes]:
    """Return an asset's topic, and a message whose times are still to be written."""
    tag = asset_tag(number)
    if plan.payload != "sparkplug":
        return telemetry_topic(SITE, tag).encode(), _payload(plan, chance)
    values = [round(chance.gauss(50, 12), 3) for _ in range(plan.signals)]
    return sparkplug.topic("NDATA", tag), sparkplug.data(values, plan.begin_ms)


def _times(plan: PublishPlan, payload: bytes) -> list[int]:
    """Return the places in a message at which the digits, or bytes, of its times stand."""
    if plan.payload == "sparkplug":
        return sparkplug.places(payload, plan.begin_ms)
    return [found.start() + k for found in _TIME.finditer(payload) for k in range(_TIME_DIGITS)]


def _payload(plan: PublishPlan, chance: random.Random) -> bytes:
    """Write a message whose times are still to be written."""
    keys = [signal_key(number) for number in range(plan.signals)]
    instants = []
    for _ in range(plan.instants):
        values = ",".join(f'"{key}":{chance.gauss(50, 12):.3f}' for key in keys)
        instants.append(f'{{"ts":{"T" * _TIME_DIGITS},"values":{{{values}}}}}')
    return (instants[0] if plan.payload == "json" else f"[{','.join(instants)}]").encode()
