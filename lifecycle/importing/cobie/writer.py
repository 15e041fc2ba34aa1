"""Facts as a COBie 2.4 workbook, which reads again as the same facts."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from lifecycle.importing.cobie.attributes import own_fields, signal_row
from lifecycle.importing.cobie.layout import (
    COLUMNS,
    COMPONENT_SET,
    MAKER_SET,
    OWN_SYSTEM,
    TYPE_PARAMETERS,
    TYPE_SET,
)
from lifecycle.importing.facts import (
    AssetFact,
    ClassFact,
    Facts,
    GlobalIdFact,
    MaintenanceFact,
    ParameterFact,
    PartFact,
    SignalFact,
)
from plant.asset import SignalRole, SignalSpec
from plant.errors import Misconfigured, Rejected
from plant.orders.job_plan import JobPlan
from storage.orders.job_plans import job_plan_document
from storage.orders.maintenance_plans import maintenance_document

Row = dict[str, str]
_OfAsset = TypeVar("_OfAsset", ParameterFact, GlobalIdFact, MaintenanceFact)
_LONGEST_CELL = 32_767
_RULE = re.compile(r"FREQ=(?P<unit>DAILY|WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=(?P<turns>\d+))?")
_UNIT_OF_RULE = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_MAKER = {"Manufacturer": "Manufacturer", "ModelReference": "ModelNumber"}


def write_cobie(facts: Facts, path: Path, *, by: str, at: datetime) -> None:
    """Write a workbook with every sheet that is read.

    Raises:
        Misconfigured: the file cannot be written.
        Rejected: a text is longer than a cell can hold.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    book = xlsxwriter.Workbook(path, {"strings_to_urls": False, "strings_to_formulas": False})
    head = book.add_format({"bold": True})
    for name, rows in cobie_rows(facts).items():
        sheet = book.add_worksheet(name)
        columns = COLUMNS[name]
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, head)
        for number, row in enumerate(rows, start=1):
            made = {"CreatedBy": by, "CreatedOn": at.isoformat(timespec="seconds"), **row}
            for place, column in enumerate(columns):
                text = made.get(column, "") or "n/a"
                if len(text) > _LONGEST_CELL:
                    raise Rejected(
                        "too_long", f"{name}, {row.get('Name', '')}: {column} is longer than a cell can hold"
                    )
                sheet.write_string(number, place, text)
    try:
        book.close()
    except (XlsxWriterException, OSError) as error:
        raise Misconfigured(f"{path} cannot be written: {error}") from error


def cobie_rows(facts: Facts) -> dict[str, list[Row]]:
    """Return the rows of each sheet."""
    rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    site = facts.site
    rows["Contact"].append({"Email": "n/a", "Category": "register"})
    rows["Facility"].append({"Name": site.tag, "Description": site.name or "", "ExternalSystem": OWN_SYSTEM})
    attributes = rows["Attribute"]
    attributes += own_fields("Facility", site.tag, name_zh=site.name_zh, timezone=site.timezone)
    for area in facts.areas:
        sheet = "Floor" if area.kind == "floor" else "Space"
        rows[sheet].append(
            {
                "Name": area.tag,
                "Category": area.kind or "",
                "Description": area.name or "",
                "FloorName": area.parent or "",
            }
        )
        attributes += own_fields(sheet, area.tag, name_zh=area.name_zh)
    for one in facts.classes:
        rows["Type"].append(_type_row(one, facts))
        attributes += _of_class(one)
    columns = _by_asset(one for one in facts.parameters if _has_column(one))
    ids, plans = _by_asset(facts.global_ids), _by_asset(facts.maintenance)
    for asset in facts.assets:
        rows["Component"].append(_component_row(asset, columns[asset.tag], ids[asset.tag]))
        attributes += _of_asset(asset, ids[asset.tag], plans[asset.tag])
        rows["Assembly"] += _assembly(asset)
        rows["Connection"] += _connections(asset)
    attributes += [signal_row("Component", one.asset, _spec(one)) for one in facts.signals]
    for system in facts.systems:
        for member in system.members or ("",):
            rows["System"].append({"Name": system.tag, "ComponentNames": member, "Description": system.name or ""})
        attributes += own_fields("System", system.tag, name_zh=system.name_zh)
    _add_parts(rows, facts)
    _add_jobs_and_documents(rows, facts)
    attributes += [_parameter_row(one, facts) for one in facts.parameters if not _has_column(one)]
    return rows


