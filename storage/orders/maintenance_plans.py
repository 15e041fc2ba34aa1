"""Maintenance plans as rows, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from plant.errors import NotFound
from plant.orders.maintenance_plan import KeptPlan, MaintenancePlan, MeterCount
from plant.orders.rules import WorkType
from storage.core.database import Transaction
from storage.work.orders import order_number

_AT_ONCE = 1000


def put_plan(
    tx: Transaction, site: str, plan: MaintenancePlan, *, first_due: datetime | None, at: datetime, by: str
) -> str:
    """Keep a plan of an asset; answers `added`, `changed` or `left`."""
    row = {**_row(plan), "first_due": first_due and first_due.isoformat()}
    return next(_put(tx, site, [row], at, by))


def put_plans(tx: Transaction, site: str, plans: Sequence[MaintenancePlan], *, at: datetime, by: str) -> Iterator[str]:
    """Keep many plans of a site's assets, none twice; one outcome each. A round finds out when each is due."""
    for begin in range(0, len(plans), _AT_ONCE):
        yield from _put(tx, site, [_row(one) for one in plans[begin : begin + _AT_ONCE]], at, by)


def _row(plan: MaintenancePlan) -> dict[str, Any]:
    return {"asset": plan.asset, "tag": plan.tag, "document": maintenance_document(plan)}


def _put(tx: Transaction, site: str, rows: Sequence[dict[str, Any]], at: datetime, by: str) -> Iterator[str]:
    touched = tx.all("maintenance_plans.put", site=site, rows=Jsonb(rows), at=at, by=by)
    yield from ("added" if row["added"] else "changed" for row in touched)
    yield from ["left"] * (len(rows) - len(touched))


def candidates(tx: Transaction, *, now: datetime) -> list[int]:
    """Name the plans that may be due."""
    return [row["plan_id"] for row in tx.all("maintenance_plans.candidates", now=now)]


def lock_plan(tx: Transaction, plan_id: int) -> KeptPlan | None:
    """Lock a plan until the transaction ends; None where another process looks at it, or it rests."""
    if tx.first("maintenance_plans.lock", plan_id=plan_id) is None:
        return None
    return _kept(dict(tx.one("maintenance_plans.get", plan_id=plan_id)))


def lock_tag(tx: Transaction, site: str, asset: str, tag: str) -> None:
    """Let nobody else make or change a plan of this tag until the transaction ends."""
    tx.all("maintenance_plans.lock_tag", named=f"{site}/{asset}/{tag}")


def list_plans(tx: Transaction, *, site: str | None = None, asset: str | None = None) -> list[KeptPlan]:
    """Return every plan, or those of an asset."""
    return [_kept(dict(row)) for row in tx.all("maintenance_plans.list", site=site, asset=asset)]


def note_occurrence(
    tx: Transaction, plan_id: int, number: int, *, due_at: datetime, at: datetime, order_id: int
) -> None:
    """Write down that a plan was due and which order that made; the database lets each number be there once."""
    tx.run("maintenance_plans.occur", plan_id=plan_id, number=number, due_at=due_at, at=at, order_id=order_id)


def move_plan(
    tx: Transaction,
    kept: KeptPlan,
    *,
    occurrences: int,
    next_due: datetime | None,
    anchor_at: datetime,
    meter: MeterCount | None,
    order_id: int | None = None,
) -> None:
    """Remember how far a plan has come."""
    values = {"occurrences": occurrences, "next_due": next_due, "anchor_at": anchor_at}
    counted = {
        "anchor_value": meter.anchor if meter else None,
        "carried": meter.carried if meter else 0.0,
        "seen_value": meter.seen if meter else None,
        "fell_to": meter.fell_to if meter else None,
        "fell_at": meter.fell_at if meter else None,
    }
    tx.run("maintenance_plans.move", plan_id=kept.plan_id, **values, **counted, order_id=order_id)


def activate_plan(tx: Transaction, plan_id: int, *, is_active: bool, at: datetime, by: str) -> None:
    """Let a plan rest, or go on; raises `NotFound` where there is none."""
    if not tx.run("maintenance_plans.activate", plan_id=plan_id, is_active=is_active, at=at, by=by):
        raise NotFound(f"there is no maintenance plan {plan_id}")


def let_rest(tx: Transaction, site: str, items: Sequence[str], *, at: datetime, by: str) -> None:
    """Let plans rest, each named by its asset and tag as changes of the register are."""
    tx.run("maintenance_plans.rest", site=site, items=list(items), at=at, by=by)


def newest_value(tx: Transaction, asset_id: int, signal: str) -> tuple[float, datetime] | None:
    """Return the newest value of a signal and its time."""
    row = tx.first("maintenance_plans.latest", asset_id=asset_id, signal=signal)
    return (row["value"], row["time"]) if row else None


def running_hours(tx: Transaction, asset_id: int, signal: str, *, above: float, since: datetime) -> float:
    """Return for how many hours a signal was above a value since an instant."""
    row = tx.one("maintenance_plans.running_hours", asset_id=asset_id, signal=signal, above=above, since=since)
    return float(row["hours"])


def overdue_orders(tx: Transaction, *, now: datetime, most: int) -> list[str]:
    """Name the orders that are overdue and not noted as such."""
    return [order_number(row["order_id"]) for row in tx.all("maintenance_plans.overdue", now=now, most=most)]


def maintenance_document(plan: MaintenancePlan) -> dict[str, Any]:
    """Write a plan as JSON, without its asset."""
    document = asdict(plan)
    finish, lead = document.pop("finish_within"), document.pop("lead")
    del document["asset"]
    return {
        **document,
        "work_type": plan.work_type.value,
        "begins": None if plan.begins is None else plan.begins.isoformat(),
        "finish_within_s": finish.total_seconds(),
        "lead_s": lead.total_seconds(),
    }


def maintenance_of_document(asset: str, document: dict[str, Any]) -> MaintenancePlan:
    """Return the plan of an asset that `maintenance_document` wrote."""
    begins = document["begins"]
    return MaintenancePlan(
        asset=asset,
        **{
            **{name: value for name, value in document.items() if name not in ("finish_within_s", "lead_s")},
            "work_type": WorkType(document["work_type"]),
            "begins": None if begins is None else datetime.fromisoformat(begins),
            "finish_within": timedelta(seconds=document["finish_within_s"]),
            "lead": timedelta(seconds=document["lead_s"]),
        },
    )


def _kept(row: dict[str, Any]) -> KeptPlan:
    del row["tag"]  # the document says it
    document, asset, last = row.pop("document"), row.pop("asset"), row.pop("last_order_id")
    plan = maintenance_of_document(asset, document)
    counted = {name: row.pop(name) for name in ("anchor_value", "carried", "seen_value", "fell_to", "fell_at")}
    return KeptPlan(**row, plan=plan, meter=_meter(**counted), last_order=None if last is None else order_number(last))


def _meter(
    *,
    anchor_value: float | None,
    carried: float,
    seen_value: float | None,
    fell_to: float | None,
    fell_at: datetime | None,
) -> MeterCount | None:
    if anchor_value is None:
        return None
    seen = anchor_value if seen_value is None else seen_value
    return MeterCount(anchor=anchor_value, seen=seen, carried=carried, fell_to=fell_to, fell_at=fell_at)
