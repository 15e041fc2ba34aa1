"""Keep a filled plant alive while it is looked at: every few seconds all is measured, scored and committed again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

_EVERY_S = 5.0
_BEATS = (
    "INSERT INTO reading (time, signal_id, value) SELECT now(), signal_id, value FROM latest",
    "UPDATE latest SET time = now(), stored_at = now()",
    """
    INSERT INTO score (time, asset_id, model_id, score_max, score_last, flags)
    SELECT now(), asset_id, model_id, score_last, score_last, 0
    FROM (SELECT DISTINCT ON (asset_id) * FROM score ORDER BY asset_id, time DESC) AS newest
    """,
    "UPDATE ingest_slot SET last_commit = now()",
    "SELECT note_health(now())",
)


@contextmanager
def beating(url: str) -> Iterator[None]:
    """Let the plant live for as long as the block lasts."""
    is_over = threading.Event()

    def beat() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT ensure_partition(now(), now() + interval '1 day')")
            while not is_over.wait(_EVERY_S):
                with connection.transaction():
                    for statement in _BEATS:
                        connection.execute(statement.encode())

    thread = threading.Thread(target=beat, name="pulse")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
