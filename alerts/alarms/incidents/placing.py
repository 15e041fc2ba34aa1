"""Alerts of which people are told become incidents, or join them; what an alert connects becomes one.

The rule of joining: an alert joins an open incident that has an alert at its asset, or at one within three feeds of it,
while that is younger than half an hour and has fewer than five hundred alerts. Where it is near to several, they are
one: those of which people were told take the others in, the oldest first. Nothing joins what is resolved, and since the
time counts from the begin, a trickle does not keep it open. The likely root is the farthest upstream of what began
within five minutes of the first (`plant.alarms.incident.root_of`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from alerts.alarms.incidents.telling import RULES, SUBJECT, bring_up_to_date
from plant.alert import Alert
from storage.core.database import Transaction
from storage.notices import notices
from storage.work import incidents as rows


def place(tx: Transaction, told: Sequence[Alert], *, at: datetime, console_url: str = "") -> None:
    """Let alerts of which people are told become incidents, or join them, and post the notices."""
    if not told:
        return
    for site in sorted({alert.site for alert in told}):
        rows.lock_site(tx, site)
    near = rows.near(tx, {one.asset_id for one in told}, reach=RULES.reach)
    placing = _Placing(
        held=rows.of_alerts(tx, [one.alert_id for one in told]),
        growing=rows.growing(tx, set().union(*near.values()), since=at - RULES.longest, most=RULES.most),
    )
    for alert in told:
        placing.place(alert, near[alert.asset_id], at)
    rows.begin(tx, placing.begun, at=at)
    rows.add_alerts(tx, placing.placed, at=at)
    rows.merge(tx, placing.merged, at=at)
    for merged in placing.merged:
        notices.end(tx, SUBJECT, str(merged), at=at)
    touched = dict.fromkeys([*placing.placed.values(), *placing.merged.values()])
    left = [one for one in touched if one not in placing.merged]
    bring_up_to_date(tx, left, at=at, console_url=console_url)


@dataclass(kw_only=True, slots=True)
class _Placing:
    """Which alert goes where: `held` are in an incident already, `begun` are the new ones by their first alert.

    `merged` incidents turned out to be one with another, for an alert is near to both.
    """

    held: dict[UUID, UUID]
    growing: list[rows.GrowingIncident]
    begun: dict[UUID, Alert] = field(default_factory=dict)
    placed: dict[UUID, UUID] = field(default_factory=dict)
    merged: dict[UUID, UUID] = field(default_factory=dict)

    def place(self, alert: Alert, near: Collection[int], at: datetime) -> None:
        """Put an alert into its incident; what it connects becomes one, as long as that is not too large."""
        if alert.alert_id in self.held:
            self._put(alert, self._now(self.held[alert.alert_id]))
            return
        joins = [one for one in self.growing if one.size < RULES.most and not one.asset_ids.isdisjoint(near)]
        if not joins:
            first = self._begin(alert, at)
        else:
            first, *others = joins
            for other in others:
                self._merge(other, first)
        first.size += 1
        first.asset_ids.add(alert.asset_id)
        self._put(alert, first.incident_id)

    def _put(self, alert: Alert, incident_id: UUID) -> None:
        self.held[alert.alert_id] = self.placed[alert.alert_id] = incident_id

    def _now(self, incident_id: UUID) -> UUID:
        return self.merged.get(incident_id, incident_id)

    def _begin(self, alert: Alert, at: datetime) -> rows.GrowingIncident:
        new = rows.GrowingIncident(
            incident_id=uuid5(alert.alert_id, f"incident {at.isoformat()}"), size=0, is_told=False, asset_ids=set()
        )
        self.begun[new.incident_id] = alert
        self.growing.append(new)
        return new

    def _merge(self, other: rows.GrowingIncident, into: rows.GrowingIncident) -> None:
        if into.size + other.size >= RULES.most:
            return
        into.size += other.size
        into.asset_ids |= other.asset_ids
        self.growing.remove(other)
        gone = other.incident_id
        self.merged[gone] = into.incident_id
        self.merged |= {one: into.incident_id for one, held in self.merged.items() if held == gone}
        self.placed |= {one: into.incident_id for one, held in self.placed.items() if held == gone}
        self.held |= {one: into.incident_id for one, held in self.held.items() if held == gone}
