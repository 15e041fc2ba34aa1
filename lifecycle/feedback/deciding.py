"""Engineering decides on a request; what it changes is changed by version, and what that brought is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lifecycle import ledger
from lifecycle.feedback.changing import DesignWish, MadeChange, make
from lifecycle.feedback.rates import FailureRate, effect_of
from plant.clock import Clock
from plant.errors import Conflict, Rejected
from plant.notices.notice import NoticeSubject
from plant.orders.wording import plain_text
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.notices import design, notices
from storage.notices.design import DesignRequest
from storage.register.register_changes import begin_request

_BEFORE = timedelta(days=730)


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignRequestMoved:
    """A request for a change of design was opened, accepted with changes, or rejected."""

    event: str
    actor: str
    request_id: int
    changes: Sequence[MadeChange] = ()

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        said = {"event": f"design_request.{self.event}", "actor": self.actor, "request": self.request_id}
        changed = [{"kind": one.kind, "what": one.what, "after": one.after} for one in self.changes]
        return said | ({"changes": changed} if changed else {})


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """The rate before and after a change, and what it brought."""

    before: FailureRate
    after: FailureRate
    verdict: str


def accept(
    database: Database,
    request_id: int,
    wishes: Sequence[DesignWish],
    *,
    reason: str,
    actor: Principal,
    clock: Clock,
) -> DesignRequest:
    """Accept a request and make its changes, all or none.

    Raises:
        NotFound: there is no such request, signal, job plan or part.
        Forbidden: who acts does not answer for engineering at its site.
        Conflict: it was decided before, or a job plan has another version by now.
        Rejected: nothing is changed, or a change makes no sense.
    """
    if not wishes:
        raise Rejected("no_change", "say what changes: a limit, the job plan, the spare list or a requirement")
    with database.transaction() as tx:
        now, by = clock.now(), actor.name
        request = _decide(tx, request_id, "accepted", reason, actor, now)
        begin_request(tx, request_id, at=now, by=by)
        made = [make(tx, request, wish, at=now, by=by) for wish in wishes]
        for one in made:
            design.add_change(
                tx, request_id, kind=one.kind, what=one.what, before=one.before, after=one.after, at=now, by=by
            )
        _enter(tx, request, "accepted", actor, now, made)
    return request


def reject(database: Database, request_id: int, *, reason: str, actor: Principal, clock: Clock) -> DesignRequest:
    """Reject a request with a reason.

    Raises:
        NotFound, Forbidden, Conflict: as `accept` does.
        Rejected: no reason is given.
    """
    with database.transaction() as tx:
        request = _decide(tx, request_id, "rejected", reason, actor, clock.now())
        _enter(tx, request, "rejected", actor, clock.now())
        return request


def _decide(
    tx: Transaction, request_id: int, state: str, reason: str, actor: Principal, now: datetime
) -> DesignRequest:
    request = design.get_request(tx, request_id)
    actor.demand(Right.ANSWER_FOR_ENGINEERING, request.site)
    words = plain_text(reason, what="reason")
    if not design.decide(tx, request_id, state=state, at=now, by=actor.name, reason=words):
        raise Conflict(f"the request {request_id} was {request.state} before")
    notices.acknowledge(tx, NoticeSubject.REQUEST, f"DR-{request_id}", at=now, by=actor.name)
    notices.end(tx, NoticeSubject.REQUEST, f"DR-{request_id}", at=now)
    return design.get_request(tx, request_id)


def _enter(
    tx: Transaction,
    request: DesignRequest,
    event: str,
    actor: Principal,
    now: datetime,
    made: Sequence[MadeChange] = (),
) -> None:
    moved = DesignRequestMoved(event=event, actor=actor.name, request_id=request.request_id, changes=made)
    ledger.append(tx, request.site, moved, now)


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
