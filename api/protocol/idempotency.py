"""A post with an Idempotency-Key is done once, however often it comes: the same answer is given again for 24 hours."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.identity.route_right import API
from api.identity.route_rights import right_of
from api.problems import problem, problem_of
from plant.clock import Clock
from plant.errors import AssetloopError
from plant.people.principal import Principal
from storage.core.database import Database
from storage.identity import idempotent
from storage.identity.idempotent import KeyedRequest

HEADER = "idempotency-key"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_MOST_KEPT_BYTES = 4 * 2**20
_NOTHING_DONE = frozenset({400, 401, 403, 404, 405, 408, 412, 413, 415, 422, 428, 429})
_KEPT_HEADERS = frozenset({"content-type", "etag", "location"})
_TELLS_A_SECRET = re.compile(rf"{API}/(?:(?:me/)?tokens|device-tokens|device-logins|me/confirm|people/[^/]+/link)")


class Idempotency:
    """Middleware that does a post under a key once. `takes_files`: routes whose body is not read here."""

    def __init__(
        self, app: ASGIApp, *, database: Database, clock: Clock, takes_files: Collection[tuple[str, str]]
    ) -> None:
        self._app = app
        self._database = database
        self._clock = clock
        self._takes_files = frozenset(takes_files)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, and keep its answer; or answer as before."""
        principal: Principal | None = scope.get("state", {}).get("principal")
        key = HTTPConnection(scope).headers.get(HEADER) if scope["type"] == "http" else None
        if key is None or principal is None or scope["method"] != "POST" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        if not _KEY.fullmatch(key):
            said = "an Idempotency-Key has 1 to 200 printable characters without spaces"
            await problem(400, "bad_idempotency_key", said)(scope, receive, send)
            return
        post = _Post(scope=scope, who=principal.person_id or f"{principal.recognition}:{principal.name}", key=key)
        try:
            body = None if self._reads_itself(scope) else await _whole(receive)
            known = await run_in_threadpool(self._begin, post, body)
        except (AssetloopError, HTTPException) as error:
            await problem_of(error)(scope, receive, send)
            return
        if known is not None:
            await _again(known, post, body)(scope, receive, send)
            return
        kept = _Kept(send)
        try:
            await self._app(scope, receive if body is None else _replaying(body, receive), kept.send)
        finally:
            try:
                await run_in_threadpool(self._end, post, kept)
            finally:
                await kept.send_the_rest()

    def _reads_itself(self, scope: Scope) -> bool:
        row = right_of(scope["method"], scope["path"])
        return row is not None and (row.method, row.path) in self._takes_files

    def _begin(self, post: _Post, body: bytes | None) -> KeyedRequest | None:
        with self._database.transaction() as tx:
            return idempotent.begin(tx, post.who, post.key, sha256=post.sha256(body), at=self._clock.now())

    def _end(self, post: _Post, kept: _Kept) -> None:
        """Keep an answer; where nothing was done, let the key be taken again. What failed here stays taken."""
        with self._database.transaction() as tx:
            if kept.status in _NOTHING_DONE or kept.status == 503:
                idempotent.forget(tx, post.who, post.key)
            elif kept.status is not None and kept.status < 500:
                tells = _TELLS_A_SECRET.fullmatch(post.scope["path"]) is not None
                body = None if tells or len(kept.body) > _MOST_KEPT_BYTES else bytes(kept.body)
                idempotent.answer(tx, post.who, post.key, status=kept.status, headers=kept.headers, body=body)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Post:
    scope: Scope
    who: str
    key: str

    def sha256(self, body: bytes | None) -> bytes:
        """Return what tells this request from another; of a file its length alone is looked at."""
        scope = self.scope
        length = HTTPConnection(scope).headers.get("content-length", "")
        parts = (scope["path"].encode(), scope["query_string"], length.encode() if body is None else body)
        return hashlib.sha256(b"\0".join(parts)).digest()


@dataclass(slots=True)
class _Kept:
    """An answer on its way, and what of it is kept.

    Its end waits until it is kept: who has the whole answer and asks again at once is answered as before.
    """

    _send: Send
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    _rest: Message | None = None

    async def send(self, message: Message) -> None:
        """Send one message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            found = MutableHeaders(scope=message)
            self.headers = {name: found[name] for name in _KEPT_HEADERS if name in found}
        elif len(self.body) <= _MOST_KEPT_BYTES:
            self.body += message.get("body", b"")
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._rest = message
            return
        await self._send(message)

    async def send_the_rest(self) -> None:
        """Send the end of the answer, where it came to that."""
        if self._rest is not None:
            await self._send(self._rest)


def _again(known: KeyedRequest, post: _Post, body: bytes | None) -> Response:
    if known.sha256 != post.sha256(body):
        said = "this Idempotency-Key was used for another request; take a new one for each"
        return problem(422, "idempotency_key_reused", said)
    if known.status is None or known.headers is None:
        said = "a request under this Idempotency-Key is under way, or was cut off: look at what became of it"
        return problem(409, "under_way", said)
    if known.body is None:
        return problem(409, "told_once", "that was done under this Idempotency-Key; what it answered is told once")
    return Response(known.body, status_code=known.status, headers=known.headers | {"Idempotency-Replayed": "true"})


async def _whole(receive: Receive) -> bytes:
    body, is_whole = bytearray(), False
    while not is_whole:
        message = await receive()
        body += message.get("body", b"")
        is_whole = not message.get("more_body", False)
    return bytes(body)


def _replaying(body: bytes, receive: Receive) -> Receive:
    said = False

    async def again() -> Message:
        nonlocal said
        if said:
            return await receive()
        said = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
