"""Say what a finding deserves: nothing yet, an alert, a work order, or a place in one that stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from plant.alert import Alert
from plant.finding import RELEARNING, Finding
from plant.orders.rules import DEFAULT_ORDER_RULES, OrderCase, OrderRule, choose
from plant.work_order import WorkOrder


class AlertMove(StrEnum):
    """What happens to the asset's alert of the finding's kind."""

    NONE = "none"
    RAISE = "raise"
    REPEAT = "repeat"
    RISE = "rise"


class OrderMove(StrEnum):
    """What happens to the asset's work order for the finding's failure mode."""

    NONE = "none"
    RAISE = "raise"
    JOIN = "join"
    WORSEN = "worsen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Both moves, and whether the alert's condition ends with this revision."""

    alert: AlertMove = AlertMove.NONE
    order: OrderMove = OrderMove.NONE
    clears: bool = False


WATCH = Decision()


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskRules:
    """The desk's delays, in data time.

    `on_delay_s` is how long an episode lasts before anybody hears of it. Which orders a class gets its register says
    (`plant.orders.rules`).
    """

    on_delay_s: float = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Existing:
    """What stands for the finding's asset when the desk looks at it.

    `alert` is the one the finding belongs to (`is_in_alert`), else the open one of its kind. `other_active_findings`
    counts the alert's findings beside this one that have not cleared. `order` is the open one the finding belongs to,
    else the open one for its failure mode; `is_in_order` says that it belongs to one, open or not. `order_rules` are
    those of the asset's class, `life_s` how long the machine has left where one of them asks.
    """

    alert: Alert | None = None
    is_in_alert: bool = False
    other_active_findings: int = 0
    order: WorkOrder | None = None
    is_in_order: bool = False
    order_rules: tuple[OrderRule, ...] = DEFAULT_ORDER_RULES
    life_s: float | None = None

    def case(self, finding: Finding) -> OrderCase:
        """Say what an order for the finding would be about."""
        return OrderCase(
            severity=finding.severity,
            failure_mode=finding.failure_mode,
            lasted_s=finding.lasted_s,
            life_s=self.life_s,
        )


def consider(finding: Finding, existing: Existing, rules: DeskRules) -> Decision:
    """Decide about one revision of a finding.

    The clock has no part in it: a desk that was away for an hour decides as one that was not. Of what is suppressed by
    design nothing is raised; what is in an alert may end, and ends when its model no longer counts.
    """
    if finding.suppressed is not None:
        ended = finding if finding.suppressed != RELEARNING else replace(finding, cleared=finding.updated)
        return Decision(clears=existing.is_in_alert and _ends(ended, existing, AlertMove.NONE))
    if not existing.is_in_alert and finding.lasted_s < rules.on_delay_s:
        return WATCH
    alert = _alert_move(finding, existing)
    return Decision(alert=alert, order=_order_move(finding, existing), clears=_ends(finding, existing, alert))


def _ends(finding: Finding, existing: Existing, move: AlertMove) -> bool:
    """Say whether the alert's condition ends with this revision."""
    is_active = move in (AlertMove.RAISE, AlertMove.REPEAT) or (
        existing.alert is not None and existing.alert.flags.active
    )
    return finding.cleared is not None and is_active and existing.other_active_findings == 0


def _alert_move(finding: Finding, existing: Existing) -> AlertMove:
    alert = existing.alert
    if alert is None:
        return AlertMove.RAISE
    if not existing.is_in_alert or (finding.cleared is None and not alert.flags.active):
        return AlertMove.REPEAT  # the latter: it was ended by design, and is found again
    is_worse = alert.flags.active and finding.severity.rank > alert.severity.rank
    return AlertMove.RISE if is_worse else AlertMove.NONE


def _order_move(finding: Finding, existing: Existing) -> OrderMove:
    order = existing.order
    if order is None:
        # an order closed while its finding goes on is not raised again for the same episode
        deserved = not existing.is_in_order and choose(existing.order_rules, existing.case(finding)) is not None
        return OrderMove.RAISE if deserved else OrderMove.NONE
    if finding.severity.rank > order.severity.rank:
        return OrderMove.WORSEN
    return OrderMove.NONE if existing.is_in_order else OrderMove.JOIN
