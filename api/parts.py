"""What every route works with: database, clock, version, the door for telemetry; handed over by the app's state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from ingest.door import Door
from plant.clock import Clock
from storage.core.database import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The values `create_app` was given; `console_url` is where orders that are raised here link to.

    The disk of `data_folder` is watched, where it is given.
    """

    database: Database
    clock: Clock
    version: str
    console_url: str = ""
    door: Door | None = None
    data_folder: Path | None = None


def _parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


GivenParts = Annotated[Parts, Depends(_parts_of)]
