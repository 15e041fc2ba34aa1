"""Of a stopped server's files of the ledger nothing is changed unseen: an entry is named, or cannot be read."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from lifecycle import ledger
from lifecycle.ledger import BrokenChain
from service.runtime.postgres import PostgresServer
from storage.core.database import Transaction
from tests.conftest import REPOSITORY
from tests.lifecycle.test_ledger import Said

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = 8192
LONGEST_S = 2.5
TABLES = ("ledger", "ledger_head")
Connection = psycopg.Connection[DictRow]
Rows = dict[str, list[tuple[Any, ...]]]
Damage = Callable[[random.Random, bytes], bytes | None]


def one_byte(chance: random.Random, content: bytes) -> bytes:
    """Another value in one byte, at a place that something is written to."""
    places = [at for at in (chance.randrange(len(content)) for _ in range(40)) if content[at]]
    at = places[0] if places else chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :]


def any_byte(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + chance.randbytes(1) + content[at + 1 :]


def swapped(chance: random.Random, content: bytes) -> bytes:
    """Two rows change places: the pointers to them at the beginning of their page."""
    page = chance.randrange(len(content) // PAGE) * PAGE
    count = (int.from_bytes(content[page + 12 : page + 14], "little") - 24) // 4
    if count < 2:
        return content
    one, other = (page + 24 + 4 * number for number in sorted(chance.sample(range(count), 2)))
    between = content[one + 4 : other]
    return content[:one] + content[other : other + 4] + between + content[one : one + 4] + content[other + 4 :]


def cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.choice((chance.randrange(len(content)), chance.randrange(len(content) // PAGE) * PAGE))]


def removed(_chance: random.Random, _content: bytes) -> None:
    return None


def emptied(chance: random.Random, content: bytes) -> bytes:
    """A stretch of zeros."""
    begin = chance.randrange(len(content))
    length = min(len(content) - begin, chance.choice((1, 4, 64, 512, PAGE)))
    return content[:begin] + bytes(length) + content[begin + length :]


DAMAGES: tuple[Damage, ...] = (*[one_byte] * 12, *[any_byte] * 2, swapped, swapped, cut, emptied, emptied, removed)


class Cluster:
    """A server with many copies of one ledger, each in a schema of its own, whose files are damaged while it rests."""

    def __init__(self, folder: Path, copies: int) -> None:
        self.server = PostgresServer(folder / "server", durable=False)
        # a page that does not fit its checksum is read all the same, as where there are no checksums
        self.server._options += (
            "-c",
            "ignore_checksum_failure=on",
            "-c",
            "autovacuum=off",
            "-c",
            "restart_after_crash=off",
        )
        self.schemas = [f"copy_{number}" for number in range(copies)]
        self.files: dict[str, list[Path]] = {}
        self.resting = folder / "resting"
        self._fill()

    def connect(self) -> Connection:
        return psycopg.Connection[DictRow].connect(
            self.server.url, row_factory=dict_row, autocommit=True, options="-c statement_timeout=2s"
        )

    def _fill(self) -> None:
        house = (REPOSITORY / "storage/migrations/0001_house.sql").read_text(encoding="utf-8")
        tables = house[house.index("CREATE TABLE ledger_head") :]
        function = (REPOSITORY / "storage/definitions/44_ledger.sql").read_text(encoding="utf-8")
        with self.server, self.connect() as connection:
            connection.execute(tables[: tables.index(";", tables.index("CREATE TABLE ledger (")) + 1].encode())
            connection.execute(function.encode())
            _write(connection)
            for schema in self.schemas:
                connection.execute(f"CREATE SCHEMA {schema}".encode())
                for table in TABLES:
                    copy = f"{schema}.{table}"
                    connection.execute(f"CREATE TABLE {copy} (LIKE public.{table} INCLUDING ALL)".encode())
                    connection.execute(f"INSERT INTO {copy} SELECT * FROM public.{table}".encode())
                    connection.execute(f"VACUUM {copy}".encode())
                self.files[schema] = [self.server.folder / name for name in _paths(connection, schema)]
            self.whole = rows(connection, self.schemas[0])
        subprocess.run(["cp", "--archive", self.server.folder, self.resting], check=True)

    def damaged(self, chance: random.Random) -> Iterator[tuple[str, str, Connection]]:
        """Damage one file of each copy once, start the server, and give the copies with what was done to each.

        A server that dies of what it read is laid anew, with what is still to be looked at damaged as before.
        """
        done = {schema: self._damage(chance, schema) for schema in self.schemas}
        left = list(self.schemas)
        while left:
            self._lay(left, done)
            with self.server:
                connection = self.connect()
                while left and not connection.broken:
                    schema = left.pop()
                    yield schema, done[schema][1], connection
                connection.close()

    def _damage(self, chance: random.Random, schema: str) -> tuple[Path, str, bytes | None]:
        file = chance.choice([one for one in self.files[schema] if self._rests(one).stat().st_size])
        how = chance.choice(DAMAGES)
        return file, f"{how.__name__} of {file.name}", how(chance, self._rests(file).read_bytes())

    def _rests(self, file: Path) -> Path:
        return self.resting / file.relative_to(self.server.folder)

    def _lay(self, schemas: Sequence[str], done: dict[str, tuple[Path, str, bytes | None]]) -> None:
        _lay_anew(self.server.folder, like=self.resting)
        for schema in schemas:
            file, _, content = done[schema]
            if content is None:
                file.unlink()
            else:
                file.write_bytes(content)


def _lay_anew(folder: Path, *, like: Path) -> None:
    """Make a folder as it was. Most of its two thousand files were not touched: whoever writes leaves another time."""
    wanted = {file.relative_to(like) for file in like.rglob("*")}
    for file in folder.rglob("*"):
        if file.relative_to(folder) not in wanted and not file.is_dir():
            file.unlink()
    for name in sorted(wanted):
        one, other = like / name, folder / name
        if not one.is_dir() and not (other.exists() and _written(one) == _written(other)):
            shutil.copy2(one, other)
            os.chown(other, one.stat().st_uid, one.stat().st_gid)


def _written(file: Path) -> tuple[int, int]:
    seen = file.stat()
    return seen.st_size, seen.st_mtime_ns


def _write(connection: Connection) -> None:
    chance = random.Random(3)  # noqa: S311 - the same each time
    with connection.transaction():
        for number in range(60):
            long = chance.randbytes(2500).hex() if number % 10 == 5 else "a pump"  # which PostgreSQL keeps elsewhere
            ledger.append(
                Transaction(connection), "demo", Said({"n": number, "of": long}), AT + timedelta(seconds=number)
            )


def _paths(connection: Connection, schema: str) -> list[str]:
    found = connection.execute(
        """
        WITH heap AS (
            SELECT c.oid, c.reltoastrelid FROM pg_class AS c
            WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
        ),
        whole AS (SELECT oid FROM heap UNION SELECT reltoastrelid FROM heap WHERE reltoastrelid <> 0)
        SELECT pg_relation_filepath(oid) AS path FROM whole
        UNION
        SELECT pg_relation_filepath(indexrelid) FROM pg_index JOIN whole ON indrelid = oid
        """,
        [schema],
    )
    return [row["path"] for row in found]


def rows(connection: Connection, schema: str) -> Rows:
    """Every row as it stands in the table's own file, by no index."""
    connection.execute("SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off")
    try:
        return {
            table: sorted(
                tuple(row.values()) for row in connection.execute(f"SELECT l::text FROM {schema}.{table} AS l".encode())
            )
            for table in TABLES
        }
    finally:
        connection.execute("RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan")


