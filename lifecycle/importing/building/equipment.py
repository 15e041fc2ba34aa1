"""From a building model to facts: which elements are assets, of which class, where, and what they feed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator

from lifecycle.importing.building.model_file import ModelFile, Property
from lifecycle.importing.building.model_mapping import TAG_PROPERTIES, LimitRule, ModelMapping, class_of_type
from lifecycle.importing.facts import (
    AreaFact,
    AssetFact,
    ClassFact,
    DocumentFact,
    Facts,
    GlobalIdFact,
    Origin,
    ParameterFact,
    RowFault,
    SignalFact,
    SiteFact,
    Source,
    SystemFact,
)

# What is looked after. Pipes, ducts, cables, fittings and terminals are ways between; a mapping can make them assets.
EQUIPMENT = (
    *("IfcEnergyConversionDevice", "IfcFlowMovingDevice", "IfcFlowController", "IfcFlowStorageDevice"),
    *("IfcFlowTreatmentDevice", "IfcTransportElement"),
)
_MOST_PROPERTIES = 200
_AREAS = {"IfcBuilding": "area", "IfcBuildingStorey": "floor", "IfcSpace": "space"}


class EquipmentReader:
    """Says as facts what one model holds."""

    def __init__(self, model: ModelFile, mapping: ModelMapping, site: str | None) -> None:
        self.model, self.mapping = model, mapping
        self.faults: list[RowFault] = []
        self.left_out: Counter[str] = Counter()
        self.classes: dict[int, str] = {}
        self.tags: dict[int, str] = {}
        self.known: dict[int, dict[tuple[str, str], Property]] = {}
        self.site = site or mapping.site or self._site_name()

    def facts(self, source: Source) -> Facts:
        """Say everything; elements without a class or tag are counted in a note or are faults."""
        model = self.model
        for thing in model.every("IfcElement"):
            self._take(thing)
        areas = list(self._areas())
        names = [
            f"{count} {name} are not taken: name a class for {name} in the mapping file"
            for name, count in self.left_out.most_common(20)
        ]
        return Facts(
            source=source,
            site=SiteFact(tag=self.site),
            areas=tuple(areas),
            systems=tuple(self._systems()),
            classes=tuple(ClassFact(tag=tag) for tag in sorted(set(self.classes.values()))),
            assets=tuple(self._asset(thing) for thing in self.tags),
            signals=tuple(one for thing in self.tags for one in self._signals(thing)),
            parameters=tuple(one for thing in self.tags for one in self._parameters(thing)),
            documents=tuple(one for thing in self.tags for one in self._documents(thing)),
            global_ids=tuple(self._global_ids()),
            faults=tuple(self.faults),
            notes=tuple(names),
        )

    def _site_name(self) -> str:
        for kind in ("IfcSite", "IfcProject"):
            for thing in self.model.every(kind):
                if name := self.model.text(thing, "Name", "LongName"):
                    return name
        return ""

    def _take(self, thing: int) -> None:
        tag_of_class = self._class_of(thing)
        if tag_of_class is None:
            self.left_out[self.model.things[thing]["type"]] += 1
            return
        if not tag_of_class:
            return
        self.known[thing] = self.model.properties(thing)
        tag = self._tag_of(thing)
        if not tag:
            self.faults.append(
                RowFault(
                    what=f"#{thing} {self.model.things[thing]['type']} has neither tag nor name",
                    mend="give it a Tag in the model, or name the property that holds it in the mapping file",
                    origin=_origin(thing),
                )
            )
            return
        self.classes[thing], self.tags[thing] = tag_of_class, tag

    def _class_of(self, thing: int) -> str | None:
        """Return the class of an element: empty where the mapping leaves it out, None where it is no equipment."""
        model, mapping = self.model, self.mapping.classes
        name = str(model.things[thing]["type"])
        kind = model.type_of.get(thing)
        type_name = str(model.things[kind]["type"]) if kind in model.things else ""
        predefined = model.text(thing, "PredefinedType") or (
            model.text(kind, "PredefinedType") if kind in model.things else ""
        )
        candidates = [model.text(kind, "Name") if kind in model.things else ""]
        candidates += [f"{one}.{predefined}" for one in (name, type_name.removesuffix("Type")) if one]
        candidates += [type_name, type_name.removesuffix("Type"), name]
        for one in candidates:
            if one and one in mapping:
                return mapping[one]
        if not any(model.is_a(thing, one) for one in EQUIPMENT):
            return None
        return class_of_type(type_name or name)

    def _tag_of(self, thing: int) -> str:
        model, known = self.model, self.known[thing]
        for wanted in self.mapping.tags:
            found = known[_split(wanted)].value if _split(wanted) in known else model.text(thing, wanted)
            if found:
                return found
        if self.mapping.tags:
            return ""
        named = (value.value for (_, name), value in known.items() if name in TAG_PROPERTIES)
        tag = model.text(thing, "Tag")
        return next((one for one in named if one), "") or ("" if tag.isdigit() else tag) or model.text(thing, "Name")

    def _asset(self, thing: int) -> AssetFact:
        model, known = self.model, self.known[thing]
        kind = model.type_of.get(thing)
        maker = _first(known, "Manufacturer")
        machine = _first(known, "ModelReference", "ModelLabel", "ModelNumber") if maker else ""
        place = self._place(thing)
        whole = model.whole_of.get(thing)
        return AssetFact(
            tag=self.tags[thing],
            class_tag=self.classes[thing],
            name=model.text(thing, "Description", "Name") or None,
            area=self._area_tag(place) if place else None,
            parent=self.tags.get(whole) if whole is not None else None,
            serial=_first(known, "SerialNumber") or None,
            manufacturer=maker or None,
            model=machine or (model.text(kind, "Name") if maker and kind in model.things else "") or None,
            feeds=tuple(self._fed_by(thing)) or None,
            origin=_origin(thing),
        )

    def _place(self, thing: int) -> int | None:
        at: int | None = thing
        for _ in range(100):
            place = self.model.place_of.get(at or 0)
            if place in self.model.things or at is None:
                return place
            at = self.model.whole_of.get(at)
        return None

    def _areas(self) -> Iterator[AreaFact]:
        """Say storeys and buildings, and the spaces in which something stands."""
        used = {self._place(thing) for thing in self.tags}
        for thing in self.model.every("IfcSpatialStructureElement"):
            kind = _AREAS.get(self.model.things[thing]["type"])
            if kind is None or (kind == "space" and thing not in used):
                continue
            above = self.model.whole_of.get(thing)
            is_area = above in self.model.things and self.model.things[above or 0]["type"] in _AREAS
            yield AreaFact(
                tag=self._area_tag(thing),
                name=self.model.text(thing, "LongName", "Name") or None,
                kind=kind,  # type: ignore[arg-type]
                parent=self._area_tag(above) if is_area and above is not None else None,
                origin=_origin(thing),
            )

    def _area_tag(self, thing: int) -> str:
        return self.model.text(thing, "Name", "LongName", "GlobalId")

    def _systems(self) -> Iterator[SystemFact]:
        for thing in self.model.every("IfcSystem"):
            members = tuple(self.tags[one] for one in self.model.members.get(thing, ()) if one in self.tags)
            if members:
                tag = self.model.text(thing, "Name", "LongName", "GlobalId")
                name = self.model.text(thing, "LongName", "Description") or None
                yield SystemFact(tag=tag, name=name, members=members, origin=_origin(thing))

    def _signals(self, thing: int) -> Iterator[SignalFact]:
        for rule in self.mapping.limits:
            if rule.class_ in ("", self.classes[thing]):
                low, high = _limits(rule, self.known[thing])
                if (low, high) != (None, None):
                    yield SignalFact(
                        asset=self.tags[thing],
                        key=rule.signal,
                        unit=rule.unit or None,
                        low=low,
                        high=high,
                        origin=_origin(thing),
                    )

    def _parameters(self, thing: int) -> Iterator[ParameterFact]:
        for (in_set, name), one in list(self.known[thing].items())[:_MOST_PROPERTIES]:
            if name and one.value:
                yield ParameterFact(
                    name=name,
                    value=one.value,
                    unit=one.unit,
                    property_set=in_set,
                    asset=self.tags[thing],
                    origin=_origin(thing),
                )

    def _documents(self, thing: int) -> Iterator[DocumentFact]:
        for number in self.model.documents_of.get(thing, ()):
            if number not in self.model.things:
                continue
            title = self.model.text(number, "Name", "Identification", "ItemReference", "DocumentId", "Location")
            if title:
                yield DocumentFact(
                    title=title,
                    version=self.model.text(number, "Revision"),
                    file=self.model.text(number, "Location"),
                    asset=self.tags[thing],
                    origin=_origin(thing),
                )

    def _global_ids(self) -> Iterator[GlobalIdFact]:
        project = next((self.model.text(one, "GlobalId") for one in self.model.every("IfcProject")), "")
        for thing, tag in self.tags.items():
            if guid := self.model.text(thing, "GlobalId"):
                yield GlobalIdFact(asset=tag, model=project, global_id=guid, origin=_origin(thing))

    def _fed_by(self, thing: int) -> list[str]:
        """Follow the flow out of an element, through pipes and fittings, to the next assets."""
        found: dict[str, None] = {}
        seen, way = {thing}, deque(self._outlets(thing, entered=None))
        while way:
            port, is_entered = way.popleft()
            element = self.model.element_of.get(port)
            if element is None or element in seen or self._flow(port) == "SOURCE" or not is_entered:
                continue
            if element in self.tags:
                found[self.tags[element]] = None
                continue
            seen.add(element)
            way.extend(self._outlets(element, entered=port))
        return list(found)

    def _outlets(self, element: int, entered: int | None) -> Iterator[tuple[int, bool]]:
        """Give the ports that what leaves an element comes to, and whether it goes that way.

        At a port that does not say its direction, an asset gives to what it was joined to; a pipe lets all through.
        """
        for port in self.model.ports_of.get(element, ()):
            if port == entered or self._flow(port) == "SINK":
                continue
            for other, is_forward in self.model.joined.get(port, ()):
                goes = self._flow(port) == "SOURCE" or self._flow(other) == "SINK" or is_forward or entered is not None
                yield other, goes

    def _flow(self, port: int) -> str:
        said = self.model.things.get(port)
        return str(said.get("FlowDirection") or "") if said else ""


def _origin(thing: int) -> Origin:
    return Origin(sheet=f"#{thing}")


def _split(wanted: str) -> tuple[str, str]:
    in_set, _, name = wanted.rpartition(".")
    return in_set, name


def _first(known: dict[tuple[str, str], Property], *names: str) -> str:
    said = (one.value for wanted in names for (_, name), one in known.items() if name == wanted)
    return next((one for one in said if one), "")


def _limits(rule: LimitRule, known: dict[tuple[str, str], Property]) -> tuple[float | None, float | None]:
    whole = known.get(_split(rule.range)) if rule.range else None
    low, high = (whole.low, whole.high) if whole else (None, None)
    low = _limit(rule.low, known) if rule.low else low
    high = _limit(rule.high, known) if rule.high else high
    return (None if low is None else low * rule.factor), (None if high is None else high * rule.factor)


def _limit(wanted: str, known: dict[tuple[str, str], Property]) -> float | None:
    one = known.get(_split(wanted))
    try:
        return None if one is None else float(one.value)
    except ValueError:
        return None
