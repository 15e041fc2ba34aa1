"""Send each revision of a work order to engineering, in order and until the broker has it.

The event with its document is the row that waits; a job of the same transaction sends what waits, whoever wrote it.
What goes out is the document that was stored with the revision, so that a message sent twice is the
same message: receivers tell it by `number` and `revision`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from procrastinate import Blueprint, JobContext

from alerts.dispatch.answering.invitations import invitation
from plant.backoff import GrowingWait
from plant.clock import Clock, SystemClock
from plant.mqtt.topics import work_order_topic
from storage.core import jobs
from storage.core.database import Database, Transaction
from storage.work import orders
from storage.work.orders import OrderEvent

NAMESPACE = "alerts"
QUEUE = "orders"
_PUBLISH = "publish_orders"
PUBLISH_ORDERS = f"{NAMESPACE}:{_PUBLISH}"
_PUBLISH_ONE = "publish_order"  # the job of earlier releases, one for each revision
_RESUME = "resume_stalled"
_RETRY = GrowingWait(first_s=1.0, most_s=300.0)
_MOST = 100

Publish = Callable[[Sequence[tuple[str, bytes]]], None]
"""Hands messages, each a topic and a payload, to the broker in order, and returns when it has them."""


def defer_publishing(tx: Transaction) -> None:
    """Enqueue one job that sends what this transaction wrote of orders."""
    jobs.defer_once(tx, PUBLISH_ORDERS, queue=QUEUE, lock=PUBLISH_ORDERS)


def dispatch_blueprint(publish: Publish, database: Database, clock: Clock | None = None) -> Blueprint:
    """Declare what a worker does for this room; add it with `namespace=NAMESPACE`.

    `publish` returns when the broker has the messages (QoS 1, not retained), or raises Unavailable.
    """
    blueprint = Blueprint()

    def publish_what_waits() -> None:
        _publish_what_waits(database, publish, clock or SystemClock())

    @blueprint.task(name=_PUBLISH, queue=QUEUE, retry=jobs.RetryWhileUnavailable(wait=_RETRY))
    def publish_orders() -> None:
        publish_what_waits()

    @blueprint.task(name=_PUBLISH_ONE, retry=jobs.RetryWhileUnavailable(wait=_RETRY))
    def publish_order(order_id: int, revision: int) -> None:  # noqa: ARG001 - jobs of earlier releases have them
        publish_what_waits()

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name=_RESUME, queueing_lock=f"{NAMESPACE}:{_RESUME}", pass_context=True)
    async def resume_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        for task in (PUBLISH_ORDERS, f"{NAMESPACE}:{_PUBLISH_ONE}"):
            await jobs.resume_stalled(context.app, task)

    return blueprint


def _publish_what_waits(database: Database, publish: Publish, clock: Clock) -> None:
    """Send the revisions of orders that have not gone out, oldest first, until there are none."""
    while True:
        with database.transaction() as tx:
            waiting = orders.unpublished(tx, most=_MOST)
            told = [_inviting(tx, event) for event in waiting]
        publish([(work_order_topic(one["site"], one["asset"]), payload(one)) for one in told])
        with database.transaction() as tx:
            orders.mark_published(tx, waiting, at=clock.now())
        if len(waiting) < _MOST:
            return


def _inviting(tx: Transaction, event: OrderEvent) -> dict[str, Any]:
    """Return a revision's document with how engineering may answer, where it is a team's that does."""
    document = event.document
    answer = invitation(
        tx,
        number=document["number"],
        team=document.get("team"),
        occasion=f"revision {event.revision}",
        at=event.at,
        link=document.get("link"),
    )
    return document if answer is None else {**document, "answer": answer}


def payload(document: dict[str, Any]) -> bytes:
    """Write a document as the message's bytes.

    >>> payload({"asset_name": "泵"}).decode()
    '{"asset_name":"泵"}'
    """
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
