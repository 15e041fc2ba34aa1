"""Messages are cut out of any stretch of bytes, whole or torn, and nothing that is not MQTT gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mqtt.frames import acknowledgements, cut, packet
from plant.errors import Unavailable

MESSAGES = st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=300), st.integers(0, 1)), max_size=20)
PINGRESP = b"\xd0\x00"


@given(MESSAGES, st.data())
def test_however_the_bytes_are_torn_the_messages_are_the_same(
    messages: list[tuple[bytes, bytes, int]], data: st.DataObject
) -> None:
    stream = b"".join(packet(topic, payload, retained) + PINGRESP for topic, payload, retained in messages)
    found, others, rest = [], b"", b""
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        stretch, stream = rest + stream[:size], stream[size:]
        part = cut(stretch)
        found += part.publishes
        others += part.others
        rest = stretch[part.end :]
        assert not rest or part.wanted > len(rest) or len(rest) < 2
    assert rest == b""
    assert found == [(topic, payload, 0, retained) for topic, payload, retained in messages]
    assert others == PINGRESP * len(messages)


def test_packet_ids_are_there_where_an_acknowledgement_is_wanted() -> None:
    stream = b"\x32\x07\x00\x01t\x01\x02hi" + b"\x3b\x05\x00\x01u\x00\x07" + b"\x30\x04\x00\x01vx"
    assert cut(stream).publishes == [(b"t", b"hi", 258, 0), (b"u", b"", 7, 1), (b"v", b"x", 0, 0)]


def test_properties_of_mqtt_5_are_passed_over() -> None:
    plain = b"\x32\x0a\x00\x01t\x00\x09\x02\x01\x01hi"
    none = b"\x30\x06\x00\x01t\x00hi"
    long = b"\x30\x88\x01\x00\x01t\x82\x01" + bytes(130) + b"x"
    assert [(topic, payload) for topic, payload, _, _ in cut(plain + none + long, has_properties=True).publishes] == [
        (b"t", b"hi"),
        (b"t", b"hi"),
        (b"t", b"x"),
    ]


@pytest.mark.parametrize(
    "stream",
    [
        b"\x30\xff\xff\xff\xff\x01",
        b"\x30\x01\x00",
        b"\x30\x03\x00\x09t",
        b"\x32\x04\x00\x01t\x00",
    ],
)
def test_what_is_not_mqtt_is_told(stream: bytes) -> None:
    with pytest.raises(Unavailable, match="not MQTT"):
        cut(stream + bytes(10))


@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_fail_otherwise(stream: bytes) -> None:
    try:
        found = cut(stream)
    except Unavailable:
        return
    assert 0 <= found.end <= len(stream)


def test_a_large_message_says_how_much_of_it_is_wanted() -> None:
    message = packet(b"t", bytes(100_000), 0)
    found = cut(message[:500])
    assert (found.publishes, found.end, found.wanted) == ([], 0, len(message))


def test_acknowledgements_stand_one_after_another() -> None:
    assert acknowledgements([1, 65_535]) == b"\x40\x02\x00\x01\x40\x02\xff\xff"
