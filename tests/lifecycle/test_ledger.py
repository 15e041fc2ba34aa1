"""What the ledger holds can be checked by anybody, and whatever was changed shows where."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest

from lifecycle import ledger
from lifecycle.ledger import BrokenChain, VerifiedChain
from storage.core.database import Database, Role

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """An event that says whatever a test wants."""

    said: dict[str, Any]

    def content(self) -> dict[str, Any]:
        return self.said


Look = psycopg.Connection[tuple[object, ...]]


def write(database: Database, count: int, project: str = "demo") -> None:
    for number in range(count):
        with database.transaction() as tx:
            ledger.append(tx, project, Said({"event": "tried", "number": number}), AT + timedelta(seconds=number))


def verify(database: Database, project: str = "demo") -> VerifiedChain | BrokenChain:
    with database.transaction() as tx:
        return ledger.verify(tx, project)


def test_a_hash_is_what_the_documentation_says(app_database: Database) -> None:
    with app_database.transaction() as tx:
        first = ledger.append(tx, "demo", Said({"b": 1, "a": "泵"}), AT)
    text = (
        '{"at":"2026-03-01T12:00:00.123456+00:00","entry":{"a":"泵","b":1},'
        f'"previous":"{"00" * 32}","project":"demo","seq":1}}'
    )
    assert first.hash == hashlib.sha256(text.encode()).digest()


def test_a_chain_that_was_left_alone_verifies(app_database: Database) -> None:
    write(app_database, 5)
    verdict = verify(app_database)
    assert isinstance(verdict, VerifiedChain)
    assert verdict.entries == 5


def test_a_project_without_entries_verifies(app_database: Database) -> None:
    assert verify(app_database) == VerifiedChain(entries=0, head=bytes(32))


def test_projects_have_chains_of_their_own(app_database: Database, superuser: Look) -> None:
    write(app_database, 2, "north")
    write(app_database, 3, "south")
    superuser.execute("UPDATE ledger SET entry = '{}' WHERE project = 'north' AND seq = 2")
    assert verify(app_database, "north") == BrokenChain(seq=2)
    assert isinstance(verify(app_database, "south"), VerifiedChain)


@pytest.mark.parametrize(
    ("tampering", "first_broken"),
    [
        ("UPDATE ledger SET entry = jsonb_set(entry, '{number}', '7') WHERE seq = 3", 3),
        ("UPDATE ledger SET at = at + interval '1 microsecond' WHERE seq = 2", 2),
        ("UPDATE ledger SET hash = sha256('x') WHERE seq = 4", 4),
        ("UPDATE ledger SET previous = sha256('x') WHERE seq = 4", 4),
        ("DELETE FROM ledger WHERE seq = 2", 2),
        ("DELETE FROM ledger WHERE seq = 1", 1),
        ("DELETE FROM ledger WHERE seq = 5", 5),
        ("DELETE FROM ledger", 1),
        ("UPDATE ledger SET project = 'other' WHERE seq = 5", 5),
        ("UPDATE ledger_head SET hash = sha256('x')", 5),
        ("UPDATE ledger_head SET seq = 4", 5),
    ],
)
def test_the_first_entry_that_was_touched_is_named(
    app_database: Database, superuser: Look, tampering: str, first_broken: int
) -> None:
    write(app_database, 5)
    superuser.execute(tampering.encode())
    assert verify(app_database) == BrokenChain(seq=first_broken)


def test_swapped_entries_are_noticed(app_database: Database, superuser: Look) -> None:
    write(app_database, 3)
    superuser.execute(
        "UPDATE ledger AS mine SET entry = other.entry FROM ledger AS other "
        "WHERE (mine.seq, other.seq) IN ((1, 2), (2, 1))"
    )
    assert verify(app_database) == BrokenChain(seq=1)


VALUES = [
    *(0.1, 1.0, -0.0, 1e300, 1e21, 123456789012345680000.0, 5e-324, 1e-7, 2**53 - 1),
    *(None, True, '\u2028 é 泵 😀 "\\', []),
]


def test_every_value_survives_the_record(app_database: Database) -> None:
    for number, value in enumerate(VALUES):
        project = f"demo {number}"
        with app_database.transaction() as tx:
            ledger.append(tx, project, Said({"value": value, "nested": [{"é": value, "z": {}}]}), AT)
        assert isinstance(verify(app_database, project), VerifiedChain), value


def test_what_is_not_json_everywhere_is_refused_and_leaves_nothing(app_database: Database) -> None:
    for value in (float("nan"), float("inf"), 2**53, object()):
        with pytest.raises(ValueError, match=r"."), app_database.transaction() as tx:
            ledger.append(tx, "demo", Said({"value": value}), AT)
        assert verify(app_database) == VerifiedChain(entries=0, head=bytes(32)), value


def test_the_same_instant_in_another_zone_is_the_same_entry(app_database: Database) -> None:
    beijing = AT.astimezone(timezone(timedelta(hours=8)))
    with app_database.transaction() as tx:
        one = ledger.append(tx, "north", Said({}), AT)
    with app_database.transaction() as tx:
        ledger.append(tx, "south", Said({}), beijing)
        assert ledger.append(tx, "south", Said({}), beijing).seq == one.seq + 1
    assert isinstance(verify(app_database, "south"), VerifiedChain)


def test_an_entry_whose_transaction_fails_leaves_no_gap(app_database: Database) -> None:
    def append_and_fail() -> None:
        with app_database.transaction() as tx:
            ledger.append(tx, "demo", Said({}), AT)
            raise ZeroDivisionError

    write(app_database, 1)
    with pytest.raises(ZeroDivisionError):
        append_and_fail()
    write(app_database, 1)
    verdict = verify(app_database)
    assert isinstance(verdict, VerifiedChain)
    assert verdict.entries == 2


def test_sixteen_writers_at_once_never_fork_a_chain(database_url: str) -> None:
    with Database(database_url, role=Role.APP, most=16) as database:
        start = threading.Barrier(16)

        def work() -> None:
            start.wait()
            write(database, 8)
            with database.transaction() as tx, ledger.gathered(tx):
                for number in range(4):
                    ledger.note(tx, "demo", Said({"gathered": number}), AT)

        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        verdict = verify(database)
    assert isinstance(verdict, VerifiedChain)
    assert verdict.entries == 16 * 12


def test_a_chain_longer_than_a_page_verifies(app_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_PAGE", 3)
    write(app_database, 7)
    verdict = verify(app_database)
    assert isinstance(verdict, VerifiedChain)
    assert verdict.entries == 7


def test_the_application_may_not_change_or_remove_an_entry(app_database: Database) -> None:
    write(app_database, 1)
    for statement in (b"UPDATE ledger SET entry = '{}'", b"DELETE FROM ledger", b"TRUNCATE ledger, ledger_head"):
        with pytest.raises(Exception, match="permission denied"), app_database.transaction() as tx:
            tx.connection.execute(statement)


def test_a_fingerprint_does_not_depend_on_how_a_document_was_stored() -> None:
    document = {"score": 0.5, "count": 2, "name": "泵"}
    assert ledger.fingerprint(json.loads(json.dumps(document, sort_keys=True))) == ledger.fingerprint(document)
