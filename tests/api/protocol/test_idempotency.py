"""Who has the whole answer to a post under a key, and asks again at once, is answered as before."""

from __future__ import annotations

import asyncio

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.protocol.idempotency import Idempotency
from plant.clock import ManualClock
from plant.people.principal import Principal, Recognition
from storage.core.database import Database
from storage.identity import idempotent


def test_the_answer_is_kept_before_its_end_is_sent(app_database: Database, clock: ManualClock) -> None:
    async def done(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(b"written", status_code=201)(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            with app_database.transaction() as tx:
                under = idempotent.begin(tx, "token:gateway", "k", sha256=b"", at=clock.now())
            assert under is not None
            seen.append((under.status, under.body, message["body"]))

    seen: list[tuple[int | None, bytes | None, bytes]] = []
    scope = {"type": "http", "method": "POST", "path": "/api/v1/work-orders", "query_string": b""}
    scope |= {"headers": [(b"idempotency-key", b"k")]}
    scope |= {"state": {"principal": Principal(name="gateway", recognition=Recognition.TOKEN)}}
    once = Idempotency(done, database=app_database, clock=clock, takes_files=())
    asyncio.run(once(scope, receive, send))
    assert seen == [(201, b"written", b"written")]
