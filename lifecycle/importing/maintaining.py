"""What comes again at assets: jobs of a class that say how often become maintenance plans of its assets."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from lifecycle.importing.facts import Facts, JobPlanFact, Recurrence, RowFault
from plant.orders.maintenance_plan import MaintenancePlan
from storage.core.database import Transaction
from storage.orders.maintenance_plans import list_plans, put_plans
from storage.register import facts as held_facts
from storage.register.assets import time_zone_of

_BEGINS_AT = time(8)
_HOURS = "h"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Held:
    """What stands at a site: plans by asset and tag, assets by class, and the signal in which an asset counts hours."""

    plans: dict[tuple[str, str], MaintenancePlan]
    assets: dict[str, list[str]]
    counts_hours: dict[str, str]
    today: date


def put_maintenance(
    tx: Transaction, facts: Facts, *, at: datetime, by: str, count: Callable[[str, Sequence[str]], None]
) -> list[RowFault]:
    """Put the maintenance plans that facts say; what counts hours at an asset that counts none is a fault.

    A plan that is held keeps what a file does not say: its begin, team and priority. When it is due is found out by the
    rounds over plans.
    """
    again = [one for one in facts.job_plans if one.again is not None]
    if not again and not facts.maintenance:
        return []
    held = _held(tx, facts.site.tag, at)
    faults: list[RowFault] = []
    wanted = {(one.asset, one.plan.tag): replace(one.plan, asset=one.asset) for one in facts.maintenance}
    for job in again:
        for plan in _of_class(job, held, ChainMap(wanted, held.plans), faults):
            wanted[plan.asset, plan.tag] = plan
    other = [plan for key, plan in wanted.items() if held.plans.get(key) != plan]
    count("maintenance plan", list(put_plans(tx, facts.site.tag, other, at=at, by=by)))
    count("maintenance plan", ["left"] * (len(wanted) - len(other)))
    return faults


def _held(tx: Transaction, site: str, at: datetime) -> _Held:
    assets: dict[str, list[str]] = {}
    for tag, one in held_facts.held_assets(tx, site).items():
        if not one.is_retired:
            assets.setdefault(one.asset.class_tag, []).append(tag)
    hours = {
        asset: key for (asset, key), (signal, _) in held_facts.held_signals(tx, site).items() if signal.unit == _HOURS
    }
    plans = {(one.plan.asset, one.plan.tag): one.plan for one in list_plans(tx, site=site)}
    today = at.astimezone(ZoneInfo(time_zone_of(tx, site))).date()
    return _Held(plans=plans, assets=assets, counts_hours=hours, today=today)


def _of_class(
    job: JobPlanFact, held: _Held, plans: Mapping[tuple[str, str], MaintenancePlan], faults: list[RowFault]
) -> Iterator[MaintenancePlan]:
    without: list[str] = []
    for asset in held.assets.get(job.plan.class_tag, ()):
        before = plans.get((asset, job.plan.tag))
        plan = before or MaintenancePlan(asset=asset, tag=job.plan.tag, name=job.plan.name, name_zh=job.plan.name_zh)
        again = job.again or Recurrence()
        if again.hours is not None and again.hours % 24 == 0 and asset not in held.counts_hours:
            again = Recurrence(rule=f"FREQ=DAILY;INTERVAL={again.hours // 24:.0f}")
        if again.hours is None:
            begins = _begins(again, before, held.today)
            yield replace(plan, job_plan=job.plan.tag, rule=again.rule, begins=begins, signal="", every=None)
        elif asset in held.counts_hours:
            signal = plan.signal or held.counts_hours[asset]
            yield replace(plan, job_plan=job.plan.tag, rule="", begins=None, signal=signal, every=again.hours)
        else:
            without.append(asset)
    if without:
        what = f"job {job.plan.tag} comes again by running hours, which {', '.join(without[:5])} do not count"
        faults.append(RowFault(what=what, mend="give them a signal in h, or say it in days", origin=job.origin))


def _begins(again: Recurrence, before: MaintenancePlan | None, today: date) -> datetime:
    """Return when a plan of the calendar begins: as it is held, else the first turn that is still to come.

    >>> monthly = Recurrence(rule="FREQ=MONTHLY;INTERVAL=1", begins=date(2026, 1, 31))
    >>> _begins(monthly, None, date(2026, 3, 5)).isoformat()
    '2026-03-31T08:00:00'
    >>> _begins(Recurrence(rule="FREQ=MONTHLY;INTERVAL=3"), None, date(2026, 3, 5)).isoformat()
    '2026-06-05T08:00:00'
    """
    is_ahead = again.begins is not None and again.begins >= today
    if before is not None and before.begins is not None and before.rule == again.rule and not is_ahead:
        return before.begins
    first = again.begins or today + timedelta(days=again.first_after_days or 0)
    begins = datetime.combine(first, _BEGINS_AT)
    if again.begins is None and again.first_after_days is not None:
        return begins
    since = datetime.combine(today, time(23)) if again.begins is None else datetime.combine(today, time())
    return rrulestr(again.rule, dtstart=begins).after(since) or begins
