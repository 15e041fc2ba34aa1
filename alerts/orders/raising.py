"""An order is raised, for whatever reason, in one way: row, findings, event, document, ledger entry and job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from alerts.journal import JournalEntry, enter_order
from alerts.orders.order_notices import tell_of_order
from alerts.orders.transitions import Occasion, raised
from plant.orders.job_plan import JobPlan
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.identity import people
from storage.orders import job_plans, tasks
from storage.projects.readiness import commissioning_team
from storage.register.assets import RegisteredAsset
from storage.work import orders as order_rows


def raise_order(
    tx: Transaction,
    asset: RegisteredAsset,
    occasion: Occasion,
    entry: JournalEntry,
    *,
    findings: Sequence[UUID] = (),
    alert_id: UUID | None = None,
    console_url: str = "",
) -> WorkOrder:
    """Raise an order at an asset that is locked; `findings` belong to it, `console_url` is where it links to.

    Where its rule names a job plan that there is, it follows the newest version of that. While the asset is in
    commissioning the order is for engineering.
    """
    order_id = order_rows.next_order_id(tx)
    plan = job_plans.find_job_plan(tx, occasion.choice.job_plan) if occasion.choice.job_plan else None
    order = raised_by_plan(order_id, asset, with_known_team(tx, for_its_side(tx, asset, occasion)), plan, at=entry.at)
    order_rows.add(tx, order, alert_id=alert_id)
    add_tasks(tx, order, plan, at=entry.at)
    for finding_id in findings:
        order_rows.add_finding(tx, order_id=order_id, finding_id=finding_id)
    link = link_of(order, console_url)
    enter_order(tx, order, entry, asset_name=asset.name, link=link)
    if order.team:
        tell_of_order(tx, order, "raised", link=link, at=entry.at)
    return order


def raised_by_plan(
    order_id: int, asset: RegisteredAsset, occasion: Occasion, plan: JobPlan | None, *, at: datetime
) -> WorkOrder:
    """Return a new order, which follows a job plan if there is one."""
    order = raised(order_id, asset, occasion, at)
    return order if plan is None else replace(order, job_plan=plan.tag, job_plan_version=plan.version)


def add_tasks(tx: Transaction, order: WorkOrder, plan: JobPlan | None, *, at: datetime) -> None:
    """Give an order the steps of its job plan."""
    for step in plan.steps if plan else ():
        tasks.add_task(tx, order.order_id, step, at=at, by=f"{order.job_plan} v{order.job_plan_version}")


def for_its_side(tx: Transaction, asset: RegisteredAsset, occasion: Occasion) -> Occasion:
    """Give an occasion at an asset in commissioning the team of engineering whose it is."""
    team = commissioning_team(tx, [asset.asset_id])
    return occasion if team is None else replace(occasion, choice=replace(occasion.choice, team=team))


def with_known_team(tx: Transaction, occasion: Occasion) -> Occasion:
    """Give an occasion the team that its rule names, where there is such a team."""
    team = occasion.choice.team
    return replace(occasion, team=team) if team and people.knows_team(tx, team) else occasion


def link_of(order: WorkOrder, console_url: str) -> str | None:
    """Return where the console shows an order, None where no console is named."""
    return f"{console_url}/work-orders/{order.number}" if console_url else None
