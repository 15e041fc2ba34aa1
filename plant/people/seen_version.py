"""Which version somebody had read before they change a thing, so that nobody's edit is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from plant.errors import Rejected, StaleRevision

_TAG_CHARACTERS = 16


def version_tag(document: Mapping[str, Any]) -> str:
    """Return a short text that is another for every other content of a document.

    >>> version_tag({"a": 1, "b": 2}) == version_tag({"b": 2, "a": 1})
    True
    """
    said = json.dumps(as_values(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:_TAG_CHARACTERS]


def as_values(value: Any) -> Any:
    """Return a document as JSON keeps it; sets and what is no JSON by their text, an amount to its last digit."""
    if isinstance(value, Mapping):
        return {str(key): as_values(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_values(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(as_values(one) for one in value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenVersion:
    """The tags of the versions that were read; None: whatever the thing says now is to be changed."""

    tags: frozenset[str] | None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Return the version of a document that was read."""
        return cls(tags=frozenset({version_tag(document)}))

    @property
    def revision(self) -> int | None:
        """Return the revision that was read, where revisions are counted; None: whichever there is now.

        Revisions only grow, so of several that were read none but the newest can be the one that stands.

        >>> SeenVersion(tags=frozenset({"3", "4"})).revision
        4
        """
        if self.tags is None:
            return None
        return max((int(one) for one in self.tags if one.isdecimal() and len(one) < 10), default=0)

    def refuse_stale(self, now: Mapping[str, Any], wanted: Mapping[str, Any], what: str) -> None:
        """Let somebody go on only from the version that stands.

        Raises:
            StaleRevision: somebody else changed it meanwhile; it holds how the thing stands, and what was `wanted`.
        """
        if self.tags is not None and version_tag(now) not in self.tags:
            raise StaleRevision(
                f"{what} was changed by somebody else meanwhile; look at both and decide",
                current=as_values(now),
                yours=as_values(wanted),
            )


ANY_VERSION = SeenVersion(tags=None)
"""Whatever a thing says now is to be changed."""


def refuse_unseen(
    seen: SeenVersion | None, now: Mapping[str, Any] | None, wanted: Mapping[str, Any], what: str
) -> None:
    """Let a thing be made where there is none (`now` is None), and be changed from the version that stands alone.

    Raises:
        StaleRevision: what was read is gone, or is another now.
        Rejected: there is one, and it is not said which version was read.
    """
    if now is None:
        if seen is not None and seen.tags is not None:
            raise StaleRevision(
                f"{what} is not there any more; look at both and decide", current={}, yours=as_values(wanted)
            )
        return
    demanded(seen).refuse_stale(now, wanted, what)


def demanded(seen: SeenVersion | None) -> SeenVersion:
    """Return the version that was read.

    Raises:
        Rejected: it is not said which.
    """
    if seen is None:
        raise Rejected("revision_needed", "say in If-Match which revision you read: its ETag, so that no edit is lost")
    return seen
