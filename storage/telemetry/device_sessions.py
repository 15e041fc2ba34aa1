"""Those who speak on the wire: what their formats remember of them, and who of them is connected."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from storage.core.database import Transaction
from storage.core.storable_text import refusals
from storage.telemetry import devices


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredMemory:
    """What a format remembers of a speaker, a JSON document."""

    format: str
    speaker: str
    document: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class PresenceChange:
    """Word that a device has come or gone: its tags (no site where the only asset of that tag is meant), and when.

    `speaker` is who says so, in the words of `format`.
    """

    site: str
    asset: str
    format: str
    speaker: str
    is_online: bool
    at: datetime


Documents: TypeAlias = dict[str, dict[str, dict[str, Any]]]
"""By format and speaker."""


def remembered(tx: Transaction, *, since: datetime | None = None) -> Documents:
    """Return all documents, or those that have changed `since` then."""
    rows = (
        tx.all("device_sessions.remembered")
        if since is None
        else tx.all("device_sessions.remembered_since", since=since)
    )
    found: Documents = {}
    for row in rows:
        found.setdefault(row["format"], {})[row["speaker"]] = row["document"]
    return found


def remember(tx: Transaction, memories: Sequence[StoredMemory], *, at: datetime) -> None:
    """Remember documents in place of former ones; of several about one speaker the last.

    Raises:
        Rejected: the database will never take one of them.
    """
    last = {(one.format, one.speaker): one for one in memories}.values()
    if not last:
        return
    with refusals():
        tx.run(
            "device_sessions.remember",
            formats=[one.format for one in last],
            speakers=[one.speaker for one in last],
            documents=[json.dumps(one.document) for one in last],
            at=at,
        )


def note_presences(tx: Transaction, changes: Sequence[PresenceChange]) -> None:
    """Note who has come and gone, in this order; devices that the register does not know are passed over.

    Raises:
        Rejected: the database will never take one of these names.
    """
    if not changes:
        return
    with refusals():
        known = devices.find(tx, sorted({(one.site, one.asset) for one in changes}))
        last = {known[one.site, one.asset].asset_id: one for one in changes if (one.site, one.asset) in known}
        tx.run(
            "device_sessions.note_presences",
            asset_ids=list(last),
            formats=[one.format for one in last.values()],
            speakers=[one.speaker for one in last.values()],
            online=[one.is_online for one in last.values()],
            at=[one.at for one in last.values()],
        )
