"""The documents about what was thought through about alarms."""

from __future__ import annotations

from dataclasses import asdict
from typing import Self

from pydantic import ConfigDict

from api.schemas.shape import ETAG, Shape
from lifecycle.register.alarm_file import RationalisationDescription
from lifecycle.register.plant_file import Tag
from plant.alarms.rationalisation import Rationalisation
from plant.people.seen_version import version_tag


class RationalisationShape(Shape):
    """What was thought through about the alarms of a class and kind; each text in English and in Chinese (`_zh`)."""

    class_tag: str
    kind: str
    priority: int | None
    respond_within_s: float | None
    cause: str
    cause_zh: str
    consequence: str
    consequence_zh: str
    action: str
    action_zh: str
    on_delay_s: float | None
    off_delay_s: float | None
    deadband: float | None
    shelve_most_hours: float | None
    etag: str = ETAG

    @classmethod
    def of(cls, said: Rationalisation) -> Self:
        """Show what was thought through."""
        return cls(**asdict(said), etag=version_tag(asdict(said)))


class RationalisationWanted(RationalisationDescription):
    """What is to be said of the alarms of a class and kind; all of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "class_tag": "centrifugal_pump",
                    "kind": "limit",
                    "priority": 2,
                    "respond_within_s": 1800,
                    "cause": "The suction is blocked",
                    "action": "Look at the strainer",
                }
            ]
        }
    )

    class_tag: Tag