def _type_row(one: ClassFact, facts: Facts) -> Row:
    columns = {
        _MAKER.get(said.name, said.name) if said.property_set == MAKER_SET else said.name: said.value
        for said in facts.parameters
        if said.class_tag == one.tag and _has_column(said)
    }
    return {"Name": one.tag, "Description": one.name or "", **columns}


def _has_column(one: ParameterFact) -> bool:
    """Say whether COBie has a column for a parameter."""
    if one.unit or not (one.class_tag or one.asset):
        return False
    if one.class_tag:
        is_type = one.property_set == TYPE_SET and one.name in TYPE_PARAMETERS
        return is_type or (one.property_set == MAKER_SET and one.name in _MAKER)
    return one.property_set == COMPONENT_SET and one.name in COLUMNS["Component"]


def _of_class(one: ClassFact) -> Iterator[Row]:
    yield from own_fields(
        "Type", one.tag, name_zh=one.name_zh, grace_s=one.grace_s, silent_s=one.silent_s,
        silent_after_s=one.silent_after_s, wear_limit=one.wear_limit,
    )  # fmt: skip
    for signal in one.signals:
        yield signal_row("Type", one.tag, signal)


def _by_asset(said: Iterable[_OfAsset]) -> defaultdict[str, list[_OfAsset]]:
    found: defaultdict[str, list[_OfAsset]] = defaultdict(list)
    for one in said:
        found[one.asset].append(one)
    return found


def _component_row(one: AssetFact, columns: Sequence[ParameterFact], ids: Sequence[GlobalIdFact]) -> Row:
    external = {"ExtSystem": OWN_SYSTEM, "ExtObject": "IfcElement", "ExtIdentifier": ids[0].global_id} if ids else {}
    return {
        "Name": one.tag,
        "TagNumber": one.tag,
        "TypeName": one.class_tag or "",
        "Space": one.area or "",
        "Description": one.name or "",
        "SerialNumber": one.serial or "",
        **external,
        **{said.name: said.value for said in columns},
    }


def _of_asset(one: AssetFact, ids: Sequence[GlobalIdFact], plans: Sequence[MaintenanceFact]) -> Iterator[Row]:
    said_ids = [(said.model, said.global_id) for said in ids]
    said_plans = [maintenance_document(said.plan) for said in plans]
    yield from own_fields(
        "Component", one.tag, name_zh=one.name_zh, criticality=one.criticality, x=one.x, y=one.y,
        wear_limit=one.wear_limit, manufacturer=one.manufacturer, model=one.model,
        global_ids=json.dumps(said_ids, ensure_ascii=False) if ids else "",
        maintenance_plans=json.dumps(said_plans, ensure_ascii=False) if plans else "",
    )  # fmt: skip


def _assembly(one: AssetFact) -> Iterator[Row]:
    if one.parent:
        yield {
            "Name": f"{one.parent} {one.tag}",
            "SheetName": "Component",
            "ParentName": one.parent,
            "ChildNames": one.tag,
            "AssemblyType": "Fixed",
        }


def _connections(one: AssetFact) -> Iterator[Row]:
    for fed in one.feeds or ():
        yield {
            "Name": f"{one.tag} {fed}",
            "ConnectionType": "Flow",
            "SheetName": "Component",
            "RowName1": one.tag,
            "RowName2": fed,
        }


