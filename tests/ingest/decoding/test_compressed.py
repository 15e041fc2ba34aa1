"""Compressed payloads are expanded, but never further than was agreed, whatever they say of themselves."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ingest.decoding.compressed import GZIP, ZSTD, expanded
from plant.errors import Rejected

MOST = 2**20


def bomb_of_128_mib() -> bytes:
    squeeze = zlib.compressobj(9, wbits=31)
    return b"".join([*(squeeze.compress(b"\0" * 2**20) for _ in range(128)), squeeze.flush()])


def zstd_bomb_of_128_mib() -> bytes:
    squeeze = zstandard.ZstdCompressor(level=1).compressobj(size=2**27)
    return b"".join([*(squeeze.compress(b"\0" * 2**20) for _ in range(128)), squeeze.flush()])


@pytest.mark.parametrize("bomb", [bomb_of_128_mib, zstd_bomb_of_128_mib, lambda: gzip.compress(b"\0" * 1500) * 2000])
def test_a_bomb_is_refused_and_takes_no_more_memory_than_was_agreed(bomb: object) -> None:
    payload = bomb()  # type: ignore[operator]
    tracemalloc.start()
    with pytest.raises(Rejected) as refusal:
        expanded(payload, most_bytes=MOST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refusal.value.reason == "expands_too_far"
    assert peak < 5 * MOST


def test_just_as_much_as_was_agreed_is_read() -> None:
    for squeeze in (gzip.compress, zstandard.compress):
        assert expanded(squeeze(b"x" * MOST), most_bytes=MOST) == b"x" * MOST
        with pytest.raises(Rejected, match="expands_too_far"):
            expanded(squeeze(b"x" * (MOST + 1)), most_bytes=MOST)


def test_a_frame_that_wants_a_window_of_a_gibibyte_is_refused() -> None:
    frame = ZSTD + bytes([0b00000000, 0b10100000, 1, 0, 0])  # window descriptor: 2^30 bytes; an empty last block
    with pytest.raises(Rejected) as refusal:
        expanded(frame, most_bytes=MOST)
    assert refusal.value.reason == "bad_compression"


@given(st.sampled_from([GZIP, ZSTD]), st.binary(max_size=60), st.integers(0, 40), st.integers(0, 255))
def test_whatever_is_damaged_is_refused(magic: bytes, body: bytes, place: int, byte: int) -> None:
    whole = bytearray((gzip.compress if magic == GZIP else zstandard.compress)(body))
    if place < len(whole):
        whole[place] = byte
    for payload in (magic + body, bytes(whole), bytes(whole[:place])):
        if payload.startswith((GZIP, ZSTD)):
            try:
                expanded(payload, most_bytes=100)
            except Rejected as refusal:
                assert refusal.reason in {"bad_compression", "expands_too_far"}  # noqa: PT017 - either is right
