"""Send each change of an alert out on its asset's topic, in order and until the broker has it.

The event with its document is the row that waits; a job of the same transaction sends what waits, whoever wrote it.
Receivers tell a message that comes twice by `alert_id` and `revision`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from procrastinate import Blueprint, JobContext

from plant.backoff import GrowingWait
from plant.clock import Clock, SystemClock
from plant.mqtt.topics import alert_topic
from storage.core import jobs
from storage.core.database import Database, Transaction
from storage.work import alerts

NAMESPACE = "alarms"
QUEUE = "alarms"
_PUBLISH = "publish_alerts"
PUBLISH_ALERTS = f"{NAMESPACE}:{_PUBLISH}"
_RESUME = "resume_stalled_alerts"
_RETRY = GrowingWait(first_s=1.0, most_s=300.0)
_MOST = 200

Publish = Callable[[Sequence[tuple[str, bytes]]], None]
"""Hands messages, each a topic and a payload, to the broker in order, and returns when it has them."""


def defer_publishing_alerts(tx: Transaction) -> None:
    """Enqueue one job that sends what this transaction wrote of alerts."""
    jobs.defer_once(tx, PUBLISH_ALERTS, queue=QUEUE, lock=PUBLISH_ALERTS)


def alarms_blueprint(publish: Publish, database: Database, clock: Clock | None = None) -> Blueprint:
    """Declare what a worker does for alerts; add it with `namespace=NAMESPACE`.

    `publish` returns when the broker has the messages (QoS 1, not retained), or raises Unavailable.
    """
    blueprint = Blueprint()
    at_the_clock = clock or SystemClock()

    @blueprint.task(name=_PUBLISH, queue=QUEUE, retry=jobs.RetryWhileUnavailable(wait=_RETRY))
    def publish_alerts() -> None:
        while True:
            with database.transaction() as tx:
                waiting = alerts.unpublished(tx, most=_MOST)
            publish([_message(event.document) for event in waiting])
            with database.transaction() as tx:
                alerts.mark_published(tx, waiting, at=at_the_clock.now())
            if len(waiting) < _MOST:
                return

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name=_RESUME, queue=QUEUE, queueing_lock=f"{NAMESPACE}:{_RESUME}", pass_context=True)
    async def resume_stalled_alerts(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        await jobs.resume_stalled(context.app, PUBLISH_ALERTS)

    return blueprint


def _message(document: dict[str, Any]) -> tuple[str, bytes]:
    payload = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return alert_topic(document["site"], document["asset"]), payload
