"""What every route works with: the database, the clock, the version; handed over through the application's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from plant.clock import Clock
from storage.database import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The values `create_app` was given; `console_url` is where orders that are raised here link to."""

    database: Database
    clock: Clock
    version: str
    console_url: str = ""


def _parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


GivenParts = Annotated[Parts, Depends(_parts_of)]
