"""The mapping of a building model: where tags stand, which class an element is of, and which properties are limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lifecycle.register.toml_file import read_toml

_Text = Annotated[str, Field(min_length=1, max_length=200)]
# Where plants write the tag of a machine; after these its own Tag, unless that is a number of the drawing program.
TAG_PROPERTIES = ("TagNumber", "Tag Number", "AssetTag", "AssetIdentifier", "Equipment Tag", "位号", "设备位号")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class LimitRule(_Entry):
    """A signal and the properties that are its limits, each as `Set.Property`; `range` is one with both bounds."""

    signal: _Text
    class_: Annotated[str, Field(alias="class", max_length=200)] = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    low: Annotated[str, Field(max_length=200)] = ""
    high: Annotated[str, Field(max_length=200)] = ""
    range: Annotated[str, Field(max_length=200)] = ""
    factor: float = 1.0


class _MappingFile(_Entry):
    site: str = ""
    tag: list[_Text] = []
    class_: Annotated[dict[_Text, str], Field(alias="class")] = {}
    limit: list[LimitRule] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelMapping:
    """How a model is read. `classes`: by `IfcPump.CIRCULATOR`, `IfcPump`, or a type's name; an empty one leaves out."""

    site: str = ""
    tags: tuple[str, ...] = ()
    classes: dict[str, str]
    limits: tuple[LimitRule, ...] = ()


def read_model_mapping(path: Path | None) -> ModelMapping:
    """Read a mapping file; without one, classes are the types' own names and nothing is a limit.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense.
    """
    if path is None:
        return ModelMapping(classes={})
    said = read_toml(path, _MappingFile, absent="no_mapping", bad="bad_mapping")
    return ModelMapping(site=said.site, tags=tuple(said.tag), classes=said.class_, limits=tuple(said.limit))


def class_of_type(name: str) -> str:
    """Make a class's tag of an entity of IFC, or of its type object.

    >>> class_of_type("IfcAirToAirHeatRecovery"), class_of_type("IfcPumpType")
    ('air_to_air_heat_recovery', 'pump')
    """
    bare = name.removeprefix("Ifc").removesuffix("Type")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower()
