"""Joint reviews of a project as rows: what was held, what is decided, and what a review looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from storage.core.database import Transaction

OwingSide = Literal["engineering", "operations"]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldReview:
    """A review as it was held; `content` is what was looked at."""

    number: int
    since: datetime
    until: datetime
    held_at: datetime
    held_by: str
    content: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewDecision:
    """What has to be decided or done, whose it is, and by when; it comes back until it is done.

    `reviews` counts in how many it has been while it was open.
    """

    decision_id: int
    text: str
    side: OwingSide
    owner: str
    due: date
    raised_at: datetime
    raised_by: str
    outcome: str | None
    done_at: datetime | None
    done_by: str | None
    reviews: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedAsset:
    """A failure at a project's asset: when it began, and by its order what it was."""

    asset: str
    order_id: int | None
    failed_at: datetime
    failure_mode: str | None
    cause: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenOrder:
    """An open order at a project's asset, and whether it is engineering's."""

    order_id: int
    asset: str
    title: str
    state: str
    severity: str
    requested_finish: datetime
    is_engineering: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenRequest:
    """A request for a change of design that waits for engineering."""

    request_id: int
    asset_class: str
    failure_mode: str
    opened_at: datetime


def hold(
    tx: Transaction,
    project_id: int,
    content: dict[str, Any],
    *,
    since: datetime,
    until: datetime,
    at: datetime,
    by: str,
) -> int:
    """Keep a review as it was held, and return its number."""
    values = {"content": Jsonb(content), "since": since, "until": until, "at": at, "by": by}
    return int(tx.one("reviews.hold", project_id=project_id, **values)["number"])


def held_reviews(tx: Transaction, project_id: int) -> list[HeldReview]:
    """Return the reviews that were held, the newest first."""
    return [HeldReview(**row) for row in tx.all("reviews.held", project_id=project_id)]


def raise_decision(
    tx: Transaction, project_id: int, *, text: str, side: OwingSide, owner: str, due: date, at: datetime, by: str
) -> int:
    """Write a decision down and return its number."""
    values = {"text": text, "side": side, "owner": owner, "due": due, "at": at, "by": by}
    return int(tx.one("reviews.raise_decision", project_id=project_id, **values)["decision_id"])


def finish_decision(tx: Transaction, project_id: int, decision_id: int, outcome: str, *, at: datetime, by: str) -> bool:
    """Say what came of a decision; False where there is no such open one."""
    values = {"decision_id": decision_id, "outcome": outcome, "at": at, "by": by}
    return tx.first("reviews.finish_decision", project_id=project_id, **values) is not None


def decisions(tx: Transaction, project_id: int, *, since: datetime) -> list[ReviewDecision]:
    """Return the open decisions, and those done since an instant after them."""
    return [ReviewDecision(**row) for row in tx.all("reviews.decisions", project_id=project_id, since=since)]


def failures(tx: Transaction, project_id: int, *, since: datetime, until: datetime) -> list[FailedAsset]:
    """Return what failed between two instants."""
    found = tx.all("reviews.failures", project_id=project_id, since=since, until=until)
    return [FailedAsset(**row) for row in found]


def open_orders(tx: Transaction, project_id: int) -> list[OpenOrder]:
    """Return the open orders of a project's assets."""
    return [OpenOrder(**row) for row in tx.all("reviews.orders", project_id=project_id)]


def alerts(tx: Transaction, project_id: int, *, since: datetime, until: datetime) -> dict[str, int]:
    """Return how many alerts were raised between two instants, by asset."""
    found = tx.all("reviews.alerts", project_id=project_id, since=since, until=until)
    return {row["asset"]: row["alerts"] for row in found}


def open_requests(tx: Transaction, project_id: int) -> list[OpenRequest]:
    """Return the requests for a change of design that nobody has decided on."""
    return [OpenRequest(**row) for row in tx.all("reviews.requests", project_id=project_id)]
