"""Sparkplug nodes through their lives: births, gaps, deaths, restarts of ours, and strangers who send anything."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.decoding.decode import Decoder
from ingest.decoding.decoded import Decoded
from ingest.decoding.shown import readings, refusals
from ingest.formats import every_format, sparkplug
from ingest.formats.sparkplug import Nodes
from ingest.formats.sparkplug.payload import DataType, Payload
from plant.errors import Rejected

T_MS = 1_700_000_000_000


def payload(seq: int | None, *metrics: dict[str, Any], bd_seq: int | None = None) -> bytes:
    message = Payload(timestamp=T_MS)
    if seq is not None:
        message.seq = seq
    if bd_seq is not None:
        message.metrics.add(name="bdSeq", datatype=DataType.Int64, long_value=bd_seq)
    for metric in metrics:
        message.metrics.add(**metric)
    built: bytes = message.SerializeToString()
    return built


def flow(value: float, **more: Any) -> dict[str, Any]:
    """A value under the alias that the births of this file declare."""
    return {"alias": 5, "double_value": value, **more}


BORN = {"name": "flow", "alias": 5, "datatype": DataType.Double, "double_value": 1.0}


class Line:
    """A node's messages on their way into the format."""

    def __init__(self, memories: dict[str, Any] | None = None, *, joins_names: bool = False) -> None:
        self.now_s = 1000.0
        self.nodes = Nodes(memories or {}, monotonic=lambda: self.now_s, joins_names=joins_names)
        self.memories: dict[str, Any] = dict(memories or {})
        self.asked: list[str] = []

    def says(self, kind: str, body: bytes, node: str = "n", device: str = "") -> Decoded:
        decoded = self.nodes.decode("/".join(filter(None, ("spBv1.0", "g", kind, node, device))), body)
        if decoded.extras is not None:
            self.asked += [answer.topic for answer in decoded.extras.answers]
            self.memories |= {memory.speaker: memory.document for memory in decoded.extras.memories}
        return decoded

    def born(self, seq: int = 0, bd_seq: int = 1) -> None:
        self.says("NBIRTH", payload(seq, BORN, bd_seq=bd_seq))

    def data(self, seq: int, *metrics: dict[str, Any]) -> list[tuple[str, float, str]]:
        decoded = self.says("NDATA", payload(seq, *(metrics or (flow(2.0),))))
        return [(one.signal, one.value, one.flags) for one in readings(decoded)]


CERTAIN, UNCERTAIN = [("flow", 2.0, "")], [("flow", 2.0, "quality_uncertain")]


def test_the_sequence_goes_on_after_255() -> None:
    line = Line()
    line.born(254)
    assert [line.data(255), line.data(0), line.data(1)] == [CERTAIN] * 3
    assert line.asked == []


def test_a_gap_asks_once_until_the_node_is_born_again() -> None:
    line = Line()
    line.born()
    assert line.data(1) == CERTAIN
    assert [line.data(seq) for seq in (3, 4, 9, 2)] == [UNCERTAIN] * 4
    assert line.asked == ["spBv1.0/g/NCMD/n"]
    line.born()
    assert line.data(1) == CERTAIN
    assert line.asked == ["spBv1.0/g/NCMD/n"]
    line.data(5)
    assert len(line.asked) == 2


def test_a_request_that_is_lost_is_repeated_every_thirty_seconds_until_the_node_is_born_again() -> None:
    line = Line()
    line.born()
    for second in range(91):  # one gap, then ten messages a second in perfect order
        line.now_s = 1000.0 + second
        for n in range(10):
            assert line.data((7 + 10 * second + n) % 256) == UNCERTAIN
    assert line.asked == ["spBv1.0/g/NCMD/n"] * 4  # at once, after 30, 60 and 90 s
    line.born()
    line.now_s += 1000
    assert line.data(1) == CERTAIN
    assert len(line.asked) == 4


