"""Revisions over HTTP: an answer says its own as the ETag, and a change says in If-Match from which it was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Header, Response

from plant.errors import Rejected
from plant.people.seen_version import SeenVersion, demanded, version_tag

# A proxy that packs an answer marks its tag as weak (W/): it is the same revision. Programs that leave the quotes out
# are understood, too.
_ETAG = re.compile(r'(?:W/)?(?:"([\x21\x23-\x7e]{1,64})"|([0-9a-f]{16}|[0-9]{1,9}))')
_MOST_TAGS = 20
_MADE_OF = 'The ETag of what was read, as "3"; several with commas; `*` for whatever there is now.'


async def _version_seen(if_match: Annotated[str | None, Header(description=_MADE_OF)] = None) -> SeenVersion | None:
    """Read If-Match; None where the request has none.

    Raises:
        Rejected: it is no list of tags.
    """
    if if_match is None:
        return None
    if if_match.strip() == "*":
        return SeenVersion(tags=None)
    found = [_ETAG.fullmatch(one.strip()) for one in if_match.split(",")]
    tags = {one[1] or one[2] for one in found if one is not None}
    if None in found or len(found) > _MOST_TAGS:
        raise Rejected("bad_if_match", 'If-Match takes the ETag of what was read, as "3"')
    return SeenVersion(tags=frozenset(tags))


VersionSeen = Annotated[SeenVersion | None, Depends(_version_seen)]
"""The version that was read, where the request says so."""


async def _version_demanded(seen: VersionSeen) -> SeenVersion:
    return demanded(seen)


VersionDemanded = Annotated[SeenVersion, Depends(_version_demanded)]
"""The version that was read; a request that does not say so is refused."""


async def _revision_read(seen: VersionSeen) -> int | None:
    return seen.revision if seen else None


async def _revision_demanded(seen: VersionDemanded) -> int | None:
    return seen.revision


RevisionRead = Annotated[int | None, Depends(_revision_read)]
"""The number of the revision that was read, where the request says so."""
RevisionDemanded = Annotated[int | None, Depends(_revision_demanded)]
"""The number of the revision that was read, None for `*`; a request that does not say so is refused."""


def tag_revision(response: Response, revision: int) -> None:
    """Say which revision the answer is."""
    response.headers["ETag"] = f'"{revision}"'


def tag_version(response: Response, document: Mapping[str, Any]) -> None:
    """Say which version the answer is: what people edit of it, as `SeenVersion.refuse_stale` reads it."""
    response.headers["ETag"] = f'"{version_tag(document)}"'
