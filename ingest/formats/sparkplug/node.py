"""An edge node: it and its devices are born, speak and die, and every message counts."""

from __future__ import annotations

from typing import Any

from ingest.decoding.decoded import Answer, FormatMemory, Presence
from ingest.formats.sparkplug.metrics import Metric, SparkplugEntity
from ingest.formats.sparkplug.payload import DataType, Payload

FORMAT_NAME = "sparkplug"
OWN = ""  # the id of the node itself among those of its devices
_REBIRTH = "Node Control/Rebirth"
_ASK_AGAIN_S = 30.0  # a request may be lost on its way, or the node may not heed it


class Node:
    """One edge node. `entities` are itself and its devices, by their ids; the node itself is `OWN`.

    `birth_number` (bdSeq) is that of its present life, and of the death that ends it.
    """

    def __init__(self, group: str, name: str) -> None:
        self.group = group
        self.name = name
        self.entities: dict[str, SparkplugEntity] = {}
        self.birth_number: int | None = None
        self.is_dead = False
        self._next: int | None = None
        self._asked_s: float | None = None

    @classmethod
    def remembered(cls, speaker: str, document: dict[str, Any]) -> Node:
        """Return a node as `memory` wrote it down; what it said since then is not known."""
        group, _, name = speaker.partition("/")
        node = cls(group, name)
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
        self._asked_s = None

    def bear(self, device: str, metrics: list[Metric]) -> None:
        """Begin the life of a device, or with `OWN` of the node itself."""
        former = self.entities.get(device)
        is_misspoken = former is not None and former.is_misspoken
        self.entities[device] = SparkplugEntity(metrics, is_certain=True, is_online=True, is_misspoken=is_misspoken)

    def dies(self) -> list[Presence]:
        """End a life, and with it those of its devices."""
        self.is_dead, self._next, self._asked_s = True, None, None
        self.entities.setdefault(OWN, SparkplugEntity())
        for entity in self.entities.values():
            entity.is_certain = entity.is_online = False
        return [self.presence(device, is_online=False) for device in self.entities]

    def follows(self, sequence: int | None) -> bool:
        """Count a message, and say whether it follows the one before; if not, no alias is certain any more."""
        follows = sequence is not None and sequence == self._next
        self._next = None if sequence is None else (sequence + 1) % 256
        if not follows:
            for entity in self.entities.values():
                entity.is_certain = False
        return follows

    def ask(self, sent_ms: int, now_s: float) -> list[Answer]:
        """Ask the node to be born again, if it was not asked within the last 30 s; `now_s` is monotonic seconds."""
        if self._asked_s is not None and now_s - self._asked_s < _ASK_AGAIN_S:
            return []
        self._asked_s = now_s
        # Its own time of sending stands for ours: nothing here knows the hour, and the node does not look.
        command = Payload(timestamp=sent_ms)
        command.metrics.add(name=_REBIRTH, timestamp=sent_ms, datatype=DataType.Boolean, boolean_value=True)
        return [Answer(topic=f"spBv1.0/{self.group}/NCMD/{self.name}", payload=command.SerializeToString())]

    def remind(self, sent_ms: int, now_s: float) -> list[Answer]:
        """Ask once more, where the node was asked, goes on without being born again, and 30 s have passed."""
        return [] if self._asked_s is None else self.ask(sent_ms, now_s)

    def ask_for(self, entity: SparkplugEntity, sent_ms: int, now_s: float) -> list[Answer]:
        """Ask for the birth of a device, once until it is born: a node that forgets it would be asked for ever."""
        if entity.is_asked:
            return []
        entity.is_asked = True
        return self.ask(sent_ms, now_s)

    def ask_for_alias(self, entity: SparkplugEntity, sent_ms: int, now_s: float) -> list[Answer]:
        """Ask for a birth that declares an alias, once: a node that then still does not would be asked for ever."""
        if entity.is_misspoken:
            return []
        entity.is_misspoken = True
        return self.ask(sent_ms, now_s)

    def presence(self, device: str, *, is_online: bool) -> Presence:
        """Say that it or a device of it has come or gone."""
        return Presence(
            site=self.group,
            asset=device or self.name,
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
