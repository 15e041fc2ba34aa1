"""A joint review of a project: what slipped, what failed, what each side owes, and what is decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from lifecycle.handover.gates import deciding_side
from lifecycle.handover.looking import NEEDED, GateView, ProjectView, view_of
from lifecycle.handover.projects import enter_project, held
from lifecycle.review.document import ReviewDocument, ReviewLine, ReviewSection, Tone
from lifecycle.review.lessons import lesson_sections
from lifecycle.review.wording import amount, class_names, gate_name, mode_name, phrase, plain
from plant.clock import Clock
from plant.errors import Conflict, NotFound, Rejected
from plant.notices.notice import Bilingual
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.projects import goals, reviews
from storage.projects import projects as rows
from storage.projects.goals import GoalStanding
from storage.projects.reviews import ReviewDecision
from storage.work.orders import order_number

_WEEK = timedelta(days=7)
_SIDES: tuple[reviews.OwingSide, ...] = ("engineering", "operations")


def draft(
    database: Database, tag: str, *, clock: Clock, since: datetime | None = None, with_lessons: bool = False
) -> ReviewDocument:
    """Look at a project since its last review, or the last week; `with_lessons` adds what it teaches.

    Raises:
        NotFound: there is no such project.
        Rejected: the span is empty.
    """
    with database.transaction() as tx:
        project = rows.get(tx, tag)
        return _document(tx, view_of(tx, project, clock), since, clock.now(), with_lessons=with_lessons)


def hold(
    database: Database,
    tag: str,
    *,
    actor: Principal,
    clock: Clock,
    since: datetime | None = None,
    with_lessons: bool = False,
) -> ReviewDocument:
    """Keep a review as both sides looked at it; the next one begins where it ends.

    Raises:
        Conflict: one was held just now.
        Forbidden: they do not work on this project.
        NotFound: there is no such project.
    """
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        now = clock.now()
        before = reviews.held_reviews(tx, project.project_id)
        if before and before[0].until >= now:
            raise Conflict(f"review {before[0].number} of {tag} was held just now")
        found = _document(tx, view_of(tx, project, clock), since, now, with_lessons=with_lessons)
        kept = found.as_json()
        number = reviews.hold(tx, project.project_id, kept, since=found.since, until=now, at=now, by=actor.name)
        enter_project(tx, "review.held", project, actor, clock, review=number)
        return replace(found, number=number, held_by=actor.name)


def held_review(database: Database, tag: str, number: int) -> ReviewDocument:
    """Return a review as it was held.

    Raises:
        NotFound: there is no such project, or no such review.
    """
    with database.transaction() as tx:
        project = rows.get(tx, tag)
        for one in reviews.held_reviews(tx, project.project_id):
            if one.number == number:
                span = {"since": one.since, "until": one.until, "number": number, "held_by": one.held_by}
                return ReviewDocument.of_json(one.content, project=tag, site=project.site, **span)
    raise NotFound(f"there is no review {number} of {tag}")


def _document(
    tx: Transaction, view: ProjectView, since: datetime | None, until: datetime, *, with_lessons: bool
) -> ReviewDocument:
    project = view.project
    before = reviews.held_reviews(tx, project.project_id)
    begin = since or (before[0].until if before else until - _WEEK)
    if begin >= until:
        raise Rejected("empty_span", "a review begins before it ends")
    open_ones = reviews.decisions(tx, project.project_id, since=begin)
    sections = [
        _section("goals", _goals(tx, view, until)),
        _section("slipped", [*_slipped(tx, view, begin), *_late(view, until.date())]),
        _section("failed", _failed(tx, view, begin, until)),
        *(_section(f"owes_{side}", _owed(tx, view, side, open_ones, until.date())) for side in _SIDES),
        _section("decisions", [_decision(one, until.date()) for one in open_ones]),
    ]
    if with_lessons:
        sections += lesson_sections(tx, view, at=until)
    return ReviewDocument(
        project=project.tag, name=project.name, site=project.site, since=begin, until=until, sections=sections
    )


def _section(key: str, lines: Sequence[ReviewLine] | Iterator[ReviewLine]) -> ReviewSection:
    return ReviewSection(key=key, title=phrase(key), lines=list(lines))


def _goals(tx: Transaction, view: ProjectView, at: datetime) -> Iterator[ReviewLine]:
    standing = goals.standing(tx, view.project.project_id, at=at)
    for one in standing:
        yield ReviewLine(what=phrase(f"measure_{one.measure.value}"), detail=_goal(one), tone=_tone(one))
    for proposed in goals.newest(tx, view.project.project_id):
        if proposed.engineering_by and proposed.operations_by:
            continue
        sides = {
            side: phrase("agreed_by", who=who) if who else phrase("not_agreed")
            for side, who in (("engineering", proposed.engineering_by), ("operations", proposed.operations_by))
        }
        said = phrase("goal_proposed", target=amount(proposed.measure, proposed.target), **sides)
        yield ReviewLine(what=phrase(f"measure_{proposed.measure.value}"), detail=said)


def _goal(one: GoalStanding) -> Bilingual:
    values = {name: amount(one.measure, getattr(one, name), one.currency) for name in ("actual", "target", "before")}
    said, trend = phrase("goal_at", **values), phrase(f"trend_{one.trend}")
    return Bilingual(en=f"{said.en} ({trend.en})", zh=f"{said.zh}（{trend.zh}）")


def _tone(one: GoalStanding) -> Tone:
    if one.is_met is None:
        return "plain"
    return "good" if one.is_met else "alarm"


def _slipped(tx: Transaction, view: ProjectView, since: datetime) -> Iterator[ReviewLine]:
    before = {row["key"]: row["stands"] for row in rows.milestones_at(tx, view.project.project_id, at=since)}
    for one in view.milestones:
        moved = (one.stands - before[one.key]).days if one.stands and before.get(one.key) else 0
        if moved and one.stands:
            tone: Tone = "warning" if moved > 0 else "good"
            yield ReviewLine(what=plain(one.name), detail=phrase("moved", stands=one.stands, days=moved), tone=tone)
        elif one.slip_days and one.slip_days > 0 and one.actual is None:
            said = phrase("slip", stands=one.stands, days=one.slip_days)
            yield ReviewLine(what=plain(one.name), detail=said, tone="warning")


def _late(view: ProjectView, today: date) -> Iterator[ReviewLine]:
    for one in view.gates:
        if not one.is_passed and one.due is not None and one.due < today:
            what = phrase("gate_late", gate=gate_name(one.gate.value))
            yield ReviewLine(what=what, detail=phrase("late_since", due=one.due), tone="warning")


def _failed(tx: Transaction, view: ProjectView, since: datetime, until: datetime) -> Iterator[ReviewLine]:
    project_id = view.project.project_id
    for one in reviews.failures(tx, project_id, since=since, until=until):
        said = phrase("failure", at=f"{one.failed_at:%Y-%m-%d}", mode=mode_name(one.failure_mode))
        order = f" {order_number(one.order_id)}" if one.order_id is not None else ""
        yield ReviewLine(what=plain(f"{one.asset}{order}"), detail=said, tone="alarm")
    for asset, count in reviews.alerts(tx, project_id, since=since, until=until).items():
        yield ReviewLine(what=plain(asset), detail=phrase("alerts", count=count))


def _owed(
    tx: Transaction, view: ProjectView, side: reviews.OwingSide, decided: Sequence[ReviewDecision], today: date
) -> Iterator[ReviewLine]:
    for gate in view.gates:
        if gate.is_next:
            yield from (_due(what, gate.due, today) for what in _of_gate(view, gate, side))
    if side == "engineering":
        yield from _owed_by_engineering(tx, view, today)
    for order in reviews.open_orders(tx, view.project.project_id):
        if order.is_engineering == (side == "engineering"):
            what = phrase("order", number=order_number(order.order_id), asset=order.asset, title=order.title)
            yield _due(what, order.requested_finish.date(), today)
    for decision in decided:
        if decision.side == side and decision.done_at is None:
            yield _due(phrase("decision", number=decision.decision_id, text=decision.text), decision.due, today)


def _owed_by_engineering(tx: Transaction, view: ProjectView, today: date) -> Iterator[ReviewLine]:
    for punch in view.punches:
        if punch.closed_at is None:
            what = phrase("punch", category=punch.category, number=punch.punch_id, text=punch.text)
            yield _due(what, punch.carried_to, today)
    names = class_names(tx)
    for request in reviews.open_requests(tx, view.project.project_id):
        mode = mode_name(request.failure_mode)
        what = phrase("request", number=request.request_id, asset_class=names[request.asset_class], mode=mode)
        yield _due(what, None, today)


def _of_gate(view: ProjectView, one: GateView, side: str) -> Iterator[Bilingual]:
    """Say what the next gate wants of a side: what it delivers, its word, or its signature."""
    if one.gate in NEEDED:
        signed = {known.side for known in view.signatures if known.gate == one.gate.value and known.voided_at is None}
        if side in NEEDED[one.gate] - signed:
            yield phrase("sign_gate", gate=gate_name(one.gate.value))
        return
    if one.lacks and one.rule.delivers == side:
        yield from (lack.said for lack in one.lacks)
    elif not one.lacks and deciding_side(one.gate) == side:
        yield phrase("pass_gate", gate=gate_name(one.gate.value))


def _due(what: Bilingual, due: date | None, today: date) -> ReviewLine:
    if due is None:
        return ReviewLine(what=what)
    if due < today:
        return ReviewLine(what=what, detail=phrase("late_since", due=due), tone="warning")
    return ReviewLine(what=what, detail=phrase("due", due=due))


def _decision(one: ReviewDecision, today: date) -> ReviewLine:
    what = phrase("decision", number=one.decision_id, text=one.text)
    if one.done_at is not None:
        return ReviewLine(what=what, detail=phrase("decision_done", who=one.done_by, outcome=one.outcome), tone="good")
    said = phrase("decision_open", owner=one.owner, due=one.due, reviews=one.reviews)
    return ReviewLine(what=what, detail=said, tone="warning" if one.due < today else "plain")
