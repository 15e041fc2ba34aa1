"""A COBie 2.4 workbook as facts: a Type is a class, a Component an asset with its machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.importing.cobie.attributes import CobieAttributes, own_json, own_number, sort_attributes
from lifecycle.importing.cobie.further import read_documents, read_parts
from lifecycle.importing.cobie.jobs import read_jobs, read_maintenance
from lifecycle.importing.cobie.layout import (
    COMPONENT_PARAMETERS,
    COMPONENT_SET,
    DAYS,
    MAKER_SET,
    OWN_SYSTEM,
    TYPE_PARAMETERS,
    TYPE_SET,
)
from lifecycle.importing.cobie.tables import CobieRow, CobieTables, cobie_tables
from lifecycle.importing.facts import (
    AreaFact,
    AreaKind,
    AssetFact,
    ClassFact,
    Facts,
    GlobalIdFact,
    ParameterFact,
    RowFault,
    SiteFact,
    Source,
    SystemFact,
)
from lifecycle.importing.tables.cells import day_of
from lifecycle.importing.tables.sheets import read_book
from plant.errors import Rejected

if TYPE_CHECKING:
    from lifecycle.importing.reading import ReadOptions


def read_cobie(path: Path, options: ReadOptions) -> Facts:
    """Read a COBie workbook.

    Raises:
        Rejected: it cannot be read, or says of no site or of several, and none is given.
    """
    book = read_book(path)
    tables = cobie_tables(book)
    tags = {row["Name"]: row["TagNumber"] or row["Name"] for row in tables.of("Component")}
    attributes = sort_attributes(tables.of("Attribute"), tags)
    reading = _Cobie(tables=tables, attributes=attributes, tags=tags, file=path.name, is_1904=book.is_1904)
    site = reading.site(options.site)
    parameters = [*attributes.parameters, *reading.type_parameters(), *reading.component_parameters()]
    return Facts(
        source=Source(kind="cobie", file=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest()),
        site=site,
        areas=tuple(reading.areas()),
        systems=tuple(reading.systems()),
        classes=tuple(reading.classes()),
        assets=tuple(reading.assets()),
        signals=tuple(attributes.signals),
        parts=tuple(read_parts(tables, attributes, parameters)),
        job_plans=tuple(read_jobs(tables, attributes, is_1904=book.is_1904)),
        maintenance=tuple(read_maintenance(tables, attributes, tags)),
        documents=tuple(read_documents(tables, tags)),
        parameters=tuple(one for one in parameters if one.value),
        global_ids=tuple(reading.global_ids()),
        faults=(*tables.faults, *attributes.faults),
        notes=tuple(tables.notes),
    )


def names_in(cell: str, known: dict[str, str]) -> list[str]:
    """Return the names in a cell: it is one of those that are known, or a list with commas between."""
    return [cell] if cell in known else [one.strip() for one in cell.split(",") if one.strip()]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cobie:
    tables: CobieTables
    attributes: CobieAttributes
    tags: dict[str, str]
    file: str
    is_1904: bool

    def site(self, given: str | None) -> SiteFact:
        rows = self.tables.of("Facility")
        if given is None and len(rows) != 1:
            raise Rejected("which_site", f"{self.file} has {len(rows)} facilities; say the site (--site)")
        row = next((one for one in rows if given in (None, one["Name"])), rows[0] if len(rows) == 1 else None)
        if row is None:
            return SiteFact(tag=given or "")
        own = self.attributes.of("Facility", row["Name"])
        name = row["Description"] or (row["Name"] if given not in (None, row["Name"]) else None)
        return SiteFact(tag=given or row["Name"], name=name, name_zh=own.get("name_zh"), timezone=own.get("timezone"))

    def areas(self) -> Iterator[AreaFact]:
        for sheet in ("Floor", "Space"):
            for row in self.tables.of(sheet):
                kind: AreaKind = "floor" if sheet == "Floor" else "area" if row["Category"] == "area" else "space"
                yield AreaFact(
                    tag=row["Name"],
                    name=row["Description"] or None,
                    name_zh=self.attributes.of(sheet, row["Name"]).get("name_zh"),
                    kind=kind,
                    parent=row["FloorName"] or None,
                    origin=row.origin,
                )

    def systems(self) -> Iterator[SystemFact]:
        for row in self.tables.of("System"):
            yield SystemFact(
                tag=row["Name"],
                name=row["Description"] or None,
                name_zh=self.attributes.of("System", row["Name"]).get("name_zh"),
                members=tuple(self.tags.get(one, one) for one in names_in(row["ComponentNames"], self.tags)),
                origin=row.origin,
            )

    def classes(self) -> Iterator[ClassFact]:
        for row in self.tables.of("Type"):
            own = self.attributes.of("Type", row["Name"])
            yield ClassFact(
                tag=row["Name"],
                name=row["Description"] or None,
                name_zh=own.get("name_zh"),
                signals=tuple(self.attributes.class_signals.get(row["Name"], ())),
                grace_s=own_number(own.get("grace_s")),
                silent_s=own_number(own.get("silent_s")),
                silent_after_s=own_number(own.get("silent_after_s")),
                wear_limit=own_number(own.get("wear_limit")),
                origin=row.origin,
            )

    def type_parameters(self) -> Iterator[ParameterFact]:
        for row in self.tables.of("Type"):
            columns = {"Manufacturer": ("Manufacturer", MAKER_SET), "ModelNumber": ("ModelReference", MAKER_SET)}
            columns |= {name: (name, TYPE_SET) for name in sorted(TYPE_PARAMETERS)}
            for column, (name, property_set) in columns.items():
                if row[column]:
                    yield ParameterFact(
                        class_tag=row["Name"],
                        name=name,
                        property_set=property_set,
                        value=row[column],
                        origin=row.origin,
                    )

    def assets(self) -> Iterator[AssetFact]:
        types = {row["Name"]: row for row in self.tables.of("Type")}
        parents, feeds = self._parents(), self._feeds()
        for row in self.tables.of("Component"):
            tag, own = self.tags[row["Name"]], self.attributes.of("Component", row["Name"])
            made = types.get(row["TypeName"])
            serial = row["SerialNumber"] or None
            maker, model = (made["Manufacturer"], made["ModelNumber"]) if made and serial else ("", "")
            yield AssetFact(
                tag=tag,
                class_tag=row["TypeName"] or None,
                name=row["Description"] or (row["Name"] if row["Name"] != tag else None),
                name_zh=own.get("name_zh"),
                area=row["Space"] or own.get("area"),
                parent=parents.get(tag),
                criticality=own.get("criticality"),
                x=own_number(own.get("x")),
                y=own_number(own.get("y")),
                wear_limit=own_number(own.get("wear_limit")),
                serial=serial,
                manufacturer=own.get("manufacturer", maker) or None,
                model=own.get("model", model) or None,
                feeds=tuple(feeds[tag]) if tag in feeds else None,
                origin=row.origin,
            )

    def _parents(self) -> dict[str, str]:
        return {
            self.tags.get(child, child): self.tags.get(row["ParentName"], row["ParentName"])
            for row in self.tables.of("Assembly")
            if row["SheetName"] in {"", "Component"} and row["ParentName"]
            for child in names_in(row["ChildNames"], self.tags)
        }

    def _feeds(self) -> dict[str, list[str]]:
        feeds: dict[str, list[str]] = {}
        for row in self.tables.of("Connection"):
            if row["SheetName"] in {"", "Component"} and row["RowName1"] and row["RowName2"]:
                begin, end = (self.tags.get(row[name], row[name]) for name in ("RowName1", "RowName2"))
                feeds.setdefault(begin, []).append(end)
        return feeds

    def component_parameters(self) -> Iterator[ParameterFact]:
        for row in self.tables.of("Component"):
            for column in COMPONENT_PARAMETERS:
                if row[column]:
                    value = self._day(row, column) if column in DAYS else row[column]
                    tag = self.tags[row["Name"]]
                    yield ParameterFact(
                        asset=tag, name=column, property_set=COMPONENT_SET, value=value, origin=row.origin
                    )

    def _day(self, row: CobieRow, column: str) -> str:
        try:
            day = day_of(row.cells[column], is_1904=self.is_1904)
        except Rejected as error:
            what = f"{row['Name']}, column {column}: {error.detail}"
            self.tables.faults.append(RowFault(what=what, mend="write a day as 2026-03-01", origin=row.origin))
            return ""
        return day.isoformat() if day else ""

    def global_ids(self) -> Iterator[GlobalIdFact]:
        for row in self.tables.of("Component"):
            tag = self.tags[row["Name"]]
            kept: list[list[str]] = own_json(self.attributes.of("Component", row["Name"]).get("global_ids"), [])
            for model, global_id in (pair for pair in kept if isinstance(pair, list) and len(pair) == 2):
                yield GlobalIdFact(asset=tag, model=model, global_id=global_id, origin=row.origin)
            if row["ExtIdentifier"] and row["ExtSystem"] != OWN_SYSTEM:
                yield GlobalIdFact(asset=tag, model=self.file, global_id=row["ExtIdentifier"], origin=row.origin)
