"""The spool keeps what came in its order, survives its process, and never loses anything in silence."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.commit.spool import Spool
from ingest.mqtt.frames import Publish
from plant.errors import Misconfigured

MANY = 2**20


Open = Callable[..., Spool]


@pytest.fixture
def open_spool(tmp_path: Path) -> Iterator[Open]:
    """Open spools in the test's folder; they are closed when it ends."""
    spools: list[Spool] = []

    def open_(most_bytes: int = MANY) -> Spool:
        spools.append(Spool(tmp_path, most_bytes=most_bytes))
        return spools[-1]

    yield open_
    for spool in spools:
        spool.close()


def message(number: int, size: int = 10) -> Publish:
    return b"topic/%d" % number, bytes([number % 256]) * size, 0, number % 2


def drain(spool: Spool) -> list[tuple[int, list[Publish]]]:
    """Take everything and say that it is stored."""
    found = []
    while (spooled := spool.read_next()) is not None:
        found.append((spooled.arrival_us, spooled.publishes))
        spooled.acknowledge([])
    return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.spool"))


def test_what_was_put_in_comes_out_in_its_order_and_leaves_nothing_behind(open_spool: Open, tmp_path: Path) -> None:
    spool = open_spool()
    blocks = [(1_000 + n, [message(3 * n + k) for k in range(3)]) for n in range(5)]
    for arrival_us, publishes in blocks:
        spool.append(arrival_us, publishes)
    assert (spool.is_empty, spool.oldest_us) == (False, 1_000)
    assert drain(spool) == blocks
    assert (spool.is_empty, spool.oldest_us, spool.size_bytes, files(tmp_path)) == (True, None, 0, [])


def test_what_is_put_in_while_the_rest_comes_out_is_behind_it(open_spool: Open) -> None:
    spool = open_spool()
    spool.append(1, [message(1)])
    first = spool.read_next()
    assert first is not None
    spool.append(2, [message(2)])
    first.acknowledge([])
    assert drain(spool) == [(2, [message(2)])]
    spool.append(3, [message(3)])
    assert drain(spool) == [(3, [message(3)])]


def test_segments_are_removed_one_after_another(open_spool: Open, tmp_path: Path) -> None:
    spool = open_spool(100 * MANY)
    for number in range(30):
        spool.append(number, [message(number, size=MANY // 2)])
    assert len(files(tmp_path)) == 4
    taken = []
    for _ in range(20):
        spooled = spool.read_next()
        assert spooled is not None
        spooled.acknowledge([])
        taken.append(spooled.arrival_us)
    assert taken == list(range(20))
    assert len(files(tmp_path)) == 2


def test_what_was_taken_but_not_stored_is_there_after_a_restart(open_spool: Open, tmp_path: Path) -> None:
    spool = open_spool()
    for number in range(3):
        spool.append(number, [message(number)])
    spool.read_next()
    spool.close()
    again = open_spool()
    assert [arrival_us for arrival_us, _ in drain(again)] == [0, 1, 2]
    assert files(tmp_path) == []


def test_a_killed_process_leaves_everything_that_it_had_put_in(open_spool: Open, tmp_path: Path) -> None:
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom ingest.commit.spool import Spool\n"
        "spool = Spool(Path(sys.argv[1]), most_bytes=2**20)\n"
        "for n in range(50): spool.append(n, [(b't', b'%d' % n, 0, 0)])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == -9
    found = drain(open_spool())
    assert [publishes[0][1] for _, publishes in found] == [b"%d" % n for n in range(50)]


def test_two_processes_have_spools_of_their_own_and_the_next_one_takes_over_both(
    open_spool: Open, tmp_path: Path
) -> None:
    one, other = open_spool(), open_spool()
    one.append(1, [message(1)])
    other.append(2, [message(2)])
    assert len({path.parent for path in files(tmp_path)}) == 2
    one.close()
    other.close()
    assert [arrival_us for arrival_us, _ in drain(open_spool())] == [1, 2]


def test_what_finds_no_room_is_counted_and_said(open_spool: Open, caplog: pytest.LogCaptureFixture) -> None:
    spool = open_spool(1_000)
    for number in range(10):
        spool.append(number, [message(number, size=200), message(number, size=200)])
    lost = spool.take_lost()
    assert lost is not None
    assert lost.messages == 16
    assert lost.size_bytes > 16 * 200
    assert spool.take_lost() is None
    assert [record.message for record in caplog.records if record.levelno == logging.ERROR] == [
        "the spool takes nothing more: telemetry of QoS 0 is lost"
    ]
    assert len(drain(spool)) == 2
    spool.append(99, [message(99)])
    assert len(drain(spool)) == 1


def test_a_torn_record_is_counted_and_what_stands_before_it_is_kept(
    open_spool: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = open_spool()
    for number in range(3):
        spool.append(number, [message(number)])
    spool.close()
    (path,) = files(tmp_path)
    os.truncate(path, path.stat().st_size - 5)
    again = open_spool()
    assert [arrival_us for arrival_us, _ in drain(again)] == [0, 1]
    lost = again.take_lost()
    assert lost is not None
    assert lost.size_bytes > 0
    assert "a spool segment is torn" in caplog.messages


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="name another data folder"):
        Spool(tmp_path / "file" / "spool", most_bytes=MANY)
