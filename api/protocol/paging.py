"""Pages of a collection: `limit`, an opaque `cursor`, and a Link to the next page in the answer's head (RFC 8288)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from plant.errors import Rejected
from storage.core.keyset import After

Row = TypeVar("Row")
Key = tuple[Any, ...]
MOST = 1000
LIMIT = Query(ge=1, le=MOST, description="So many rows a page at most.")
CURSOR = Query(max_length=1000, description="Where the page begins: as the Link `next` of the page before says it.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Paging:
    """Which page of a collection is asked for, and the answer whose head says where the next one begins."""

    limit: int
    cursor: str | None
    request: Request
    response: Response

    @property
    def one_more(self) -> int:
        """Return how many rows to read: one more than a page, which says whether there is another."""
        return self.limit + 1

    def after(self) -> After | None:
        """Return the row after which a page by instant and id begins; None for the first page.

        Raises:
            Rejected: the cursor is none of this list's.
        """
        key = self._key(2)
        try:
            return After(at=datetime.fromisoformat(key[0]), row_id=str(key[1])) if key else None
        except (TypeError, ValueError) as error:
            raise _bad_cursor() from error

    def after_number(self) -> int | None:
        """Return the number after which a page begins; None for the first page.

        Raises:
            Rejected: the cursor is none of this list's.
        """
        key = self._key(1)
        if key and not isinstance(key[0], int):
            raise _bad_cursor()
        return key[0] if key else None

    def after_words(self) -> tuple[str, str] | None:
        """Return the two tags after which a page begins; None for the first page.

        Raises:
            Rejected: the cursor is none of this list's.
        """
        key = self._key(2)
        if key and not all(isinstance(one, str) for one in key):
            raise _bad_cursor()
        return (key[0], key[1]) if key else None

    def page(self, found: Sequence[Row], key: Callable[[Row], Key]) -> Sequence[Row]:
        """Cut rows that were read after the cursor to a page, and link to the next where there is one."""
        page = found[: self.limit]
        if len(found) > self.limit:
            self._link(key(page[-1]))
        return page

    def through(self, every: Sequence[Row], key: Callable[[Row], Key], *, newest_first: bool = False) -> Sequence[Row]:
        """Cut a page out of all rows, sorted by a key that tells them apart.

        Raises:
            Rejected: the cursor is none of this list's.
        """
        keyed = sorted(((_plain(key(one)), one) for one in every), key=itemgetter(0), reverse=newest_first)
        before = self._key(None)
        try:
            rest = [one for at, one in keyed if not before or (at < before if newest_first else at > before)]
        except TypeError as error:
            raise _bad_cursor() from error
        return self.page(rest, key)

    def _key(self, parts: int | None) -> Key | None:
        if self.cursor is None:
            return None
        try:
            asked, *key = json.loads(base64.urlsafe_b64decode(self.cursor + "=" * (-len(self.cursor) % 4)))
        except (ValueError, TypeError) as error:
            raise _bad_cursor() from error
        if asked != self._asked() or not key or (parts is not None and len(key) != parts):
            raise _bad_cursor()
        if not all(_is_ours(one) for one in key):
            raise _bad_cursor()
        return tuple(key)

    def _link(self, key: Key) -> None:
        said = json.dumps([self._asked(), *_plain(key)], separators=(",", ":")).encode()
        cursor = base64.urlsafe_b64encode(said).decode().rstrip("=")
        asked = [(name, value) for name, value in self.request.query_params.multi_items() if name != "cursor"]
        path = self.request.scope.get("raw_path", self.request.url.path.encode()).decode("ascii")
        self.response.headers["Link"] = f'<{path}?{urlencode([*asked, ("cursor", cursor)])}>; rel="next"'

    def _asked(self) -> str:
        """Return a word for the list and its filters: a cursor of another list is none of this one's."""
        asked = sorted(one for one in self.request.query_params.multi_items() if one[0] not in {"cursor", "limit"})
        return hashlib.sha256(json.dumps([self.request.url.path, asked]).encode()).hexdigest()[:8]


def _plain(key: Key) -> Key:
    return tuple(_word(one) for one in key)


def _word(part: object) -> int | str:
    if isinstance(part, datetime):
        return part.isoformat()
    return part if isinstance(part, int) else str(part)


def _is_ours(part: object) -> bool:
    """Say whether a part of a cursor is one that a page could have begun with: a text, or a number of a row."""
    return isinstance(part, str) or (isinstance(part, int) and not isinstance(part, bool) and abs(part) < 2**63)


def _bad_cursor() -> Rejected:
    return Rejected("bad_cursor", "this cursor is of another list or other filters; begin again without one")


async def _paging(
    request: Request,
    response: Response,
    limit: Annotated[int, LIMIT] = 200,
    cursor: Annotated[str | None, CURSOR] = None,
) -> Paging:
    return Paging(limit=limit, cursor=cursor, request=request, response=response)


Pages = Annotated[Paging, Depends(_paging)]
"""The page that a request asks for."""
