"""What was heard becomes a mapping that reads it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.decoding.decode import Decoder
from ingest.decoding.shown import readings
from ingest.learning.learner import MappingLearner
from ingest.mapping import mapping_format
from ingest.mapping.file import parse_rules

Heard = list[tuple[str, bytes]]


def read_back(heard: Heard) -> list[tuple[str, str, float | None, float]]:
    """Propose a mapping of what was heard and read that with it."""
    learner = MappingLearner()
    for topic, payload in heard:
        learner.hear(topic, payload)
    decoder = Decoder([mapping_format(parse_rules(learner.proposal(), name="proposal"))], most_bytes=2**20)
    told = [decoder.decode(topic.encode(), payload) for topic, payload in heard]
    return [(one.device, one.signal, one.time_ms, one.value) for decoded in told for one in readings(decoded)]


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
    heard = [("plant/p1/state", b"draining"), ("plant/p2/state", b"filling")]
    learner = MappingLearner()
    for topic, payload in heard:
        learner.hear(topic, payload)
    assert "# the numbers are made up" in learner.proposal()
    assert read_back(heard) == [("plant/p1", "state", None, 0.0), ("plant/p2", "state", None, 1.0)]


def test_json_gives_its_numbers_and_its_time() -> None:
    body = b'{"meta": {"ts": 1700000000}, "motor": {"temp": 60.5, "on": true}, "pump": {"temp": 3}, "mode": "auto"}'
    assert read_back([("a/b/m1", body), ("a/b/m2", body)])[:4] == [
        ("a/m1", "motor_temp", 1.7e12, 60.5),
        ("a/m1", "on", 1.7e12, 1.0),
        ("a/m1", "pump_temp", 1.7e12, 3.0),
        ("a/m1", "mode", 1.7e12, 0.0),
    ]


def test_the_examples_of_the_reference_are_proposed_as_they_stand_there() -> None:
    cell = b'{"at": 1700000000, "motor": {"temperatures": [60, 61]}}'
    tags = b'{"sent": 1700000000000, "tags": [{"id": "P7.Temp", "v": 21.5, "q": 3}, {"id": "P8.Temp", "v": 2, "q": 3}]}'
    assert read_back([("cells/4", cell)]) == [
        ("cells/4", "motor_temperatures_0", 1.7e12, 60.0),
        ("cells/4", "motor_temperatures_1", 1.7e12, 61.0),
    ]
    assert [one[1:] for one in read_back([("gateways/g", tags)])] == [
        ("P7.Temp", 1.7e12, 21.5),
        ("P8.Temp", 1.7e12, 2.0),
    ]


def test_a_list_of_samples_is_read_one_by_one() -> None:
    body = b'[{"time": "2023-11-14T22:13:20Z", "v": 1}, {"time": "2023-11-14T22:13:21Z", "v": 2}]'
    assert read_back([("cells/c4", body)]) == [("cells/c4", "v", 1.7e12, 1.0), ("cells/c4", "v", 1.700000001e12, 2.0)]


def test_line_protocol_is_known_by_its_look() -> None:
    heard = [("lines/h1", b"cpu,host=h1 idle=5 1700000000000000000"), ("lines/h2", b"cpu,host=h2 idle=6")]
    assert read_back(heard) == [("lines/h1", "idle", 1.7e12, 5.0), ("lines/h2", "idle", None, 6.0)]


def test_what_is_nothing_is_counted_and_passed_over() -> None:
    learner = MappingLearner()
    for payload in (b"", b"\xff\xfe", b"{", b"x" * 100):
        learner.hear("a/b", payload)
    assert (learner.topics, learner.unread) == (0, 4)


LEVEL = st.text(max_size=3) | st.sampled_from(["a", "{x}", "+", "#", '"'])


@given(st.lists(st.tuples(st.lists(LEVEL, min_size=1, max_size=4).map("/".join), st.binary(max_size=30)), max_size=6))
def test_whatever_was_heard_the_proposal_can_be_read(heard: Heard) -> None:
    learner = MappingLearner()
    for topic, payload in heard:
        learner.hear(topic, payload)
    if learner.topics:
        parse_rules(learner.proposal(), name="proposal")


def test_a_last_level_that_only_says_value_names_nothing() -> None:
    assert read_back([("plant/p1/flow/value", b"1"), ("plant/p2/flow/value", b"2")]) == [
        ("plant/p1", "flow", None, 1.0),
        ("plant/p2", "flow", None, 2.0),
    ]


def test_topics_are_merged_only_where_they_are_read_alike() -> None:
    heard = [("a/p1", b'{"flow": 1, "temp": 2}'), ("a/p2", b'{"flow": 3, "temp": 4}'), ("a/meter", b'{"kwh": 5}')]
    assert sorted(read_back(heard)) == [
        ("a/meter", "kwh", None, 5.0),
        ("a/p1", "flow", None, 1.0),
        ("a/p1", "temp", None, 2.0),
        ("a/p2", "flow", None, 3.0),
        ("a/p2", "temp", None, 4.0),
    ]


def test_lists_within_objects_and_times_beside_them_are_seen() -> None:
    body = b'{"timestamp_ms": 1700000000000, "data": {"rows": [{"slot": 1, "v": 1.5}, {"slot": 2, "v": 2.5}]}}'
    assert read_back([("racks/r1", body)]) == [("racks/r1-1", "v", 1.7e12, 1.5), ("racks/r1-2", "v", 1.7e12, 2.5)]


def test_the_name_of_a_value_that_stands_beside_it_names_the_signal() -> None:
    points = b'[{"id": "T-1", "val": 1.5, "q": "GOOD"}, {"id": "F-2", "val": 2, "q": "BAD"}]'
    body = b'{"last_seen": 1700000000, "points": %b}' % points
    assert read_back([("gw/g1", body)]) == [("gw/g1", "T-1", 1.7e12, 1.5), ("gw/g1", "F-2", 1.7e12, 2.0)]


def test_ids_and_versions_are_no_states() -> None:
    body = b'{"id": "pump", "serial": "A7-11", "version": "1.2.3", "mac": "00:15:8d", "mode": "auto", "flow": 1}'
    proposal = proposed_of([("a/p1", body)])
    assert [one[1] for one in read_back([("a/p1", body)])] == ["mode", "flow"]
    assert "A7-11" not in proposal
    assert "pump" not in proposal


def test_what_stores_nothing_is_proposed_as_ignored() -> None:
    heard = [("a/p1/firmware", b"v1.2.3"), ("a/p1/flow", b"1")]
    assert read_back(heard) == [("a/p1", "flow", None, 1.0)]
    assert 'ignore = ["firmware"]' in proposed_of(heard)
    assert "nothing in it is a number" in proposed_of([*heard, ("a/p1/firmware/version", b"v1.2.3")])


def test_payloads_of_several_kinds_on_topics_that_look_alike_are_told_apart() -> None:
    heard = [
        ("a/p1/flow", b"1.5"),
        ("a/p1/state", b"running"),
        ("a/p1/data", b'{"temp": 20, "rpm": 3}'),
        ("a/p2/lines", b"pump flow=7"),
    ]
    assert sorted(one[1:] for one in read_back(heard)) == [
        ("flow", None, 1.5),
        ("flow", None, 7.0),
        ("rpm", None, 3.0),
        ("state", None, 1.0),
        ("temp", None, 20.0),
    ]


def test_local_times_ask_for_the_plants_zone() -> None:
    heard = [("a/p1", b'{"time": "2023-11-14T22:13:20", "flow": 1}')]
    assert 'time_zone = "UTC"  # its times name no zone' in proposed_of(heard)
    assert read_back(heard) == [("a/p1", "flow", 1.7e12, 1.0)]


def proposed_of(heard: Heard) -> str:
    learner = MappingLearner()
    for topic, payload in heard:
        learner.hear(topic, payload)
    return learner.proposal()