def test_gap_after_gap_within_thirty_seconds_asks_once() -> None:
    line = Line()
    for second in range(30):
        line.now_s = 1000.0 + second
        line.data(3 * second % 256)
    assert line.asked == ["spBv1.0/g/NCMD/n"]


def test_a_dead_node_is_not_reminded_but_one_that_speaks_again_is_asked() -> None:
    line = Line()
    line.data(4)
    line.says("NDEATH", payload(None))
    line.now_s += 100
    assert len(line.asked) == 1
    line.data(9)
    assert len(line.asked) == 2


def test_a_device_whose_birth_request_is_lost_is_asked_for_again() -> None:
    line = Line()
    line.born()
    for n, at_s in enumerate((0.0, 10.0, 31.0), start=1):
        line.now_s = 1000.0 + at_s
        line.says("DDATA", payload(n, {"name": "head", "datatype": DataType.Double, "double_value": 1.0}), device="d")
    assert len(line.asked) == 2


def test_what_is_asked_is_a_rebirth() -> None:
    decoded = Line().says("NDATA", payload(4, flow(1)))
    assert decoded.extras is not None
    (answer,) = decoded.extras.answers
    (metric,) = Payload.FromString(answer.payload).metrics
    assert (metric.name, metric.datatype, metric.boolean_value) == ("Node Control/Rebirth", DataType.Boolean, True)


def test_after_a_restart_the_aliases_are_still_known() -> None:
    before = Line()
    before.born()
    after = Line(json.loads(json.dumps(before.memories)))
    assert after.data(7) == UNCERTAIN  # nobody saw what it said in between
    assert after.data(8) == UNCERTAIN
    assert after.asked == ["spBv1.0/g/NCMD/n"]
    after.born()
    assert after.data(1) == CERTAIN


def test_a_value_under_its_own_name_is_never_uncertain() -> None:
    named = {"name": "flow", "datatype": DataType.Double, "double_value": 2.0}
    assert Line().data(9, named) == CERTAIN


def test_an_alias_that_no_birth_declared_is_refused_and_asked_for_once() -> None:
    line = Line()
    for _ in range(3):
        line.born()
        decoded = line.says("NDATA", payload(1, {"alias": 77, "double_value": 1.0}, flow(2.0)))
        assert [(one.reason, one.readings) for one in refusals(decoded)] == [("unknown_alias", 1)]
        assert [one.value for one in readings(decoded)] == [2.0]
    assert line.asked == ["spBv1.0/g/NCMD/n"]


def test_a_metric_with_neither_name_nor_alias_is_not_taken_for_alias_zero() -> None:
    line = Line()
    line.says("NBIRTH", payload(0, {**BORN, "alias": 0}))
    assert line.data(1, {"double_value": 1.0}) == []
    assert line.data(2, {"alias": 0, "double_value": 2.0}) == CERTAIN


def test_a_device_that_its_node_forgets_to_bear_is_asked_for_once() -> None:
    line = Line()
    for _ in range(3):
        line.born()
        line.says("DDATA", payload(1, {"name": "head", "datatype": DataType.Double, "double_value": 1.0}), device="d")
    assert line.asked == ["spBv1.0/g/NCMD/n"]


def test_a_nodes_death_is_that_of_its_devices_and_an_old_one_is_none() -> None:
    line = Line()
    line.born(bd_seq=4)
    line.says("DBIRTH", payload(1, BORN), device="d")
    assert line.says("NDEATH", payload(None, bd_seq=3)).extras is None
    extras = line.says("NDEATH", payload(None, bd_seq=4)).extras
    assert extras is not None
    assert [(one.asset, one.is_online) for one in extras.presences] == [("n", False), ("d", False)]


def test_a_device_dies_alone() -> None:
    line = Line()
    line.born()
    line.says("DBIRTH", payload(1, BORN), device="d")
    extras = line.says("DDEATH", payload(2), device="d").extras
    assert extras is not None
    assert [(one.asset, one.is_online) for one in extras.presences] == [("d", False)]
    assert line.asked == []
    assert line.data(3) == CERTAIN


