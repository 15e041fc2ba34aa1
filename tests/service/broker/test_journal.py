"""The journal: what was written comes back, in order, once it is asked for, until it is stored."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.mqtt.frames import Publish, cut
from plant.errors import Conflict, Unavailable
from service.broker import journal as journal_module
from service.broker.journal import Journal, is_held, waiting
from service.broker.scanning import message

Open = Callable[..., Journal]


@pytest.fixture
def open_journal(tmp_path: Path) -> Iterator[Open]:
    opened: list[Journal] = []

    def open_it(most_bytes: int = 2**30) -> Journal:
        if opened:
            opened.pop().close()
        opened.append(Journal(tmp_path / "journal", most_bytes=most_bytes))
        return opened[-1]

    yield open_it
    for one in opened:
        one.close()


def put(journal: Journal, first: int, messages: int) -> None:
    journal.append([message(b"t", str(number).encode()) for number in range(first, first + messages)])
    journal.sync()
    journal.let_go()


def take_all(journal: Journal) -> list[Publish]:
    taken: list[Publish] = []
    while (packets := journal.take()) is not None:
        taken += cut(packets).publishes
    return taken


def payloads(taken: list[Publish]) -> list[int]:
    return [int(payload) for _, payload, _, _ in taken]


def test_what_was_written_comes_in_order_with_the_packet_ids_of_its_numbers(open_journal: Open) -> None:
    journal = open_journal()
    put(journal, 0, 3)
    put(journal, 3, 2)
    assert take_all(journal) == [(b"t", str(n).encode(), n + 1, 0) for n in range(5)]
    assert (journal.take(), journal.in_flight, journal.awaited_id) == (None, 5, 1)


def test_nothing_is_given_before_it_is_let_go(open_journal: Open) -> None:
    journal = open_journal()
    journal.append([message(b"t", b"1")])
    assert journal.take() is None
    journal.let_go()
    assert payloads(take_all(journal)) == [1]


def test_a_successor_goes_on_with_the_first_that_is_not_stored(open_journal: Open, tmp_path: Path) -> None:
    journal = open_journal()
    put(journal, 0, 5)
    put(journal, 5, 5)
    take_all(journal)
    journal.acknowledge(3)
    journal.acknowledge(4)
    assert waiting(tmp_path / "journal") == 3
    successor = open_journal()
    put(successor, 10, 1)
    assert [(int(p), i) for _, p, i, _ in take_all(successor)] == [(7, 8), (8, 9), (9, 10), (10, 11)]


def test_a_new_connection_begins_again_amid_a_record(open_journal: Open) -> None:
    journal = open_journal()
    put(journal, 0, 5)
    take_all(journal)
    journal.acknowledge(2)
    journal.rewind()
    assert payloads(take_all(journal)) == [2, 3, 4]


def test_a_record_that_was_cut_off_was_never_there_and_the_next_stands_in_its_place(
    open_journal: Open, tmp_path: Path
) -> None:
    journal = open_journal()
    put(journal, 0, 2)
    put(journal, 2, 2)
    (file,) = (tmp_path / "journal").glob("*.journal")
    os.truncate(file, file.stat().st_size - 1)
    successor = open_journal()
    put(successor, 2, 1)
    assert [(int(p), i) for _, p, i, _ in take_all(successor)] == [(0, 1), (1, 2), (2, 3)]


def test_segments_are_removed_once_they_are_stored(
    open_journal: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 1000)
    journal = open_journal()
    for first in range(0, 1000, 10):
        put(journal, first, 10)
    assert len(list((tmp_path / "journal").glob("*.journal"))) > 10
    assert payloads(take_all(journal)) == list(range(1000))
    journal.acknowledge(995)
    journal.rewind()
    assert len(list((tmp_path / "journal").glob("*.journal"))) == 1
    assert payloads(take_all(open_journal())) == list(range(995, 1000))


def test_packet_ids_begin_anew_after_the_last(open_journal: Open) -> None:
    journal = open_journal()
    for first in range(0, 70_000, 7000):
        put(journal, first, 7000)
        ids = [packet_id for _, _, packet_id, _ in take_all(journal)]
        assert ids == [number % 65_535 + 1 for number in range(first, first + 7000)]
        journal.acknowledge(7000)


def test_a_full_journal_takes_nothing_and_keeps_what_it_has(open_journal: Open) -> None:
    journal = open_journal(most_bytes=500)
    put(journal, 0, 10)
    with pytest.raises(Unavailable, match="full"):
        put(journal, 10, 100)
    assert payloads(take_all(journal)) == list(range(10))


def test_a_disk_without_room_leaves_no_half_record(open_journal: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = open_journal()
    put(journal, 0, 2)
    write = os.pwrite

    def write_half(descriptor: int, data: bytes, at: int) -> int:
        if len(data) < 20:
            raise OSError(28, "No space left on device")
        return write(descriptor, data[: len(data) // 2], at)

    monkeypatch.setattr(os, "pwrite", write_half)
    with pytest.raises(Unavailable, match="No space left"):
        put(journal, 2, 5)
    monkeypatch.undo()
    put(journal, 2, 1)
    assert payloads(take_all(open_journal())) == [0, 1, 2]


def test_a_journal_is_held_by_one(open_journal: Open, tmp_path: Path) -> None:
    assert not is_held(tmp_path / "journal")
    open_journal()
    assert is_held(tmp_path / "journal")
    with pytest.raises(Conflict):
        Journal(tmp_path / "journal", most_bytes=1)
