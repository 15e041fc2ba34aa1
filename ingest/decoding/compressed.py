"""Compressed payloads: gzip or zstd, known by their first bytes, and expanded only up to a bound."""

from __future__ import annotations

import zlib

import zstandard

from plant.errors import Rejected

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
MAGICS = (GZIP, ZSTD)
_GZIP_WINDOW = 31  # zlib's word for: with a gzip header
_ZLIB_WINDOW, _RAW_WINDOW = 15, -15  # and for: with a zlib header, without any
_LARGEST_WINDOW_BYTES = 8 * 2**20  # what the zstd format asks every decoder to support


def expanded(payload: bytes, *, most_bytes: int) -> bytes:
    """Expand a payload that begins with one of `MAGICS`; memory is bounded by `most_bytes` and a window of 8 MiB.

    Raises:
        Rejected: `expands_too_far`, `bad_compression`.

    >>> import gzip
    >>> expanded(gzip.compress(b'{"a": 1}'), most_bytes=100)
    b'{"a": 1}'
    """
    try:
        plain = _from_gzip(payload, most_bytes) if payload.startswith(GZIP) else _from_zstd(payload, most_bytes)
    except (zlib.error, zstandard.ZstdError) as error:
        raise Rejected("bad_compression", str(error)) from error
    if len(plain) > most_bytes:
        raise Rejected("expands_too_far", f"{len(payload)} bytes expand to more than the {most_bytes} that are read")
    return plain


def inflated(payload: bytes, *, most_bytes: int) -> bytes:
    """Expand a payload that is known to be compressed: gzip, or DEFLATE with or without a zlib header.

    Raises:
        Rejected: `expands_too_far`, `bad_compression`.

    >>> inflated(zlib.compress(b"flow"), most_bytes=100)
    b'flow'
    """
    if payload.startswith(GZIP):
        return expanded(payload, most_bytes=most_bytes)
    for window in (_ZLIB_WINDOW, _RAW_WINDOW):
        stream = zlib.decompressobj(window)
        try:
            plain = stream.decompress(payload, most_bytes + 1)
        except zlib.error:
            continue
        if len(plain) > most_bytes:
            raise Rejected(
                "expands_too_far", f"{len(payload)} bytes expand to more than the {most_bytes} that are read"
            )
        if not stream.eof:
            raise Rejected("bad_compression", "the DEFLATE stream is cut short")
        return plain
    raise Rejected("bad_compression", "this is neither gzip nor DEFLATE")


def _from_gzip(payload: bytes, most_bytes: int) -> bytes:
    """Expand every member, but hardly more than `most_bytes` in all."""
    parts: list[bytes] = []
    left = most_bytes + 1
    while payload and left > 0:
        member = zlib.decompressobj(_GZIP_WINDOW)
        part = member.decompress(payload, left)
        if not member.eof and len(part) < left:
            raise Rejected("bad_compression", "the gzip stream is cut short")
        parts.append(part)
        left -= len(part)
        payload = member.unused_data
    return b"".join(parts)


def _from_zstd(payload: bytes, most_bytes: int) -> bytes:
    """Expand every frame; the size that a frame names is not believed, so that nothing is set aside for it."""
    reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW_BYTES).stream_reader(
        payload, read_across_frames=True
    )
    parts: list[bytes] = []
    left = most_bytes + 1
    while left > 0 and (part := reader.read(min(left, 2**16))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
