"""One revision of a finding on the desk: what stands when it comes, and the effects a decision has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from alerts.alarms import transitions
from alerts.alarms.rules import AlertMove, Decision, DeskRules, OrderMove, Standing
from alerts.orders import document
from alerts.orders.journal import Deed, enter_alert, enter_order
from plant.alert import Alert
from plant.finding import Finding
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.models import remaining
from storage.models.remaining import RemainingLife
from storage.register.assets import RegisteredAsset
from storage.work import alerts as alert_rows
from storage.work import desk
from storage.work import orders as order_rows

_ACTOR = "desk"
_ALERT_EVENTS = {AlertMove.RAISE: "raised", AlertMove.REPEAT: "repeated", AlertMove.RISE: "risen"}
_ORDER_EVENTS = {OrderMove.RAISE: "raised", OrderMove.JOIN: "joined", OrderMove.WORSEN: "worsened"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A finding, its asset (locked until the transaction ends), what stands there, and the clock."""

    finding: Finding
    asset: RegisteredAsset
    standing: Standing
    at: datetime

    def deed(self, event: str) -> Deed:
        """Say what the desk does because of this finding."""
        return Deed(event=event, actor=_ACTOR, at=self.at, because=self.finding.finding_id)


def open_case(tx: Transaction, finding: Finding, at: datetime) -> Case:
    """Lock the finding's asset and look up what stands there."""
    asset = desk.lock_asset(tx, finding.asset_id)
    return Case(finding=finding, asset=asset, standing=_standing(tx, finding), at=at)


def _standing(tx: Transaction, finding: Finding) -> Standing:
    told = alert_rows.alert_of_finding(tx, finding.finding_id)
    alert = told or alert_rows.open_alert(tx, asset_id=finding.asset_id, kind=finding.kind)
    own = order_rows.order_ids_of_finding(tx, finding.finding_id)
    return Standing(
        alert=alert,
        told=told is not None,
        others=alert_rows.other_episodes(tx, alert_id=alert.alert_id, finding_id=finding.finding_id) if alert else 0,
        order=next((one for one in order_rows.open_orders(tx, finding.asset_id) if _concerns(one, finding, own)), None),
        ordered=bool(own),
    )


def _concerns(order: WorkOrder, finding: Finding, own: list[int]) -> bool:
    """Say whether an open order is the finding's own or, while it has none, the one for its failure mode.

    A finding's failure mode may change while it lasts; it stays with the order it belongs to.
    """
    return order.order_id in own if own else order.failure_mode == finding.failure_mode


def settle(tx: Transaction, case: Case, decision: Decision, rules: DeskRules, *, console_url: str) -> None:
    """Write every effect of a decision."""
    alert = _move_alert(tx, case, decision.alert)
    if alert is not None and decision.clears:
        _clear_alert(tx, case, alert)
    if decision.order is not OrderMove.NONE:
        _move_order(tx, case, decision.order, rules, alert=alert, console_url=console_url)


def _move_alert(tx: Transaction, case: Case, move: AlertMove) -> Alert | None:
    standing = case.standing.alert
    if move is AlertMove.NONE:
        return standing
    if standing is None:
        alert = transitions.raised(case.finding, case.asset, case.at)
        alert_rows.add(tx, alert)
    else:
        moved = transitions.risen if move is AlertMove.RISE else transitions.repeated
        alert = moved(standing, case.finding)
        alert_rows.keep(tx, alert)
    if not case.standing.told:
        alert_rows.add_finding(tx, alert_id=alert.alert_id, finding_id=case.finding.finding_id)
    enter_alert(tx, alert, case.deed(_ALERT_EVENTS[move]))
    return alert


def _clear_alert(tx: Transaction, case: Case, alert: Alert) -> None:
    cleared = transitions.cleared(alert, case.at)
    alert_rows.keep(tx, cleared)
    enter_alert(tx, cleared, case.deed("cleared"))


def _move_order(
    tx: Transaction, case: Case, move: OrderMove, rules: DeskRules, *, alert: Alert | None, console_url: str
) -> None:
    order = case.standing.order
    left = remaining.newest(tx, case.finding.asset_id)
    if order is None:
        order = document.raised(order_rows.next_order_id(tx), case.finding, case.asset, rules, case.at, left)
        order_rows.add(tx, order, alert_id=alert.alert_id if alert else None)
    else:
        order = _moved(order, case, move, rules, left)
        order_rows.keep(tx, order)
    order_rows.add_finding(tx, order_id=order.order_id, finding_id=case.finding.finding_id)
    link = f"{console_url}/work-orders/{order.number}" if console_url else None
    enter_order(tx, order, case.deed(_ORDER_EVENTS[move]), asset_name=case.asset.name, link=link)


def _moved(order: WorkOrder, case: Case, move: OrderMove, rules: DeskRules, left: RemainingLife | None) -> WorkOrder:
    match move:
        case OrderMove.JOIN:
            return document.joined(order, case.at)
        case OrderMove.WORSEN:
            return document.worsened(order, case.finding, case.asset, rules, case.at, left)
        case OrderMove.NONE | OrderMove.RAISE:
            return order
        case _:
            assert_never(move)
