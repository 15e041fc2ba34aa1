"""What goes out with an order that waits for engineering: the token, the link and the topic to answer with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.dispatch.answering.tokens import TOKEN_LASTS, make_token
from plant.clock import iso
from plant.mqtt.topics import reply_topic
from storage.core.database import Transaction
from storage.notices import answers

ANSWER_PATH = "/answer/"


def invitation(
    tx: Transaction, *, number: str, team: str | None, occasion: str, at: datetime, link: str | None
) -> dict[str, Any] | None:
    """Write how a team may answer an order; None where it is none of those that answer for engineering.

    The same `occasion` gives the same token. `link` is where the console shows the order.
    """
    if team is None or not answers.answers_for_engineering(tx, team):
        return None
    token = make_token(answers.key(tx), number=number, team=team, occasion=occasion, at=at)
    console = link.partition("/work-orders/")[0] if link else ""
    return {
        "token": token,
        "link": f"{console}{ANSWER_PATH}{token}" if console else None,
        "topic": reply_topic(team, number),
        "expires_at": iso(at + TOKEN_LASTS),
    }
