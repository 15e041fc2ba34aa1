"""No batch holds before the one that came before it, and none waits for longer than that takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ingest.commit import commit_order
from ingest.commit.commit_order import CommitOrder, CommitTurn, RolledBack
from storage.binary.columns import ReadingColumns
from storage.telemetry.prepared import OrderedReadings

A_WHILE_S = 0.05  # in which what waits goes on waiting
SOON_S = 10.0


def readings(*rows: tuple[int, int]) -> OrderedReadings:
    """Make readings of the value 1 of signals at times."""
    return OrderedReadings.of(
        ReadingColumns.of([n for n, _ in rows], [t for _, t in rows], [1.0] * len(rows), [0] * len(rows))
    )


class Pair:
    """Two turns, one after the other, whose waiting is done in threads."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.all = CommitOrder()
        self.first, self.second = self.all.next(), self.all.next()
        self._pool = pool

    def start(self, what: Callable[..., None], *arguments: object) -> Future[None]:
        return self._pool.submit(what, *arguments)


@pytest.fixture
def pair() -> Pair:
    with ThreadPoolExecutor() as pool:
        made = Pair(pool)
        yield made  # type: ignore[misc]
        made.all.stop()


def waits(done: Future[None]) -> bool:
    try:
        done.exception(A_WHILE_S)
    except TimeoutError:
        return True
    return False


def test_who_stands_alone_waits_for_nothing() -> None:
    turn = CommitTurn()
    turn.await_write(None)
    turn.await_commit()
    turn.await_all_before()
    turn.committed()


def test_what_is_apart_is_written_at_once_and_holds_second(pair: Pair) -> None:
    pair.first.await_write(readings((1, 10), (2, 10)))
    pair.second.await_write(readings((1, 11), (3, 10)))
    holding = pair.start(pair.second.await_commit)
    assert waits(holding)
    pair.first.await_commit()
    assert waits(holding)
    pair.first.committed()
    assert holding.exception(SOON_S) is None


@pytest.mark.parametrize("first", [None, readings((1, 10), (1, 12))], ids=["unknown", "overlapping"])
def test_what_is_not_apart_is_written_second(pair: Pair, first: OrderedReadings | None) -> None:
    pair.first.await_write(first)
    beginning = pair.start(pair.second.await_write, readings((1, 11)))
    assert waits(beginning)
    pair.first.await_commit()
    assert beginning.exception(SOON_S) is None


def test_what_is_not_known_is_written_second(pair: Pair) -> None:
    pair.first.await_write(readings((1, 10)))
    beginning = pair.start(pair.second.await_write, None)
    assert waits(beginning)
    pair.first.committed()
    assert beginning.exception(SOON_S) is None


def test_what_was_written_before_one_that_failed_is_taken_back_and_comes_after_it(pair: Pair) -> None:
    pair.first.await_write(readings((1, 10)))
    pair.second.await_write(readings((2, 10)))
    holding = pair.start(pair.second.await_commit)
    pair.first.roll_back()
    assert isinstance(holding.exception(SOON_S), RolledBack)
    pair.second.roll_back()
    again = pair.start(pair.second.await_write, readings((2, 10)))
    pair.first.await_write(readings((1, 10)))
    pair.first.await_commit()
    assert waits(again)
    pair.first.committed()
    assert again.exception(SOON_S) is None
    pair.second.await_commit()


def test_who_waits_for_too_long_takes_back_what_the_other_may_be_waiting_for(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_order, "_LONGEST_WAIT_S", A_WHILE_S)
    pair.first.await_write(readings((1, 10)))
    pair.second.await_write(readings((2, 10)))
    with pytest.raises(RolledBack):
        pair.second.await_commit()


def test_at_the_end_nobody_waits(pair: Pair) -> None:
    waiting = [pair.start(pair.second.await_write, None), pair.start(pair.second.await_all_before)]
    assert all(waits(one) for one in waiting)
    pair.all.stop()
    assert all(isinstance(one.exception(SOON_S), RolledBack) for one in waiting)


def test_turns_that_hold_are_forgotten() -> None:
    given = CommitOrder()
    first = given.next()
    second = given.next()
    first.committed()
    second.committed()
    assert second._before is None
