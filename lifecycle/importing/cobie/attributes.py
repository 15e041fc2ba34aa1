"""Attributes of a COBie workbook: parameters that people wrote, and what our own exports say beside COBie."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lifecycle.importing.cobie.layout import OWN, OWN_SIGNAL, OWN_SYSTEM
from lifecycle.importing.cobie.tables import CobieRow
from lifecycle.importing.facts import ParameterFact, RowFault, SignalFact
from plant.asset import SignalRole, SignalSpec


@dataclass(kw_only=True, slots=True)
class CobieAttributes:
    """Attributes by what they are: parameters, own fields by sheet and row, signals of types and of components."""

    parameters: list[ParameterFact] = field(default_factory=list)
    own: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    class_signals: dict[str, list[SignalSpec]] = field(default_factory=dict)
    signals: list[SignalFact] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    def of(self, sheet: str, row: str) -> dict[str, str]:
        """Return the own fields of a row."""
        return self.own.get((sheet, row), {})


def sort_attributes(rows: Sequence[CobieRow], tags: dict[str, str]) -> CobieAttributes:
    """Sort the rows of the sheet Attribute; `tags` are those of components by their names."""
    sorted_ = CobieAttributes()
    for row in rows:
        sheet, name = row["SheetName"], row["RowName"]
        if not row["Name"] or not sheet:
            sorted_.faults.append(
                RowFault(what="an attribute has no Name or no SheetName", mend="fill them in", origin=row.origin)
            )
        elif row["Category"] == OWN:
            sorted_.own.setdefault((sheet, name), {})[row["Name"]] = row["Value"]
        elif row["Category"] == OWN_SIGNAL:
            _sort_signal(sorted_, row, tags)
        elif sheet in {"Component", "Type", "Facility"}:
            sorted_.parameters.append(_parameter(row, tags))
        else:
            sorted_.faults.append(
                RowFault(
                    what=f"attribute {row['Name']} is of the sheet {sheet}, for which the register keeps none",
                    mend="move it to Component, Type or Facility",
                    origin=row.origin,
                )
            )
    return sorted_


def _parameter(row: CobieRow, tags: dict[str, str]) -> ParameterFact:
    sheet, name, from_model = row["SheetName"], row["RowName"], row["ExtObject"]
    is_set = row["ExtSystem"] == OWN_SYSTEM or from_model.casefold().startswith(("pset", "qto", "cpset"))
    return ParameterFact(
        name=row["Name"],
        value=row["Value"],
        unit=row["Unit"],
        property_set=from_model if is_set else "",
        asset=tags.get(name, name) if sheet == "Component" else "",
        class_tag=name if sheet == "Type" else "",
        origin=row.origin,
    )


def _sort_signal(sorted_: CobieAttributes, row: CobieRow, tags: dict[str, str]) -> None:
    low, _, high = row["AllowedValues"].partition("..")
    try:
        more: dict[str, Any] = json.loads(row["ExtIdentifier"] or "{}")
        said: dict[str, Any] = {
            "key": row["Name"],
            "name": row["Value"],
            "name_zh": row["Description"],
            "unit": row["Unit"],
            "low": float(low) if low else None,
            "high": float(high) if high else None,
            "role": SignalRole(more.get("role", SignalRole.MEASUREMENT)),
            "most_rate_per_min": more.get("most_rate_per_min"),
            "holds_s": more.get("holds_s"),
        }
        if row["SheetName"] == "Type":
            signal = SignalSpec(**said, key_value=bool(more.get("key_value")))
            sorted_.class_signals.setdefault(row["RowName"], []).append(signal)
        else:
            fact = SignalFact(asset=tags.get(row["RowName"], row["RowName"]), **said, origin=row.origin)
            sorted_.signals.append(fact)
    except (ValueError, TypeError, AttributeError) as error:
        what = f"signal {row['Name']} cannot be read: {error}"
        sorted_.faults.append(RowFault(what=what, mend="write AllowedValues as low..high", origin=row.origin))


def own_json(text: str | None, otherwise: Any) -> Any:
    """Return what an own field holds as JSON, `otherwise` where it is none or of another kind."""
    try:
        read = json.loads(text) if text else otherwise
    except ValueError:
        return otherwise
    return read if isinstance(read, type(otherwise)) else otherwise


def own_number(text: str | None) -> float | None:
    """Return the number of an own field, None where it is none.

    >>> own_number("0.5"), own_number("nan"), own_number("much"), own_number(None)
    (0.5, None, None, None)
    """
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def own_fields(sheet: str, row: str, **values: object) -> Iterator[dict[str, str]]:
    """Write what COBie has no column for as rows of the sheet Attribute; what is not said is left out."""
    for name, value in values.items():
        if value not in (None, ""):
            yield {"Name": name, "Category": OWN, "SheetName": sheet, "RowName": row, "Value": str(value)}


def signal_row(sheet: str, row: str, one: SignalSpec) -> dict[str, str]:
    """Write a signal as a row of the sheet Attribute."""
    more = {"role": one.role.value, "most_rate_per_min": one.most_rate_per_min, "holds_s": one.holds_s}
    more |= {"key_value": one.key_value}
    limits = "..".join("" if limit is None else repr(limit) for limit in (one.low, one.high))
    return {
        "Name": one.key,
        "Category": OWN_SIGNAL,
        "SheetName": sheet,
        "RowName": row,
        "Value": one.name,
        "Unit": one.unit,
        "Description": one.name_zh,
        "AllowedValues": limits if limits != ".." else "",
        "ExtSystem": OWN_SYSTEM,
        "ExtObject": "signal",
        "ExtIdentifier": json.dumps({name: value for name, value in more.items() if value}),
    }