def test_two_nodes_with_one_device_id_do_not_become_one_asset_until_the_first_gives_the_device_up() -> None:
    line = Line()
    line.born(bd_seq=1)
    line.says("DBIRTH", payload(1, BORN), device="d")
    line.says("NBIRTH", payload(0, bd_seq=1), node="m")
    with pytest.raises(Rejected) as refusal:
        line.says("DBIRTH", payload(1, BORN), node="m", device="d")
    assert refusal.value.reason == "device_of_another_node"
    line.says("NDEATH", payload(None, bd_seq=1))
    line = Line(json.loads(json.dumps(line.memories)))
    with pytest.raises(Rejected, match=r"ASSETLOOP_SPARKPLUG_ASSET=node/device .* n/d and m/d"):
        line.says("DBIRTH", payload(2, BORN), node="m", device="d")
    line.says("DDEATH", payload(2), device="d")
    assert readings(line.says("DBIRTH", payload(3, BORN), node="m", device="d"))[0].device == "g/d"
    line = Line(json.loads(json.dumps(line.memories)))
    assert readings(line.says("DBIRTH", payload(4, BORN), node="m", device="d"))[0].device == "g/d"


def test_a_device_id_stays_with_the_node_of_another_process_that_uses_it() -> None:
    elsewhere, here = Line(), Line()
    elsewhere.born(bd_seq=1)
    elsewhere.says("DBIRTH", payload(1, BORN), device="d")
    here.nodes.learn(json.loads(json.dumps(elsewhere.memories)))
    here.says("NBIRTH", payload(0, bd_seq=1), node="m")
    with pytest.raises(Rejected, match="g/n has a device d, too"):
        here.says("DBIRTH", payload(1, BORN), node="m", device="d")
    elsewhere.says("DDEATH", payload(2), device="d")
    here.nodes.learn(json.loads(json.dumps(elsewhere.memories)))
    assert readings(here.says("DBIRTH", payload(2, BORN), node="m", device="d"))[0].device == "g/d"


def test_a_device_id_that_two_processes_took_unseen_by_each_other_is_the_first_node_s_by_name_in_both() -> None:
    one, other = Line(), Line()
    for line, node in ((one, "a"), (other, "b")):
        line.says("NBIRTH", payload(0, bd_seq=1), node=node)
        line.says("DBIRTH", payload(1, BORN), node=node, device="d")
    for line, learns in ((one, other.memories), (other, one.memories)):
        line.nodes.learn(json.loads(json.dumps(learns)))
    assert readings(one.says("DDATA", payload(2, flow(2.0)), node="a", device="d"))
    with pytest.raises(Rejected, match="g/a has a device d, too"):
        other.says("DDATA", payload(2, flow(2.0)), node="b", device="d")


def test_a_node_that_is_taken_over_is_asked_for_one_birth_and_its_aliases_are_known() -> None:
    former, successor = Line(), Line()
    former.born()
    successor.nodes.learn(json.loads(json.dumps(former.memories)))
    assert successor.data(1) == UNCERTAIN
    assert successor.data(2) == UNCERTAIN
    assert successor.asked == ["spBv1.0/g/NCMD/n"]


def test_where_names_are_joined_two_nodes_may_have_one_device_id() -> None:
    line = Line(joins_names=True)
    for node in ("n", "m"):
        line.says("NBIRTH", payload(0, BORN, bd_seq=1), node=node)
        decoded = line.says("DBIRTH", payload(1, BORN), node=node, device="d")
        assert decoded.extras is not None
        assert [one.asset for one in decoded.extras.presences] == [f"{node}/d"]
        assert [one.device for one in readings(decoded)] == [f"g/{node}/d"]
    after = Line(json.loads(json.dumps(line.memories)), joins_names=True)
    assert [one.device for one in readings(after.says("DBIRTH", payload(2, BORN), device="d"))] == ["g/n/d"]


