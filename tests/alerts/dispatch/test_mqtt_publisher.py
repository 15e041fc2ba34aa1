"""A message counts as sent when the broker has confirmed it, and never otherwise."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from typing import Any

import pytest
from iotcore import Broker

from alerts.dispatch.mqtt_publisher import MqttPublisher
from plant.errors import Misconfigured, Unavailable
from tests.conftest import free_port
from tests.patience import wait_for

CONNACK = b"\x20\x02\x00\x00"


def test_a_broker_that_is_not_there_is_unavailable() -> None:
    port = free_port()
    publisher = MqttPublisher(f"mqtt://127.0.0.1:{port}", wait_s=2)
    with pytest.raises(Unavailable, match="no broker"):
        publisher.publish("a/b", b"1")


def test_one_connection_is_kept_between_messages(broker: Any) -> None:
    with closing(MqttPublisher(broker.url)) as publisher:
        publisher.publish("a/b", b"1")
        first = publisher._client
        publisher.publish("a/b", b"2")
        assert publisher._client is first


def test_after_a_broken_connection_the_next_message_makes_a_new_one(broker: Any) -> None:
    with closing(MqttPublisher(broker.url)) as publisher:
        publisher.publish("a/b", b"1")
        first = publisher._client
        assert first is not None
        first.disconnect()
        wait_for(lambda: not first.is_connected(), what="end of the connection")
        publisher.publish("a/b", b"2")
        assert publisher._client is not first


def test_a_broker_that_comes_back_is_found_again() -> None:
    port = free_port()
    with closing(MqttPublisher(f"mqtt://127.0.0.1:{port}", wait_s=5)) as publisher:
        with pytest.raises(Unavailable):
            publisher.publish("a/b", b"1")
        with Broker(port=port, listen="127.0.0.1"):
            publisher.publish("a/b", b"2")


def mute_broker(listener: socket.socket, heard: list[bytes], *, greets: bool) -> None:
    """Let callers in (or not even that), and confirm nothing."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(1000)
        if greets:
            connection.sendall(CONNACK)
        while data := connection.recv(1000):
            heard.append(data)


@pytest.mark.parametrize(("greets", "words"), [(True, "did not confirm"), (False, "let nobody in: no answer")])
def test_a_broker_that_confirms_nothing_is_unavailable_and_hears_the_message_once(greets: bool, words: str) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=mute_broker, args=(listener, heard), kwargs={"greets": greets})
        thread.start()
        publisher = MqttPublisher(f"mqtt://127.0.0.1:{listener.getsockname()[1]}", wait_s=0.5)
        with pytest.raises(Unavailable, match=words):
            publisher.publish("a/b", b"payload")
        thread.join()
    assert b"".join(heard).count(b"payload") == (1 if greets else 0)
    assert publisher._client is None


@pytest.mark.parametrize("url", ["localhost:1883", "http://host", "mqtt://", ""])
def test_an_address_that_is_none_is_misconfigured(url: str) -> None:
    with pytest.raises(Misconfigured, match="mqtt://user:password@host:port"):
        MqttPublisher(url)
