"""Clients that nobody here wrote: each says what it sent, and the record is held against that, value by value."""

from __future__ import annotations

from tests.ingest.conftest import (
    await_rows,
    mosquitto,
    mosquitto_process,
    register,
    start_device,
    start_ingest,
)

__all__ = ["await_rows", "mosquitto", "mosquitto_process", "register", "start_device", "start_ingest"]

collect_ignore = ["python"]  # a program with requirements of its own
