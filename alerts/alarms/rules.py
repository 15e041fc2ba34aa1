"""Say what a finding deserves: nothing yet, an alert, a work order, or a place in one that stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from plant.alarms.rationalisation import Rationalisation
from plant.alert import Alert
from plant.finding import RELEARNING, Finding
from plant.orders.rules import DEFAULT_ORDER_RULES, OrderCase, OrderRule, choose
from plant.severity import Severity
from plant.work_order import WorkOrder


class AlertMove(StrEnum):
    """What happens to the asset's alert of the finding's kind."""

    NONE = "none"
    RAISE = "raise"
    REPEAT = "repeat"
    RISE = "rise"
    EASE = "ease"
    NOTE_MILDER = "note milder"
    FORGET_MILDER = "forget milder"


class OrderMove(StrEnum):
    """What happens to the asset's work order for the finding's failure mode; COUNT joins it without a word."""

    NONE = "none"
    RAISE = "raise"
    JOIN = "join"
    COUNT = "count"
    WORSEN = "worsen"


class Wait(StrEnum):
    """Why nothing comes of a finding yet, or why nobody is told."""

    DELAY = "delay"
    OFF_DELAY = "off_delay"
    GATHERING = "gathering"
    SHELVED = "shelved"
    WORK = "work"
    OUT_OF_SERVICE = "out_of_service"
    RELEARNING = "relearning"
    DESIGN = "design"
    PRODUCT = "product"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Both moves, and whether the alert's condition ends with this revision.

    `tells`: people are told that it stands. `waits` is for what the finding waits, if it does.
    """

    alert: AlertMove = AlertMove.NONE
    order: OrderMove = OrderMove.NONE
    clears: bool = False
    tells: bool = False
    waits: Wait | None = None


WATCH = Decision()


