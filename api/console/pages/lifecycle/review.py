"""The joint review of a project, to be looked at together and printed: goals, what slipped and failed, decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from nicegui.element import Element

from api.console.components.elements import box, card, heading, link, words
from api.console.components.forms import look_up, offer
from api.console.components.frame import filling, framed
from api.console.components.handover import deciding
from api.console.visit import Visit
from lifecycle.review import reviewing
from lifecycle.review.document import ReviewDocument, ReviewLine, ReviewSection
from plant.people.rights import Right
from storage.projects import goals as goal_rows
from storage.projects import projects as project_rows
from storage.projects import readiness, recommendations, reviews
from storage.projects.goals import ProposedGoal
from storage.projects.recommendations import Recommendation, RecommendedKind
from storage.projects.reviews import HeldReview, ReviewDecision


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownReview:
    """A review, and what people can do about it: open decisions and goals, recommendations nobody decided on."""

    document: ReviewDocument
    held: Sequence[HeldReview]
    classes: Sequence[str]
    decisions: Sequence[ReviewDecision]
    goals: Sequence[ProposedGoal]
    undecided: Sequence[Recommendation]
    checks: Sequence[Recommendation]


async def show(visit: Visit, tag: str, number: int | None) -> None:
    """Draw the page."""
    with framed(visit, f"{tag} · {visit.t('joint_review')}"):
        await ReviewPage(visit, tag, number, filling(visit, box("stack review", testid="review"))).read()


class ReviewPage:
    """The page's middle, drawn again after each change."""

    def __init__(self, visit: Visit, tag: str, number: int | None, room: Element) -> None:
        self._visit = visit
        self._tag = tag
        self._number = number
        self._room = room

    async def read(self) -> None:
        """Read and show."""
        found = await look_up(self._visit, self._read)
        if found is not None:
            self._room.clear()
            with self._room:
                self._visit.is_about(found.document.site)
                self._draw(found)

    def _read(self) -> ShownReview:
        database, clock = self._visit.parts.database, self._visit.parts.clock
        if self._number is not None:
            document = reviewing.held_review(database, self._tag, self._number)
        else:
            document = reviewing.draft(database, self._tag, clock=clock, with_lessons=True)
        with database.transaction() as tx:
            project_id = project_rows.get(tx, self._tag).project_id
            taken_over = recommendations.taken_over(tx, project_id)
            return ShownReview(
                document=document,
                held=reviews.held_reviews(tx, project_id),
                classes=readiness.classes(tx, project_id),
                decisions=[one for one in reviews.decisions(tx, project_id, since=clock.now()) if one.done_at is None],
                goals=goal_rows.newest(tx, project_id),
                undecided=[one for one in recommendations.recommendations(tx, project_id) if one.is_accepted is None],
                checks=[one for one in taken_over if one.kind is RecommendedKind.CHECK and one.answer is None],
            )

    def _draw(self, shown: ShownReview) -> None:
        visit, review = self._visit, shown.document
        with box("spread"):
            with box("title"):
                heading(visit.t("review_of", name=review.name))
                span = visit.t("review_span", since=f"{review.since:%Y-%m-%d}", until=f"{review.until:%Y-%m-%d}")
                words(f"{review.project} · {review.site} · {span}", "muted")
                if review.number is None:
                    words(visit.t("review_is_draft"), "muted")
                else:
                    words(visit.t("review_was_held", number=review.number, actor=review.held_by), "strong")
            with box("line no-print"):
                self._ways(shown)
        may_act = review.number is None
        for section in review.sections:
            self._section(shown, section, may_act=may_act)

    def _ways(self, shown: ShownReview) -> None:
        visit, review = self._visit, shown.document
        address = f"/handover/{quote(review.project, safe='')}"
        with link(address, "button quiet", testid="to-project"):
            words(visit.t("to_project"))
        for one in shown.held[:6]:
            with link(f"{address}/review?number={one.number}", "button quiet", testid=f"review-{one.number}"):
                words(visit.t("review_number", number=one.number))
        if review.number is not None:
            with link(f"{address}/review", "button quiet", testid="review-now"):
                words(visit.t("review_now"))
        offer(visit, "review_print", deciding.print_page, is_quiet=True)
        if review.number is None and visit.may(Right.WORK_ON_PROJECTS, review.site):
            offer(visit, "review_hold", lambda: deciding.ask_hold(visit, review, self.read))

    def _section(self, shown: ShownReview, section: ReviewSection, *, may_act: bool) -> None:
        visit = self._visit
        with card(section.title.in_language(visit.language.value)):
            with box("lines review-lines", testid=f"section-{section.key}"):
                for line in section.lines:
                    _line(visit, line)
                if not section.lines:
                    words(visit.t("review_nothing"), "muted")
            if may_act:
                with box("line no-print"):
                    self._offers(shown, section.key)

    def _offers(self, shown: ShownReview, key: str) -> None:
        visit, review, done = self._visit, shown.document, self.read
        if key == "decisions":
            deciding.offer_decisions(visit, review, shown.decisions, done)
        elif key == "goals":
            deciding.offer_goals(visit, review, shown.goals, done)
        elif key == "recommendations":
            deciding.offer_recommendations(visit, review, shown.undecided, shown.classes, done)
        elif key == "taken_over":
            deciding.offer_checks(visit, review, shown.checks, done)


def _line(visit: Visit, line: ReviewLine) -> None:
    language = visit.language.value
    with box(f"review-line tone-{line.tone}"):
        words(line.what.in_language(language), "strong")
        words(line.detail.in_language(language), "small")
