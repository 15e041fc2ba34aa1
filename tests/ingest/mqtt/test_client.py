"""What paho reads by itself must not take messages away: a broker by hand answers just when it would."""

from __future__ import annotations

import socket
from contextlib import closing

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ingest.mqtt.client import FrameClient
from ingest.mqtt.frames import Publish, packet
from tests.patience import wait_for

_CONNACK = b"\x20\x02\x00\x00"


def _puback(packet_id: int) -> bytes:
    return b"\x40\x02" + packet_id.to_bytes(2, "big")


def test_a_message_that_comes_while_an_answer_is_handled_is_taken() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        client = FrameClient(CallbackAPIVersion.VERSION2, client_id="test", clean_session=False, manual_ack=True)
        client.begin()
        client.connect("127.0.0.1", server.getsockname()[1])
        broker, _ = server.accept()
        broker.sendall(_CONNACK)
        wait_for(lambda: client.take_messages() and client.is_connected(), what="connection")
        ours = [client.publish("ours", b"", qos=1).mid for _ in range(2)]
        acknowledged: list[int] = []

        def on_publish(_client: mqtt.Client, _userdata: object, packet_id: int, *_: object) -> None:
            """Send a message at the very moment at which paho would read on, since it waits for a second answer."""
            acknowledged.append(packet_id)
            broker.sendall(packet(b"t", b"hi", 0, 7))

        client.on_publish = on_publish
        broker.sendall(_puback(ours[0]))
        taken: list[Publish] = []

        def takes() -> bool:
            taken.extend(client.take_messages()[0])
            return bool(taken)

        wait_for(takes, what="message")
        assert (acknowledged, taken) == (ours[:1], [(b"t", b"hi", 7, 0)])
        client.disconnect()
        broker.close()
