"""Revisions over HTTP: an answer says its own as the ETag, and a change says in If-Match from which it was made."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from plant.errors import Rejected

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


async def _revision_read(
    if_match: Annotated[str | None, Header(description='The ETag of what was read, as "3"; `*` for any.')] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise Rejected("bad_if_match", 'If-Match takes the ETag of what was read, as "3"')
    return int(found[1])


async def _revision_demanded(
    if_match: Annotated[str | None, Header(description='The ETag of what was read, as "3"')] = None,
) -> int:
    revision = await _revision_read(if_match)
    if revision is None:
        raise Rejected("revision_needed", "say in If-Match which revision you read: its ETag, so that no edit is lost")
    return revision


RevisionRead = Annotated[int | None, Depends(_revision_read)]
"""The revision that was read, where the request says so."""
RevisionDemanded = Annotated[int, Depends(_revision_demanded)]
"""The revision that was read; a request that does not say so is refused."""


def tag_revision(response: Response, revision: int) -> None:
    """Say which revision the answer is."""
    response.headers["ETag"] = f'"{revision}"'
