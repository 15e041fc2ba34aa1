"""Spare parts and documents of a COBie workbook as facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from lifecycle.importing.cobie.attributes import CobieAttributes, own_json
from lifecycle.importing.cobie.layout import OWN_SYSTEM, SPARE_SET, VDI_OF_WORDS
from lifecycle.importing.cobie.tables import CobieTables
from lifecycle.importing.facts import DocumentFact, ParameterFact, PartFact, RowFault

_VDI = re.compile(r"\b(0[1-4]-0[1-6])\b")


def read_parts(tables: CobieTables, attributes: CobieAttributes, parameters: list[ParameterFact]) -> Iterator[PartFact]:
    """Read the sheet Spare; suppliers are kept as parameters of the type."""
    for row in tables.of("Spare"):
        number = row["PartNumber"] or row["Name"]
        own = attributes.of("Spare", row["Name"])
        part = PartFact(
            number=number,
            name=row["Description"] or (row["Name"] if row["Name"] != number else None),
            name_zh=own.get("name_zh"),
            unit=own.get("unit"),
            origin=row.origin,
            price=_amount(own.get("price")),
            least=_amount(own.get("least")),
            stock=_amount(own.get("stock")),
            lead_time_days=_amount(own.get("lead_time_days")),
        )
        used = own_json(own.get("used_by"), {})
        of_assets, of_classes = (_amounts(used.get(what)) for what in ("asset", "class"))
        of_types = [one.strip() for one in row["TypeName"].split(",") if one.strip()]
        for class_tag in of_types:
            yield replace(part, class_tag=class_tag, quantity=of_classes.get(class_tag))
            if row["Suppliers"]:
                parameters.append(
                    ParameterFact(
                        class_tag=class_tag, property_set=SPARE_SET, name=f"{number} Suppliers", value=row["Suppliers"],
                        origin=row.origin,
                    )
                )  # fmt: skip
        for asset, quantity in of_assets.items():
            yield replace(part, asset=asset, quantity=quantity)
        if not of_types and not of_assets:
            yield part


def _amounts(kept: object) -> dict[str, Decimal | None]:
    return {str(name): _amount(str(text)) for name, text in kept.items()} if isinstance(kept, dict) else {}


def _amount(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def read_documents(tables: CobieTables, tags: dict[str, str]) -> Iterator[DocumentFact]:
    """Read the sheet Document; what is of a space, floor or system is kept as the site's."""
    for row in tables.of("Document"):
        sheet, name, is_own = row["SheetName"], row["RowName"], row["ExtSystem"] == OWN_SYSTEM
        if not row["Name"]:
            tables.faults.append(RowFault(what="a document has no Name", mend="give it one", origin=row.origin))
            continue
        yield DocumentFact(
            title=row["Name"],
            vdi_class=_vdi_class(row["Category"]),
            version=row["Reference"],
            file="/".join(part for part in (row["Directory"], row["File"]) if part),
            sha256=row["ExtIdentifier"] if is_own and row["ExtObject"] == "sha256" else "",
            asset=tags.get(name, name) if sheet == "Component" else "",
            class_tag=name if sheet == "Type" else "",
            origin=row.origin,
        )


def _vdi_class(category: str) -> str:
    """Say which class of VDI 2770 a document is by its category; empty where that does not tell.

    >>> _vdi_class("03-02"), _vdi_class("Operation and Maintenance"), _vdi_class("Picture")
    ('03-02', '03-04', '')
    """
    named = _VDI.search(category)
    if named:
        return named[1]
    return next((vdi for word, vdi in VDI_OF_WORDS if word in category.casefold()), "")
