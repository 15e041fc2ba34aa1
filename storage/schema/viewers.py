"""What holds for viewers, who can send any SQL through Grafana: no query of theirs goes on beyond its time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from plant.errors import AssetloopError
from storage.core.database import Database, Transaction

_log = logging.getLogger(__name__)

LONGEST = timedelta(seconds=20)
"""The login's own limit is 15 s; this is for who has raised it."""
_EVERY_S = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedViewer:
    """A session that was ended, by its login, and for how long its query had gone on."""

    login: str
    took_s: float


def end_long(database: Database, *, longest: timedelta = LONGEST) -> list[EndedViewer]:
    """End the sessions of viewers whose query or transaction takes longer, whatever they have set or catch."""
    with database.transaction() as tx:
        ended = [EndedViewer(**row) for row in tx.all("viewers.end_long", longest=longest)]
    for one in ended:
        _log.warning(
            "a viewer's query took too long; its session was ended", extra={"login": one.login, "s": one.took_s}
        )
    return ended


def out_of_reach(tx: Transaction) -> list[str]:
    """Return the viewers' logins whose sessions the product may not end: `GRANT login TO assetloop_owner` mends it."""
    return [row["login"] for row in tx.all("viewers.out_of_reach")]


@contextmanager
def watching(database: Database) -> Iterator[None]:
    """Look every few seconds, for as long as the block lasts."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_EVERY_S):
            try:
                end_long(database)
            except AssetloopError:  # the database is away, and with it whoever asks
                _log.debug("nobody can look after viewers' queries now", exc_info=True)

    thread = threading.Thread(target=look, name="viewers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
