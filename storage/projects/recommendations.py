"""What a project teaches, as rows: what its design assumed beside what came of it, and what it recommends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from plant.errors import NotFound
from storage.core.database import Transaction


class Assumed(StrEnum):
    """What a design counts with, for one machine."""

    FAILURES = "failures_a_year"
    POWER = "power_kw"
    PARTS = "parts_a_year"


class RecommendedKind(StrEnum):
    """What is recommended: a document, training, a spare part, or a check to be answered."""

    DOCUMENT = "document"
    TRAINING = "training"
    SPARE = "spare"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignAssumption:
    """What the design counts with, and what was seen in so many machine-years: a count, or a mean power."""

    asset_class: str
    what: Assumed
    part: str
    value: float
    years: float
    seen: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenLimit:
    """A signal's limits of design beside what was measured."""

    asset: str
    key: str
    name: str
    name_zh: str
    unit: str
    low: float | None
    high: float | None
    lowest: float
    mean: float
    highest: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Recommendation:
    """What a project recommends for the next one with machines of a class; `answer` is this one's, to a check."""

    recommendation_id: int
    origin: str
    asset_class: str
    kind: RecommendedKind
    what: str
    quantity: Decimal
    because: str
    proposed_at: datetime
    proposed_by: str
    proposer: str
    is_accepted: bool | None
    decided_at: datetime | None
    decided_by: str | None
    answer: str | None
    answered_by: str | None


def assume(
    tx: Transaction,
    project_id: int,
    *,
    asset_class: str,
    what: Assumed,
    value: float,
    part: str = "",
    at: datetime,
    by: str,
) -> None:
    """Say what the design counts with."""
    values = {"asset_class": asset_class, "what": what.value, "value": value, "part": part, "at": at, "by": by}
    tx.run("recommendations.assume", project_id=project_id, **values)


def assumptions(tx: Transaction, project_id: int, *, at: datetime) -> list[DesignAssumption]:
    """Return what the design counted with, and what was seen until an instant."""
    found = tx.all("recommendations.assumptions", project_id=project_id, at=at)
    return [DesignAssumption(**{**row, "what": Assumed(row["what"])}) for row in found]


def limits(tx: Transaction, project_id: int, *, at: datetime) -> list[SeenLimit]:
    """Return the limits of every signal that was measured since service began."""
    return [SeenLimit(**row) for row in tx.all("recommendations.limits", project_id=project_id, at=at)]


def recommend(
    tx: Transaction,
    project_id: int,
    *,
    asset_class: str,
    kind: RecommendedKind,
    what: str,
    quantity: Decimal,
    because: str,
    at: datetime,
    by: str,
    proposer: str,
) -> int:
    """Recommend something, and return its number.

    Raises:
        NotFound: there is no such class.
    """
    values = {"asset_class": asset_class, "kind": kind.value, "what": what, "quantity": quantity, "because": because}
    row = tx.first("recommendations.recommend", project_id=project_id, **values, at=at, by=by, proposer=proposer)
    if row is None:
        raise NotFound(f"there is no class {asset_class}")
    return int(row["recommendation_id"])


def decide(
    tx: Transaction, project_id: int, recommendation_id: int, *, is_accepted: bool, at: datetime, by: str
) -> bool:
    """Accept or reject a recommendation; False where that was decided."""
    values = {"recommendation_id": recommendation_id, "is_accepted": is_accepted, "at": at, "by": by}
    return tx.first("recommendations.decide", project_id=project_id, **values) is not None


def recommendations(tx: Transaction, project_id: int) -> list[Recommendation]:
    """Return what a project recommends, the oldest first."""
    return [_recommendation(row) for row in tx.all("recommendations.recommendations", project_id=project_id)]


def taken_over(tx: Transaction, project_id: int) -> list[Recommendation]:
    """Return what earlier projects recommend for the classes of this one, and was accepted."""
    return [_recommendation(row) for row in tx.all("recommendations.taken_over", project_id=project_id)]


def _recommendation(row: dict[str, object]) -> Recommendation:
    return Recommendation(**{**row, "kind": RecommendedKind(str(row["kind"]))})  # type: ignore[arg-type]


def answer_check(
    tx: Transaction, project_id: int, recommendation_id: int, answer: str, *, at: datetime, by: str
) -> None:
    """Say what was found at a check."""
    values = {"recommendation_id": recommendation_id, "answer": answer, "at": at, "by": by}
    tx.run("recommendations.answer_check", project_id=project_id, **values)


def assets_by_class(tx: Transaction, project_id: int) -> dict[str, list[str]]:
    """Return a project's assets by class."""
    found: dict[str, list[str]] = {}
    for row in tx.all("recommendations.assets_of_class", project_id=project_id):
        found.setdefault(row["asset_class"], []).append(row["asset"])
    return found


def first_month(tx: Transaction, tags: Collection[str], *, at: datetime) -> dict[str, float | None]:
    """Return the failures in the first month of service, of the projects that one may see."""
    found = tx.all("recommendations.first_month", tags=list(tags), at=at)
    return {row["project"]: row["failures"] for row in found}
