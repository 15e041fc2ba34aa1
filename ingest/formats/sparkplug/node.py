"""An edge node: it and its devices are born, speak and die, and every message counts."""

from __future__ import annotations

import logging
from collections import deque
from typing import Any

from ingest.decoding.decoded import Answer, FormatMemory, Presence
from ingest.formats.sparkplug.metrics import Metric, SparkplugEntity
from ingest.formats.sparkplug.payload import DataType, Payload
from plant.backoff import GrowingWait

_log = logging.getLogger(__name__)

FORMAT_NAME = "sparkplug"
OWN = ""  # the id of the node itself among those of its devices
_REBIRTH = "Node Control/Rebirth"
_ASK_AGAIN_S = 30.0  # a request may be lost on its way, or the node may not heed it
_FRUITLESS = GrowingWait(first_s=_ASK_AGAIN_S, most_s=3600.0)
_FRUITLESS_BEFORE_SAID = 3
_MOST_REQUESTS = 3  # within `_ASK_AGAIN_S`, births or not


class Node:
    """One edge node. `entities` are itself and its devices, by their ids; the node itself is `OWN`.

    `birth_number` (bdSeq) is that of its present life, and of the death that ends it.
    """

    def __init__(self, group: str, name: str, *, joins_names: bool = False) -> None:
        self.group = group
        self.name = name
        self._joins_names = joins_names
        self.entities: dict[str, SparkplugEntity] = {}
        self.birth_number: int | None = None
        self.is_dead = False
        self._next: int | None = None
        self._wants_birth = False
        self._requests_s: deque[float] = deque(maxlen=_MOST_REQUESTS)
        self._fruitless = 0
        self._is_said_broken = False

    @classmethod
    def remembered(cls, speaker: str, document: dict[str, Any], *, joins_names: bool = False) -> Node:
        """Return a node as `memory` wrote it down; what it said since then is not known."""
        group, _, name = speaker.partition("/")
        node = cls(group, name, joins_names=joins_names)
        node.birth_number = document["birth_number"]
        for entity, metrics in document["metrics"].items():
            node.entities[entity] = SparkplugEntity([Metric(*metric) for metric in metrics])
        return node

    @property
    def speaker(self) -> str:
        """Name the node among all nodes; neither part of its name can hold a slash."""
        return f"{self.group}/{self.name}"

    @property
    def size(self) -> int:
        """Count what it takes to remember it."""
        return 1 + sum(1 + len(entity.metrics) for entity in self.entities.values())

    def is_born(self, metrics: list[Metric], birth_number: int | None, sequence: int | None) -> None:
        """Begin a life: its devices are to be born again too, and whatever was asked is answered."""
        self.birth_number, self.is_dead = birth_number, False
        for entity in self.entities.values():
            entity.is_certain = False
        self.bear(OWN, metrics)
        self._next = None if sequence is None else (sequence + 1) % 256
        self._wants_birth = False

    def bear(self, device: str, metrics: list[Metric]) -> None:
        """Begin the life of a device, or with `OWN` of the node itself."""
        former = self.entities.get(device)
        is_misspoken = former is not None and former.is_misspoken
        self.entities[device] = SparkplugEntity(metrics, is_certain=True, is_online=True, is_misspoken=is_misspoken)

    def dies(self) -> list[Presence]:
        """End a life, and with it those of its devices."""
        self.is_dead, self._next, self._wants_birth = True, None, False
        self.entities.setdefault(OWN, SparkplugEntity())
        for entity in self.entities.values():
            entity.is_certain = entity.is_online = False
        return [self.presence(device, is_online=False) for device in self.entities]

    def follows(self, sequence: int | None) -> bool:
        """Count a message, and say whether it follows the one before; if not, no alias is certain any more."""
        follows = sequence is not None and sequence == self._next
        self._next = None if sequence is None else (sequence + 1) % 256
        if follows:
            self._fruitless = 0
        else:
            for entity in self.entities.values():
                entity.is_certain = False
        return follows

    def ask(self, sent_ms: int, now_s: float) -> list[Answer]:
        """Ask the node to be born again, unless it was asked lately; `now_s` is monotonic seconds.

        - Where a birth is asked for already, 30 s are left to it.
        - Where births come but no message follows the one before, the node does not count its messages. Each request is
          then fruitless, and the next one waits twice as long, up to an hour.
        - However that is, it is asked at most three times in 30 s.
        """
        if not self._may_ask(now_s):
            self._wants_birth = True
            return []
        self._wants_birth = True
        self._requests_s.append(now_s)
        self._fruitless += 1
        if self._fruitless > _FRUITLESS_BEFORE_SAID and not self._is_said_broken:
            self._is_said_broken = True
            _log.warning(
                "a Sparkplug node does not count its messages: its seq is absent or does not go up by one; "
                "its values under aliases stay uncertain",
                extra={"node": self.speaker},
            )
        # Its own time of sending stands for ours: nothing here knows the hour, and the node does not look.
        command = Payload(timestamp=sent_ms)
        command.metrics.add(name=_REBIRTH, timestamp=sent_ms, datatype=DataType.Boolean, boolean_value=True)
        return [Answer(topic=f"spBv1.0/{self.group}/NCMD/{self.name}", payload=command.SerializeToString())]

    def _may_ask(self, now_s: float) -> bool:
        if not self._requests_s:
            return True
        since_s = now_s - self._requests_s[-1]
        if len(self._requests_s) == _MOST_REQUESTS and now_s - self._requests_s[0] < _ASK_AGAIN_S:
            return False
        if self._fruitless > 1:
            return since_s >= _FRUITLESS.after(self._fruitless - 2)
        return since_s >= _ASK_AGAIN_S or not self._wants_birth

    def remind(self, sent_ms: int, now_s: float) -> list[Answer]:
        """Ask once more, where a birth is wanted, the node goes on without, and 30 s have passed."""
        return self.ask(sent_ms, now_s) if self._wants_birth else []

    def ask_for(self, entity: SparkplugEntity, sent_ms: int, now_s: float) -> list[Answer]:
        """Ask for the birth of a device, once until it is born: a node that forgets it would be asked for ever."""
        if entity.is_asked:
            return []
        entity.is_asked = True
        return self.ask(sent_ms, now_s)

    def ask_for_metric(self, entity: SparkplugEntity, sent_ms: int, now_s: float) -> list[Answer]:
        """Ask for a birth that declares a metric, once: a node that then still does not would be asked for ever."""
        if entity.is_misspoken:
            return []
        entity.is_misspoken = True
        return self.ask(sent_ms, now_s)

    def asset_of(self, device: str) -> str:
        """Return the tag of a device's asset, or with `OWN` of the node's own.

        >>> Node("hall", "edge", joins_names=True).asset_of("P-1"), Node("hall", "edge").asset_of("P-1")
        ('edge/P-1', 'P-1')
        """
        if not device:
            return self.name
        return f"{self.name}/{device}" if self._joins_names else device

    def presence(self, device: str, *, is_online: bool) -> Presence:
        """Say that it or a device of it has come or gone."""
        return Presence(
            site=self.group,
            asset=self.asset_of(device),
            format=FORMAT_NAME,
            speaker=self.speaker,
            is_online=is_online,
        )

    def memory(self) -> FormatMemory:
        """Return what is to be remembered."""
        document = {
            "birth_number": self.birth_number,
            "metrics": {
                name: [[one.name, one.alias, one.datatype] for one in entity.metrics]
                for name, entity in self.entities.items()
            },
        }
        return FormatMemory(format=FORMAT_NAME, speaker=self.speaker, document=document)
