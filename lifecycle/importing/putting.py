"""What facts say beside classes and assets: areas, systems, signals, parameters, documents, parts, jobs, ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from lifecycle.importing.facts import Facts, PartFact, RowFault, SignalFact
from lifecycle.importing.maintaining import put_maintenance
from plant.asset import SignalSpec
from storage.core.database import Transaction
from storage.orders import stock
from storage.orders.job_plans import find_job_plan, keep_job_plan, list_job_plans
from storage.register import facts as held_facts

Count = Callable[[str, str | Sequence[str]], None]


def put_what_else(tx: Transaction, facts: Facts, *, at: datetime, by: str, count: Count) -> list[RowFault]:
    """Put everything of facts that belongs to classes and assets, which are there by now; return what cannot be."""
    site = facts.site.tag

    def put(what: str, name: str, ones: Iterable[Any], *fields: str) -> None:
        count(name, list(held_facts.put_rows(tx, what, site, [_row(one, *fields) for one in ones])))

    put("areas", "area", facts.areas, "tag", "name", "name_zh", "kind", "parent")
    systems = {one.tag: one for one in facts.systems}
    put("systems", "system", systems.values(), "tag", "name", "name_zh")
    members = [{"system": one.tag, "asset": asset} for one in facts.systems for asset in one.members]
    count("system member", list(held_facts.put_rows(tx, "members", site, members)))
    _put_signals(tx, facts, count)
    put("parameters", "parameter", facts.parameters, "asset", "class_tag", "property_set", "name", "value", "unit")
    put(
        "documents", "document", facts.documents,
        "asset", "class_tag", "vdi_class", "title", "version", "file", "sha256",
    )  # fmt: skip
    _put_parts(tx, facts, at=at, by=by, count=count)
    faults = _put_job_plans(tx, facts, at=at, by=by, count=count)
    put("global_ids", "global id", facts.global_ids, "model", "global_id", "asset")
    return [*faults, *put_maintenance(tx, facts, at=at, by=by, count=count)]


def _put_job_plans(tx: Transaction, facts: Facts, *, at: datetime, by: str, count: Count) -> list[RowFault]:
    """Put job plans as their next versions; one that a request for a change of design made is named, and stays."""
    faults = []
    standing = {one.tag for one in list_job_plans(tx)} if facts.job_plans else set()
    for job in facts.job_plans:
        before = find_job_plan(tx, job.plan.tag)
        request = before.request_id if before else None
        if before and request and replace(job.plan, version=before.version, request_id=request) != before:
            what = f"job plan {job.plan.tag} was changed by DR-{request}, and the file says otherwise"
            mend = (
                "take the steps of the register into the file, or replace it on purpose by assetloop order plans import"
            )
            faults.append(RowFault(what=what, mend=mend, origin=job.origin))
            count("job plan", "left")
            continue
        kept = keep_job_plan(tx, job.plan, at=at, by=by)
        count(
            "job plan",
            "added"
            if before is None
            else "left"
            if before.version == kept.version and kept.tag in standing
            else "changed",
        )
    return faults


def _row(fact: Any, *fields: str) -> dict[str, Any]:
    values = {name: getattr(fact, name) for name in fields}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def _put_signals(tx: Transaction, facts: Facts, count: Count) -> None:
    if not facts.signals:
        return
    held = held_facts.held_signals(tx, facts.site.tag)
    for one in facts.signals:
        before = held.get((one.asset, one.key), (SignalSpec(key=one.key, name=one.key), False))[0]
        wanted = _merged(before, one)
        if wanted == before and (one.asset, one.key) in held:
            count("signal", "left")
            continue
        held[one.asset, one.key] = (wanted, True)
        count("signal", held_facts.put_own_signal(tx, facts.site.tag, one.asset, wanted))


def _merged(held: SignalSpec, said: SignalFact) -> SignalSpec:
    names = ("name", "name_zh", "unit", "role", "low", "high", "most_rate_per_min", "holds_s")
    return replace(held, **{name: getattr(said, name) for name in names if getattr(said, name) is not None})


def _put_parts(tx: Transaction, facts: Facts, *, at: datetime, by: str, count: Count) -> None:
    """Put parts and what uses them; what a file says is on stock is received where the part is new."""
    if not facts.parts:
        return
    parts: dict[str, PartFact] = {}
    for one in facts.parts:
        parts[one.number] = _together(parts.get(one.number), one)
    fields = ("number", "name", "name_zh", "unit", "price", "least", "lead_time_days")
    rows = [_row(one, *fields) for one in parts.values()]
    for row in held_facts.put_and_return(tx, "parts", facts.site.tag, rows):
        count("part", "left" if row is None else "added" if row["added"] else "changed")
        stocked = parts[row["number"]].stock if row is not None and row["added"] else None
        if row is not None and stocked:
            price = parts[row["number"]].price
            stock.receive(tx, row["part_id"], stocked, price)
            note = f"on stock by {facts.source.file}"
            stock.note_movement(tx, row["part_id"], "received", stocked, at=at, by=by, price=price, note=note)
    uses = [one for one in facts.parts if one.asset or one.class_tag]
    used = [_row(one, "number", "asset", "class_tag", "quantity") for one in uses]
    count("part use", list(held_facts.put_rows(tx, "part_uses", facts.site.tag, used)))


def _together(first: PartFact | None, second: PartFact) -> PartFact:
    """Put together what several rows say of one part."""
    if first is None:
        return second
    names = ("name", "name_zh", "unit", "price", "least", "stock", "lead_time_days")
    return replace(first, **{name: value for name in names if (value := getattr(second, name)) is not None})
