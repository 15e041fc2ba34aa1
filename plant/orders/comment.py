"""What somebody said about an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderComment:
    """One comment; it stays as it was said."""

    at: datetime
    by: str
    said: str
    comment_id: int | None = None
