"""Small building models as a drawing program writes them: pumps, a valve, pipes between, on a storey."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid


class DrawnModel:
    """A model that is being drawn, in either schema."""

    def __init__(self, schema: str) -> None:
        self.file = ifcopenshell.file(schema=schema)
        self.is_old = schema == "IFC2X3"
        self.project = self.rooted("IfcProject", Name="Cooling water")
        self.building = self.rooted("IfcBuilding", Name="B1", CompositionType="ELEMENT")
        self.storey = self.rooted("IfcBuildingStorey", Name="L0", LongName="Ground", CompositionType="ELEMENT")
        self.related("IfcRelAggregates", RelatingObject=self.building, RelatedObjects=[self.storey])

    def rooted(self, kind: str, **said: Any) -> Any:
        return self.file.create_entity(kind, GlobalId=ifcopenshell.guid.new(), **said)

    related = rooted

    def element(self, kind: str, name: str, *, old: str = "", predefined: str = "", **said: Any) -> Any:
        """An element: in IFC2x3 one of the general kinds, whose type says what it is."""
        if self.is_old:
            one = self.rooted(old or kind, Name=name, **said)
        else:
            one = self.rooted(kind, Name=name, **({"PredefinedType": predefined} if predefined else {}), **said)
        self.related("IfcRelContainedInSpatialStructure", RelatedElements=[one], RelatingStructure=self.storey)
        return one

    def type(self, kind: str, name: str, *elements: Any, predefined: str, **properties: Any) -> Any:
        one = self.rooted(kind, Name=name, PredefinedType=predefined)
        if properties:
            one.HasPropertySets = [self.set("Pset_ManufacturerTypeInformation", **properties)]
        self.related("IfcRelDefinesByType", RelatedObjects=list(elements), RelatingType=one)
        return one

    def set(self, name: str, **properties: Any) -> Any:
        made = []
        for key, value in properties.items():
            if isinstance(value, tuple):
                low, high = (self.file.create_entity("IfcReal", end) for end in value)
                bounds = {"LowerBoundValue": low, "UpperBoundValue": high}
                made.append(self.file.create_entity("IfcPropertyBoundedValue", Name=key, **bounds))
            else:
                said = self.file.create_entity("IfcReal" if isinstance(value, float) else "IfcText", value)
                made.append(self.file.create_entity("IfcPropertySingleValue", Name=key, NominalValue=said))
        return self.rooted("IfcPropertySet", Name=name, HasProperties=made)

    def said_of(self, element: Any, name: str, **properties: Any) -> None:
        self.related(
            "IfcRelDefinesByProperties",
            RelatedObjects=[element],
            RelatingPropertyDefinition=self.set(name, **properties),
        )

    def port(self, element: Any, direction: str) -> Any:
        one = self.rooted("IfcDistributionPort", FlowDirection=direction)
        if self.is_old:
            self.related("IfcRelConnectsPortToElement", RelatingPort=one, RelatedElement=element)
        else:
            self.related("IfcRelNests", RelatingObject=element, RelatedObjects=[one])
        return one

    def joined(self, one: Any, other: Any) -> None:
        self.related("IfcRelConnectsPorts", RelatingPort=one, RelatedPort=other)

    def write(self, path: Path) -> Path:
        self.file.write(str(path))
        return path


def cooling_water(schema: str) -> DrawnModel:
    """P-101 pumps by way of a pipe to the valve V-1 and on to the exchanger E-1; P-102 stands beside it."""
    model = DrawnModel(schema)
    first = model.element("IfcPump", "Pump 1", old="IfcFlowMovingDevice", predefined="CIRCULATOR", Tag="432156")
    second = model.element("IfcPump", "P-102", old="IfcFlowMovingDevice", predefined="CIRCULATOR", Description="备用泵")
    valve = model.element("IfcValve", "V-1", old="IfcFlowController", predefined="ISOLATING")
    exchanger = model.element("IfcHeatExchanger", "E-1", old="IfcEnergyConversionDevice", predefined="PLATE")
    pipe = model.element("IfcPipeSegment", "pipe; the 'long' one", old="IfcFlowSegment")
    lamp = model.element("IfcLamp", "lamp", old="IfcFlowTerminal")
    model.type(
        "IfcPumpType", "NK 80", first, second, predefined="CIRCULATOR", Manufacturer="Acme", ModelLabel="NK 80-250"
    )
    if model.is_old:
        model.type("IfcValveType", "gate", valve, predefined="ISOLATING")
        model.type("IfcHeatExchangerType", "plate", exchanger, predefined="PLATE")
        model.type("IfcLampType", "lamp", lamp, predefined="LED" if not model.is_old else "FLUORESCENT")
    model.said_of(first, "Plant", TagNumber="P-101", MaxTemperature=85.0, Flow=(10.0, 120.0))
    model.said_of(first, "Pset_ManufacturerOccurrence", SerialNumber="SN-77")
    out, into = model.port(first, "SOURCE"), model.port(pipe, "NOTDEFINED")
    through, at_valve = model.port(pipe, "NOTDEFINED"), model.port(valve, "SINK")
    leaves, enters = model.port(valve, "SOURCE"), model.port(exchanger, "SINK")
    model.joined(out, into)
    model.joined(through, at_valve)
    model.joined(enters, leaves)
    system = model.rooted("IfcSystem", Name="CW", Description="cooling water")
    model.related("IfcRelAssignsToGroup", RelatedObjects=[first, valve, pipe], RelatingGroup=system)
    return model