def judged(whole: Rows, connection: Connection, schema: str) -> str:
    """Say what became of a damaged copy; `unseen` is what must never be."""
    connection.execute(f"SET search_path = {schema}".encode())
    # a damaged page can lead a session round in a circle where no time-out of its own stops it
    watch = threading.Timer(LONGEST_S, os.kill, (connection.info.backend_pid, signal.SIGKILL))
    watch.start()
    try:
        with connection.transaction():
            verdict = ledger.verify(Transaction(connection), "demo")
    except psycopg.Error:
        return "the server dies of it, and says so"
    finally:
        watch.cancel()
    try:
        stands = rows(connection, schema)
    except (psycopg.Error, UnicodeError):
        stands = None
    if not isinstance(verdict, BrokenChain):
        return "no entry was changed" if stands == whole else "unseen"
    return named(whole, stands, verdict)


def named(whole: Rows, stands: Rows | None, verdict: BrokenChain) -> str:
    """Say of what kind the damage is that was named, and whether it was named by the right entry."""
    if stands == whole:
        return "entries are whole, their index is not: named"
    if verdict.unreadable:
        return "unreadable: named"
    if stands is not None and stands["ledger"] == whole["ledger"]:
        return "the head alone was changed: named"
    if stands is not None and verdict.seq != first_changed(whole, stands):
        return f"named wrongly: {verdict.seq}, not {first_changed(whole, stands)}"
    return "changed: named"


def first_changed(whole: Rows, stands: Rows) -> int:
    """The first entry that does not stand there as it was written."""
    left = set(stands["ledger"])
    gone = [int(str(row[0]).split(",")[1]) for row in whole["ledger"] if row not in left]
    return min(gone, default=0)


def tried(folder: Path, *, copies: int, times: int, seed: int) -> Counter[str]:
    cluster, chance, found = Cluster(folder, copies), random.Random(seed), Counter[str]()  # noqa: S311 - repeatable
    for _ in range(times):
        for schema, done, connection in cluster.damaged(chance):
            what = judged(cluster.whole, connection, schema)
            found[f"{what} ({done})" if what.startswith(("unseen", "named wrongly")) else what] += 1
    return found


def demand_nothing_unseen(found: Counter[str]) -> None:
    assert [what for what in found if what.startswith(("unseen", "named wrongly"))] == []
    assert found["changed: named"] > 0


def test_damage_to_the_files_of_a_stopped_server_is_named(tmp_path: Path) -> None:
    demand_nothing_unseen(tried(tmp_path, copies=40, times=1, seed=1))


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_thousand_damages_to_files_are_named(tmp_path: Path) -> None:
    found = tried(tmp_path, copies=100, times=20, seed=2)
    (tmp_path / "found.txt").write_text("\n".join(f"{count:6} {what}" for what, count in found.most_common()))
    demand_nothing_unseen(found)
