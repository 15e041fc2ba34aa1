"""Look at what failed, and open requests for a change of design where one kind of machine fails too often; hourly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from procrastinate import Blueprint

from lifecycle import ledger
from lifecycle.feedback.deciding import DesignRequestMoved, Effect, effect
from lifecycle.feedback.rates import FailureRate, FeedbackRules, deserves_request, doubt_that_worse
from plant.backoff import GrowingWait
from plant.clock import Clock, iso
from plant.iso14224 import FAILURE_MODES
from plant.notices.notice import ENGINEERING_TEAM, Bilingual, Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Database, Transaction
from storage.core.jobs import RetryWhileUnavailable
from storage.notices import design, notices
from storage.notices.design import DesignRequest, MachineGroup
from storage.work.orders import order_number

NAMESPACE = "feedback"
_LOOK = "look_at_failures"
_A_FEW_TIMES = RetryWhileUnavailable(wait=GrowingWait(first_s=10.0, most_s=60.0), most_retries=5)


def look(database: Database, clock: Clock, rules: FeedbackRules | None = None, *, console_url: str = "") -> list[int]:
    """Open what requests there should be, each in a transaction of its own; return their numbers.

    People are told what accepted ones brought, once that is known.
    """
    rules, now = rules or FeedbackRules(), clock.now()
    with database.transaction() as tx:
        found = design.groups(tx, since=now - rules.window, until=now)
    opened = []
    for _, same in groupby(found, key=lambda one: (one.class_id, one.failure_mode)):
        fleet = list(same)
        for kind in fleet:
            compared = compare(kind, fleet)
            if not deserves_request(compared.here, compared.rest, rules, tested=len(found)):
                continue
            with database.transaction() as tx:
                request_id = _open(tx, kind, compared, rules, now)
                if request_id is not None:
                    _tell(tx, kind, request_id, now, console_url)
                    opened.append(request_id)
    _tell_effects(database, clock, console_url)
    return opened


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """The rate of machines at a site, of the same maker's model at the other sites, and of the rest of the fleet.

    `sites` is how many sites the fleet stands at.
    """

    here: FailureRate
    elsewhere: FailureRate
    rest: FailureRate
    sites: int


def compare(kind: MachineGroup, fleet: Sequence[MachineGroup]) -> Compared:
    """Set machines against all of their class at every site.

    The same maker's model at another site may have the same fault, so that it is counted by itself and not among the
    rest. Machines that nobody described are the same as no others.
    """
    others = [one for one in fleet if one is not kind]
    is_described = bool(kind.manufacturer or kind.model)
    same = [
        one
        for one in others
        if is_described
        and one.site_id != kind.site_id
        and (one.manufacturer, one.model) == (kind.manufacturer, kind.model)
    ]
    return Compared(
        here=_rate([kind]),
        elsewhere=_rate(same),
        rest=_rate([one for one in others if one not in same]),
        sites=len({one.site_id for one in fleet}),
    )


def _rate(groups: Sequence[MachineGroup]) -> FailureRate:
    return FailureRate(failures=sum(one.failures for one in groups), years=sum(one.years for one in groups))


def _open(tx: Transaction, kind: MachineGroup, compared: Compared, rules: FeedbackRules, now: datetime) -> int | None:
    if design.is_decided_since(tx, kind, since=now - rules.rest_after):
        return None
    return design.open_request(tx, kind, _evidence(tx, kind, compared, rules, now), at=now)


def _evidence(
    tx: Transaction, kind: MachineGroup, compared: Compared, rules: FeedbackRules, now: datetime
) -> dict[str, Any]:
    return {
        "since": iso(now - rules.window),
        "until": iso(now),
        "machines": kind.machines,
        "orders": [order_number(one) for one in kind.orders],
        "rate": as_json(compared.here),
        "elsewhere": as_json(compared.elsewhere),
        "rest": as_json(compared.rest),
        "sites": compared.sites,
        "doubt": doubt_that_worse(compared.here, compared.rest),
        "threshold": {"failures": rules.least_failures, "a_year": rules.least_a_year, "doubt": rules.doubt},
        "costs": design.costs(tx, kind.orders),
    }


def as_json(rate: FailureRate) -> dict[str, Any]:
    """Write a rate with its interval."""
    return {
        "failures": rate.failures,
        "years": round(rate.years, 4),
        "a_year": rate.a_year,
        "low": rate.low,
        "high": rate.high,
    }


def _tell(tx: Transaction, kind: MachineGroup, request_id: int, now: datetime, console_url: str) -> None:
    machine = " ".join(filter(None, (kind.asset_class, kind.manufacturer, kind.model, kind.context)))
    english, chinese = FAILURE_MODES.get(kind.failure_mode, (kind.failure_mode, kind.failure_mode))
    notice = Notice(
        subject=NoticeSubject.REQUEST,
        subject_id=f"DR-{request_id}",
        severity=Severity.MINOR,
        site=kind.site,
        team=ENGINEERING_TEAM,
        title=Bilingual(
            en=f"A change of design is asked for: {machine}, {english}",
            zh=f"请求设计变更：{machine}，{chinese}",
        ),
        lines=(
            Bilingual(
                en=f"{kind.failures} failures in {kind.years:.1f} machine-years",
                zh=f"{kind.years:.1f} 设备年内失效 {kind.failures} 次",
            ),
        ),
        link=f"{console_url}/engineering" if console_url else None,
    )
    notices.post(tx, notice, tell=True, at=now)
    ledger.append(tx, kind.site, DesignRequestMoved(event="opened", actor="feedback", request_id=request_id), now)


def _tell_effects(database: Database, clock: Clock, console_url: str) -> None:
    """Tell operations and engineering what accepted requests brought, each once, when it is known."""
    with database.transaction() as tx:
        waiting = design.wanting_effect(tx)
    for request in waiting:
        with database.transaction() as tx:
            measured = effect(tx, request, clock=clock)
            if measured is None or measured.verdict == "not_yet_known":
                continue
            if design.note_effect(tx, request.request_id, measured.verdict):
                for team in (None, ENGINEERING_TEAM):
                    notices.post(tx, _effect_notice(request, measured, team, console_url), tell=True, at=clock.now())


def _effect_notice(request: DesignRequest, measured: Effect, team: str | None, console_url: str) -> Notice:
    english, chinese = _EFFECTS[measured.verdict]
    before, after = measured.before, measured.after
    return Notice(
        subject=NoticeSubject.REQUEST,
        subject_id=f"DR-{request.request_id}/effect",
        severity=Severity.WARNING,
        site=request.site,
        team=team,
        title=Bilingual(
            en=f"DR-{request.request_id}, {request.asset_class}: {english}",
            zh=f"DR-{request.request_id}，{request.asset_class}：{chinese}",
        ),
        lines=(
            Bilingual(
                en=f"{before.failures} failures in {before.years:.1f} machine-years before,"
                f" {after.failures} in {after.years:.1f} since",
                zh=f"变更前 {before.years:.1f} 设备年内失效 {before.failures} 次，"
                f"变更后 {after.years:.1f} 设备年内 {after.failures} 次",
            ),
        ),
        link=f"{console_url}/engineering" if console_url else None,
    )


_EFFECTS = {
    "better": ("it fails less often since the change", "变更后失效减少"),
    "worse": ("it fails more often since the change", "变更后失效增多"),
    "no_difference": ("the change made no difference", "变更前后无差异"),
}


def feedback_blueprint(database: Database, clock: Clock, *, console_url: str = "") -> Blueprint:
    """Declare what a worker does for this floor; add it with `namespace=NAMESPACE`.

    A request that is opened links to the console at `console_url`.
    """
    blueprint = Blueprint()

    @blueprint.periodic(cron="17 * * * *")
    @blueprint.task(name=_LOOK, queueing_lock=f"{NAMESPACE}:{_LOOK}", retry=_A_FEW_TIMES)
    def look_at_failures(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        look(database, clock, console_url=console_url)

    return blueprint
