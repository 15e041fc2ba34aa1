"""The sheets of a COBie 2.4 workbook with their columns, in order, and what this product adds in attributes.

What COBie has no column for is an Attribute whose Category is `OWN`: its Name is the field. A signal is one whose
Category is `OWN_SIGNAL`: its Unit is the signal's, its AllowedValues the design limits as `low..high`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OWN, OWN_SIGNAL, OWN_SYSTEM = "assetloop", "assetloop signal", "assetloop"
_EXT = ("ExtSystem", "ExtObject", "ExtIdentifier")
_MADE = ("Name", "CreatedBy", "CreatedOn")

COLUMNS: Mapping[str, Sequence[str]] = {
    "Contact": ("Email", "CreatedBy", "CreatedOn", "Category", "Company", "Phone", *_EXT),
    "Facility": (
        *(*_MADE, "Category", "ProjectName", "SiteName", "LinearUnits", "AreaUnits", "VolumeUnits", "CurrencyUnit"),
        *("AreaMeasurement", "ExternalSystem", "ExternalProjectObject", "ExternalProjectIdentifier"),
        *("ExternalSiteObject", "ExternalSiteIdentifier", "ExternalFacilityObject", "ExternalFacilityIdentifier"),
        *("Description", "ProjectDescription", "SiteDescription", "Phase"),
    ),
    "Floor": (*_MADE, "Category", *_EXT, "Description", "Elevation", "Height"),
    "Space": (
        *(*_MADE, "Category", "FloorName", "Description", *_EXT),
        *("RoomTag", "UsableHeight", "GrossArea", "NetArea"),
    ),
    "Type": (
        *(*_MADE, "Category", "Description", "AssetType", "Manufacturer", "ModelNumber", "WarrantyGuarantorParts"),
        *("WarrantyDurationParts", "WarrantyGuarantorLabor", "WarrantyDurationLabor", "WarrantyDurationUnit", *_EXT),
        *("ReplacementCost", "ExpectedLife", "DurationUnit", "WarrantyDescription", "NominalLength", "NominalWidth"),
        *("NominalHeight", "ModelReference", "Shape", "Size", "Color", "Finish", "Grade", "Material", "Constituents"),
        *("Features", "AccessibilityPerformance", "CodePerformance", "SustainabilityPerformance"),
    ),
    "Component": (
        *(*_MADE, "TypeName", "Space", "Description", *_EXT, "SerialNumber", "InstallationDate"),
        *("WarrantyStartDate", "TagNumber", "BarCode", "AssetIdentifier"),
    ),
    "System": (*_MADE, "Category", "ComponentNames", *_EXT, "Description"),
    "Assembly": (*_MADE, "SheetName", "ParentName", "ChildNames", "AssemblyType", *_EXT, "Description"),
    "Connection": (
        *(*_MADE, "ConnectionType", "SheetName", "RowName1", "RowName2", "RealizingElement", "PortName1", "PortName2"),
        *(*_EXT, "Description"),
    ),
    "Spare": (*_MADE, "Category", "TypeName", "Suppliers", *_EXT, "Description", "SetNumber", "PartNumber"),
    "Job": (
        *(*_MADE, "Category", "Status", "TypeName", "Description", "Duration", "DurationUnit", "Start"),
        *("TaskStartUnit", "Frequency", "FrequencyUnit", *_EXT, "TaskNumber", "Priors", "ResourceNames"),
    ),
    "Document": (
        *(*_MADE, "Category", "ApprovalBy", "Stage", "SheetName", "RowName", "Directory", "File", *_EXT),
        *("Description", "Reference"),
    ),
    "Attribute": (
        *(*_MADE, "Category", "SheetName", "RowName", "Value", "Unit", *_EXT, "Description", "AllowedValues"),
    ),
}
"""The sheets that are read and written."""

OTHERS = frozenset({"Zone", "Resource", "Impact", "Coordinate", "Issue", "PickLists", "Instruction", "Contact"})
"""Sheets of the standard that the register has no place for."""

REQUIRED = ("Facility", "Type", "Component")
TYPE_PARAMETERS = frozenset(COLUMNS["Type"]) - {*_MADE, *_EXT, "Description", "Manufacturer", "ModelNumber"}
COMPONENT_PARAMETERS = ("InstallationDate", "WarrantyStartDate", "BarCode", "AssetIdentifier")
DAYS = frozenset({"InstallationDate", "WarrantyStartDate"})
TYPE_SET, COMPONENT_SET, SPARE_SET = "COBie.Type", "COBie.Component", "COBie.Spare"
MAKER_SET = "Pset_ManufacturerTypeInformation"

VDI_OF_WORDS: Sequence[tuple[str, str]] = (
    ("certificate", "02-04"), ("safety", "03-03"), ("spare", "03-06"), ("commission", "03-01"), ("install", "03-01"),
    ("inspection", "03-04"), ("maintenance", "03-04"), ("repair", "03-05"), ("operation", "03-02"), ("manual", "03-02"),
    ("warrant", "04-01"), ("contract", "04-01"), ("specification", "02-01"), ("data sheet", "02-01"),
    ("submittal", "02-01"), ("证书", "02-04"), ("安全", "03-03"), ("备件", "03-06"), ("维护", "03-04"),
    ("操作", "03-02"),
)  # fmt: skip
"""Which class of VDI 2770 a document is by a word in its category, the first that fits."""
