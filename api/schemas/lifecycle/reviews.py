"""The documents about goals, joint reviews and what a project teaches."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field

from api.schemas.dispatch.notices import BilingualShape
from api.schemas.instants import Day
from api.schemas.shape import Nothing, PlainText, Shape
from lifecycle.review.document import ReviewDocument, Tone
from storage.projects.goals import Measure, Trend
from storage.projects.recommendations import Assumed, RecommendedKind


class ReviewLineShape(Shape):
    """What a line is about, what is said of it, and how good that is."""

    what: BilingualShape
    detail: BilingualShape
    tone: Tone


class ReviewSectionShape(Shape):
    """Lines that belong together; `key` names the section in every language."""

    key: str = Field(examples=["owes_engineering"])
    title: BilingualShape
    lines: list[ReviewLineShape]


class ReviewShape(Shape):
    """A review of a project; `number` is null while it was not held."""

    project: str
    name: str
    site: str
    since: datetime
    until: datetime
    number: int | None
    held_by: str | None
    sections: list[ReviewSectionShape]

    @classmethod
    def of(cls, review: ReviewDocument) -> Self:
        """Show a review."""
        return cls.model_validate(review)


class HoldWanted(Nothing):
    """Hold a review of what has been since the last one, or since another instant."""

    since: datetime | None = None
    lessons: bool = Field(default=False, description="With what the project teaches.")


class DecisionWanted(Nothing):
    """What has to be decided or done, whose it is, and by when."""

    text: PlainText = Field(min_length=1, max_length=2000)
    side: Literal["engineering", "operations"]
    owner: PlainText = Field(min_length=1, max_length=200)
    due: Day


class DecisionShape(Shape):
    """A decision; it comes back in each review until it is done."""

    decision_id: int
    text: str
    side: str
    owner: str
    due: date
    raised_at: datetime
    raised_by: str
    outcome: str | None
    done_at: datetime | None
    done_by: str | None
    reviews: int = Field(description="In how many reviews it has been while it was open.")


class OutcomeWanted(Nothing):
    """What came of a decision, or was found at a check."""

    outcome: PlainText = Field(min_length=1, max_length=2000)


class GoalWanted(Nothing):
    """A goal: days late, cost, kWh a day, availability from 0 to 1, or failures in the first month of service."""

    measure: Measure
    target: float = Field(ge=0, lt=1e12, allow_inf_nan=False)


class SideWanted(Nothing):
    """For which side somebody speaks."""

    side: Literal["engineering", "operations"]


class GoalShape(Shape):
    """The newest goal of a measure; it counts once both sides have agreed."""

    goal_id: int
    measure: Measure
    target: float
    proposed_at: datetime
    proposed_by: str
    engineering_by: str | None
    operations_by: str | None


class GoalStandingShape(Shape):
    """A goal that counts: what is reached, and what was a week before; null where nobody can say yet."""

    measure: Measure
    target: float
    currency: str
    actual: float | None
    before: float | None
    is_met: bool | None
    trend: Trend


class GoalsShape(Shape):
    """The goals of a project: those that count, and the newest of each measure."""

    standing: list[GoalStandingShape]
    newest: list[GoalShape]


class AssumptionWanted(Nothing):
    """What the design counts with for one machine of a class."""

    asset_class: str = Field(min_length=1, max_length=200)
    what: Assumed
    value: float = Field(ge=0, lt=1e12, allow_inf_nan=False)
    part: str = Field(default="", max_length=100, description="The part, where it is about parts.")


class NewRecommendation(Nothing):
    """What later projects with machines of a class are to have: a class of documents, training, a part, or a check."""

    asset_class: str = Field(min_length=1, max_length=200)
    kind: RecommendedKind
    what: PlainText = Field(min_length=1, max_length=2000)
    because: PlainText = Field(min_length=1, max_length=2000)
    quantity: Decimal = Field(default=Decimal(1), gt=0, le=1_000_000, max_digits=12, decimal_places=3)


class RecommendationShape(Shape):
    """What a project recommends; accepted, it is a requirement of later ones. `answer` is this one's, to a check."""

    recommendation_id: int
    origin: str
    asset_class: str
    kind: RecommendedKind
    what: str
    quantity: Decimal
    because: str
    proposed_at: datetime
    proposed_by: str
    is_accepted: bool | None
    decided_at: datetime | None
    decided_by: str | None
    answer: str | None
    answered_by: str | None


class RecommendationsShape(Shape):
    """What a project recommends, and what it took over from earlier ones."""

    made: list[RecommendationShape]
    taken_over: list[RecommendationShape]


class Acceptance(Nothing):
    """Whether a recommendation is accepted."""

    is_accepted: bool
