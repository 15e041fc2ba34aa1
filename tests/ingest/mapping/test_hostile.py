"""Whatever comes on a mapped topic becomes finite readings or a reason."""

from __future__ import annotations

from math import isfinite

from hypothesis import given
from hypothesis import strategies as st

from ingest.decoding.decode import Decoder
from ingest.decoding.shown import readings
from ingest.mapping import mapping_format
from ingest.mapping.file import parse_rules
from plant.errors import Rejected

RULES = """
[[topic]]
pattern = "n/{signal}"
site = "s"
asset = "a"
payload = "number"
signal = "{signal}"
[[topic]]
pattern = "j/{asset}"
site = "s"
asset = "{asset}"
payload = "json"
each = "$.e"
time = "$.t"
time_unit = "ns"
values = "$.v"
[[topic]]
pattern = "i/#"
site = "{tag.s}"
asset = "{measurement}"
payload = "influx"
[topic.signals."*"]
gain = 1e300
"""
REASONS = {
    *("unknown_topic", "no_numbers", "not_json", "not_text", "not_influx", "missing_part", "bad_compression"),
    "undecodable",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["e", "t", "v", "x", ""]), below),
    max_leaves=10,
)
LINE = st.text(alphabet='ab=, \\"1ie.-+tf\n#', max_size=30)


def reason_of(decoder: Decoder, topic: bytes, body: bytes) -> str | None:
    try:
        decoded = decoder.decode(topic, body)
    except Rejected as refusal:
        return refusal.reason
    assert all(isfinite(one.value) for one in readings(decoded))
    return None


@given(
    st.sampled_from([b"n/x", b"j/a", b"i/b/c", b"i", b"n", b"\xff"]),
    st.binary(max_size=40) | JSON.map(repr).map(str.encode) | LINE.map(str.encode),
)
def test_whatever_comes_gives_readings_or_a_reason(topic: bytes, body: bytes) -> None:
    decoder = Decoder([mapping_format(parse_rules(RULES, name="m"))], most_bytes=2**20)
    assert reason_of(decoder, topic, body) in {None, *REASONS} - {"undecodable"}


@given(JSON)
def test_any_json_gives_readings_or_a_reason(document: object) -> None:
    import json

    decoder = Decoder([mapping_format(parse_rules(RULES, name="m"))], most_bytes=2**20)
    assert reason_of(
        decoder, b"j/a", json.dumps({"e": [document, {"t": document, "v": {"a": document}}]}).encode()
    ) in {
        None,
        *REASONS,
    } - {"undecodable"}