def compressed(body: bytes, algorithm: str | None = None, **more: Any) -> bytes:
    message = Payload(uuid="SPBV1.0_COMPRESSED", body=body, **more)
    if algorithm is not None:
        message.metrics.add(name="algorithm", datatype=DataType.String, string_value=algorithm)
    built: bytes = message.SerializeToString()
    return built


@pytest.mark.parametrize(
    ("squeeze", "algorithm"),
    [
        (gzip.compress, "GZIP"),
        (zlib.compress, "DEFLATE"),
        (zlib.compress, None),
        (lambda body: zlib.compress(body, wbits=-15), "DEFLATE"),
    ],
    ids=["gzip", "deflate", "unnamed", "raw"],
)
def test_a_compressed_payload_is_read_like_any_other(squeeze: Callable[[bytes], bytes], algorithm: str | None) -> None:
    line = Line()
    line.says("NBIRTH", compressed(squeeze(payload(0, BORN, bd_seq=1)), algorithm))
    decoded = line.says("NDATA", compressed(squeeze(payload(1, flow(2.0))), algorithm))
    assert [(one.signal, one.value, one.flags) for one in readings(decoded)] == CERTAIN
    outer = line.says("NDATA", compressed(squeeze(payload(None, flow(2.0))), algorithm, seq=2))
    assert [(one.signal, one.value, one.flags) for one in readings(outer)] == CERTAIN
    assert line.asked == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (zlib.compress(bytes(5 * 2**20)), "expands_too_far"),
        (gzip.compress(bytes(5 * 2**20)), "expands_too_far"),
        (zlib.compress(payload(1, flow(2.0)))[:-6], "bad_compression"),
        (b"no compression at all", "bad_compression"),
        (b"", "bad_compression"),
        (zlib.compress(compressed(zlib.compress(payload(1, flow(2.0))))), "bad_compression"),
        (zlib.compress(b"no protobuf"), "not_sparkplug"),
    ],
    ids=["bomb", "gzip bomb", "cut", "plain", "nothing", "twice", "other"],
)
def test_what_cannot_be_expanded_is_refused_whole_and_leaves_a_gap(body: bytes, reason: str) -> None:
    line = Line()
    line.born()
    with pytest.raises(Rejected) as refusal:
        line.says("NDATA", compressed(body))
    assert refusal.value.reason == reason
    assert line.data(2) == UNCERTAIN
    assert line.asked == ["spBv1.0/g/NCMD/n"]


@pytest.mark.parametrize("sequences", [(None,), (0,), (0, 2, 4, 6)], ids=["absent", "constant", "by twos"])
def test_a_node_that_does_not_count_its_messages_is_asked_ever_less_and_said_once(
    sequences: tuple[int | None, ...], caplog: pytest.LogCaptureFixture
) -> None:
    line = Line()
    for number in range(36_000):  # for an hour ten messages a second, and a birth after each request
        line.now_s = 1000.0 + number / 10
        before = len(line.asked)
        line.says("NDATA", payload(sequences[number % len(sequences)], flow(2.0)))
        if len(line.asked) > before:
            line.born(bd_seq=number % 256)
        if number == 100:
            assert len(line.asked) <= 3
    assert 5 < len(line.asked) < 10
    assert [record.getMessage()[:49] for record in caplog.records] == [
        "a Sparkplug node does not count its messages: its"
    ]


def test_two_clients_that_share_a_node_id_do_not_cause_a_storm_of_births() -> None:
    line = Line()
    for number in range(100):  # in 10 s; births answer each request, and most messages follow the one before
        line.now_s = 1000.0 + number / 10
        before = len(line.asked)
        line.data((number if number % 4 else number + 100) % 256)
        if len(line.asked) > before:
            line.born(number % 256)
    assert len(line.asked) <= 3


