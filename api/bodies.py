"""Request bodies from strangers: never more in memory than was agreed, whatever they claim or unfold to."""

from __future__ import annotations

import zlib

from fastapi import Request
from fastapi.responses import JSONResponse

from api.problems import problem

_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: Request, *, most_bytes: int) -> bytes | JSONResponse:
    """Read a body of at most `most_bytes`, unpacked where it is gzip; or say what is wrong with it."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        return problem(415, "unknown_encoding", f"Content-Encoding {encoding}: send it as is, or with gzip")
    if int(_digits(request.headers.get("content-length", ""))) > most_bytes:
        return _too_large(most_bytes)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            return _too_large(most_bytes)
    return bytes(body) if encoding == "identity" else _unpacked(bytes(body), most_bytes)


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 20 else "0"


def _unpacked(body: bytes, most_bytes: int) -> bytes | JSONResponse:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        whole = unpacker.decompress(body, most_bytes + 1)
    except zlib.error as error:
        return problem(400, "not_gzip", f"the body is no gzip: {error}")
    if len(whole) > most_bytes:
        return _too_large(most_bytes)
    if not unpacker.eof:
        return problem(400, "not_gzip", "the body ends before its gzip does")
    return whole


def _too_large(most_bytes: int) -> JSONResponse:
    return problem(413, "too_large", f"at most {most_bytes} bytes are read, unpacked too; send it in parts")
