"""Look at what failed, and open requests for a change of design where one kind of machine fails too often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from lifecycle import ledger
from lifecycle.feedback.deciding import DesignRequestMoved
from lifecycle.feedback.rates import FailureRate, FeedbackRules, deserves_request, doubt_that_worse, others
from plant.clock import Clock, iso
from plant.iso14224 import FAILURE_MODES
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Database, Transaction
from storage.notices import design, notices
from storage.notices.design import MachineGroup
from storage.work.orders import order_number


def look(database: Database, clock: Clock, rules: FeedbackRules | None = None, *, console_url: str = "") -> list[int]:
    """Open what requests there should be, each site in a transaction of its own; return their numbers."""
    rules, now = rules or FeedbackRules(), clock.now()
    with database.transaction() as tx:
        found = design.groups(tx, since=now - rules.window, until=now)
    opened = []
    for _, of_site in groupby(found, key=lambda one: one.site):
        with database.transaction() as tx:
            opened += _look_at(tx, list(of_site), rules, now, console_url)
    return opened


def _look_at(
    tx: Transaction, groups: Sequence[MachineGroup], rules: FeedbackRules, now: datetime, console_url: str
) -> list[int]:
    opened = []
    for _, same in groupby(groups, key=lambda one: (one.class_id, one.failure_mode)):
        kinds = list(same)
        rates = [FailureRate(failures=one.failures, years=one.years) for one in kinds]
        for place, kind in enumerate(kinds):
            rest = others(rates, place)
            if not deserves_request(rates[place], rest, rules, tested=len(groups)):
                continue
            if design.is_decided_since(tx, kind, since=now - rules.rest_after):
                continue
            evidence = _evidence(tx, kind, rates[place], rest, rules, now)
            request_id = design.open_request(tx, kind, evidence, at=now)
            if request_id is not None:
                _tell(tx, kind, request_id, now, console_url)
                opened.append(request_id)
    return opened


def _evidence(
    tx: Transaction, kind: MachineGroup, rate: FailureRate, rest: FailureRate, rules: FeedbackRules, now: datetime
) -> dict[str, Any]:
    return {
        "since": iso(now - rules.window),
        "until": iso(now),
        "machines": kind.machines,
        "orders": [order_number(one) for one in kind.orders],
        "rate": as_json(rate),
        "rest": as_json(rest),
        "doubt": doubt_that_worse(rate, rest),
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
