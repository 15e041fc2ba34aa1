"""Lists of alerts as people want them: filtered, sorted, by the page, what belongs together in one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from plant.alert import Alert
from plant.errors import NotFound
from plant.finding import Assumption, assumption_of
from storage.core.database import Transaction
from storage.core.keyset import After, beyond
from storage.work.alerts import alert_of_row
from storage.work.orders import order_number


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertFilter:
    """Which alerts are wanted; what is None asks nothing. `state` is open, all, or a state of ISA-18.2."""

    state: str = "open"
    site: str | None = None
    area: str | None = None
    asset: str | None = None
    severity: str | None = None
    kind: str | None = None
    text: str | None = None
    sort: str = "newest"
    raised_from: datetime | None = None
    raised_to: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedAlert:
    """An alert with its asset's names and area, and what is `assumed` of its machine, since when in data time.

    `warranty_until` is the last day of the warranty in which it began, None where it began in none.
    """

    alert: Alert
    area: str
    name: str
    name_zh: str
    assumed: Assumption | None
    assumed_since: datetime | None
    warranty_until: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertGroup:
    """What belongs together: the likely root first, then the others as they began. One alert may be a group."""

    group_id: UUID
    members: tuple[ListedAlert, ...]

    @property
    def root(self) -> ListedAlert:
        """Return the likely root."""
        return self.members[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertPage:
    """Some groups of alerts, in order, and how many there are in all."""

    groups: tuple[AlertGroup, ...]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertPlace:
    """A site and one area of it, '' where its assets are in none."""

    site: str
    name: str
    name_zh: str
    area: str


def page_of_alerts(
    tx: Transaction,
    wanted: AlertFilter,
    *,
    now: datetime,
    most: int,
    skip: int = 0,
    after: After | None = None,
    grouped: bool = True,
) -> AlertPage:
    """Return a page of incidents with a wanted alert, each with all its alerts; not `grouped`: of single alerts.

    `after` begins behind an alert, where single alerts are listed the newest first.
    """
    rows = tx.all("alert_list.page", **asdict(wanted), **beyond(after), now=now, most=most, skip=skip, grouped=grouped)
    incidents = [UUID(row["incident_id"]) for row in rows if row["incident_id"]] if grouped else []
    alone = [one for row in rows for one in row["alert_ids"]]
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in tx.all("alert_list.listed", incident_ids=incidents, alert_ids=alone):
        key = row["incident_id"] if grouped and row["incident_id"] else row["alert_id"]
        found.setdefault(key, []).append(row)
    groups = [AlertGroup(group_id=row["group_id"], members=_members(found[row["group_id"]])) for row in rows]
    return AlertPage(groups=tuple(groups), total=rows[0]["total"] if rows else 0)


def listed_alert(tx: Transaction, alert_id: UUID) -> ListedAlert:
    """Return one alert as lists have it.

    Raises:
        NotFound: there is none.
    """
    row = tx.first("alert_list.listed", incident_ids=[], alert_ids=[alert_id])
    if row is None:
        raise NotFound(f"there is no alert {alert_id}")
    return _listed(dict(row))


def places(tx: Transaction) -> list[AlertPlace]:
    """Return the sites and areas in which assets stand."""
    return [AlertPlace(**row) for row in tx.all("alert_list.places")]


def order_of_alert(tx: Transaction, alert_id: UUID) -> str | None:
    """Return the number of the newest work order that an alert led to; None where it led to none."""
    row = tx.first("alert_list.order_of", alert_id=alert_id)
    return order_number(row["order_id"]) if row else None


def _members(rows: Sequence[dict[str, Any]]) -> tuple[ListedAlert, ...]:
    rooted = sorted(rows, key=lambda row: row["alert_id"] != row["root_alert_id"])
    return tuple(_listed(dict(row)) for row in rooted)


def _listed(row: dict[str, Any]) -> ListedAlert:
    onset, cleared, elsewhere = (row.pop(name) for name in ("episode_onset", "episode_cleared", "elsewhere"))
    beside = {name: row.pop(name) for name in ("area", "name", "name_zh", "warranty_until")}
    del row["incident_id"], row["root_alert_id"]
    return ListedAlert(
        alert=alert_of_row(row),
        **beside,
        assumed=assumption_of(cleared, elsewhere=elsewhere) if onset else None,
        assumed_since=cleared or onset,
    )