def _spec(one: SignalFact) -> SignalSpec:
    return SignalSpec(
        key=one.key,
        name=one.name or one.key,
        name_zh=one.name_zh or "",
        unit=one.unit or "",
        role=one.role or SignalRole.MEASUREMENT,
        low=one.low,
        high=one.high,
        most_rate_per_min=one.most_rate_per_min,
        holds_s=one.holds_s,
    )


def _add_parts(rows: dict[str, list[Row]], facts: Facts) -> None:
    by_number: dict[str, list[PartFact]] = {}
    for one in facts.parts:
        by_number.setdefault(one.number, []).append(one)
    for number, uses in by_number.items():
        part, types = uses[0], [one.class_tag for one in uses if one.class_tag]
        for type_name in types or [""]:
            rows["Spare"].append(
                {"Name": number, "PartNumber": number, "TypeName": type_name, "Description": part.name or ""}
            )
        used = {
            "asset": {one.asset: str(one.quantity or 1) for one in uses if one.asset},
            "class": {one.class_tag: str(one.quantity or 1) for one in uses if one.class_tag},
        }
        rows["Attribute"] += own_fields(
            "Spare", number, name_zh=part.name_zh, unit=part.unit, price=part.price, least=part.least, stock=part.stock,
            lead_time_days=part.lead_time_days, used_by=json.dumps(used, ensure_ascii=False),
        )  # fmt: skip


def _add_jobs_and_documents(rows: dict[str, list[Row]], facts: Facts) -> None:
    for job in facts.job_plans:
        plan = job.plan
        every = {"Name": plan.tag, "TypeName": plan.class_tag, **_how_often(plan, facts)}
        for number, step in enumerate(plan.steps, start=1):
            rows["Job"].append({**every, "Description": step.text, "TaskNumber": str(number)})
        if not plan.steps:
            rows["Job"].append({**every, "Description": plan.name})
        document = json.dumps(job_plan_document(plan), ensure_ascii=False)
        rows["Attribute"] += own_fields("Job", plan.tag, document=document)
    for one in facts.documents:
        sheet, row = _owner(one.asset, one.class_tag, facts)
        digest = {"ExtSystem": OWN_SYSTEM, "ExtObject": "sha256", "ExtIdentifier": one.sha256} if one.sha256 else {}
        rows["Document"].append(
            {"Name": one.title, "Category": one.vdi_class, "SheetName": sheet, "RowName": row, "File": one.file,
             "Reference": one.version, **digest}
        )  # fmt: skip


def _how_often(job: JobPlan, facts: Facts) -> Row:
    """Say how often a job comes again, where it does so alike at each asset of its class."""
    assets = {one.tag for one in facts.assets if one.class_tag == job.class_tag}
    plans = {one.asset: one.plan for one in facts.maintenance if one.plan.tag == job.tag and one.asset in assets}
    turns = {(plan.rule, plan.every) for plan in plans.values()}
    if not assets or plans.keys() != assets or len(turns) != 1:
        return {}
    ((rule, every),) = turns
    if every is not None:
        return {"Frequency": f"{every:g}", "FrequencyUnit": "hour"}
    said = _RULE.fullmatch(rule)
    return {"Frequency": said["turns"] or "1", "FrequencyUnit": _UNIT_OF_RULE[said["unit"]]} if said else {}


def _parameter_row(one: ParameterFact, facts: Facts) -> Row:
    sheet, row = _owner(one.asset, one.class_tag, facts)
    return {
        "Name": one.name,
        "Category": "As Built",
        "SheetName": sheet,
        "RowName": row,
        "Value": one.value,
        "Unit": one.unit,
        "ExtSystem": OWN_SYSTEM,
        "ExtObject": one.property_set,
    }


def _owner(asset: str, class_tag: str, facts: Facts) -> tuple[str, str]:
    return ("Component", asset) if asset else ("Type", class_tag) if class_tag else ("Facility", facts.site.tag)
