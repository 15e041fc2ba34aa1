"""Sparkplug B: edge nodes are born with their metrics, then name them by number, and die; group, device or node.

The site is the group, the asset the device, or the node for what it says of itself. A birth declares metrics with
aliases, which stand for their names afterwards, so the messages of a node must be seen in order and without a gap.
After a gap, or when nothing is known of what came before, the node is asked to be born again, and every 30 s once more
while it goes on without; until then, values under an alias are stored as uncertain.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ingest.decoding.decoded import Decoded, DeviceReport, Extras
from ingest.decoding.format import Format, Memories
from ingest.formats.sparkplug.metrics import SparkplugEntity, add_values, declared
from ingest.formats.sparkplug.node import FORMAT_NAME, OWN, Node
from ingest.formats.sparkplug.payload import parsed
from plant.errors import Rejected

_OF_NODES = ("NBIRTH", "NDEATH", "NDATA")
_OF_DEVICES = ("DBIRTH", "DDEATH", "DDATA")
_MOST_NODES = 10_000
_MOST_METRICS = 1_000_000
_SEQUENCE_END = 256


@dataclass(frozen=True, slots=True)
class Address:
    """What a topic says: the kind of message, and whose."""

    group: str
    kind: str
    node: str
    device: str


class Nodes:
    """All edge nodes that one process hears; what is remembered of them is bounded.

    `monotonic` counts seconds. With `joins_names` a device is the asset `node/device`. Without, it is called as
    the device; a device id then belongs to the first node that uses it, until that node says that the device has died.
    """

    def __init__(
        self, memories: Memories, monotonic: Callable[[], float] = time.monotonic, *, joins_names: bool = False
    ) -> None:
        self._monotonic = monotonic
        self._joins_names = joins_names
        self._nodes: dict[str, Node] = {}
        self._nodes_of: dict[tuple[str, str], Node] = {}
        self._metrics = 0
        self.learn(memories)

    def learn(self, memories: Memories) -> None:
        """Learn what others remember of nodes that they hear, in place of what is known of these."""
        for speaker in sorted(memories):
            former = self._nodes.pop(speaker, None)
            if former is not None:
                self._metrics -= former.size
                self._release(former)
            node = Node.remembered(speaker, dict(memories[speaker]), joins_names=self._joins_names)
            self._nodes[speaker] = node
            self._take_devices(node)
            self._metrics += node.size

    def _release(self, node: Node) -> None:
        for device in node.entities:
            if self._nodes_of.get((node.group, device)) is node:
                del self._nodes_of[node.group, device]

    def _take_devices(self, node: Node) -> None:
        """Let a node have its devices; where two took one unseen by each other, the first by name keeps it."""
        for device in [one for one in node.entities if one != OWN and not self._joins_names]:
            other = self._nodes_of.get((node.group, device), node)
            first = min(node, other, key=lambda one: one.speaker)
            self._nodes_of[node.group, device] = first
            if first is not other:
                self._metrics -= other.size
                other.entities.pop(device, None)
                self._metrics += other.size
            elif first is not node:
                node.entities.pop(device)

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Decode one message, the next of its node.

        Raises:
            Rejected: `unknown_topic`, `not_sparkplug`, `too_many_nodes`, `too_many_metrics`, `device_of_another_node`.
        """
        address = _address(topic)
        message = parsed(payload)
        sequence = message.seq if message.HasField("seq") and message.seq < _SEQUENCE_END else None
        node = self._node(address)
        if address.kind == "NDEATH":
            return self._death(node, message)
        if address.kind == "NBIRTH":
            return self._birth(node, message, sequence)
        ask = node.remind if node.follows(sequence) else node.ask
        extras = Extras(answers=ask(message.timestamp, self._monotonic()))
        if address.device:
            self._claim(node, address.device)
        if address.kind == "DBIRTH":
            return self._birth_of_device(node, address.device, message, extras)
        if address.kind == "DDEATH":
            return self._death_of_device(node, address.device, extras)
        return self._data(node, address.device, message, extras)

    def _node(self, address: Address) -> Node:
        speaker = f"{address.group}/{address.node}"
        node = self._nodes.get(speaker)
        if node is None:
            if len(self._nodes) >= _MOST_NODES:
                raise Rejected("too_many_nodes", f"{speaker} would be one more than the {_MOST_NODES} that are kept")
            node = self._nodes[speaker] = Node(address.group, address.node, joins_names=self._joins_names)
            self._metrics += node.size
        return node

    def _birth(self, node: Node, message: Any, sequence: int | None) -> Decoded:
        before, metrics = node.size, declared(message)
        self._refuse_too_many(len(metrics))
        node.is_born(metrics, _birth_number(message), sequence)
        self._metrics += node.size - before
        extras = Extras(presences=[node.presence(OWN, is_online=True)], memories=[node.memory()])
        return self._reported(node, OWN, message, extras, is_birth=True)

    def _birth_of_device(self, node: Node, device: str, message: Any, extras: Extras) -> Decoded:
        before, metrics = node.size, declared(message)
        self._refuse_too_many(len(metrics))
        node.bear(device, metrics)
        self._metrics += node.size - before
        extras.presences.append(node.presence(device, is_online=True))
        extras.memories.append(node.memory())
        return self._reported(node, device, message, extras, is_birth=True)

    def _data(self, node: Node, device: str, message: Any, extras: Extras) -> Decoded:
        entity = node.entities.setdefault(device, SparkplugEntity())
        if not entity.is_certain:
            extras.answers += node.ask_for(entity, message.timestamp, self._monotonic())
        return self._reported(node, device, message, extras)

    def _reported(self, node: Node, device: str, message: Any, extras: Extras, *, is_birth: bool = False) -> Decoded:
        entity = node.entities[device]
        report = DeviceReport.empty(node.group, node.asset_of(device))
        if not add_values(report, entity, message, is_birth=is_birth):
            extras.answers += node.ask_for_metric(entity, message.timestamp, self._monotonic())
        says = extras.answers or extras.presences or extras.memories
        return Decoded([report] if report.keys or report.rejects else [], extras if says else None)

    @staticmethod
    def _death(node: Node, message: Any) -> Decoded:
        """Take a death; that of an earlier life, which a broker may send late, is none."""
        number = _birth_number(message)
        if None not in {number, node.birth_number} and number != node.birth_number:
            return Decoded([])
        return Decoded([], Extras(presences=node.dies()))

    def _claim(self, node: Node, device: str) -> None:
        """Let a device id be a node's; one that another node uses is not, or two devices would become one asset."""
        if self._joins_names:
            return
        other = self._nodes_of.setdefault((node.group, device), node)
        if other is not node:
            raise Rejected(
                "device_of_another_node",
                f"{other.speaker} has a device {device}, too; with ASSETLOOP_SPARKPLUG_ASSET=node/device they are two"
                f" assets, {other.name}/{device} and {node.name}/{device}",
            )

    def _death_of_device(self, node: Node, device: str, extras: Extras) -> Decoded:
        """Take the death of a device; another node may have one of this id from now on."""
        before = node.size
        node.entities.pop(device, None)
        self._metrics += node.size - before
        self._nodes_of.pop((node.group, device), None)
        extras.presences.append(node.presence(device, is_online=False))
        extras.memories.append(node.memory())
        return Decoded([], extras)

    def _refuse_too_many(self, metrics: int) -> None:
        if self._metrics + metrics > _MOST_METRICS:
            raise Rejected("too_many_metrics", f"more than the {_MOST_METRICS} that are kept of all nodes")


