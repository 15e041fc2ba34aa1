"""One finding on the desk: what stands when it comes, and the effects a decision has, on the board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from alerts.alarms import transitions as alert_moves
from alerts.alarms.board import Board
from alerts.alarms.document import alert_evidence
from alerts.alarms.rules import AlertMove, Decision, Delays, Existing, OrderMove, Wait, grade_of
from alerts.alarms.silences import Silences
from alerts.journal import JournalEntry
from alerts.orders import transitions as order_moves
from plant.alert import Alert
from plant.finding import Finding
from plant.model import Outlook
from plant.orders.rules import OrderRule, choose_anyway
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.register.assets import RegisteredAsset
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


def look_up(board: Board, locked: LockedFinding, silences: Silences, delays: Delays, at: datetime) -> Situation:
    """Look up what stands at a locked finding's asset, where its class and kind have these delays."""
    standing = _existing(board, locked.finding, locked.asset)
    existing = replace(
        standing,
        silence=silence_of(locked) or (None if standing.is_in_alert else silences.wait_of(locked)),
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


def _existing(board: Board, finding: Finding, asset: RegisteredAsset) -> Existing:
    own_alert = board.alert_of(finding)
    alert = own_alert or board.open_alert(finding)
    others = board.other_grades(alert, finding) if alert else []
    order = board.order_of(finding)
    rules = board.rules_of(asset.asset_class)
    return Existing(
        alert=alert,
        is_in_alert=own_alert is not None,
        other_active_findings=len(others),
        others_grade=max(others, key=lambda one: one.rank, default=None),
        order=order,
        is_in_order=board.is_in_order(finding),
        order_has_joined=order is not None and board.findings_of(order) > 1,
        order_rules=rules,
        life_s=_life_s(board, asset.asset_id, rules),
    )


def _life_s(board: Board, asset_id: int, rules: Sequence[OrderRule]) -> float | None:
    """Return how long the machine is likely to have left, where a rule asks and it is known."""
    if all(rule.life_within_s is None for rule in rules):
        return None
    left = board.life_of(asset_id)
    if left is None:
        return None
    return 0.0 if left.outlook == Outlook.REACHED else left.likely_s


def put_effects(board: Board, situation: Situation, decision: Decision) -> Alert | None:
    """Put every effect of a decision on the board; return the alert of which people are told by it."""
    alert = _move_alert(board, situation, decision)
    if decision.order is not OrderMove.NONE:
        _move_order(board, situation, decision.order, alert=alert)
    return alert if decision.tells else None


def keep_waiting(board: Board, locked: LockedFinding, decision: Decision, delays: Delays, at: datetime) -> None:
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
        board.wait(locked.finding, waits=waits, look_at=look_at)


def _move_alert(board: Board, situation: Situation, decision: Decision) -> Alert | None:
    """Move the alert, each step an event of its own, and return it."""
    before, finding = situation.existing.alert, situation.finding
    steps = list(_steps(situation, decision))
    if not steps:
        return before
    if decision.alert in (AlertMove.RAISE, AlertMove.RISE) or decision.tells:
        evidence = alert_evidence(finding, board.signals_of(finding.asset_id))
        steps = [(replace(one, evidence=evidence), event) for one, event in steps]
    alert = steps[-1][0]
    board.put_alert(alert, [(one, situation.entry(event)) for one, event in steps if event], is_new=before is None)
    if not situation.existing.is_in_alert and decision.alert in (AlertMove.RAISE, AlertMove.REPEAT):
        board.join_alert(alert, finding)
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


def _move_order(board: Board, situation: Situation, move: OrderMove, *, alert: Alert | None) -> None:
    existing, finding = situation.existing, situation.finding
    if existing.order is not None and move is OrderMove.COUNT:  # that findings join was said once
        board.join_order(existing.order, finding)
        return
    entry = situation.entry(_ORDER_EVENTS[move])
    choice = choose_anyway(existing.order_rules, existing.case(finding))
    occasion = order_moves.for_finding(finding, situation.asset, choice, board.life_of(finding.asset_id))
    if existing.order is None:
        board.raise_order(situation.asset, occasion, entry, finding, alert=alert)
        return
    order = _moved_order(existing.order, move, board.with_known_team(occasion), situation.at)
    board.change_order(order, entry, situation.asset)
    board.join_order(order, finding)


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
