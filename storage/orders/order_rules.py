"""The rules by which a class of equipment gets its orders, as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from plant.orders.rules import DEFAULT_ORDER_RULES, OrderRule, WorkType
from plant.severity import Severity
from storage.core.database import Transaction


def put_order_rules(tx: Transaction, class_tag: str, rules: Sequence[OrderRule]) -> str:
    """Give a class its rules; answers `added`, `changed` or `left`."""
    row = tx.first("order_rules.put", class_tag=class_tag, rules=Jsonb([_row(rule) for rule in rules]))
    if row is None:
        return "left"
    return "added" if row["added"] else "changed"


def order_rules_of(tx: Transaction, class_tag: str) -> tuple[OrderRule, ...]:
    """Return the rules of a class: its own, or those that hold where the register says none."""
    row = tx.first("order_rules.of_class", class_tag=class_tag)
    return tuple(_rule(one) for one in row["rules"]) if row else DEFAULT_ORDER_RULES


def order_rules_of_classes(tx: Transaction, class_tags: Collection[str]) -> dict[str, tuple[OrderRule, ...]]:
    """Return the rules of some classes, where the register says any."""
    rows = tx.all("order_rules.of_classes", class_tags=list(class_tags))
    return {row["tag"]: tuple(_rule(one) for one in row["rules"]) for row in rows}


def _row(rule: OrderRule) -> dict[str, Any]:
    within = rule.finish_within
    return {
        "name": rule.name,
        "from_severity": rule.from_severity.value,
        "lasting_s": rule.lasting_s,
        "life_within_s": rule.life_within_s,
        "failure_mode": rule.failure_mode,
        "work_type": rule.work_type.value,
        "priority": rule.priority,
        "finish_within_s": None if within is None else within.total_seconds(),
        "team": rule.team,
        "job_plan": rule.job_plan,
    }


def _rule(row: dict[str, Any]) -> OrderRule:
    within = row.pop("finish_within_s")
    return OrderRule(
        **{
            **row,
            "from_severity": Severity(row["from_severity"]),
            "work_type": WorkType(row["work_type"]),
            "finish_within": None if within is None else timedelta(seconds=within),
        }
    )