def _birth_number(message: Any) -> int | None:
    for metric in message.metrics:
        if metric.name == "bdSeq":
            return int(metric.long_value or metric.int_value)
    return None


@lru_cache(maxsize=16_384)
def _address(topic: str) -> Address:
    root, *parts = topic.split("/")
    known = _OF_NODES if len(parts) == 3 else _OF_DEVICES if len(parts) == 4 else ()
    if root != "spBv1.0" or len(parts) < 3 or parts[1] not in known or not all(parts) or "\x00" in topic:
        raise Rejected("unknown_topic", topic)
    return Address(parts[0], parts[1], parts[2], parts[3] if len(parts) == 4 else "")


def speaker_of(topic: str) -> str:
    """Name the node that speaks on a topic.

    >>> speaker_of("spBv1.0/hall/DDATA/edge/P-1")
    'hall/edge'
    """
    address = _address(topic)
    return f"{address.group}/{address.node}"


def format_of(*, joins_names: bool) -> Format:
    """Return the format; with `joins_names` a device's asset is called `node/device`."""
    return Format(
        name=FORMAT_NAME,
        filters=(
            *(f"spBv1.0/+/{kind}/+" for kind in _OF_NODES),
            *(f"spBv1.0/+/{kind}/+/+" for kind in _OF_DEVICES),
        ),
        decode=lambda topic, payload: Nodes({}, joins_names=joins_names).decode(topic, payload),
        speaker_of=speaker_of,
        begin=lambda memories: Nodes(memories, joins_names=joins_names),
    )


FORMAT = format_of(joins_names=False)
