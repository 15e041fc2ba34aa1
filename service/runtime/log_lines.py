"""How every process of the product logs: lines for a person's and a machine's use alike."""

from __future__ import annotations

import logging
import sys


def log_to_stderr(level: str) -> None:
    """Log lines of a person's and a machine's use alike: time, level, room, constant message, then what varies."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("procrastinate", "httpx", "iotcore"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # an outage is said once, by who meets it


_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        varies = " ".join(f"{key}={value!r}" for key, value in record.__dict__.items() if key not in _STANDARD)
        return f"{super().format(record)} {varies}".rstrip()
