"""Engineering accepts with a date, asks, or rejects; a question holds the order's clock until operations answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alerts.dispatch.answering.invitations import AnswerToken, read_token
from alerts.journal import JournalEntry
from alerts.orders.locked_order import LockedOrder, lock_order, refuse_stale, touched, write_revision
from plant.clock import Clock
from plant.errors import Conflict, Forbidden, Rejected
from plant.notices.notice import NoticeSubject
from plant.orders.wording import plain_text, readable
from plant.people.principal import Principal, Recognition
from plant.people.rights import Right
from plant.work_order import WorkOrder
from storage.core.database import Database, Transaction
from storage.notices import answers, escalations, notices
from storage.notices.answers import EngineeringAnswer
from storage.work import orders as order_rows


class AnswerKind(StrEnum):
    """What engineering may answer."""

    ACCEPT = "accept"
    ASK = "ask"
    REJECT = "reject"


EVENTS = {
    AnswerKind.ACCEPT: "engineering_accepted",
    AnswerKind.ASK: "engineering_asked",
    AnswerKind.REJECT: "engineering_rejected",
}
SETTLED = "question_answered"


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenAnswer:
    """What is answered, to which revision of the order; `planned_on` goes with accepting, words with the others."""

    kind: AnswerKind
    revision: int
    planned_on: date | None = None
    said: str = ""


def answer_order(
    database: Database, number: str, given: GivenAnswer, *, team: str, actor: Principal, clock: Clock
) -> WorkOrder:
    """Answer for a team that answers for engineering, as one of it.

    Raises:
        NotFound: there is no such order.
        Forbidden: the order is another team's, or who acts is not of it.
        StaleRevision: the order has moved on since it was read.
        Conflict: it is closed or cancelled, or a question is open already.
        Rejected: a date or words are missing.
    """
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        actor.demand(Right.ANSWER_FOR_ENGINEERING, locked.order.site)
        if team not in actor.teams:
            raise Forbidden(f"{actor.name} is not of the team {team}")
        return _write(tx, locked, given, team=team, actor=actor, way="api", token_id=None, now=clock.now())


def answer_by_token(
    database: Database, token: str, given: GivenAnswer, *, way: str, clock: Clock, number: str = "", team: str = ""
) -> WorkOrder:
    """Answer with a token out of a message. `number` and `team`, where given, must be those of the token.

    The same answer with the same token, as a broker may deliver it twice, changes nothing.

    Raises:
        Forbidden: the token is none of ours, over, or another order's or team's.
        Conflict: it was used before; and what `answer_order` raises.
    """
    now = clock.now()
    with database.transaction() as tx:
        shown = read_token(answers.key(tx), token, now=now)
        if (number and number != shown.number) or (team and team != shown.team):
            raise Forbidden("the token is that of another order or team")
        before = answers.given_with(tx, shown.token_id)
        if before == (given.kind.value, given.revision, given.planned_on, given.said.strip()) and way == "mqtt":
            return order_rows.get_order(tx, shown.number)
        if before is not None:
            raise Conflict("this link or token was used before; each is good for one answer")
        actor = Principal(name=f"{shown.team} ({way})", recognition=Recognition.TOKEN)
        locked = lock_order(tx, shown.number)
        return _write(tx, locked, given, team=shown.team, actor=actor, way=way, token_id=shown.token_id, now=now)


def look_by_token(database: Database, token: str, *, clock: Clock) -> tuple[AnswerToken, WorkOrder, str]:
    """Show the order that a token may answer, and the asset's name.

    Raises:
        Forbidden: the token is none of ours, or over.
        Conflict: it was used before.
    """
    with database.transaction() as tx:
        shown = read_token(answers.key(tx), token, now=clock.now())
        if answers.is_used(tx, shown.token_id):
            raise Conflict("this link or token was used before; each is good for one answer")
        document = order_rows.get_document(tx, shown.number)
        return shown, order_rows.get_order(tx, shown.number), str(document["asset_name"])


def settle_question(database: Database, number: str, said: str, *, actor: Principal, clock: Clock) -> WorkOrder:
    """Answer engineering's question; the order's clock goes on, and its requested finish moves by as long as it waited.

    Raises:
        NotFound: there is no such order.
        Conflict: no question is open.
        Rejected: nothing is said.
    """
    now = clock.now()
    words = plain_text(said, what="answer")
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        since = answers.settle(tx, locked.order.order_id, said=words, by=actor.name, at=now)
        if since is None:
            raise Conflict(f"no question of engineering's is open on {number}")
        escalations.resume(tx, NoticeSubject.ORDER, number, at=now)
        moved = touched(locked.order, actor.name, now, requested_finish=locked.order.requested_finish + (now - since))
        return write_revision(tx, locked, moved, JournalEntry(event=SETTLED, actor=actor.name, at=now, note=words))


def _write(
    tx: Transaction,
    locked: LockedOrder,
    given: GivenAnswer,
    *,
    team: str,
    actor: Principal,
    way: str,
    token_id: str | None,
    now: datetime,
) -> WorkOrder:
    order = locked.order
    said = _checked(given, now)
    if order.team != team or not answers.answers_for_engineering(tx, team):
        raise Forbidden(f"work order {order.number} does not wait for an answer of the team {team}")
    if not order.state.is_open:
        raise Conflict(f"work order {order.number} is {order.state.value}; it needs no answer any more")
    refuse_stale(tx, order, given.revision, {})
    if any(one.is_open for one in answers.of_order(tx, order.order_id)):
        raise Conflict(f"a question is open on {order.number}; operations answer it first")
    answer = EngineeringAnswer(
        order_id=order.order_id,
        revision=given.revision,
        team=team,
        kind=given.kind.value,
        planned_on=given.planned_on,
        said=said,
        way=way,
        token_id=token_id,
        answered_by=actor.name,
        answered_at=now,
    )
    answers.add(tx, answer)
    if given.kind is AnswerKind.ASK:
        escalations.pause(tx, NoticeSubject.ORDER, order.number, at=now)
    else:
        notices.acknowledge(tx, NoticeSubject.ORDER, order.number, at=now, by=actor.name)
    note = f"{given.planned_on.isoformat()} {said}".strip() if given.planned_on else said
    entry = JournalEntry(event=EVENTS[given.kind], actor=actor.name, at=now, note=note)
    return write_revision(tx, locked, touched(order, actor.name, now), entry)


def _checked(given: GivenAnswer, now: datetime) -> str:
    """Return the words of an answer that is whole.

    Raises:
        Rejected: a date or words are missing, or the date has passed.
    """
    if (given.kind is AnswerKind.ACCEPT) != (given.planned_on is not None):
        raise Rejected("date_needed", "who accepts says on which day it is planned; nobody else does")
    if given.planned_on is not None and given.planned_on < now.date():
        raise Rejected("in_the_past", f"{given.planned_on.isoformat()} has passed")
    if given.kind is AnswerKind.ACCEPT:
        return readable(given.said.strip(), what="answer")
    return plain_text(given.said, what="question" if given.kind is AnswerKind.ASK else "reason")
