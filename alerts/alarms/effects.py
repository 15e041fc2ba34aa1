"""One revision of a finding on the desk: what stands when it comes, and the effects a decision has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from alerts.alarms import transitions as alert_moves
from alerts.alarms.rules import AlertMove, Decision, Existing, OrderMove
from alerts.journal import JournalEntry, enter_alert, enter_order
from alerts.orders import transitions as order_moves
from alerts.orders.raising import link_of, raise_order, with_known_team
from plant.alert import Alert
from plant.finding import Finding
from plant.model import Outlook
from plant.orders.rules import OrderRule, choose_anyway
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.models import remaining
from storage.orders.order_rules import order_rules_of
from storage.register.assets import RegisteredAsset
from storage.work import alerts as alert_rows
from storage.work import desk
from storage.work import orders as order_rows

_ACTOR = "desk"
_ALERT_EVENTS = {AlertMove.RAISE: "raised", AlertMove.REPEAT: "repeated", AlertMove.RISE: "risen"}
_ORDER_EVENTS = {OrderMove.RAISE: "raised", OrderMove.JOIN: "joined", OrderMove.WORSEN: "worsened"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """A finding, its asset (locked until the transaction ends), what stands there, and the clock."""

    finding: Finding
    asset: RegisteredAsset
    existing: Existing
    at: datetime

    def entry(self, event: str) -> JournalEntry:
        """Say what the desk does because of this finding."""
        return JournalEntry(event=event, actor=_ACTOR, at=self.at, because=self.finding.finding_id)


def look_up(tx: Transaction, finding: Finding, at: datetime) -> Situation:
    """Lock the finding's asset and look up what stands there."""
    asset = desk.lock_asset(tx, finding.asset_id)
    return Situation(finding=finding, asset=asset, existing=_existing(tx, finding, asset), at=at)


def _existing(tx: Transaction, finding: Finding, asset: RegisteredAsset) -> Existing:
    own_alert = alert_rows.alert_of_finding(tx, finding.finding_id)
    alert = own_alert or alert_rows.open_alert(tx, asset_id=finding.asset_id, kind=finding.kind)
    own = order_rows.order_ids_of_finding(tx, finding.finding_id)
    rules = order_rules_of(tx, asset.asset_class)
    return Existing(
        alert=alert,
        is_in_alert=own_alert is not None,
        other_active_findings=alert_rows.other_episodes(tx, alert_id=alert.alert_id, finding_id=finding.finding_id)
        if alert
        else 0,
        order=next((one for one in order_rows.open_orders(tx, finding.asset_id) if _concerns(one, finding, own)), None),
        is_in_order=bool(own),
        order_rules=rules,
        life_s=_life_s(tx, asset.asset_id, rules),
    )


def _life_s(tx: Transaction, asset_id: int, rules: Sequence[OrderRule]) -> float | None:
    """Return how long the machine is likely to have left, where a rule asks and it is known."""
    if all(rule.life_within_s is None for rule in rules):
        return None
    left = remaining.newest(tx, asset_id)
    if left is None:
        return None
    return 0.0 if left.outlook == Outlook.REACHED else left.likely_s


def _concerns(order: WorkOrder, finding: Finding, own: list[int]) -> bool:
    """Say whether an open order is the finding's own or, while it has none, the one for its failure mode.

    A finding's failure mode may change while it lasts; it stays with the order it belongs to.
    """
    return order.order_id in own if own else order.failure_mode == finding.failure_mode


def write_effects(tx: Transaction, situation: Situation, decision: Decision, *, console_url: str) -> None:
    """Write every effect of a decision."""
    alert = _move_alert(tx, situation, decision.alert)
    if alert is not None and decision.clears:
        _clear_alert(tx, situation, alert)
    if decision.order is not OrderMove.NONE:
        _move_order(tx, situation, decision.order, alert=alert, console_url=console_url)


def _move_alert(tx: Transaction, situation: Situation, move: AlertMove) -> Alert | None:
    existing = situation.existing.alert
    if move is AlertMove.NONE:
        return existing
    if existing is None:
        alert = alert_moves.raised(situation.finding, situation.asset, situation.at)
        alert_rows.add(tx, alert)
    else:
        moved = alert_moves.risen if move is AlertMove.RISE else alert_moves.repeated
        alert = moved(existing, situation.finding)
        alert_rows.keep(tx, alert)
    if not situation.existing.is_in_alert:
        alert_rows.add_finding(tx, alert_id=alert.alert_id, finding_id=situation.finding.finding_id)
    enter_alert(tx, alert, situation.entry(_ALERT_EVENTS[move]))
    return alert


def _clear_alert(tx: Transaction, situation: Situation, alert: Alert) -> None:
    cleared = alert_moves.cleared(alert, situation.at)
    alert_rows.keep(tx, cleared)
    enter_alert(tx, cleared, situation.entry("cleared"))


def _move_order(
    tx: Transaction, situation: Situation, move: OrderMove, *, alert: Alert | None, console_url: str
) -> None:
    existing, finding, entry = situation.existing, situation.finding, situation.entry(_ORDER_EVENTS[move])
    choice = choose_anyway(existing.order_rules, existing.case(finding))
    occasion = order_moves.for_finding(finding, situation.asset, choice, remaining.newest(tx, finding.asset_id))
    if existing.order is None:
        alert_id = alert.alert_id if alert else None
        raise_order(
            tx,
            situation.asset,
            occasion,
            entry,
            findings=[finding.finding_id],
            alert_id=alert_id,
            console_url=console_url,
        )
        return
    order = _moved(existing.order, move, with_known_team(tx, occasion), situation.at)
    order_rows.keep(tx, order)
    order_rows.add_finding(tx, order_id=order.order_id, finding_id=finding.finding_id)
    enter_order(tx, order, entry, asset_name=situation.asset.name, link=link_of(order, console_url))


def _moved(order: WorkOrder, move: OrderMove, occasion: order_moves.Occasion, at: datetime) -> WorkOrder:
    match move:
        case OrderMove.JOIN:
            return order_moves.joined(order, at)
        case OrderMove.WORSEN:
            return order_moves.worsened(order, occasion, at)
        case OrderMove.NONE | OrderMove.RAISE:
            return order
        case _:
            assert_never(move)
