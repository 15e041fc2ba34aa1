"""What stands at the assets of some findings: read at once, moved in memory, and written at once.

A desk looks at many findings in one transaction. One after the other would be thirty questions each; so all that may be
asked is read before the first is decided, every move is made in memory, where the next finding sees it, and at the end
each kind of row is written by one statement. The assets are locked meanwhile: nobody else moves what stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alerts.alarms.publishing import defer_publishing_alerts
from alerts.dispatch.publishing import defer_publishing
from alerts.journal import JournalEntry, event_of_alert, event_of_order, note_alert_moved, note_order_moved
from alerts.orders.order_notices import notice_of_order
from alerts.orders.raising import add_tasks, for_its_side, link_of, raised_by_plan
from alerts.orders.transitions import Occasion
from plant.alarms.rationalisation import Rationalisation
from plant.alert import Alert
from plant.finding import Finding
from plant.orders.job_plan import JobPlan
from plant.orders.rules import DEFAULT_ORDER_RULES, OrderRule
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.identity import people
from storage.models import remaining
from storage.models.remaining import RemainingLifeEstimate
from storage.notices import notices
from storage.orders import job_plans
from storage.orders.order_rules import order_rules_of_classes
from storage.projects.readiness import in_commissioning
from storage.register.assets import RegisteredAsset
from storage.register.rationalisations import rationalisations_of
from storage.work import desk_batch as rows
from storage.work.alerts import AlertEvent
from storage.work.desk import LockedFinding
from storage.work.orders import OrderEvent, order_number


@dataclass(frozen=True, kw_only=True, slots=True)
class _AlertMove:
    alert: Alert
    entry: JournalEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class _OrderMove:
    """An order that has no number yet has a negative `order_id`."""

    order: WorkOrder
    entry: JournalEntry
    asset_name: str


class Board:
    """Alerts and orders at locked assets, as far as some findings concern them."""

    def __init__(self, tx: Transaction, locked: Sequence[LockedFinding], *, console_url: str) -> None:
        self._tx, self._console_url = tx, console_url
        self._read_alerts([one.finding for one in locked])
        self._read_orders([one.finding for one in locked])
        self._read_beside(locked)
        self._raised_alerts: list[UUID] = []
        self._changed_alerts: dict[UUID, None] = {}
        self._alert_joined: dict[UUID, UUID] = {}
        self._raised_orders: dict[int, tuple[UUID | None, JobPlan | None]] = {}
        self._changed_orders: dict[int, None] = {}
        self._order_joined: list[tuple[int, UUID]] = []
        self._moves: list[_AlertMove | _OrderMove] = []
        self._waiting: dict[UUID, tuple[str | None, datetime | None]] = {}

    def _read_alerts(self, findings: Sequence[Finding]) -> None:
        self._alert_of = rows.memberships(self._tx, [one.finding_id for one in findings])
        kinds = {(one.asset_id, one.kind) for one in findings}
        found = rows.alerts(self._tx, set(self._alert_of.values()), kinds)
        self._alerts = {one.alert_id: one for one in found}
        self._open_alert = {(one.asset_id, one.kind): one.alert_id for one in found if one.flags.is_open}
        self._episodes = rows.episodes(self._tx, list(self._alerts))

    def _read_orders(self, findings: Sequence[Finding]) -> None:
        self._orders_of = rows.orders_of_findings(self._tx, [one.finding_id for one in findings])
        own = {order_id for held in self._orders_of.values() for order_id in held}
        modes = {(one.asset_id, one.failure_mode) for one in findings}
        self._orders = {one.order_id: one for one in rows.open_orders(self._tx, own, modes)}
        self._orders_at: dict[int, list[int]] = {}
        for one in self._orders.values():
            self._orders_at.setdefault(one.asset_id, []).append(one.order_id)
        self._joined = rows.joined(self._tx, list(self._orders))

    def _read_beside(self, locked: Sequence[LockedFinding]) -> None:
        self._rules = order_rules_of_classes(self._tx, {one.asset.asset_class for one in locked})
        self._thought = rationalisations_of(self._tx, {one.asset.asset_id for one in locked})
        self._lives = remaining.newest_of(self._tx, {one.asset.asset_id for one in locked})
        keys = {(one.asset.asset_id, share.signal) for one in locked for share in one.finding.shares}
        self._signals = rows.signals(self._tx, keys)
        self._commissioned = in_commissioning(self._tx, {one.asset.asset_id for one in locked})
        self._teams: dict[str, bool] = {}
        self._plans: dict[str, JobPlan | None] = {}

    def alert_of(self, finding: Finding) -> Alert | None:
        """Return the alert that a finding belongs to."""
        return self._alerts.get(self._alert_of[finding.finding_id]) if finding.finding_id in self._alert_of else None

    def open_alert(self, finding: Finding) -> Alert | None:
        """Return the open alert of a finding's asset and kind."""
        alert_id = self._open_alert.get((finding.asset_id, finding.kind))
        return self._alerts[alert_id] if alert_id else None

    def other_grades(self, alert: Alert, finding: Finding) -> list[Severity]:
        """Return how bad the alert's other findings are that have not cleared."""
        held = self._episodes.get(alert.alert_id, {})
        return [grade for finding_id, grade in held.items() if finding_id != finding.finding_id]

    def order_of(self, finding: Finding) -> WorkOrder | None:
        """Return the open order a finding belongs to or, while it belongs to none, the one for its failure mode.

        A finding's failure mode may change while it lasts; it stays with the order it belongs to.
        """
        own = self._orders_of.get(finding.finding_id, ())
        at_asset = [self._orders[order_id] for order_id in self._orders_at.get(finding.asset_id, ())]
        return next(
            (one for one in at_asset if (one.order_id in own if own else one.failure_mode == finding.failure_mode)),
            None,
        )

    def is_in_order(self, finding: Finding) -> bool:
        """Say whether a finding belongs to an order, open or not."""
        return bool(self._orders_of.get(finding.finding_id))

    def findings_of(self, order: WorkOrder) -> int:
        """Count the findings that belong to an order."""
        return self._joined.get(order.order_id, 0)

    def thought(self, finding: Finding) -> Rationalisation | None:
        """Return what was thought through about a finding's class and kind."""
        return self._thought.get((finding.asset_id, finding.kind))

    def rules_of(self, asset_class: str) -> tuple[OrderRule, ...]:
        """Return the rules by which a class gets its orders."""
        return self._rules.get(asset_class, DEFAULT_ORDER_RULES)

    def life_of(self, asset_id: int) -> RemainingLifeEstimate | None:
        """Return what was last told of the life of an asset's machine."""
        return self._lives.get(asset_id)

    def signals_of(self, asset_id: int) -> Mapping[str, dict[str, Any]]:
        """Return the signals of an asset that its findings name, by key."""
        return self._signals.get(asset_id, {})

    def with_known_team(self, occasion: Occasion) -> Occasion:
        """Give an occasion the team that its rule names, where there is such a team."""
        team = occasion.choice.team
        if team and team not in self._teams:
            self._teams[team] = people.knows_team(self._tx, team)
        return replace(occasion, team=team) if team and self._teams[team] else occasion

    def put_alert(self, alert: Alert, steps: Sequence[tuple[Alert, JournalEntry]], *, is_new: bool) -> None:
        """Put an alert as it is now, and the steps in which it became so of which people may know."""
        self._alerts[alert.alert_id] = alert
        if is_new:
            self._raised_alerts.append(alert.alert_id)
        else:
            self._changed_alerts[alert.alert_id] = None
        key = (alert.asset_id, alert.kind)
        if alert.flags.is_open:
            self._open_alert[key] = alert.alert_id
        elif self._open_alert.get(key) == alert.alert_id:
            del self._open_alert[key]
        self._moves += [_AlertMove(alert=one, entry=entry) for one, entry in steps]

    def join_alert(self, alert: Alert, finding: Finding) -> None:
        """Let a finding belong to an alert, once and for all."""
        self._alert_of[finding.finding_id] = self._alert_joined[finding.finding_id] = alert.alert_id
        if finding.cleared is None:
            self._episodes.setdefault(alert.alert_id, {})[finding.finding_id] = finding.grade

    def raise_order(
        self, asset: RegisteredAsset, occasion: Occasion, entry: JournalEntry, finding: Finding, *, alert: Alert | None
    ) -> None:
        """Raise an order for a finding; it has a number once it is written."""
        if asset.asset_id in self._commissioned:
            occasion = for_its_side(self._tx, asset, occasion)
        tag = occasion.choice.job_plan
        if tag and tag not in self._plans:
            self._plans[tag] = job_plans.find_job_plan(self._tx, tag)
        plan = self._plans[tag] if tag else None
        order = raised_by_plan(-1 - len(self._raised_orders), asset, self.with_known_team(occasion), plan, at=entry.at)
        self._orders_at.setdefault(asset.asset_id, []).append(order.order_id)
        self._raised_orders[order.order_id] = (alert.alert_id if alert else None, plan)
        self._put_order(order, entry, asset)
        self.join_order(order, finding)

    def change_order(self, order: WorkOrder, entry: JournalEntry, asset: RegisteredAsset) -> None:
        """Put an order as it is now."""
        if order.order_id > 0:
            self._changed_orders[order.order_id] = None
        self._put_order(order, entry, asset)

    def _put_order(self, order: WorkOrder, entry: JournalEntry, asset: RegisteredAsset) -> None:
        self._orders[order.order_id] = order
        self._moves.append(_OrderMove(order=order, entry=entry, asset_name=asset.name))

    def join_order(self, order: WorkOrder, finding: Finding) -> None:
        """Let a finding belong to an order."""
        held = self._orders_of.setdefault(finding.finding_id, set())
        if order.order_id not in held:
            held.add(order.order_id)
            self._order_joined.append((order.order_id, finding.finding_id))
            self._joined[order.order_id] = self.findings_of(order) + 1

    def wait(self, finding: Finding, *, waits: str | None, look_at: datetime | None) -> None:
        """Remember why nothing came of a finding yet, and when to look again."""
        self._waiting[finding.finding_id] = (waits, look_at)

    def write(self) -> None:
        """Write all that was moved, with events, ledger entries, notices and jobs; the board is done with then."""
        self._number_orders()
        alert_events, order_events = list[AlertEvent](), list[OrderEvent]()
        for move in self._moves:
            if isinstance(move, _AlertMove):
                alert_events.append(event_of_alert(move.alert, move.entry))
                note_alert_moved(self._tx, move.alert, move.entry)
            else:
                link = link_of(move.order, self._console_url)
                event = event_of_order(move.order, move.entry, asset_name=move.asset_name, link=link)
                order_events.append(event)
                note_order_moved(self._tx, move.order, event, because=move.entry.because)
        self._write_alerts(alert_events)
        self._write_orders(order_events)
        rows.wait(self._tx, self._waiting)

    def _number_orders(self) -> None:
        drawn = rows.draw_orders(self._tx, len(self._raised_orders))
        number = dict(zip(self._raised_orders, drawn, strict=True))

        def numbered(order: WorkOrder) -> WorkOrder:
            order_id = number.get(order.order_id)
            return order if order_id is None else replace(order, order_id=order_id, number=order_number(order_id))

        self._moves = [
            replace(move, order=numbered(move.order)) if isinstance(move, _OrderMove) else move for move in self._moves
        ]
        self._orders = {number.get(order_id, order_id): numbered(one) for order_id, one in self._orders.items()}
        self._raised_orders = {number[provisional]: beside for provisional, beside in self._raised_orders.items()}
        self._order_joined = [(number.get(order_id, order_id), finding) for order_id, finding in self._order_joined]

    def _write_alerts(self, events: Sequence[AlertEvent]) -> None:
        raised = set(self._raised_alerts)
        rows.write_alerts(
            self._tx,
            raised=[self._alerts[one] for one in self._raised_alerts],
            changed=[self._alerts[one] for one in self._changed_alerts if one not in raised],
            joined=self._alert_joined,
            events=events,
        )
        if events:
            defer_publishing_alerts(self._tx)

    def _write_orders(self, events: Sequence[OrderEvent]) -> None:
        raised = [(self._orders[order_id], *beside) for order_id, beside in self._raised_orders.items()]
        rows.write_orders(
            self._tx,
            raised=[(order, alert_id) for order, alert_id, _ in raised],
            changed=[self._orders[one] for one in self._changed_orders],
            joined=self._order_joined,
            events=events,
        )
        for order, _, plan in raised:
            add_tasks(self._tx, order, plan, at=order.created_at)
        said = [(order, link_of(order, self._console_url)) for order, _, _ in raised if order.team]
        posts = [(notice_of_order(order, "raised", link=link), True) for order, link in said]
        if raised:
            notices.post_all(self._tx, posts, at=raised[0][0].created_at)
        if events:
            defer_publishing(self._tx)
