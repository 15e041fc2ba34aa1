"""The documents about the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from api.schemas.shape import Nothing, Shape
from lifecycle.attesting.heads import ChainVerdict, RestoredChain, RewrittenChain, TruncatedChain
from lifecycle.ledger import BrokenChain, VerifiedChain

Word = Literal["verified", "broken", "truncated", "rewritten", "restored"]


class ChainShape(Shape):
    """A chain: how many entries it has, and up to which it was signed and cosigned."""

    project: str
    entries: int
    signed: int | None
    signed_at: datetime | None
    cosigned: int | None


class EntryShape(Shape):
    """One entry; `recognised` says how it was proved who acted, `typed` a name that nobody proved."""

    seq: int
    at: datetime
    entry: dict[str, Any]
    recognised: str
    hash: str


class VerdictShape(Shape):
    """What became of a chain, and the first entry in doubt."""

    verdict: Word
    first: int | None = None
    last: int | None = None

    @classmethod
    def of(cls, found: ChainVerdict) -> Self:
        """Show a verdict."""
        match found:
            case VerifiedChain():
                return cls(verdict="verified", last=found.entries)
            case BrokenChain():
                return cls(verdict="broken", first=found.seq)
            case TruncatedChain():
                return cls(verdict="truncated", first=found.seq)
            case RewrittenChain():
                return cls(verdict="rewritten", first=found.first, last=found.last)
            case RestoredChain():
                return cls(verdict="restored", first=found.seq)


class HeadShape(Shape):
    """A signed head: a C2SP checkpoint with every signature under it."""

    size: int
    head: str


class ProofShape(Shape):
    """That an entry is under a signed head (RFC 9162, 2.1.3)."""

    entry: str = Field(description="Canonical JSON (RFC 8785); its SHA-256 is the leaf.")
    index: int
    size: int
    path: list[str] = Field(description="Hashes beside the way to the root, hexadecimal, from the leaf up.")
    head: str


class ConsistencyShape(Shape):
    """That one tree goes on from another (RFC 9162, 2.1.4)."""

    path: list[str]


class Cosigned(Nothing):
    """What a witness sets under a head."""

    size: int = Field(ge=1)
    line: str = Field(
        min_length=10, max_length=400, examples=["— witness.example AAAA"], pattern="^— [^ \\n+]+ [A-Za-z0-9+/=]+\\s*$"
    )
