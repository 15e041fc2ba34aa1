"""Send each revision of a work order to engineering, in order and until the broker has it.

What goes out is the document that was stored with the revision, so that a message sent twice is the
same message: receivers tell it by `number` and `revision`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from procrastinate import Blueprint, JobContext

from alerts.dispatch.answering.invitations import invitation
from plant.backoff import GrowingWait
from plant.clock import Clock, SystemClock
from plant.mqtt.topics import work_order_topic
from plant.work_order import WorkOrder
from storage.core import jobs
from storage.core.database import Database, Transaction
from storage.work import orders
from storage.work.orders import OrderEvent

NAMESPACE = "alerts"
_PUBLISH_ORDER = "publish_order"
PUBLISH_ORDER = f"{NAMESPACE}:{_PUBLISH_ORDER}"
_RESUME = "resume_stalled"
_RETRY = GrowingWait(first_s=1.0, most_s=300.0)

Publish = Callable[[str, bytes], None]


def defer_publishing(tx: Transaction, order: WorkOrder) -> None:
    """Enqueue the publication of an order's revision; one order's jobs run one after another."""
    jobs.defer(
        tx,
        PUBLISH_ORDER,
        lock=order.number,
        order_id=order.order_id,
        revision=order.revision,
    )


def dispatch_blueprint(publish: Publish, database: Database, clock: Clock | None = None) -> Blueprint:
    """Declare what a worker does for this room; add it with `namespace=NAMESPACE`.

    `publish` takes a topic and a payload and returns when the broker has the message (QoS 1, not
    retained), or raises Unavailable.
    """
    blueprint = Blueprint()
    at_the_clock = clock or SystemClock()

    @blueprint.task(name=_PUBLISH_ORDER, retry=jobs.RetryWhileUnavailable(wait=_RETRY))
    def publish_order(order_id: int, revision: int) -> None:
        with database.transaction() as tx:
            event = orders.order_event(tx, order_id, revision)
            told = _inviting(tx, event)
        if event.published_at is not None:
            return
        publish(work_order_topic(event.document["site"], event.document["asset"]), payload(told))
        with database.transaction() as tx:
            orders.mark_published(tx, order_id, revision, at=at_the_clock.now())

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name=_RESUME, queueing_lock=f"{NAMESPACE}:{_RESUME}", pass_context=True)
    async def resume_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        await jobs.resume_stalled(context.app, PUBLISH_ORDER)

    return blueprint


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
