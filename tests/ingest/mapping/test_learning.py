"""What was heard becomes a mapping that reads it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.decoding.decode import Decoder
from ingest.decoding.shown import readings
from ingest.mapping import mapping_format
from ingest.mapping.file import parse_rules
from ingest.mapping.learning import MappingLearner

Heard = list[tuple[str, bytes]]


def read_back(heard: Heard) -> list[tuple[str, str, float | None, float]]:
    """Propose a mapping of what was heard and read that with it."""
    lesson = MappingLearner()
    for topic, payload in heard:
        lesson.hear(topic, payload)
    decoder = Decoder([mapping_format(parse_rules(lesson.proposal(), name="proposal"))], most_bytes=2**20)
    messages = [decoder.decode(topic.encode(), payload) for topic, payload in heard]
    return [(one.device, one.signal, one.time_ms, one.value) for decoded in messages for one in readings(decoded)]


def test_single_values_are_signals_of_the_level_before() -> None:
    assert read_back([("plant/l1/p7/flow", b"1.5"), ("plant/l1/p7/on", b"true"), ("plant/l2/p8/flow", b"2")]) == [
        ("l1/p7", "flow", None, 1.5),
        ("l1/p7", "on", None, 1.0),
        ("l2/p8", "flow", None, 2.0),
    ]


def test_one_topic_alone_is_enough() -> None:
    assert read_back([("plant/pump/flow", b"1")]) == [("plant/pump", "flow", None, 1.0)]
    assert read_back([("flow", b"1")]) == [("site/asset", "flow", None, 1.0)]


def test_texts_become_numbers_that_a_person_is_to_look_at() -> None:
    heard = [("plant/p1/state", b"running"), ("plant/p2/state", b"stopped")]
    lesson = MappingLearner()
    for topic, payload in heard:
        lesson.hear(topic, payload)
    assert "# the numbers are made up" in lesson.proposal()
    assert read_back(heard) == [("plant/p1", "state", None, 0.0), ("plant/p2", "state", None, 1.0)]


def test_json_gives_its_numbers_and_its_time() -> None:
    body = b'{"meta": {"ts": 1700000000}, "motor": {"temp": 60.5, "on": true}, "pump": {"temp": 3}, "mode": "auto"}'
    assert read_back([("a/b/m1", body), ("a/b/m2", body)])[:4] == [
        ("a/m1", "motor_temp", 1.7e12, 60.5),
        ("a/m1", "on", 1.7e12, 1.0),
        ("a/m1", "pump_temp", 1.7e12, 3.0),
        ("a/m1", "mode", 1.7e12, 0.0),
    ]


def test_a_list_of_samples_is_read_one_by_one() -> None:
    body = b'[{"time": "2023-11-14T22:13:20Z", "v": 1}, {"time": "2023-11-14T22:13:21Z", "v": 2}]'
    assert read_back([("cells/c4", body)]) == [("cells/c4", "v", 1.7e12, 1.0), ("cells/c4", "v", 1.700000001e12, 2.0)]


def test_line_protocol_is_known_by_its_look() -> None:
    heard = [("telegraf/h1", b"cpu,host=h1 idle=5 1700000000000000000"), ("telegraf/h2", b"cpu,host=h2 idle=6")]
    assert read_back(heard) == [("telegraf/h1", "idle", 1.7e12, 5.0), ("telegraf/h2", "idle", None, 6.0)]


def test_what_is_nothing_is_counted_and_passed_over() -> None:
    lesson = MappingLearner()
    for payload in (b"", b"\xff\xfe", b"{", b"x" * 100):
        lesson.hear("a/b", payload)
    assert (lesson.topics, lesson.unread) == (0, 4)


LEVEL = st.text(max_size=3) | st.sampled_from(["a", "{x}", "+", "#", '"'])


@given(st.lists(st.tuples(st.lists(LEVEL, min_size=1, max_size=4).map("/".join), st.binary(max_size=30)), max_size=6))
def test_whatever_was_heard_the_proposal_can_be_read(heard: Heard) -> None:
    lesson = MappingLearner()
    for topic, payload in heard:
        lesson.hear(topic, payload)
    if lesson.topics:
        parse_rules(lesson.proposal(), name="proposal")


def test_a_last_level_that_only_says_value_names_nothing() -> None:
    assert read_back([("plant/p1/flow/value", b"1"), ("plant/p2/flow/value", b"2")]) == [
        ("plant/p1", "flow", None, 1.0),
        ("plant/p2", "flow", None, 2.0),
    ]
