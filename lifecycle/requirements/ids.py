"""Requirements for parameters as buildingSMART IDS 1.0 files: read as a source, and written out.

A class is the value of a classification in the applicability, or the entity where there is none. Values of measures are
in the SI unit of their data type, as the standard has it. What an IDS can ask for beyond properties is named, never
dropped unseen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from lifecycle.requirements.patterns import compiled
from lifecycle.requirements.requirement import ClassRequirement, ParameterRequirement, Requirements
from lifecycle.units import conversion
from plant.errors import Rejected

IDS = "http://standards.buildingsmart.org/IDS"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SYSTEM = "assetloop"
_BOUNDS = ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive")
_MOST_BYTES = 20 * 1024 * 1024
_FACETS = ("entity", "partOf", "classification", "attribute", "property", "material")
_VERSIONS = frozenset({"IFC2X3", "IFC4", "IFC4X3_ADD2"})
UNIT_OF_TYPE: Mapping[str, str] = {
    "IFCLENGTHMEASURE": "m",
    "IFCPOSITIVELENGTHMEASURE": "m",
    "IFCAREAMEASURE": "m²",
    "IFCVOLUMEMEASURE": "m³",
    "IFCMASSMEASURE": "kg",
    "IFCPRESSUREMEASURE": "Pa",
    "IFCPOWERMEASURE": "W",
    "IFCENERGYMEASURE": "J",
    "IFCTHERMODYNAMICTEMPERATUREMEASURE": "K",
    "IFCVOLUMETRICFLOWRATEMEASURE": "m³/s",
    "IFCMASSFLOWRATEMEASURE": "kg/s",
    "IFCELECTRICVOLTAGEMEASURE": "V",
    "IFCELECTRICCURRENTMEASURE": "A",
    "IFCFREQUENCYMEASURE": "Hz",
    "IFCTIMEMEASURE": "s",
}


def read_ids(body: bytes) -> Requirements:
    """Read the properties that an IDS 1.0 file requires.

    Raises:
        Rejected: it is no such file, is not built as the standard says, or declares entities; the text says where.
    """
    if len(body) > _MOST_BYTES:
        raise Rejected("too_large", f"an IDS file has at most {_MOST_BYTES // 1024**2} MiB")
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Rejected(
            "bad_xml", "the file declares entities or a document type, which an IDS has no use for"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Rejected("bad_xml", f"the file is damaged: {error}") from error
    if root.tag != f"{{{IDS}}}ids":
        raise Rejected("no_ids", f"the file is no IDS: it begins with {root.tag}")
    _demand(root, "info", "specifications")
    _demand(_child(root, "info"), "title", is_sequence=False)
    found: dict[str, list[ParameterRequirement]] = {}
    notes: list[str] = []
    specifications = _child(root, "specifications").findall(f"{{{IDS}}}specification")
    if not specifications:
        raise Rejected("no_ids", "the IDS holds no specification")
    for one in specifications:
        _read_specification(one, found, notes)
    classes = tuple(ClassRequirement(class_tag=tag, parameters=tuple(said)) for tag, said in found.items())
    return Requirements(classes=classes, notes=tuple(notes))


def _demand(element: ET.Element, *names: str, is_sequence: bool = True) -> None:
    there = [one.tag.removeprefix(f"{{{IDS}}}") for one in element]
    wanted = there == list(names) if is_sequence else all(name in there for name in names)
    if not wanted:
        where = element.tag.removeprefix(f"{{{IDS}}}")
        raise Rejected(
            "no_ids", f"in {where} there should be {', '.join(names)}, and there is {', '.join(there) or 'nothing'}"
        )


def _child(element: ET.Element, name: str) -> ET.Element:
    found = element.find(f"{{{IDS}}}{name}")
    if found is None:
        where = element.get("name") or element.tag.removeprefix(f"{{{IDS}}}")
        raise Rejected("no_ids", f"{where} has no {name}")
    return found


def _read_specification(one: ET.Element, found: dict[str, list[ParameterRequirement]], notes: list[str]) -> None:
    name, versions = one.get("name"), (one.get("ifcVersion") or "").split()
    if not name or not versions or not set(versions) <= _VERSIONS:
        raise Rejected("no_ids", f"the specification {name or 'without a name'} names no version of IFC, as IFC4")
    class_tags = _classes_of(_child(one, "applicability"), name, notes)
    requirements = one.find(f"{{{IDS}}}requirements")
    if not class_tags or requirements is None:
        return
    for facet in requirements:
        kind = facet.tag.removeprefix(f"{{{IDS}}}")
        if kind not in _FACETS:
            raise Rejected("no_ids", f"{name}: {kind} is no facet of the standard")
        cardinality = facet.get("cardinality", "required")
        if kind != "property":
            notes.append(f"{name}: what it asks of {kind} is not checked here")
        elif cardinality != "required":
            notes.append(f"{name}: a property that is {cardinality} is not asked for here")
        else:
            read = _read_property(facet, name, notes)
            for class_tag in class_tags:
                found.setdefault(class_tag, []).extend([read] if read is not None else [])


def _classes_of(applicability: ET.Element, name: str, notes: list[str]) -> tuple[str, ...]:
    for path in ("classification/value", "entity/name"):
        element = applicability.find("/".join(f"{{{IDS}}}{part}" for part in path.split("/")))
        values = _values(element)
        if values:
            return values
        if element is not None:
            notes.append(f"{name}: it applies to classes by a pattern, and was left out")
            return ()
    notes.append(f"{name}: it applies to no entity and no classification, and was left out")
    return ()


def _read_property(facet: ET.Element, name: str, notes: list[str]) -> ParameterRequirement | None:
    sets, names = (_values(_child(facet, part)) for part in ("propertySet", "baseName"))
    data_type = facet.get("dataType", "")
    if len(sets) != 1 or len(names) != 1:
        notes.append(f"{name}: a property whose name is a pattern was left out")
        return None
    value = facet.find(f"{{{IDS}}}value")
    bounds = _bounds(value, name)
    texts = _texts(value, f"{name}: {names[0]}", notes)
    return ParameterRequirement(
        name=names[0],
        property_set=sets[0],
        unit=UNIT_OF_TYPE.get(data_type, "") if bounds else "",
        values=_values(value),
        low=bounds.get("minInclusive", bounds.get("minExclusive")),
        high=bounds.get("maxInclusive", bounds.get("maxExclusive")),
        low_is_open="minExclusive" in bounds,
        high_is_open="maxExclusive" in bounds,
        data_type=data_type,
        **texts,
    )


def _texts(value: ET.Element | None, name: str, notes: list[str]) -> dict[str, Any]:
    """Read what a value's text must be like; what cannot be checked is named."""
    found: dict[str, Any] = {}
    patterns: list[str] = []
    for one in value.findall(f"{{{XS}}}restriction/*") if value is not None else ():
        kind, said = one.tag.removeprefix(f"{{{XS}}}"), one.get("value", "")
        if kind == "pattern":
            patterns.append(said)
        elif kind in {"length", "minLength", "maxLength"}:
            if not re.fullmatch(r"\d{1,4}", said):
                raise Rejected("no_ids", f"{name}: {kind} {said!r} is no number of characters")
            found |= {"shortest": int(said)} if kind != "maxLength" else {}
            found |= {"longest": int(said)} if kind != "minLength" else {}
        elif kind not in {"enumeration", *_BOUNDS, "annotation"}:
            notes.append(f"{name} must be there; the {kind} of its value is not checked here")
    try:
        for pattern in patterns:
            compiled(pattern)
    except Rejected as error:
        notes.append(f"{name} must be there; its pattern is not checked here: {error.detail}")
        return found
    return {**found, "patterns": tuple(patterns)}


