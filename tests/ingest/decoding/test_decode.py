"""A message is read in the format that its topic names, and whatever it holds, nothing but a reason comes of it."""

from __future__ import annotations

import pytest

from ingest.decoding.decode import Decoder
from ingest.decoding.decoded import Decoded
from ingest.decoding.format import Format
from ingest.formats import every_format
from plant.errors import Rejected

NATIVE = b"assetloop/v1/demo/P-101/telemetry"


def decoder(*more: Format) -> Decoder:
    return Decoder([*every_format(), *more], most_bytes=100)


def reason(decoding: Decoder, topic: bytes, payload: bytes) -> str:
    with pytest.raises(Rejected) as refusal:
        decoding.decode(topic, payload)
    return refusal.value.reason


def test_a_payload_above_the_limit_is_not_even_read() -> None:
    assert reason(decoder(), NATIVE, b'{"a": 1}' + b" " * 100) == "too_large"


@pytest.mark.parametrize("topic", [b"elsewhere", b"assetloop/v1/demo/telemetry", b"\xff\xfe", b""])
def test_a_topic_that_no_format_names_is_refused(topic: bytes) -> None:
    assert reason(decoder(), topic, b'{"a": 1}') == "unknown_topic"


def test_a_format_reads_what_its_filters_take() -> None:
    def decode(topic: str, payload: bytes) -> Decoded:
        raise Rejected("seen", f"{topic} {payload!r}")

    mine = Format(name="mine", filters=("plant/+/raw", "mine/#"), decode=decode)
    for topic in (b"plant/a/raw", b"mine", b"mine/a/b"):
        assert reason(decoder(mine), topic, b"x") == "seen"
    assert reason(decoder(mine), b"plant/a/b/raw", b"x") == "unknown_topic"


def test_a_format_that_fails_refuses_the_message() -> None:
    def decode(_topic: str, _payload: bytes) -> Decoded:
        raise ZeroDivisionError("by a payload")

    assert reason(decoder(Format(name="bad", filters=("bad",), decode=decode)), b"bad", b"x") == "undecodable"


def test_made_up_topics_do_not_pile_up() -> None:
    decoding = decoder()
    for number in range(70_000):
        reason(decoding, b"stranger/%d" % number, b"")
    assert len(decoding._routes) <= 65_536
