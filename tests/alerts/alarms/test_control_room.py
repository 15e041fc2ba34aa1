"""A control room acknowledges and shelves by MQTT: each request once, by a person's token, and always answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from paho.mqtt import publish

from alerts.alarms.control_room import REQUESTS, RIGHTS, AlertAction, ControlRoomDesk
from alerts.alarms.desk import Desk
from alerts.dispatch.answering.replies import ReplyDesk, ReplyListener
from alerts.dispatch.mqtt_publisher import MqttPublisher
from api.identity.route_rights import right_of
from api.identity.tokens import TokenWanted, issue_token, principal_of_token, revoke_token
from plant.asset import Site
from plant.clock import ManualClock, iso
from plant.errors import Unavailable
from plant.finding import Finding
from plant.mqtt.broker_address import BrokerAddress
from plant.people.rights import PlantRole, Right
from service.bench.broker import embedded, mosquitto
from storage.core.database import Database
from storage.register import assets
from storage.work import alerts, control_room
from storage.work.alerts import AlertEvent
from tests.alerts.dispatch.test_publishing import listening
from tests.patience import wait_for
from tests.people import SETUP, enter

TOPIC = "assetloop/v1/demo/P-101/alert/ack"
REPLY = f"{TOPIC}/reply"
Asks = Callable[..., dict[str, Any]]


@pytest.fixture
def alert_id(desk: Desk, found: Callable[..., Finding], app_database: Database) -> UUID:
    found()
    desk.round()
    with app_database.transaction() as tx:
        (alert,) = alerts.list_alerts(tx)
    return alert.alert_id


@pytest.fixture
def token(app_database: Database, clock: ManualClock) -> Callable[..., str]:
    """Make a token of a person with a role at a site."""

    def make(role: PlantRole = PlantRole.OPERATIONS, site: str | None = "demo", **narrowed: Any) -> str:
        person = enter(app_database, clock, f"{role.value}-{site}", name=f"Ola {role.value}", roles=((role, site),))
        wanted = TokenWanted(name="HMI", sign_in=person.sign_in, **narrowed)
        return issue_token(app_database, wanted, actor=SETUP, clock=clock).token

    return make


@pytest.fixture
def published() -> list[tuple[str, dict[str, Any]]]:
    return []


@pytest.fixture
def room(app_database: Database, clock: ManualClock, published: list[tuple[str, dict[str, Any]]]) -> ControlRoomDesk:
    recognise = partial(principal_of_token, app_database, clock=clock)
    return ControlRoomDesk(
        app_database, clock, recognise, lambda topic, said: published.append((topic, json.loads(said)))
    )


@pytest.fixture
def asks(room: ControlRoomDesk, alert_id: UUID, token: Callable[..., str]) -> Asks:
    """Ask for something, as an operator with a token unless told otherwise; the answer."""

    def ask(
        action: str = "acknowledge", *, topic: str = TOPIC, is_retained: bool = False, **more: Any
    ) -> dict[str, Any]:
        asked = {"request": str(uuid4()), "alert_id": str(alert_id), "revision": 1, "action": action}
        return room.take(
            topic, json.dumps(asked | {"token": more.pop("token", None) or token()} | more).encode(), is_retained
        )

    return ask


def events(database: Database, alert_id: UUID) -> list[AlertEvent]:
    with database.transaction() as tx:
        return alerts.alert_events(tx, alert_id)


def test_an_operator_acknowledges_shelves_and_takes_up_again(
    asks: Asks, alert_id: UUID, app_database: Database, clock: ManualClock, published: list[Any]
) -> None:
    noted = asks(comment="seen on the panel")
    until = iso(clock.now() + timedelta(hours=1))
    shelved = asks("shelve", revision=2, comment="pump is being vented", until=until)
    back = asks("unshelve", revision=3)
    assert [one["done"] for one in (noted, shelved, back)] == [True, True, True]
    assert [one["state"] for one in (noted, shelved, back)] == ["Acknowledged", "Shelved", "Unacknowledged"]
    assert [topic for topic, _ in published] == [REPLY] * 3
    assert [(one.event, one.actor, one.note) for one in events(app_database, alert_id)[1:]] == [
        ("acknowledged", "Ola operations", "seen on the panel"),
        ("shelved", "Ola operations", "pump is being vented"),
        ("unshelved", "Ola operations", ""),
    ]
    with app_database.transaction() as tx:
        assert alerts.get_alert(tx, alert_id).acknowledged_recognised == "token"


def test_a_request_that_comes_twice_is_done_once_and_answered_the_same(
    asks: Asks, alert_id: UUID, app_database: Database, clock: ManualClock, published: list[Any]
) -> None:
    first, again = (asks(request="0b0c6a3e-8b0f-4f0e-9a54-0a5a1d2a9c11") for _ in range(2))
    assert first == again
    assert first["done"]
    assert published[0] == published[1]
    assert len(events(app_database, alert_id)) == 2
    clock.sleep(control_room.KEPT_FOR.total_seconds() + 1)
    asks("shelve", revision=2, comment="vented", until=iso(clock.now() + timedelta(hours=1)))
    with app_database.transaction() as tx:
        assert control_room.answer_of(tx, UUID("0b0c6a3e-8b0f-4f0e-9a54-0a5a1d2a9c11")) is None


def test_what_may_not_be_is_refused_with_the_reason_in_words_and_nothing_is_done(
    asks: Asks, token: Callable[..., str], alert_id: UUID, app_database: Database, clock: ManualClock
) -> None:
    with app_database.transaction() as tx:
        assets.put_site(tx, Site(tag="south", name="South"))
    revoked = token(PlantRole.MAINTENANCE)
    revoke_token(app_database, revoked.split("_")[1], actor=SETUP, clock=clock)
    later = iso(clock.now() + timedelta(hours=1))
    refusals = {
        "forbidden": [
            asks(token=token(PlantRole.ENGINEERING)),
            asks("shelve", token=token(scopes=(Right.SEE, Right.ACKNOWLEDGE)), comment="x", until=later),
            asks(token="api_0_nobody"),
            asks(token=revoked),
        ],
        "not_found": [
            asks(token=token(PlantRole.OPERATIONS, "south")),
            asks(alert_id=str(uuid4())),
            asks(topic=TOPIC.replace("P-101", "P-102")),
        ],
        "conflict": [asks(revision=7), asks("unshelve")],
        "bad_request": [
            asks("delete"),
            asks(more="than is known"),
            asks(request="17"),
            asks(until="2026-03-01T12:00:00"),
        ],
        "bad_duration": [asks("shelve", comment="x"), asks("shelve", comment="x", until=iso(clock.now()))],
        "reason_needed": [asks("shelve", until=later)],
        "control_character": [asks(comment="\x1b[2J")],
        "too_long": [asks(comment="x" * 3000)],
        "too_large": [asks(comment="x" * 20_000)],
        "retained": [asks(is_retained=True)],
    }
    for reason, answers in refusals.items():
        assert {one["reason"] for one in answers} == {reason}, answers
        assert all(one["said"] and not one["done"] for one in answers)
    assert len(events(app_database, alert_id)) == 1


def test_what_is_no_request_at_all_is_refused(room: ControlRoomDesk, published: list[Any], pump: int) -> None:
    for payload in (b"", b"\xff", b"[]", b"null", b'{"request": {}}', b"[" * 9000):
        assert room.take(TOPIC, payload)["reason"] == "bad_request"
    assert {said["request"] for _, said in published} == {None}
    assert pump


def test_what_was_done_but_not_answered_is_answered_when_it_comes_again(
    asks: Asks, room: ControlRoomDesk, monkeypatch: pytest.MonkeyPatch, alert_id: UUID, app_database: Database
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("no broker")

    request = str(uuid4())
    with monkeypatch.context() as patched:
        patched.setattr(room, "_publish", away)
        with pytest.raises(Unavailable):
            asks(request=request)
    assert asks(request=request)["done"]
    assert [one.event for one in events(app_database, alert_id)] == ["raised", "acknowledged"]


def test_each_action_wants_the_right_that_its_route_wants() -> None:
    assert set(RIGHTS) == set(AlertAction)
    for action, right in RIGHTS.items():
        row = right_of("POST", f"/api/v1/alerts/{uuid4()}/{action.value}")
        assert row is not None
        assert row.wants is right


@pytest.fixture(params=[pytest.param("mosquitto", marks=pytest.mark.needs("mosquitto")), "embedded"])
def any_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerAddress]:
    """A mosquitto, and the embedded broker."""
    with {"mosquitto": mosquitto, "embedded": embedded}[request.param](tmp_path) as broker:
        yield BrokerAddress.parse(broker.url)


def test_a_control_room_is_heard_and_answered_on_a_real_broker(
    any_broker: BrokerAddress,
    app_database: Database,
    clock: ManualClock,
    alert_id: UUID,
    token: Callable[..., str],
) -> None:
    stop, url = threading.Event(), f"mqtt://{any_broker.host}:{any_broker.port}"
    asked = {"request": str(uuid4()), "alert_id": str(alert_id), "revision": 1, "action": "acknowledge"}
    message = json.dumps(asked | {"token": token()})
    with closing(MqttPublisher(url)) as publisher, listening(any_broker, REPLY) as heard:
        recognise = partial(principal_of_token, app_database, clock=clock)
        room = ControlRoomDesk(app_database, clock, recognise, publisher.publish)
        listener = ReplyListener(url, ReplyDesk(app_database, clock), holder="test", beside={REQUESTS: room.take})
        thread = threading.Thread(target=listener.run, args=(stop,))
        thread.start()
        try:

            def is_answered() -> bool:
                publish.single(TOPIC, message, qos=1, hostname=any_broker.host, port=any_broker.port)
                return not heard.empty()

            wait_for(is_answered, what="answer")
        finally:
            stop.set()
            thread.join()
    answer = json.loads(heard.get_nowait().payload)
    assert (answer["request"], answer["done"], answer["by"]) == (asked["request"], True, "Ola operations")
    assert [one.event for one in events(app_database, alert_id)] == ["raised", "acknowledged"]
