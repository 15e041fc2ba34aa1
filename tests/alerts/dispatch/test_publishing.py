"""An order leaves the house through a real queue and a real broker, in order, until it has arrived."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from queue import Queue
from typing import Any

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from alerts.alarms.desk import Desk
from alerts.dispatch.mqtt_publisher import MqttPublisher
from alerts.dispatch.publishing import NAMESPACE, PUBLISH_ORDERS, QUEUE, Publish, defer_publishing, dispatch_blueprint
from alerts.orders.commands import acknowledge_order
from plant.clock import ManualClock
from plant.errors import Unavailable
from plant.finding import Finding
from plant.people.principal import typed
from plant.severity import Severity
from storage.core import jobs
from storage.core.database import Database
from storage.work.orders import list_documents, order_events
from tests.patience import PATIENCE_S
from tests.queue_worker import work_off

Found = Callable[..., Finding]
Look = psycopg.Connection[tuple[object, ...]]
JOBS = """
SELECT task_name, lock, status::text, attempts
FROM procrastinate_jobs
WHERE queue_name = 'orders'
ORDER BY id
"""


@contextmanager
def listening(broker: Any, topics: str) -> Iterator[Queue[mqtt.MQTTMessage]]:
    """Collect what is published on `topics` while the block lasts."""
    heard: Queue[mqtt.MQTTMessage] = Queue()
    ready: Queue[bool] = Queue()
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _userdata, message: heard.put(message)
    client.on_subscribe = lambda *_: ready.put(True)
    client.connect(broker.host, broker.port)
    client.subscribe(topics, qos=1)
    client.loop_start()
    ready.get(timeout=PATIENCE_S)
    try:
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


def each(publish: Callable[[str, bytes], None]) -> Publish:
    """Publish one message after the other."""

    def publish_all(messages: Sequence[tuple[str, bytes]]) -> None:
        for topic, payload in messages:
            publish(topic, payload)

    return publish_all


def run_worker(url: str, publish: Callable[[str, bytes], None], database: Database, clock: ManualClock) -> None:
    """Do all that can be done now."""
    work_off(url, {NAMESPACE: dispatch_blueprint(each(publish), database, clock)}, queues=["default", QUEUE])


def test_an_order_arrives_on_its_assets_topic_exactly_once(
    database_url: str, app_database: Database, clock: ManualClock, desk: Desk, found: Found, broker: Any
) -> None:
    found()
    desk.round()
    with listening(broker, "#") as heard, closing(MqttPublisher(broker.url)) as publisher:
        run_worker(database_url, publisher.publish, app_database, clock)
        message = heard.get(timeout=PATIENCE_S)
        run_worker(database_url, publisher.publish, app_database, clock)
        publisher.publish("the/end", b"")
        assert heard.get(timeout=PATIENCE_S).topic == "the/end", "nothing else came between"
    assert (message.topic, message.retain, message.qos) == ("assetloop/v1/demo/P-101/workorder", False, 1)
    with app_database.transaction() as tx:
        assert [json.loads(message.payload)] == list_documents(tx)
        (event,) = order_events(tx, 1)
    assert event.published_at == clock.now()


def test_the_revisions_of_an_order_arrive_in_order(
    database_url: str, app_database: Database, clock: ManualClock, desk: Desk, found: Found, broker: Any
) -> None:
    found()
    desk.round()
    found(severity=Severity.CRITICAL, lasted_s=60)
    desk.round()
    acknowledge_order(app_database, "WO-000001", actor=typed("ann"), clock=clock)
    with listening(broker, "assetloop/v1/+/+/workorder") as heard, closing(MqttPublisher(broker.url)) as publisher:
        run_worker(database_url, publisher.publish, app_database, clock)
        told = [json.loads(heard.get(timeout=PATIENCE_S).payload) for _ in range(3)]
    assert [(one["revision"], one["event"]) for one in told] == [(1, "raised"), (2, "worsened"), (3, "acknowledged")]
    assert {one["number"] for one in told} == {"WO-000001"}


def test_while_the_broker_is_away_the_job_waits_and_holds_back_what_comes_after(
    database_url: str, app_database: Database, clock: ManualClock, desk: Desk, found: Found, superuser: Look
) -> None:
    sent: list[bytes] = []

    def away(_topic: str, _payload: bytes) -> None:
        raise Unavailable("no broker")

    found()
    desk.round()
    run_worker(database_url, away, app_database, clock)
    acknowledge_order(app_database, "WO-000001", actor=typed("ann"), clock=clock)
    superuser.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + '1 hour' WHERE attempts = 1")
    run_worker(database_url, lambda _topic, payload: sent.append(payload), app_database, clock)
    assert sent == []
    assert superuser.execute(JOBS).fetchall() == [
        (PUBLISH_ORDERS, PUBLISH_ORDERS, "todo", 1),
        (PUBLISH_ORDERS, PUBLISH_ORDERS, "todo", 0),
    ]
    superuser.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE attempts = 1")
    run_worker(database_url, lambda _topic, payload: sent.append(payload), app_database, clock)
    assert [json.loads(payload)["revision"] for payload in sent] == [1, 2]


def test_a_worker_that_died_after_publishing_sends_the_same_message_again(
    database_url: str, app_database: Database, clock: ManualClock, desk: Desk, found: Found, superuser: Look
) -> None:
    sent: list[bytes] = []
    found()
    desk.round()
    run_worker(database_url, lambda _topic, payload: sent.append(payload), app_database, clock)
    superuser.execute("UPDATE work_order_event SET published_at = NULL")
    superuser.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE lock IS NOT NULL")
    run_worker(database_url, lambda _topic, payload: sent.append(payload), app_database, clock)
    assert len(sent) == 2
    assert sent[0] == sent[1]


def test_what_was_published_is_not_published_again(
    database_url: str, app_database: Database, clock: ManualClock, desk: Desk, found: Found, superuser: Look
) -> None:
    sent: list[bytes] = []
    found()
    desk.round()
    for _ in range(2):
        run_worker(database_url, lambda _topic, payload: sent.append(payload), app_database, clock)
        superuser.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE lock IS NOT NULL")
    assert len(sent) == 1


def test_the_job_of_a_dead_worker_is_taken_up_again(
    database_url: str, app_database: Database, clock: ManualClock, desk: Desk, found: Found, superuser: Look
) -> None:
    sent: list[bytes] = []
    found()
    desk.round()
    superuser.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")
    superuser.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
    )
    with app_database.transaction() as tx:
        jobs.defer(tx, f"{NAMESPACE}:resume_stalled", timestamp=0)
    run_worker(database_url, lambda _topic, payload: sent.append(payload), app_database, clock)
    assert len(sent) == 1


def test_a_job_exists_only_if_its_transaction_commits(app_database: Database, superuser: Look) -> None:
    def defer_and_fail() -> None:
        with app_database.transaction() as tx:
            defer_publishing(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        defer_and_fail()
    assert superuser.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == (0,)