def test_a_metric_that_no_birth_declared_is_stored_and_its_birth_asked_for_once() -> None:
    line = Line()
    new = {"name": "new", "datatype": DataType.Double, "double_value": 3.0}
    for _ in range(3):
        line.born()
        assert line.data(1, flow(2.0), new) == [("flow", 2.0, ""), ("new", 3.0, "")]
        assert line.data(2, new) == [("new", 3.0, "")]
    assert line.asked == ["spBv1.0/g/NCMD/n"]


def test_nodes_and_metrics_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparkplug, "_MOST_NODES", 2)
    monkeypatch.setattr(sparkplug, "_MOST_METRICS", 5)
    line = Line()
    line.says("NBIRTH", payload(0, BORN), node="a")
    with pytest.raises(Rejected) as refusal:
        line.says("NBIRTH", payload(0, *({**BORN, "name": f"m{n}"} for n in range(5))), node="b")
    assert refusal.value.reason == "too_many_metrics"
    with pytest.raises(Rejected) as refusal:
        line.says("NBIRTH", payload(0, BORN), node="c")
    assert refusal.value.reason == "too_many_nodes"
    for _ in range(9):  # being born again takes no more room
        line.says("NBIRTH", payload(0, BORN), node="a")


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ({"datatype": DataType.Int8, "int_value": 0xFF}, -1.0),
        ({"datatype": DataType.Int8, "int_value": 0xFFFFFFFF}, -1.0),
        ({"datatype": DataType.Int16, "int_value": 0x7FFF}, 32767.0),
        ({"datatype": DataType.Int64, "long_value": 2**63}, -(2.0**63)),
        ({"datatype": DataType.UInt32, "long_value": 2**32 - 1}, 4294967295.0),
        ({"datatype": DataType.UInt64, "long_value": 2**64 - 1}, 2.0**64),
        ({"datatype": DataType.DateTime, "long_value": T_MS}, float(T_MS)),
        ({"datatype": DataType.Boolean, "boolean_value": True}, 1.0),
        ({"datatype": DataType.Float, "float_value": 0.5}, 0.5),
    ],
)
def test_every_numeric_type_becomes_a_number(metric: dict[str, Any], value: float) -> None:
    assert readings(Line().says("NDATA", payload(0, {"name": "x", **metric})))[0].value == value


@pytest.mark.parametrize(
    ("metric", "detail"),
    [
        ({"datatype": DataType.Double, "double_value": float("nan")}, "x is nan"),
        ({"datatype": DataType.Double, "is_null": True}, "x is null"),
        ({"datatype": DataType.String, "string_value": "high"}, "x is a String"),
        ({"datatype": DataType.DataSet, "dataset_value": b"\x08\x01"}, "x is a DataSet"),
        ({"datatype": 22, "bytes_value": b"12"}, "x is a type 22"),
    ],
)
def test_what_is_no_number_is_refused_by_itself(metric: dict[str, Any], detail: str) -> None:
    decoded = Line().says("NDATA", payload(0, {"name": "x", **metric}, {"name": "y", "double_value": 1.0}))
    assert [one.signal for one in readings(decoded)] == ["y"]
    assert [(one.reason, one.detail) for one in refusals(decoded)] == [("not_a_number", detail)]


def test_a_birth_may_declare_a_metric_without_a_value() -> None:
    decoded = Line().says("NBIRTH", payload(0, {"name": "x", "datatype": DataType.Double, "is_null": True}))
    assert decoded.reports == []


def test_the_original_type_is_remembered() -> None:
    line = Line()
    line.says("NBIRTH", payload(0, {"name": "x", "alias": 1, "datatype": DataType.Int16, "int_value": 1}, bd_seq=9))
    assert line.memories == {"g/n": {"birth_number": 9, "metrics": {"": [["bdSeq", None, 4], ["x", 1, 2]]}}}


def test_a_metric_that_comes_ten_thousand_times_at_one_instant_is_read_in_no_time() -> None:
    named = {"name": "x", "double_value": 1.0}
    assert len(readings(Line().says("NDATA", payload(0, *[named] * 10_000)))) == 10_000


