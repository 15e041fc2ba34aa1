"""The register of a site as of any day, and what changed in it between two days: who, when and from which file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lifecycle.importing.difference import ItemChange, item_change
from plant.errors import Rejected
from storage.core.database import Transaction
from storage.register import register_changes as rows
from storage.register.assets import time_zone_of
from storage.register.register_changes import RegisterChange


@dataclass(frozen=True, kw_only=True, slots=True)
class NotedChange:
    """What became of one item between two days, and each change on the way, the oldest first."""

    change: ItemChange
    by: Sequence[RegisterChange]


def end_of_day(tx: Transaction, site: str, day: date) -> datetime:
    """Return the instant at which a day of the site ends; raises `NotFound` where there is no such site."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone_of(tx, site)))


def register_on(tx: Transaction, site: str, day: date) -> list[RegisterChange]:
    """Return every item of a site as it stood at the end of a day, with whoever said it last.

    Raises:
        NotFound: there is no such site.
        Rejected: changes were not noted by then, so that nobody knows.
    """
    until = end_of_day(tx, site, day)
    since = rows.noted_since(tx, site)
    if since is None or until <= since:
        raise Rejected("not_noted", f"changes are noted since {since:%Y-%m-%d}" if since else "nothing is registered")
    return rows.stood(tx, site, until)


def compare_days(tx: Transaction, site: str, first: date, second: date) -> list[NotedChange]:
    """Return what changed from the end of one day to the end of another, item by item.

    Raises:
        NotFound: there is no such site.
        Rejected: the second day is not after the first.
    """
    if second <= first:
        raise Rejected("bad_days", f"{second} is not after {first}")
    since, until = end_of_day(tx, site, first), end_of_day(tx, site, second)
    noted: dict[tuple[str, str], list[RegisterChange]] = {}
    for one in rows.between(tx, site, since, until):
        noted.setdefault((one.kind, one.item), []).append(one)
    found = []
    for (kind, item), changes in sorted(noted.items()):
        change = item_change(kind, item, changes[0].before, changes[-1].said)
        if change is not None:
            found.append(NotedChange(change=change, by=changes))
    return found
