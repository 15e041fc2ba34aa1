"""What happens together is one incident, with its likely root first; what comes too fast is one flood."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from plant.alert import Alert
from plant.severity import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """Alerts that belong together, at assets in `areas`.

    `root_alert_id` is the likely root, `severity` the worst of those that stand.
    `told_at` is when people were told of it by itself, None where a flood took it in. `calm_since` is since when none
    of its alerts is open; `looked` sums the revisions of its alerts that were taken into account. `merged_into` is the
    incident that took its alerts over, where both turned out to be one.
    """

    incident_id: UUID
    site_id: int
    site: str
    area: str
    began: datetime
    root_alert_id: UUID
    severity: Severity
    size: int = 1
    flood_id: UUID | None = None
    told_at: datetime | None = None
    calm_since: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    looked: int = 0
    merged_into: UUID | None = None
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Flood:
    """A time in which alerts came faster than one operator of an area can take them in."""

    flood_id: UUID
    site_id: int
    site: str
    area: str
    began: datetime
    ended: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentRules:
    """An incident takes in what comes within `longest` of its begin, at most `most` alerts, within `reach` feeds.

    It is resolved when none of its alerts was open for `calm`. Of alerts that began within `together` the one farthest
    upstream is the root.
    """

    longest: timedelta = timedelta(minutes=30)
    most: int = 500
    reach: int = 3
    calm: timedelta = timedelta(minutes=10)
    together: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class FloodRules:
    """EEMUA 191: `begins_at` in `span` in one operator's area are a flood; fewer than `ends_below` are its end."""

    span: timedelta = timedelta(minutes=10)
    begins_at: int = 10
    ends_below: int = 5


def root_of(alerts: Sequence[Alert], feeds: Collection[tuple[int, int]], rules: IncidentRules) -> Alert:
    """Return the likely root: of the alerts that began soon after the first, the one farthest upstream.

    `feeds` says which of the assets feeds which, also by way of others. Where none is upstream of the other the
    earliest counts, then the worst.
    """
    first = min(one.onset for one in alerts)
    early = [one for one in alerts if one.onset - first <= rules.together]
    assets = {one.asset_id for one in early}
    fed = {to for origin, to in feeds if origin in assets and to in assets and origin != to}
    ahead = [one for one in early if one.asset_id not in fed] or early
    return min(ahead, key=lambda one: (one.onset, -one.severity.rank, one.asset, one.kind))


def is_bundled(severity: Severity, *, told: int, is_in_flood: bool, rules: FloodRules) -> bool:
    """Say whether a new incident goes into the flood's notice; what is critical never does.

    `told` is how many the area was told of within the span.

    >>> is_bundled(Severity.MAJOR, told=10, is_in_flood=False, rules=FloodRules())
    True
    >>> is_bundled(Severity.CRITICAL, told=10, is_in_flood=True, rules=FloodRules())
    False
    """
    return severity is not Severity.CRITICAL and (is_in_flood or told >= rules.begins_at)
