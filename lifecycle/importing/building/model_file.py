"""What a building model says of equipment: elements, types, systems, places, ports and properties, by their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lifecycle.importing.building.statements import Instance

# What is kept of a file, with everything that is a kind of it in its schema.
KINDS = (
    *("IfcProject", "IfcSpatialStructureElement", "IfcSpatialElement", "IfcElement", "IfcTypeObject"),
    *("IfcSystem", "IfcPort", "IfcPropertySet", "IfcProperty", "IfcNamedUnit"),
    *("IfcRelDefinesByType", "IfcRelDefinesByProperties", "IfcRelAssignsToGroup", "IfcRelAggregates", "IfcRelNests"),
    *("IfcRelContainedInSpatialStructure", "IfcRelConnectsPorts", "IfcRelConnectsPortToElement"),
    *("IfcRelAssociatesDocument", "IfcDocumentReference", "IfcDocumentInformation"),
)
_PREFIXES = {"KILO": "k", "MILLI": "m", "MEGA": "M", "CENTI": "c", "MICRO": "µ", "HECTO": "h", "DECI": "d"}
_UNITS = {
    "METRE": "m",
    "SQUARE_METRE": "m²",
    "CUBIC_METRE": "m³",
    "GRAM": "g",
    "SECOND": "s",
    "PASCAL": "Pa",
    "DEGREE_CELSIUS": "°C",
    "KELVIN": "K",
    "WATT": "W",
    "JOULE": "J",
    "VOLT": "V",
    "AMPERE": "A",
    "HERTZ": "Hz",
    "NEWTON": "N",
    "RADIAN": "rad",
    "OHM": "Ω",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Property:
    """A property as a set states it; one with bounds has `low` and `high`."""

    value: str
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(slots=True)
class ModelFile:
    """The instances of one model that are of use, and what is said between them."""

    things: dict[int, Instance] = field(default_factory=dict)
    type_of: dict[int, int] = field(default_factory=dict)
    sets_of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    members: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    place_of: dict[int, int] = field(default_factory=dict)
    whole_of: dict[int, int] = field(default_factory=dict)
    element_of: dict[int, int] = field(default_factory=dict)
    ports_of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    joined: dict[int, list[tuple[int, bool]]] = field(default_factory=lambda: defaultdict(list))
    documents_of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    kinds: dict[str, frozenset[str]] = field(default_factory=dict)

    def is_a(self, thing: int, kind: str) -> bool:
        """Say whether an instance is of a kind, or of a kind of it."""
        return self.things[thing]["type"] in self.kinds.get(kind, ())

    def every(self, kind: str) -> Iterator[int]:
        """Give every instance of a kind, in the order of their numbers."""
        return (thing for thing in sorted(self.things) if self.is_a(thing, kind))

    def text(self, thing: int, *names: str) -> str:
        """Return the first of some attributes that says anything."""
        said = (str(self.things[thing].get(name) or "").strip() for name in names)
        return next((one for one in said if one), "")

    def properties(self, thing: int) -> dict[tuple[str, str], Property]:
        """Return the properties of an element by set and name: its own go before those of its type."""
        kind = self.type_of.get(thing)
        of_type = _refs(self.things[kind].get("HasPropertySets")) if kind in self.things else []
        found: dict[tuple[str, str], Property] = {}
        for number in [*of_type, *self.sets_of.get(thing, ())]:
            whole = self.things.get(number)
            if whole is None or whole["type"] != "IfcPropertySet":
                continue
            for inner in _refs(whole.get("HasProperties")):
                one = self._property(inner)
                if one is not None:
                    found[str(whole.get("Name") or ""), str(self.things[inner].get("Name") or "")] = one
        return found

    def _property(self, number: int) -> Property | None:
        said = self.things.get(number)
        if said is None:
            return None
        unit = self._unit(said.get("Unit"))
        match said["type"]:
            case "IfcPropertySingleValue":
                value = _value(said.get("NominalValue"))
                return None if value is None else Property(value=_spelled(value), unit=unit)
            case "IfcPropertyBoundedValue":
                low, high = _number(said.get("LowerBoundValue")), _number(said.get("UpperBoundValue"))
                ends = ("" if end is None else f"{end:g}" for end in (low, high))
                return Property(value=" to ".join(ends), unit=unit, low=low, high=high)
            case "IfcPropertyEnumeratedValue":
                values = [_spelled(_value(one)) for one in said.get("EnumerationValues") or ()]
                return Property(value=", ".join(values))
            case _:
                return None

    def _unit(self, said: Any) -> str:
        unit = self.things.get(_ref(said) or 0)
        if unit is None:
            return ""
        if unit["type"] == "IfcSIUnit":
            name = str(unit.get("Name") or "")
            return _PREFIXES.get(str(unit.get("Prefix") or ""), "") + _UNITS.get(name, name.lower())
        return str(unit.get("Name") or "")


def gathered(instances: Iterable[Instance], kinds: dict[str, frozenset[str]]) -> ModelFile:
    """Gather what a file says; `kinds` are the types of its schema that are a kind of another."""
    model = ModelFile(kinds=kinds)
    relations = []
    for one in instances:
        if one["type"].startswith("IfcRel"):
            relations.append(one)
        else:
            model.things[one["id"]] = one
    for one in relations:
        _relate(model, one)
    return model


def _relate(model: ModelFile, said: Instance) -> None:
    kind = said["type"]
    if kind in _OF_ONE:
        what, many, one = _OF_ONE[kind]
        getattr(model, what).update(dict.fromkeys(_refs(said[many]), _ref(said[one]) or 0))
    elif kind in _OF_MANY:
        what, many, one = _OF_MANY[kind]
        for thing in _refs(said[many]):
            getattr(model, what)[thing] += _refs(said[one])
    elif kind == "IfcRelAssignsToGroup":
        model.members[_ref(said["RelatingGroup"]) or 0] += _refs(said["RelatedObjects"])
    else:
        _relate_ports(model, said)


def _relate_ports(model: ModelFile, said: Instance) -> None:
    kind = said["type"]
    if kind == "IfcRelNests":
        for part in _refs(said["RelatedObjects"]):
            _has_port(model, _ref(said["RelatingObject"]) or 0, part)
    elif kind == "IfcRelConnectsPortToElement":
        _has_port(model, _ref(said["RelatedElement"]) or 0, _ref(said["RelatingPort"]) or 0)
    elif kind == "IfcRelConnectsPorts":
        one_end, other_end = _ref(said["RelatingPort"]) or 0, _ref(said["RelatedPort"]) or 0
        model.joined[one_end].append((other_end, True))
        model.joined[other_end].append((one_end, False))


# By the kind of a relation: what of the model it fills, its many and its one.
_OF_ONE = {
    "IfcRelDefinesByType": ("type_of", "RelatedObjects", "RelatingType"),
    "IfcRelContainedInSpatialStructure": ("place_of", "RelatedElements", "RelatingStructure"),
    "IfcRelAggregates": ("whole_of", "RelatedObjects", "RelatingObject"),
}
_OF_MANY = {
    "IfcRelDefinesByProperties": ("sets_of", "RelatedObjects", "RelatingPropertyDefinition"),
    "IfcRelAssociatesDocument": ("documents_of", "RelatedObjects", "RelatingDocument"),
}


def _has_port(model: ModelFile, element: int, port: int) -> None:
    if port in model.things and model.is_a(port, "IfcPort"):
        model.element_of[port] = element
        model.ports_of[element].append(port)


def _ref(said: Any) -> int | None:
    return int(said["ref"]) if isinstance(said, dict) and "ref" in said else None


def _refs(said: Any) -> list[int]:
    many = said if isinstance(said, (list, tuple)) else [said]
    return [number for number in map(_ref, many) if number is not None]


def _value(said: Any) -> Any:
    return said.get("value") if isinstance(said, dict) else said


def _number(said: Any) -> float | None:
    value = _value(said)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _spelled(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).strip()
