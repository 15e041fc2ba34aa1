"""One finding on the desk: what stands when it comes, and the effects a decision has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from alerts.alarms import transitions as alert_moves
from alerts.alarms.evidence import alert_evidence
from alerts.alarms.rules import AlertMove, Decision, Delays, Existing, OrderMove, Wait, grade_of
from alerts.alarms.silences import common_silence
from alerts.journal import JournalEntry, enter_alert, enter_order
from alerts.orders import transitions as order_moves
from alerts.orders.raising import link_of, raise_order, with_known_team
from plant.alert import Alert
from plant.finding import Finding
from plant.model import Outlook
from plant.orders.rules import OrderRule, choose_anyway
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.models import remaining
from storage.orders.order_rules import order_rules_of
from storage.register.assets import RegisteredAsset
from storage.work import alerts as alert_rows
from storage.work import desk
from storage.work import orders as order_rows
from storage.work.desk import LockedFinding

_ACTOR = "desk"
_STALLED_S = 60.0
_GATHERING_S, _PRODUCT_S, _AFTER_THE_PRODUCT_S = 15.0, 10.0, 60.0
_ORDER_EVENTS = {OrderMove.RAISE: "raised", OrderMove.JOIN: "joined", OrderMove.WORSEN: "worsened"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """A finding, its asset (locked until the transaction ends), what stands there, and the clock."""

    finding: Finding
    asset: RegisteredAsset
    existing: Existing
    at: datetime
    shelved_until: datetime | None = None

    def entry(self, event: str) -> JournalEntry:
        """Say what the desk does because of this finding."""
        return JournalEntry(event=event, actor=_ACTOR, at=self.at, because=self.finding.finding_id)


def look_up(tx: Transaction, locked: LockedFinding, delays: Delays, at: datetime) -> Situation:
    """Look up what stands at a locked finding's asset, where its class and kind have these delays."""
    standing = _existing(tx, locked.finding, locked.asset)
    existing = replace(
        standing,
        silence=silence_of(locked) or (None if standing.is_in_alert else common_silence(tx, locked, at)),
        delays=delays,
        is_relearning=locked.is_relearning,
        is_shelved=locked.shelved_until is not None,
        has_waited=locked.look_at is not None and locked.look_at <= at,
    )
    return Situation(
        finding=locked.finding, asset=locked.asset, existing=existing, at=at, shelved_until=locked.shelved_until
    )


def silence_of(locked: LockedFinding) -> Wait | None:
    """Say why nobody is told of a finding at this instant.

    What was suppressed when it was last seen, and still stands, is told once nothing has silenced it for a while. What
    ended meanwhile stays what it was.
    """
    suppressed = locked.finding.suppressed
    if suppressed is not None and locked.finding.cleared is None and locked.silence_now is None:
        suppressed = locked.silence_before and suppressed
    why = locked.silence_now or suppressed
    if locked.finding.cleared is not None and locked.finding.suppressed is not None:
        why = locked.finding.suppressed
    return Wait(why) if why else None


