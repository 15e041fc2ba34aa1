"""Engineering decides on a request; what it changes is changed by version, and what that brought is measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lifecycle import ledger
from lifecycle.feedback.rates import FailureRate, effect_of
from plant.clock import Clock
from plant.errors import Conflict, NotFound, Rejected
from plant.notices.notice import NoticeSubject
from plant.orders.wording import plain_text
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.notices import design, notices
from storage.notices.design import DesignRequest

_BEFORE = timedelta(days=730)
KINDS_OF_WORDS = ("job_plan", "spares", "requirement")


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignRequestMoved:
    """A request for a change of design was opened, accepted or rejected."""

    event: str
    actor: str
    request_id: int

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {"event": f"design_request.{self.event}", "actor": self.actor, "request": self.request_id}


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitChange:
    """New limits of a signal at the machines of the request; None takes a limit away."""

    signal: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WordedChange:
    """What changes in the job plan, the spare list or the requirements of the class, in words."""

    kind: str
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """The rate before and after a change, and what it brought."""

    before: FailureRate
    after: FailureRate
    verdict: str


def accept(
    database: Database,
    request_id: int,
    changes: Sequence[LimitChange | WordedChange],
    *,
    reason: str,
    actor: Principal,
    clock: Clock,
) -> DesignRequest:
    """Accept a request and make its changes, all or none.

    Raises:
        NotFound: there is no such request, or no machine has such a signal.
        Forbidden: who acts does not answer for engineering at its site.
        Conflict: it was decided before.
        Rejected: nothing is changed, or a change makes no sense.
    """
    if not changes:
        raise Rejected("no_change", "say what changes: a limit, the job plan, the spare list or a requirement")
    with database.transaction() as tx:
        request = _decide(tx, request_id, "accepted", reason, actor, clock)
        for change in changes:
            _make(tx, request, change, actor, clock)
    return request


def reject(database: Database, request_id: int, *, reason: str, actor: Principal, clock: Clock) -> DesignRequest:
    """Reject a request with a reason.

    Raises:
        NotFound, Forbidden, Conflict: as `accept` does.
        Rejected: no reason is given.
    """
    with database.transaction() as tx:
        return _decide(tx, request_id, "rejected", reason, actor, clock)


def _decide(tx: Transaction, request_id: int, state: str, reason: str, actor: Principal, clock: Clock) -> DesignRequest:
    request, now = design.get_request(tx, request_id), clock.now()
    actor.demand(Right.ANSWER_FOR_ENGINEERING, request.site)
    words = plain_text(reason, what="reason")
    if not design.decide(tx, request_id, state=state, at=now, by=actor.name, reason=words):
        raise Conflict(f"the request {request_id} was {request.state} before")
    notices.acknowledge(tx, NoticeSubject.REQUEST, f"DR-{request_id}", at=now, by=actor.name)
    notices.end(tx, NoticeSubject.REQUEST, f"DR-{request_id}", at=now)
    ledger.append(tx, request.site, DesignRequestMoved(event=state, actor=actor.name, request_id=request_id), now)
    return design.get_request(tx, request_id)


def _make(
    tx: Transaction, request: DesignRequest, change: LimitChange | WordedChange, actor: Principal, clock: Clock
) -> None:
    at, by = clock.now(), actor.name
    if isinstance(change, LimitChange):
        before, after = _set_limits(tx, request, change), {"low": change.low, "high": change.high}
        design.add_change(
            tx, request.request_id, kind="limit", what=change.signal, before=before, after=after, at=at, by=by
        )
        return
    if change.kind not in KINDS_OF_WORDS:
        raise Rejected("bad_kind", f"{change.kind} is none of {', '.join(KINDS_OF_WORDS)}")
    said = plain_text(change.said, what=change.kind)
    design.add_change(tx, request.request_id, kind=change.kind, what=said, before=None, after=said, at=at, by=by)


def _set_limits(tx: Transaction, request: DesignRequest, change: LimitChange) -> list[dict[str, object]]:
    """Set a signal's limits at every machine of the request, and return what they were."""
    for limit in (change.low, change.high):
        if limit is not None and not math.isfinite(limit):
            raise Rejected("bad_limit", "a limit is a number")
    if change.low is not None and change.high is not None and change.low >= change.high:
        raise Rejected("bad_limit", f"low {change.low} is not below high {change.high}")
    found = design.limits(tx, request, change.signal)
    if not found:
        raise NotFound(f"no machine of the request has a signal {change.signal}")
    for one in found:
        design.set_limit(tx, one["signal_id"], low=change.low, high=change.high)
    return [{"asset": one["asset"], "low": one["low"], "high": one["high"]} for one in found]


def effect(tx: Transaction, request: DesignRequest, *, clock: Clock) -> Effect | None:
    """Measure what an accepted request brought: its failures and years before the decision, and since.

    None where it was not accepted.
    """
    if request.state != "accepted" or request.decided_at is None:
        return None
    before = _rate(tx, request, since=request.decided_at - _BEFORE, until=request.decided_at)
    after = _rate(tx, request, since=request.decided_at, until=clock.now())
    return Effect(before=before, after=after, verdict=effect_of(before, after))


def _rate(tx: Transaction, request: DesignRequest, *, since: datetime, until: datetime) -> FailureRate:
    kind = (request.class_id, request.failure_mode, request.manufacturer, request.model, request.context)
    found = design.groups(tx, since=since, until=until, site=request.site, also=request.failure_mode)
    for one in found:
        if (one.class_id, one.failure_mode, one.manufacturer, one.model, one.context) == kind:
            return FailureRate(failures=one.failures, years=one.years)
    return FailureRate(failures=0, years=0.0)