def _values(element: ET.Element | None) -> tuple[str, ...]:
    """Return the values that an element allows one by one."""
    if element is None:
        return ()
    simple = element.find(f"{{{IDS}}}simpleValue")
    if simple is not None:
        return (simple.text or "",)
    return tuple(one.get("value", "") for one in element.iter(f"{{{XS}}}enumeration"))


def _bounds(element: ET.Element | None, name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for bound in _BOUNDS:
        one = element.find(f"{{{XS}}}restriction/{{{XS}}}{bound}") if element is not None else None
        if one is None:
            continue
        try:
            found[bound] = float(one.get("value", ""))
        except ValueError as error:
            raise Rejected("no_ids", f"{name}: {bound} {one.get('value')!r} is no number") from error
        if not math.isfinite(found[bound]):
            raise Rejected("no_ids", f"{name}: {bound} {one.get('value')!r} is no number")
    return found


def write_ids(requirements: Requirements, title: str) -> bytes:
    """Write the parameters that are required as an IDS 1.0 file."""
    ET.register_namespace("", IDS)
    ET.register_namespace("xs", XS)
    ET.register_namespace("xsi", XSI)
    root = ET.Element(f"{{{IDS}}}ids", {f"{{{XSI}}}schemaLocation": f"{IDS} {IDS}/1.0/ids.xsd"})
    ET.SubElement(ET.SubElement(root, f"{{{IDS}}}info"), f"{{{IDS}}}title").text = title
    specifications = ET.SubElement(root, f"{{{IDS}}}specifications")
    for one in requirements.classes:
        if one.parameters:
            _write_specification(specifications, one)
    if not len(specifications):
        raise Rejected("no_parameters", "no parameter is required, so that there is nothing for an IDS to say")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _write_specification(parent: ET.Element, one: ClassRequirement) -> None:
    attributes = {"name": f"parameters of {one.class_tag}", "ifcVersion": "IFC2X3 IFC4"}
    specification = ET.SubElement(parent, f"{{{IDS}}}specification", attributes)
    applicability = ET.SubElement(
        specification, f"{{{IDS}}}applicability", {"minOccurs": "0", "maxOccurs": "unbounded"}
    )
    if one.class_tag.isalpha() and one.class_tag.isupper() and one.class_tag.startswith("IFC"):
        _write_value(ET.SubElement(applicability, f"{{{IDS}}}entity"), "name", (one.class_tag,))
    else:
        classification = ET.SubElement(applicability, f"{{{IDS}}}classification")
        _write_value(classification, "value", (one.class_tag,))
        _write_value(classification, "system", (SYSTEM,))
    wanted = ET.SubElement(specification, f"{{{IDS}}}requirements")
    for parameter in one.parameters:
        _write_property(wanted, parameter)


def _write_property(parent: ET.Element, one: ParameterRequirement) -> None:
    factor, offset, data_type = _in_si(one)
    facet = ET.SubElement(parent, f"{{{IDS}}}property", {"dataType": data_type, "cardinality": "required"})
    _write_value(facet, "propertySet", (one.property_set or "assetloop",))
    _write_value(facet, "baseName", (one.name,))
    bounds = {
        "minExclusive" if one.low_is_open else "minInclusive": one.low,
        "maxExclusive" if one.high_is_open else "maxInclusive": one.high,
    }
    said = [(name, repr(bound * factor + offset)) for name, bound in bounds.items() if bound is not None]
    base = "xs:double" if said else "xs:string"
    said += [("pattern", pattern) for pattern in one.patterns]
    said += [("minLength", str(one.shortest))] if one.shortest else []
    said += [("maxLength", str(one.longest))] if one.longest else []
    if not said and one.values:
        _write_value(facet, "value", one.values)
    elif said:
        said += [("enumeration", value) for value in one.values]
        value = ET.SubElement(facet, f"{{{IDS}}}value")
        restriction = ET.SubElement(value, f"{{{XS}}}restriction", {"base": base})
        for name, text in said:
            ET.SubElement(restriction, f"{{{XS}}}{name}", {"value": text})


def _in_si(one: ParameterRequirement) -> tuple[float, float, str]:
    """Return how a value becomes one in the unit of its data type, and that type: the first that can be."""
    if not one.unit:
        return 1.0, 0.0, one.data_type or ("IFCREAL" if one.low is not None or one.high is not None else "IFCLABEL")
    for data_type in [one.data_type] if one.data_type in UNIT_OF_TYPE else UNIT_OF_TYPE:
        try:
            factor, offset = conversion(one.unit, UNIT_OF_TYPE[data_type])
        except Rejected:
            continue
        return factor, offset, data_type
    return 1.0, 0.0, "IFCREAL"


def _write_value(parent: ET.Element, name: str, values: tuple[str, ...]) -> None:
    element = ET.SubElement(parent, f"{{{IDS}}}{name}")
    if len(values) == 1:
        ET.SubElement(element, f"{{{IDS}}}simpleValue").text = values[0]
        return
    restriction = ET.SubElement(element, f"{{{XS}}}restriction", {"base": "xs:string"})
    for value in values:
        ET.SubElement(restriction, f"{{{XS}}}enumeration", {"value": value})
