"""The native format, rule by rule."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.decoding.decoded import ABSENT, DeviceReport
from ingest.formats.native import decode as decode_native
from plant.errors import Rejected
from plant.reading import Flag

TOPIC = "assetloop/v1/demo/P-101/telemetry"


def decode(document: Any, topic: str = TOPIC) -> DeviceReport:
    (report,) = decode_native(topic, document if isinstance(document, bytes) else orjson.dumps(document)).reports
    return report


def rows(report: DeviceReport) -> list[tuple[str, int, float, int]]:
    """Every value with its key, time and flags."""
    found, values = [], iter(enumerate(report.values))
    for keys, time_us, flags in zip(report.keys, report.times_us, report.flags, strict=True):
        for key in keys:
            place, value = next(values)
            found.append((key, time_us, value, flags | report.marks.get(place, 0)))
    assert next(values, None) is None
    return found


def refusals(report: DeviceReport) -> dict[str, int]:
    return {reason: reject.readings for reason, reject in report.rejects.items()}


def test_flat_values_have_no_time_of_their_own() -> None:
    assert rows(decode({"flow": 7, "head": 2.5})) == [("flow", ABSENT, 7, 0), ("head", ABSENT, 2.5, 0)]


def test_values_may_carry_their_time_in_milliseconds() -> None:
    assert rows(decode({"ts": 1_700_000_000_123, "values": {"flow": 7}})) == [("flow", 1_700_000_000_123_000, 7, 0)]
    assert rows(decode({"ts": 1_700_000_000_000.25, "values": {"flow": 7}}))[0][1] == 1_700_000_000_000_250


def test_an_array_holds_many_instants() -> None:
    instants = [{"ts": second * 1000, "values": {"a": second, "b": -second}} for second in range(3)]
    assert rows(decode(instants)) == [
        (key, second * 1_000_000, value, 0) for second in range(3) for key, value in (("a", second), ("b", -second))
    ]


def test_the_topic_names_site_and_asset_also_where_tags_are_encoded() -> None:
    report = decode({"a": 1}, "assetloop/v1/Werk %2B1/泵%2F1/telemetry")
    assert (report.site, report.asset) == ("Werk +1", "泵/1")


@pytest.mark.parametrize(
    "topic",
    [
        "spBv1.0/g/NDATA/n",
        "assetloop/v1/demo/telemetry",
        "assetloop/v1/a%00/b/telemetry",
        pytest.param("assetloop/v1/demo/%FF/telemetry", id="no UTF-8"),
        pytest.param("assetloop/v1/demo/%E2%80%8B/telemetry", id="nothing that is seen"),
        pytest.param("assetloop/v1/ /P-101/telemetry", id="a blank"),
        "",
    ],
)
def test_a_foreign_topic_is_refused(topic: str) -> None:
    with pytest.raises(Rejected) as refusal:
        decode_native(topic, b'{"a": 1}')
    assert refusal.value.reason == "unknown_topic"


def test_quality_and_history_become_flags() -> None:
    said = {"ts": 0, "hist": True, "q": {"a": "BAD", "b": "uncertain", "c": "GOOD", "d": "?", "other": "BAD"}}
    report = decode({**said, "values": {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, "seq": 41})
    historical = int(Flag.HISTORICAL)
    assert [flags - historical for _, _, _, flags in rows(report)] == [2, 4, 0, 4, 0]
    assert report.sequence == 41


def test_in_the_flat_shape_the_reserved_words_are_words_only_in_their_form() -> None:
    assert decode({"ts": 5, "flow": 1, "seq": 9, "hist": False, "q": {"flow": "BAD"}}).keys == [("flow",)]
    assert decode({"q": 3.2, "seq": 1.5, "values": 4}).keys == [("q", "seq", "values")]


def test_booleans_are_numbers_and_other_things_are_refused_one_by_one() -> None:
    report = decode(
        {"on": True, "off": False, "text": "high", "none": None, "list": [1], "object": {"a": 1}, "flow": 3}
    )
    assert {key: value for key, _, value, _ in rows(report)} == {"on": 1.0, "off": 0.0, "flow": 3}
    assert refusals(report) == {"not_a_number": 4}
    assert 'text is "high"; none is null' in report.rejects["not_a_number"].detail


def test_values_that_are_not_finite_cost_only_themselves() -> None:
    report = decode(b'{"ts": 1000, "values": {"a": NaN, "b": Infinity, "c": -Infinity, "d": 1e400, "e": 1.5}}')
    assert rows(report) == [("e", 1_000_000, 1.5, 0)]
    assert refusals(report) == {"not_a_number": 4}


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a": 1} x',
        b"[" * 5000 + b"]" * 5000,
        b'"\\ud800"',
        b"{NaN",
        b"[" * 5000 + b"NaN",
        b"\x1f\x8b",
    ],
)
def test_what_is_not_json_is_refused(payload: bytes) -> None:
    with pytest.raises(Rejected) as refusal:
        decode(payload)
    assert refusal.value.reason == "not_json"


@pytest.mark.parametrize(
    "document", [{}, [], 5, "text", None, [[]], [5], {"a": "b"}, {"ts": 1, "values": {}}, {"ts": 1}]
)
def test_what_holds_no_number_is_refused(document: Any) -> None:
    with pytest.raises(Rejected) as refusal:
        decode(document)
    assert refusal.value.reason == "no_numbers"


def test_an_instant_whose_time_is_not_one_is_refused_and_the_others_are_kept() -> None:
    times: list[Any] = ["2026-01-01", True, {}, 5]
    instants = [{"ts": ts, "values": {"a": 1, "b": 2}} for ts in times]
    report = decode(instants)
    assert report.times_us == [5000]
    assert refusals(report) == {"bad_time": 6}


def test_an_element_that_is_no_object_is_refused_and_the_others_are_kept() -> None:
    report = decode([5, {"a": 1}, "x"])
    assert (report.keys, refusals(report)) == ([("a",)], {"no_numbers": 2})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("time", "2026/11/30 22:15:00"),
        ("time", "30.11.2026 22:15:00"),
        ("time", "11/30/2026 10:15:00 PM"),
        ("date", "Mon, 30 Nov 2026 22:15:00 GMT"),
        ("time", "20261130T221500Z"),
        ("time", "2026年11月30日 22:15:00"),
        ("time", "/Date(1796076900000)/"),
        ("time", "1796076900"),
        ("sourceTimestamp", 1_796_076_900_000),
        ("event_time", 1_796_076_900),
        ("Zeitstempel", 1_796_076_900_000),
        ("采集时间", "2026-11-30 22:15:00"),
        ("date", "30.11.26"),
        ("time", "22:15:00"),
        ("time", "2026-W49-1T22:15"),
        ("date", "Nov 30 2026"),
        ("created_at", {"$date": "2026-11-30T22:15:00Z"}),
        ("time", [2026, 11, 30, 22, 15, 0]),
    ],
)
def test_a_time_under_another_name_is_refused_however_it_is_written(name: str, said: object) -> None:
    assert refusals(decode([{name: said, "a": 1}, {"ts": 5, "a": 1}])) == {"bad_time": 2}


@pytest.mark.parametrize(("name", "said"), [("uptime_ms", 1_209_600_000), ("runtime", 950_000_000), ("time", 12.5)])
def test_a_span_is_a_value_and_no_time(name: str, said: float) -> None:
    assert rows(decode({name: said}))[0][2] == said


def test_a_second_time_beside_ts_is_no_signal() -> None:
    assert decode({"ts": 5, "timestamp": "2026-11-30 22:15:00", "a": 1}).keys == [("a",)]


def test_one_word_of_quality_beside_values_is_of_all_of_them() -> None:
    said = {"ts": 5, "values": {"a": 1, "b": 2}}
    assert [flags for *_, flags in rows(decode({**said, "q": "bad"}))] == [Flag.QUALITY_BAD] * 2
    assert [flags for *_, flags in rows(decode({**said, "q": ["BAD"]}))] == [Flag.QUALITY_UNCERTAIN] * 2
    assert [flags for *_, flags in rows(decode({"ts": 5, "q": 3.2, "seq": 1}))] == [0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda children: (
        st.lists(children) | st.dictionaries(st.text() | st.sampled_from(["ts", "values", "q", "hist"]), children)
    ),
    max_leaves=12,
)


def reason_of(payload: bytes) -> str | None:
    """Decode, look whether the columns fit together, and return why the message was refused, or None."""
    try:
        report = decode(payload)
    except Rejected as refusal:
        return refusal.reason
    assert rows(report) or report.rejects
    return None


@given(JSON)
def test_any_json_gives_columns_of_one_length_or_a_reason(document: Any) -> None:
    assert reason_of(orjson.dumps(document)) in {None, "no_numbers"}


@given(st.binary())
def test_any_bytes_give_columns_or_a_reason(payload: bytes) -> None:
    assert reason_of(payload) in {None, "no_numbers", "not_json"}


@pytest.mark.parametrize(
    "spelt",
    ["nan", "-nan", "NaN", "-nan(ind)", "inf", "-Infinity", "1.#QNAN", "-1.#IND00", "1e999", "undefined", "None"],
)
def test_what_is_no_number_however_it_is_spelt_costs_only_itself(spelt: str) -> None:
    report = decode(f'{{"t1": 17.1, "t2": {spelt}, "note nan": "nan", "t3": 10.0}}'.encode())
    assert dict(zip(report.keys[0], report.values, strict=True)) == {"t1": 17.1, "t3": 10.0}
    assert report.rejects["not_a_number"].readings == 2
    assert spelt in report.rejects["not_a_number"].detail


@pytest.mark.parametrize(
    "around",
    [
        b"\xef\xbb\xbf%b",
        b"%b\x00",
        b"\r\n\t%b\r\n\x00\x00",
        pytest.param("utf-16", id="UTF-16 with a mark"),
        pytest.param("utf-16-le", id="UTF-16 without"),
        pytest.param("utf-16-be", id="UTF-16 the other way round, without"),
    ],
)
def test_what_stands_around_a_document_does_not_change_it(around: bytes | str) -> None:
    body = b'{"ts": 1700000000000, "values": {"temp_\xc3\xa9": 21.5}}'
    payload = body.decode().encode(around) if isinstance(around, str) else around % body
    report = decode(payload)
    assert (report.keys, report.values.tolist(), report.times_us) == ([("temp_é",)], [21.5], [1_700_000_000_000_000])


@pytest.mark.parametrize(
    "body", ['{"timestamp": 1700000000000, "values": {"t": 1}}', '{"timestamp": 1700000000000, "t": 1}']
)
def test_a_time_that_is_called_timestamp_is_read(body: str) -> None:
    report = decode(body.encode())
    assert (report.keys, report.times_us) == ([("t",)], [1_700_000_000_000_000])


@pytest.mark.parametrize(
    "body",
    [
        '{"time": 1700000000, "values": {"v": 1}}',
        '{"t": 1700000000000, "v": 1}',
        '{"Time": "2023-11-14T22:13:20Z", "v": 1}',
        '{"@timestamp_ms": 1700000000000, "v": 1}',
        '{"measured-at": "2023-11-14 22:13", "v": 1}',
        '{"Timestamp": 1700000000000, "values": {"v": 1}}',
        '{"eventTime": "2023-11-14T22:13:20Z", "v": 1}',
        '{"ts": null, "timestamp": 1700000000000, "v": 1}',
        '{"values": {"timestamp": 1700000000000, "v": 1}}',
    ],
)
def test_a_time_under_another_name_never_becomes_arrival(body: str) -> None:
    report = decode(f"[{body}]".encode())
    assert report.keys == []
    assert "in mapping.toml" in report.rejects["bad_time"].detail


def test_a_signal_that_is_called_like_a_time_stays_a_signal() -> None:
    report = decode(b'{"t": 21.5, "time": 7, "when": "open"}')
    assert report.keys == [("t", "time")]


def test_an_integer_that_no_float_holds_is_marked() -> None:
    report = decode(b'{"ts": 1700000000000, "values": {"a": 9007199254740993, "b": 9007199254740992}}')
    assert report.marks == {0: Flag.QUALITY_UNCERTAIN}


@pytest.mark.parametrize("said", [2**53 + 1, 2**64 + 1, -(2**63) - 1, 10**40], ids=repr)
def test_an_integer_beyond_64_bits_is_one_still(said: int) -> None:
    report = decode(b'{"ts": 1700000000000, "values": {"a": %d, "b": 1e40}}' % said)
    assert (report.values.tolist(), report.marks) == ([float(said), 1e40], {0: Flag.QUALITY_UNCERTAIN})


def test_a_number_beside_values_is_said_not_to_be_read() -> None:
    report = decode({"ts": 5, "values": {"a": 1}, "flow": 7, "on": True, "seq": 3, "gateway": "g", "receivedAt": 6})
    assert (report.keys, list(report.rejects), list(report.rejects["beside_values"].keys)) == (
        [("a",)],
        ["beside_values"],
        ["flow", "on"],
    )


@pytest.mark.parametrize("said", ["BAD", {"a": "bad"}], ids=repr)
def test_quality_beside_values_is_read_under_its_full_name(said: object) -> None:
    assert decode({"ts": 5, "values": {"a": 1}, "quality": said}).marks == {0: Flag.QUALITY_BAD}


def test_a_whole_refusal_counts_its_readings() -> None:
    with pytest.raises(Rejected) as refusal:
        decode(b'[{"a": "x", "b": "y"}, {"a": "z"}]')
    assert (refusal.value.reason, refusal.value.readings) == ("no_numbers", 3)