REASONS = {"unknown_topic", "not_sparkplug", "undecodable", "device_of_another_node", "bad_compression"}
METRIC = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=4) | st.sampled_from(["bdSeq", "flow", "Node Control/Rebirth"]),
        "alias": st.integers(0, 9) | st.integers(0, 2**64 - 1),
        "timestamp": st.integers(0, 2**64 - 1),
        "datatype": st.integers(0, 40),
        "is_historical": st.booleans(),
        "is_null": st.booleans(),
        "int_value": st.integers(0, 2**32 - 1),
        "long_value": st.integers(0, 2**64 - 1),
        "double_value": st.floats(),
        "string_value": st.text(max_size=3),
        "template_value": st.binary(max_size=3),
    },
)
TOPIC = st.builds(
    "/".join,
    st.tuples(
        st.just("spBv1.0"),
        st.sampled_from(["g", "", "h"]),
        st.sampled_from(["NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA", "NCMD", "STATE"]),
        st.sampled_from(["n", "m/d", "n/d", "n/d/e"]),
    ),
)
BODY = st.binary(max_size=60) | st.builds(
    lambda seq, metrics: payload(seq, *metrics), st.none() | st.integers(0, 2**64 - 1), st.lists(METRIC, max_size=4)
)


@given(st.lists(st.tuples(TOPIC, BODY), max_size=8))
def test_whatever_comes_gives_readings_or_a_reason(messages: list[tuple[str, bytes]]) -> None:
    decoder = Decoder(every_format(), most_bytes=2**20)
    for topic, body in messages:
        message = heard(decoder, topic, body)
        assert message in REASONS if isinstance(message, str) else all(isfinite(one.value) for one in readings(message))


def heard(decoder: Decoder, topic: str, body: bytes) -> Decoded | str:
    """Decode a message, or return why it was refused."""
    try:
        return decoder.decode(topic.encode(), body)
    except Rejected as refusal:
        return refusal.reason


def test_an_integer_that_no_float_holds_is_marked() -> None:
    said = {"u": (DataType.UInt64, 2**64 - 1), "i": (DataType.Int64, 2**64 - 9), "e": (DataType.Int64, 2**53)}
    metrics = [{"name": key, "datatype": kind, "long_value": value} for key, (kind, value) in said.items()]
    told = readings(Line().says("NBIRTH", payload(0, *metrics)))
    assert {one.signal: (one.value, one.flags) for one in told} == {
        "u": (2.0**64, "quality_uncertain"),
        "i": (-9.0, ""),
        "e": (2.0**53, ""),
    }


def test_an_alias_that_a_birth_gives_to_two_metrics_stands_for_neither() -> None:
    line = Line()
    line.says("NBIRTH", payload(0, BORN, {**BORN, "name": "head"}))
    (refused,) = refusals(line.says("NDATA", payload(1, flow(3.0))))
    assert (refused.reason, line.asked) == ("unknown_alias", ["spBv1.0/g/NCMD/n"])


@pytest.mark.parametrize(
    ("field", "said", "flags"),
    [
        ("int_value", 0, "quality_bad"),
        ("int_value", 192, ""),
        ("long_value", 192, ""),
        ("int_value", 500, "quality_uncertain"),
        ("string_value", "192", ""),
        ("string_value", "BAD", "quality_bad"),
        ("string_value", "whatever", "quality_uncertain"),
    ],
)
@pytest.mark.parametrize("name", ["Quality", "quality"])
def test_quality_is_a_property_of_whatever_type(name: str, field: str, said: object, flags: str) -> None:
    message = Payload(timestamp=T_MS, seq=0)
    metric = message.metrics.add(**BORN)
    metric.properties.keys.append(name)
    setattr(metric.properties.values.add(), field, said)
    (told,) = readings(Line().says("NBIRTH", message.SerializeToString()))
    assert told.flags == flags
