"""What was done at a control room's asking, as rows: each request is done once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from storage.core.database import Transaction

KEPT_FOR = timedelta(days=14)
"""So long a request that comes again is known: longer than a broker keeps what nobody fetched."""


def answer_of(tx: Transaction, request_id: UUID) -> dict[str, Any] | None:
    """Return what was answered to a request, None where it is a new one."""
    row = tx.first("control_room.answer_of", request_id=request_id)
    return row["answer"] if row else None


def keep(tx: Transaction, request_id: UUID, alert_id: UUID, answer: dict[str, Any], *, at: datetime) -> None:
    """Keep what was answered to a request that was done, and forget what is old."""
    tx.run("control_room.forget", before=at - KEPT_FOR)
    tx.run("control_room.keep", request_id=request_id, alert_id=alert_id, at=at, answer=Jsonb(answer))
