"""What the register holds of a site, said as facts: what an export writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lifecycle.importing.facts import (
    AreaFact,
    AssetFact,
    ClassFact,
    DocumentFact,
    Facts,
    GlobalIdFact,
    JobPlanFact,
    MaintenanceFact,
    ParameterFact,
    PartFact,
    SignalFact,
    SiteFact,
    Source,
    SystemFact,
)
from plant.asset import SignalSpec
from plant.errors import NotFound
from storage.core.database import Transaction
from storage.orders.job_plans import list_job_plans
from storage.orders.maintenance_plans import list_plans
from storage.register import facts as held_facts


def facts_of_register(tx: Transaction, site_tag: str) -> Facts:
    """Return everything that the register holds of a site, with the classes and jobs that it uses.

    Raises:
        NotFound: there is no such site.
    """
    site = held_facts.held_site(tx, site_tag)
    if site is None:
        raise NotFound(f"there is no site {site_tag}")
    held = [one for one in held_facts.held_assets(tx, site_tag).values() if not one.is_retired]
    tags = {one.asset.tag for one in held}
    parameters = tuple(ParameterFact(**row) for row in _rows(tx, "parameters", site_tag))
    documents = tuple(DocumentFact(**row) for row in _rows(tx, "documents", site_tag))
    parts = tuple(_part(row) for row in _rows(tx, "part_uses", site_tag))
    said: tuple[ParameterFact | DocumentFact | PartFact, ...] = (*parameters, *documents, *parts)
    used = {one.asset.class_tag for one in held} | {one.class_tag for one in said}
    classes = {tag: one for tag, one in held_facts.held_classes(tx).items() if tag in used}
    return Facts(
        source=Source(kind="cobie", file="", sha256=""),
        site=SiteFact(tag=site.tag, name=site.name, name_zh=site.name_zh, timezone=site.timezone),
        areas=tuple(AreaFact(**row) for row in _rows(tx, "areas", site_tag)),
        systems=tuple(
            SystemFact(**{**row, "members": tuple(row["members"])}) for row in _rows(tx, "systems", site_tag)
        ),
        classes=tuple(ClassFact.of(one) for one in classes.values()),
        assets=tuple(AssetFact.of(one.asset) for one in held),
        signals=_own_signals(tx, site_tag),
        parameters=parameters,
        documents=documents,
        parts=parts,
        job_plans=tuple(
            JobPlanFact(plan=plan) for plan in list_job_plans(tx) if not plan.class_tag or plan.class_tag in classes
        ),
        maintenance=tuple(one for one in _maintenance(tx, site_tag) if one.asset in tags),
        global_ids=tuple(
            GlobalIdFact(asset=asset, model=model, global_id=global_id)
            for (model, global_id), asset in held_facts.held_global_ids(tx, site_tag).items()
        ),
    )


def _rows(tx: Transaction, what: str, site: str) -> list[dict[str, Any]]:
    return held_facts.list_rows(tx, what, site)


def _own_signals(tx: Transaction, site: str) -> tuple[SignalFact, ...]:
    held = held_facts.held_signals(tx, site)
    return tuple(_signal(asset, spec) for (asset, _), (spec, is_own) in held.items() if is_own)


def _maintenance(tx: Transaction, site: str) -> list[MaintenanceFact]:
    plans = [one.plan for one in list_plans(tx, site=site)]
    return [MaintenanceFact(asset=one.asset, plan=replace(one, asset="")) for one in plans]


def _signal(asset: str, one: SignalSpec) -> SignalFact:
    return SignalFact(
        asset=asset,
        key=one.key,
        name=one.name,
        name_zh=one.name_zh,
        unit=one.unit,
        role=one.role,
        low=one.low,
        high=one.high,
        most_rate_per_min=one.most_rate_per_min,
        holds_s=one.holds_s,
    )


def _part(row: dict[str, Any]) -> PartFact:
    stock = row.pop("on_hand")
    return PartFact(**row, stock=stock)
