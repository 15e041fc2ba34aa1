"""No batch holds before the one that came before it, and none waits for longer than that takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ingest.commit import commit_order
from ingest.commit.commit_order import TakenBack, Turn, Turns
from storage.binary.columns import ReadingColumns
from storage.telemetry.prepared import Ordered

A_WHILE_S = 0.05  # in which what waits goes on waiting
SOON_S = 10.0


def readings(*rows: tuple[int, int]) -> Ordered:
    """Make readings of the value 1 of signals at times."""
    return Ordered.of(ReadingColumns.of([n for n, _ in rows], [t for _, t in rows], [1.0] * len(rows), [0] * len(rows)))


class Pair:
    """Two turns, one after the other, whose waiting is done in threads."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.all = Turns()
        self.first, self.second = self.all.next(), self.all.next()
        self._pool = pool

    def start(self, what: Callable[..., None], *told: object) -> Future[None]:
        return self._pool.submit(what, *told)


@pytest.fixture
def pair() -> Pair:
    with ThreadPoolExecutor() as pool:
        made = Pair(pool)
        yield made  # type: ignore[misc]
        made.all.end()


def waits(done: Future[None]) -> bool:
    try:
        done.exception(A_WHILE_S)
    except TimeoutError:
        return True
    return False


def test_who_stands_alone_waits_for_nothing() -> None:
    turn = Turn()
    turn.begin(None)
    turn.written()
    turn.await_all_before()
    turn.hold()


def test_what_is_apart_is_written_at_once_and_holds_second(pair: Pair) -> None:
    pair.first.begin(readings((1, 10), (2, 10)))
    pair.second.begin(readings((1, 11), (3, 10)))
    holding = pair.start(pair.second.written)
    assert waits(holding)
    pair.first.written()
    assert waits(holding)
    pair.first.hold()
    assert holding.exception(SOON_S) is None


@pytest.mark.parametrize("first", [None, readings((1, 10), (1, 12))], ids=["unknown", "overlapping"])
def test_what_is_not_apart_is_written_second(pair: Pair, first: Ordered | None) -> None:
    pair.first.begin(first)
    beginning = pair.start(pair.second.begin, readings((1, 11)))
    assert waits(beginning)
    pair.first.written()
    assert beginning.exception(SOON_S) is None


def test_what_is_not_known_is_written_second(pair: Pair) -> None:
    pair.first.begin(readings((1, 10)))
    beginning = pair.start(pair.second.begin, None)
    assert waits(beginning)
    pair.first.hold()
    assert beginning.exception(SOON_S) is None


def test_what_was_written_before_one_that_failed_is_taken_back_and_comes_after_it(pair: Pair) -> None:
    pair.first.begin(readings((1, 10)))
    pair.second.begin(readings((2, 10)))
    holding = pair.start(pair.second.written)
    pair.first.take_back()
    assert isinstance(holding.exception(SOON_S), TakenBack)
    pair.second.take_back()
    again = pair.start(pair.second.begin, readings((2, 10)))
    pair.first.begin(readings((1, 10)))
    pair.first.written()
    assert waits(again)
    pair.first.hold()
    assert again.exception(SOON_S) is None
    pair.second.written()


def test_who_waits_for_too_long_takes_back_what_the_other_may_be_waiting_for(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_order, "_PATIENCE_S", A_WHILE_S)
    pair.first.begin(readings((1, 10)))
    pair.second.begin(readings((2, 10)))
    with pytest.raises(TakenBack):
        pair.second.written()


def test_at_the_end_nobody_waits(pair: Pair) -> None:
    waiting = [pair.start(pair.second.begin, None), pair.start(pair.second.await_all_before)]
    assert all(waits(one) for one in waiting)
    pair.all.end()
    assert all(isinstance(one.exception(SOON_S), TakenBack) for one in waiting)


def test_turns_that_hold_are_forgotten() -> None:
    given = Turns()
    first = given.next()
    second = given.next()
    first.hold()
    second.hold()
    assert second._before is None
