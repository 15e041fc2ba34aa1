"""What the gate sees in what a client says, however it is cut."""

from __future__ import annotations

import contextlib
import socket

import paho.mqtt.client as mqtt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from service.broker.introduction import Connect, Will, read_connect, read_filters
from service.broker.packets import NotMqttError
from service.broker.scanning import Sight, message, scan


def said(do: str, *args: object, protocol: int = 4, **more: object) -> bytes:
    """Return what paho would send."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="c", protocol=MQTTProtocolVersion(protocol))
    client._sock = socket.socket()
    sent = bytearray()
    client._packet_queue = lambda _command, packet, *_, **__: sent.extend(packet)  # type: ignore[method-assign]
    getattr(client, do)(*args, **more)
    client._sock.close()
    client._sock = None
    return bytes(sent)


def publish(topic: bytes, payload: bytes, qos: int, **more: object) -> bytes:
    return said("_send_publish", 7, topic, payload, qos, **more)


def kept_of(packets: bytes, sight: Sight | None = None) -> list[tuple[bytes, bytes]]:
    return scan(packets, lambda topic: topic.startswith(b"t"), sight or Sight()).kept


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("retain", [False, True])
def test_a_message_is_kept_as_one_of_qos_1_that_is_not_retained(qos: int, retain: bool) -> None:
    packet = publish(b"t/1", b"x" * 200, qos, retain=retain)
    assert kept_of(packet) == [message(b"t/1", b"x" * 200)]
    assert scan(packet, lambda _: True, Sight()).is_waited_for == (qos > 0)


def test_other_topics_and_other_packets_are_left_alone() -> None:
    packets = publish(b"o/1", b"x", 1) + b"\xc0\x00" + publish(b"t", b"y", 1) + b"\xe0\x00"
    found = scan(packets, lambda topic: topic == b"t", Sight())
    assert (found.kept, found.has_farewell, found.end) == ([message(b"t", b"y")], True, len(packets))


def test_mqtt_5_has_properties_and_aliases() -> None:
    named, nameless = Properties(PacketTypes.PUBLISH), Properties(PacketTypes.PUBLISH)
    named.UserProperty = [("a", "b")]
    named.MessageExpiryInterval = 3
    named.ContentType = "json"
    named.TopicAlias = nameless.TopicAlias = 4
    sight = Sight(has_properties=True)
    packets = said("_send_publish", 7, b"t/1", b"x", 1, properties=named, protocol=5)
    packets += said("_send_publish", 8, b"", b"y", 0, properties=nameless, protocol=5)
    assert kept_of(packets, sight) == [message(b"t/1", b"x"), message(b"t/1", b"y")]


def test_qos_2_that_is_sent_again_is_kept_once_until_it_is_released() -> None:
    sight = Sight()
    packet = publish(b"t", b"x", 2)
    assert len(kept_of(packet + packet, sight)) == 1
    assert len(kept_of(b"\x62\x02\x00\x07" + packet, sight)) == 1


def test_a_connect_tells_its_will_and_its_password() -> None:
    for level in (4, 5):
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="c-1", protocol=MQTTProtocolVersion(level))
        client.will_set("t/will", b"gone", qos=1, retain=True)
        client.username_pw_set("someone", "the word")
        sent = bytearray()
        client._packet_queue = lambda _command, packet, *_, sent=sent, **__: sent.extend(packet)  # type: ignore[method-assign]
        client._send_connect(60)
        connect = read_connect(bytes(sent), 2)
        assert connect == Connect(
            level=level,
            client_id="c-1",
            is_clean=True,
            flags_at=connect.flags_at,
            will=Will(topic=b"t/will", payload=b"gone"),
            password=b"the word",
        )
        assert sent[connect.flags_at] & 0x02


def test_filters_are_read_from_a_subscription() -> None:
    packet = said("_send_subscribe", False, [(b"a/+", 1), (b"b/#", 0)])
    assert read_filters(packet, 2, is_v5=False, has_options=True)[1] == ["a/+", "b/#"]


@given(st.binary(max_size=60), st.booleans(), st.integers(min_value=1, max_value=10))
def test_whatever_comes_is_cut_or_refused_and_the_same_however_it_is_cut(data: bytes, is_v5: bool, step: int) -> None:
    for reader in (read_connect, lambda packet, body: read_filters(packet, body, is_v5=is_v5, has_options=True)):
        with contextlib.suppress(NotMqttError):
            reader(data + b"\x00\x00", 2)
    try:
        whole = scan(data, lambda _: True, Sight(has_properties=is_v5))
    except NotMqttError:
        return
    sight, rest, kept = Sight(has_properties=is_v5), b"", []
    for place in range(0, len(data), step):
        rest += data[place : place + step]
        found = scan(rest, lambda _: True, sight)
        assert found.end or found.wanted > len(rest) or len(rest) < 6
        kept += found.kept
        rest = rest[found.end :]
    assert (kept, rest) == (whole.kept, data[whole.end :])
