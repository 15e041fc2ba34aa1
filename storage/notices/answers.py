"""What engineering answered, as rows; a token is good once, and one question is open at a time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from plant.errors import Conflict
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineeringAnswer:
    """One answer of engineering's: `accept` with the day it is planned on, `ask`, or `reject`."""

    order_id: int
    revision: int
    team: str
    kind: str
    planned_on: date | None
    said: str
    way: str
    token_id: str | None
    answered_by: str
    answered_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None
    settled_said: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether it is a question that nobody has answered."""
        return self.kind == "ask" and self.settled_at is None


def key(tx: Transaction) -> bytes:
    """Return the key with which links and tokens are signed."""
    return bytes(tx.one("answers.key")["key"])


def add(tx: Transaction, answer: EngineeringAnswer) -> None:
    """Keep an answer.

    Raises:
        Conflict: its token was used before.
    """
    if tx.first("answers.add", **asdict(answer)) is None:
        raise Conflict("this link or token was used before; each is good for one answer")


def of_order(tx: Transaction, order_id: int) -> list[EngineeringAnswer]:
    """Return what engineering answered to an order, oldest first."""
    return [EngineeringAnswer(**row) for row in tx.all("answers.of_order", order_id=order_id)]


def is_used(tx: Transaction, token_id: str) -> bool:
    """Say whether a token was used."""
    return bool(tx.one("answers.used", token_id=token_id)["used"])


def settle(tx: Transaction, order_id: int, *, said: str, by: str, at: datetime) -> datetime | None:
    """Answer the question that is open; return since when it was, None where none is."""
    row = tx.first("answers.settle", order_id=order_id, said=said, by=by, at=at)
    return None if row is None else row["answered_at"]


def answers_for_engineering(tx: Transaction, team: str | None) -> bool:
    """Say whether a team answers for engineering."""
    row = tx.first("answers.answers_for", team=team) if team else None
    return bool(row and row["answers"])


def given_with(tx: Transaction, token_id: str) -> tuple[str, int, date | None, str] | None:
    """Return kind, revision, day and words of the answer that was given with a token; None where none was."""
    row = tx.first("answers.given_with", token_id=token_id)
    return None if row is None else (row["kind"], row["revision"], row["planned_on"], row["said"])


def may_listen(tx: Transaction, *, holder: str, now: datetime, until: datetime) -> bool:
    """Say whether this process is the one that listens for replies until then."""
    return tx.first("answers.listen", holder=holder, now=now, until=until) is not None
