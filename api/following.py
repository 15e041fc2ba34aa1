"""Following the plant: what is new since a position is read from rows, whenever one is woken or a second is over."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from api.parts import Parts
from api.schemas.changes import ChangeShape, MissedShape, ReadingChangeShape, ScoreChangeShape
from plant.errors import AssetloopError, Rejected, Unavailable
from storage.core.change_waker import ChangeWaker
from storage.core.database import Transaction
from storage.views import changes
from storage.views.changes import Subject

_ID = re.compile(r"(\d{1,19})-(\d{1,18})-(\d{1,16})-(\d{1,16})")
_MOST_A_LOOK = 500
_LOOKS_EVERY_S = 5.0  # whether who follows may still see is asked before each look
_SECONDS_OF_AN_ASSET = 1.0
_SAYS_IT_LIVES_S = 15.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Wanted = Literal["alerts", "orders", "scores", "readings"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """How far somebody has seen: the last change by its commit, and the instants of the last score and reading."""

    xact: str
    change_id: int
    scored: datetime
    heard: datetime

    @classmethod
    def read(cls, text: str) -> Position:
        """Read a position back from an event's id.

        Raises:
            Rejected: it is none.
        """
        found = _ID.fullmatch(text.strip())
        if found is None or int(found[1]) >= 2**63:
            raise Rejected("bad_event_id", "Last-Event-ID takes the id of an event as it came")
        return cls(xact=found[1], change_id=int(found[2]), scored=_instant(found[3]), heard=_instant(found[4]))

    @property
    def event_id(self) -> str:
        """Return the id of the event after which one stands here."""
        return f"{self.xact}-{self.change_id}-{_micros(self.scored)}-{_micros(self.heard)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """One event on its way; without a document it only says that the stream lives."""

    position: Position | None = None
    kind: str = ""
    document: BaseModel | None = None

    def encoded(self) -> bytes:
        """Return it as server-sent events have it."""
        if self.position is None:
            return b": here\n\n"
        head = f"id: {self.position.event_id}\n"
        if self.document is None:
            return f"{head}event: begun\ndata: {{}}\n\n".encode()
        return f"{head}event: {self.kind}\ndata: {self.document.model_dump_json()}\n\n".encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What somebody follows, as they may see it now."""

    parts: Parts
    wanted: frozenset[Wanted]
    site: str | None
    asset_id: int | None

    @property
    def is_of_an_asset(self) -> bool:
        """Say whether there may be something new though nothing wakes."""
        return bool(self.wanted & {"scores", "readings"})

    def begin(self) -> Position:
        """Return where one stands who has seen nothing: now."""
        now = self.parts.clock.now()
        with self.parts.database.transaction() as tx:
            return Position(xact=changes.newest(tx), change_id=0, scored=now, heard=now)

    def look(self, position: Position) -> list[Followed]:
        """Return what is new since a position, the oldest first."""
        with self.parts.database.transaction() as tx:
            return [*self._changes(tx, position), *self._of_asset(tx, position)]

    def missed(self, position: Position) -> list[Followed]:
        """Say where what came since a position may not be kept any more."""
        with self.parts.database.transaction() as tx:
            if not changes.may_miss(tx, position.xact, now=self.parts.clock.now()):
                return []
        return [Followed(position=position, kind="missed", document=MissedShape(kept_days=changes.KEPT_FOR.days))]

    def _changes(self, tx: Transaction, position: Position) -> Iterator[Followed]:
        named: dict[Wanted, Subject] = {"alerts": "alert", "orders": "order"}
        subjects = [subject for name, subject in named.items() if name in self.wanted]
        if not subjects:
            return
        for one in changes.since(
            tx,
            position.xact,
            position.change_id,
            subjects=subjects,
            site=self.site,
            asset_id=self.asset_id,
            most=_MOST_A_LOOK,
        ):
            there = replace(position, xact=one.xact, change_id=one.change_id)
            yield Followed(position=there, kind=one.subject, document=ChangeShape.model_validate(one))

    def _of_asset(self, tx: Transaction, position: Position) -> Iterator[Followed]:
        if self.asset_id is None:
            return
        if "scores" in self.wanted:
            for score in changes.scores(tx, self.asset_id, position.scored, most=_MOST_A_LOOK):
                there = replace(position, scored=score.time)
                yield Followed(position=there, kind="score", document=ScoreChangeShape.model_validate(score))
        if "readings" in self.wanted:
            for heard in changes.readings(tx, self.asset_id, position.heard, most=_MOST_A_LOOK):
                there = replace(position, heard=heard.time)
                yield Followed(position=there, kind="reading", document=ReadingChangeShape.model_validate(heard))


async def follow(
    feed: Callable[[], Feed | None], position: Position | None, waker: ChangeWaker
) -> AsyncIterator[Followed]:
    """Yield what is new since a position, or from now on, as long as `feed` says that one may see it."""
    loop, woken, follower = asyncio.get_running_loop(), asyncio.Event(), _Follower(feed, position)

    def wake() -> None:
        loop.call_soon_threadsafe(woken.set)

    with waker.waking(wake):
        said_at = loop.time()
        while (events := await run_in_threadpool(follower.look)) is not None:
            for event in events:
                yield event
            if events or loop.time() - said_at > _SAYS_IT_LIVES_S:
                said_at = loop.time()
                if not events:
                    yield Followed()
            if len(events) < _MOST_A_LOOK:
                await _wait(woken, follower.pause_s)
                woken.clear()


class _Follower:
    """One who follows, and how far they have seen."""

    def __init__(self, feed: Callable[[], Feed | None], position: Position | None) -> None:
        self._feed = feed
        self._position = position
        self._is_back = position is not None
        self.pause_s = _LOOKS_EVERY_S

    def look(self) -> list[Followed] | None:
        """Return what is new; None once nothing may be seen. While the database is away nothing is new."""
        try:
            feed = self._feed()
            return None if feed is None else self._look(feed)
        except Unavailable:
            return []
        except AssetloopError:
            return None

    def _look(self, feed: Feed) -> list[Followed]:
        self.pause_s = _SECONDS_OF_AN_ASSET if feed.is_of_an_asset else _LOOKS_EVERY_S
        if self._position is None:
            self._position = feed.begin()
            return [Followed(position=self._position)]
        events = [*(feed.missed(self._position) if self._is_back else []), *feed.look(self._position)]
        self._is_back = False
        told = _each_further(self._position, events)
        self._position = (told[-1].position if told else None) or self._position
        return told


def _each_further(position: Position, events: list[Followed]) -> list[Followed]:
    """Let each event's id say all that was sent up to it: changes, scores and readings are kinds of their own."""
    there, told = position, []
    for one in events:
        if one.position is not None:
            there = _merged(there, one.position)
            told.append(replace(one, position=there))
    return told


def _merged(one: Position, other: Position) -> Position:
    change = max((int(one.xact), one.change_id), (int(other.xact), other.change_id))
    return Position(
        xact=str(change[0]),
        change_id=change[1],
        scored=max(one.scored, other.scored),
        heard=max(one.heard, other.heard),
    )


async def _wait(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return


def _instant(micros: str) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=int(micros))
    except OverflowError as error:
        raise Rejected("bad_event_id", "Last-Event-ID takes the id of an event as it came") from error


def _micros(instant: datetime) -> int:
    return max(0, (instant - _EPOCH) // timedelta(microseconds=1))