def _existing(tx: Transaction, finding: Finding, asset: RegisteredAsset) -> Existing:
    own_alert = alert_rows.alert_of_finding(tx, finding.finding_id)
    alert = own_alert or alert_rows.open_alert(tx, asset_id=finding.asset_id, kind=finding.kind)
    others = alert_rows.other_episodes(tx, alert_id=alert.alert_id, finding_id=finding.finding_id) if alert else []
    own = order_rows.order_ids_of_finding(tx, finding.finding_id)
    order = next((one for one in order_rows.open_orders(tx, finding.asset_id) if _concerns(one, finding, own)), None)
    rules = order_rules_of(tx, asset.asset_class)
    return Existing(
        alert=alert,
        is_in_alert=own_alert is not None,
        other_active_findings=len(others),
        others_grade=max(others, key=lambda one: one.rank, default=None),
        order=order,
        is_in_order=bool(own),
        order_has_joined=order is not None and order_rows.count_findings(tx, order.order_id) > 1,
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


def write_effects(tx: Transaction, situation: Situation, decision: Decision, *, console_url: str) -> Alert | None:
    """Write every effect of a decision; return the alert of which people are told by it."""
    alert = _move_alert(tx, situation, decision)
    if decision.order is not OrderMove.NONE:
        _move_order(tx, situation, decision.order, alert=alert, console_url=console_url)
    return alert if decision.tells else None


def keep_waiting(tx: Transaction, locked: LockedFinding, decision: Decision, delays: Delays, at: datetime) -> None:
    """Remember for what a finding waits, and when to look again; what it waited for before keeps its time."""
    waits = decision.waits
    if waits is not None and waits == locked.waits and (locked.look_at is None or locked.look_at > at):
        return
    again_s = {
        Wait.DELAY: delays.on_s + _STALLED_S,  # data time counts; where no more data come, the clock does
        Wait.OFF_DELAY: delays.off_s,
        Wait.GATHERING: _AFTER_THE_PRODUCT_S if locked.waits == Wait.PRODUCT else _GATHERING_S,
        Wait.PRODUCT: _PRODUCT_S,
    }
    look_at = at + timedelta(seconds=again_s[waits]) if waits in again_s else None
    if waits is not None or locked.waits is not None:
        desk.wait(tx, locked.finding.finding_id, waits=waits, look_at=look_at)


def _move_alert(tx: Transaction, situation: Situation, decision: Decision) -> Alert | None:
    """Write what becomes of the alert, each step an event of its own, and return it."""
    before, alert = situation.existing.alert, situation.existing.alert
    steps = list(_steps(situation, decision))
    if not steps:
        return before
    alert = steps[-1][0]
    if decision.alert in (AlertMove.RAISE, AlertMove.RISE) or decision.tells:
        evidence = alert_evidence(tx, situation.finding)
        steps = [(replace(one, evidence=evidence), event) for one, event in steps]
        alert = steps[-1][0]
    if before is None:
        alert_rows.add(tx, alert)
    else:
        alert_rows.keep(tx, alert)
    if not situation.existing.is_in_alert and decision.alert in (AlertMove.RAISE, AlertMove.REPEAT):
        alert_rows.add_finding(tx, alert_id=alert.alert_id, finding_id=situation.finding.finding_id)
    for one, event in steps:
        if event:
            enter_alert(tx, one, situation.entry(event))
    return alert


def _steps(situation: Situation, decision: Decision) -> Iterator[tuple[Alert, str | None]]:
    """Take the alert through what was decided; where there is no event nobody need know of the step."""
    finding, at = situation.finding, situation.at
    grade = grade_of(finding, situation.existing.others_grade)
    alert, is_told = situation.existing.alert, False
    if alert is None and decision.alert is AlertMove.RAISE:
        alert = alert_moves.raised(finding, situation.asset, at, shelved_until=situation.shelved_until)
        alert, is_told = (alert_moves.told(alert, at), True) if decision.tells else (alert, False)
        yield alert, "raised"
    elif alert is not None and decision.alert is not AlertMove.NONE:
        alert, event = _moved(alert, decision.alert, finding, grade)
        if decision.tells:
            alert, is_told = alert_moves.told(alert, at), event is not None
        yield alert, event
    if alert is not None and decision.tells and not is_told:
        alert = alert_moves.told_again(alert, at)
        yield alert, "told"
    if alert is not None and decision.clears:
        yield alert_moves.cleared(alert, at), "cleared"


def _moved(alert: Alert, move: AlertMove, finding: Finding, grade: Severity) -> tuple[Alert, str | None]:
    match move:
        case AlertMove.REPEAT:
            return alert_moves.repeated(alert, finding, grade), "repeated"
        case AlertMove.RISE:
            return alert_moves.risen(alert, grade), "risen"
        case AlertMove.EASE:
            return alert_moves.eased(alert), "eased"
        case AlertMove.NOTE_MILDER:
            return alert_moves.noted_milder(alert, grade, finding.updated), None
        case AlertMove.FORGET_MILDER:
            return alert_moves.not_milder(alert), None
        case AlertMove.NONE | AlertMove.RAISE:
            return alert, None
        case _:
            assert_never(move)


def _move_order(
    tx: Transaction, situation: Situation, move: OrderMove, *, alert: Alert | None, console_url: str
) -> None:
    existing, finding = situation.existing, situation.finding
    if existing.order is not None and move is OrderMove.COUNT:  # that findings join was said once
        order_rows.add_finding(tx, order_id=existing.order.order_id, finding_id=finding.finding_id)
        return
    entry = situation.entry(_ORDER_EVENTS[move])
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
    order = _moved_order(existing.order, move, with_known_team(tx, occasion), situation.at)
    order_rows.keep(tx, order)
    order_rows.add_finding(tx, order_id=order.order_id, finding_id=finding.finding_id)
    enter_order(tx, order, entry, asset_name=situation.asset.name, link=link_of(order, console_url))


def _moved_order(order: WorkOrder, move: OrderMove, occasion: order_moves.Occasion, at: datetime) -> WorkOrder:
    match move:
        case OrderMove.JOIN:
            return order_moves.joined(order, at)
        case OrderMove.WORSEN:
            return order_moves.worsened(order, occasion, at)
        case OrderMove.NONE | OrderMove.RAISE | OrderMove.COUNT:
            return order
        case _:
            assert_never(move)
