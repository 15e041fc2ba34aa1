"""What is nearest to an order among closed ones and lessons of its class, and why."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.knowledge.lessons import signals_of
from alerts.knowledge.search import Hit, Question, SearchRules, explained, taken_apart
from plant.iso14224 import FAILURE_MODES
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.knowledge import entries
from storage.knowledge.entries import Comparison

_MOST = 3
_LEAST = 0.35
_LEADING = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """One that is near: what it says, whether its failure mode is the same, and which signals showed both."""

    hit: Hit
    same_mode: bool
    shared_signals: tuple[str, ...]


def nearest(tx: Transaction, order: WorkOrder, *, most: int = _MOST) -> list[Near]:
    """Return what is nearest to an order, the nearest first: of its class, and only what shares something with it.

    The words of an order's title count without the tag and the signals in it, which are compared as what they are.
    """
    signals = signals_of(order)[:_LEADING]
    question = _question(tx, order, signals)
    compared = Comparison(
        asset_class=order.asset_class,
        order_id=order.order_id,
        failure_mode=order.failure_mode,
        signals=signals,
        weights=question.weights,
    )
    return [
        Near(hit=explained(question, one.entry), same_mode=one.same_mode, shared_signals=one.shared_signals)
        for one in entries.nearest(tx, compared, most=most, least=_LEAST)
    ]


def _question(tx: Transaction, order: WorkOrder, signals: list[str]) -> Question:
    said = order.title.partition(": ")[2] or order.title
    for signal in signals:
        said = said.replace(signal, " ")
    mode = FAILURE_MODES.get(order.failure_mode, ("", ""))[0]
    return taken_apart(tx, f"{said}\n{mode}", SearchRules())