@dataclass(frozen=True, kw_only=True, slots=True)
class Delays:
    """How long before an alert is raised, how long before it clears, and how long it is milder before it says so.

    The on-delay and `ease_s` count in data time, the off-delay by the clock.
    """

    on_s: float = 5.0
    off_s: float = 0.0
    ease_s: float = 60.0

    def of(self, said: Rationalisation | None) -> Delays:
        """Return those of a class and kind, where the register says something of them."""
        if said is None:
            return self
        return replace(
            self,
            on_s=self.on_s if said.on_delay_s is None else said.on_delay_s,
            off_s=self.off_s if said.off_delay_s is None else said.off_delay_s,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskRules:
    """The desk's delays, where the register says nothing else for a class and kind.

    Which orders a class gets its register says too (`plant.orders.rules`).
    """

    delays: Delays = field(default_factory=Delays)


@dataclass(frozen=True, kw_only=True, slots=True)
class Existing:
    """What stands for the finding's asset when the desk looks at it.

    `alert` is the one the finding belongs to (`is_in_alert`), else the open one of its kind. `other_active_findings`
    counts the alert's findings beside this one that have not cleared, `others_grade` is how bad the worst of them is
    now. `order` is the open one the finding belongs to, else the open one for its failure mode; `is_in_order` says that
    it belongs to one, open or not, and `order_has_joined` that others joined it before. `order_rules` are those of the
    asset's class, `life_s` how long the machine has left where one of them asks.

    `silence` is why nobody would be told of it at this instant, `is_relearning` that its model does not count, whatever
    else silences it, `is_shelved` that a person has put it aside,
    `has_waited` that its delay is over by the clock.
    """

    alert: Alert | None = None
    is_in_alert: bool = False
    other_active_findings: int = 0
    others_grade: Severity | None = None
    order: WorkOrder | None = None
    is_in_order: bool = False
    order_rules: tuple[OrderRule, ...] = DEFAULT_ORDER_RULES
    life_s: float | None = None
    order_has_joined: bool = False
    silence: Wait | None = None
    is_relearning: bool = False
    is_shelved: bool = False
    has_waited: bool = False
    delays: Delays | None = None

    def case(self, finding: Finding) -> OrderCase:
        """Say what an order for the finding would be about."""
        return OrderCase(
            severity=finding.severity,
            failure_mode=finding.failure_mode,
            lasted_s=finding.lasted_s,
            life_s=self.life_s,
        )


def consider(finding: Finding, existing: Existing, rules: DeskRules) -> Decision:
    """Decide about a finding as it is now.

    It does not matter why the desk looks: at a new revision, or again because a wait may be over. Of what is silenced
    nothing is raised; what is in an alert may end, and ends when its model no longer counts. Of what is shelved an
    alert is kept and nobody is told.
    """
    delays = existing.delays or rules.delays
    if existing.silence is not None:
        return _silenced(finding, existing, existing.silence)
    if not existing.is_in_alert and finding.lasted_s < delays.on_s and not existing.has_waited:
        return WATCH if finding.cleared else Decision(waits=Wait.DELAY)
    move = _alert_move(finding, existing, delays)
    ends = _ends(finding, existing, move)
    if ends and delays.off_s > 0 and existing.is_in_alert and not existing.has_waited:
        return Decision(alert=move, waits=Wait.OFF_DELAY)
    if existing.is_shelved:
        return Decision(alert=move, clears=ends, waits=None if finding.cleared else Wait.SHELVED)
    return Decision(
        alert=move,
        order=_order_move(finding, existing),
        clears=ends,
        tells=_tells(existing, move, clears=ends),
    )


def _silenced(finding: Finding, existing: Existing, silence: Wait) -> Decision:
    ended = replace(finding, cleared=finding.updated) if silence == RELEARNING or existing.is_relearning else finding
    ends = existing.is_in_alert and _ends(ended, existing, AlertMove.NONE)
    return Decision(clears=ends, waits=None if finding.cleared else silence)


def _tells(existing: Existing, move: AlertMove, *, clears: bool) -> bool:
    """Say whether people have still to be told that the alert stands: once, until it was hidden and comes back."""
    if move is AlertMove.RAISE:
        return True
    alert = existing.alert
    if alert is None or clears:
        return False
    if move is AlertMove.REPEAT:
        return alert.told_at is None or not alert.flags.is_open
    return alert.told_at is None and alert.flags.active


def _ends(finding: Finding, existing: Existing, move: AlertMove) -> bool:
    """Say whether the alert's condition ends with this revision."""
    is_active = move in (AlertMove.RAISE, AlertMove.REPEAT) or (
        existing.alert is not None and existing.alert.flags.active
    )
    return finding.cleared is not None and is_active and existing.other_active_findings == 0


def _alert_move(finding: Finding, existing: Existing, delays: Delays) -> AlertMove:
    alert = existing.alert
    if alert is None:
        return AlertMove.RAISE
    if not existing.is_in_alert or (finding.cleared is None and not alert.flags.active):
        return AlertMove.REPEAT  # the latter: it was ended by design, and is found again
    if not alert.flags.active or finding.cleared is not None:
        return AlertMove.NONE
    return _change(finding, alert, grade_of(finding, existing.others_grade), delays)


def grade_of(finding: Finding, others: Severity | None) -> Severity:
    """Return how bad an alert is whose findings are this one and others, the worst of which is known."""
    return max((finding.grade, *([others] if others else [])), key=lambda one: one.rank)


def _change(finding: Finding, alert: Alert, grade: Severity, delays: Delays) -> AlertMove:
    """An alert rises at once. It eases when it was milder for long enough, to the worst it was meanwhile."""
    if grade.rank > alert.severity.rank:
        return AlertMove.RISE
    if grade is alert.severity:
        return AlertMove.NONE if alert.milder_since is None else AlertMove.FORGET_MILDER
    if alert.milder_since is None or alert.milder is None:
        return AlertMove.NOTE_MILDER
    if (finding.updated - alert.milder_since).total_seconds() >= delays.ease_s:
        return AlertMove.EASE
    return AlertMove.NOTE_MILDER if grade.rank > alert.milder.rank else AlertMove.NONE


def _order_move(finding: Finding, existing: Existing) -> OrderMove:
    order = existing.order
    if order is None:
        # an order closed while its finding goes on is not raised again for the same episode
        deserved = not existing.is_in_order and choose(existing.order_rules, existing.case(finding)) is not None
        return OrderMove.RAISE if deserved else OrderMove.NONE
    if finding.severity.rank > order.severity.rank:
        return OrderMove.WORSEN
    if existing.is_in_order:
        return OrderMove.NONE
    return OrderMove.COUNT if existing.order_has_joined else OrderMove.JOIN
