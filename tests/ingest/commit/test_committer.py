"""A batch is written whole or bisected, and the delivery record agrees with the tables."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson
import psycopg
import pytest

from ingest.admission.admit import AdmissionRules
from ingest.admission.devices import Devices
from ingest.commit.batch import Batch, Gathering
from ingest.commit.batch_columns import BatchColumns
from ingest.commit.committer import Committer
from ingest.decoding.decode import Decoder
from ingest.formats import every_format
from ingest.reader import Reader
from plant.clock import ManualClock
from plant.errors import Unavailable
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role
from storage.telemetry import delivery, quarantine
from tests.conftest import free_port
from tests.plant_rows import PlantRows

Message: TypeAlias = tuple[bytes, bytes]
Superuser = psycopg.Connection[tuple[object, ...]]
NOW_MS = int(time.time() * 1000)
FUTURE_MS = NOW_MS + 3_600_000


class Inbox:
    """Makes batches of messages as they come from the broker."""

    def __init__(self, database: Database) -> None:
        self._rules = AdmissionRules(retention_us=3650 * 86_400_000_000)
        self._devices = Devices(database, most_signals=3)
        self._committer = Committer(database, self._devices, self._rules, slot=0)

    def batch(self, messages: Sequence[Message]) -> Batch:
        gathering = Gathering(most_values=10**6, longest_s=1)
        decoder = Decoder(every_format(), most_bytes=2**20)
        clock = ManualClock(datetime.fromtimestamp(NOW_MS / 1000, UTC))
        reader = Reader(clock, decoder, self._devices, self._rules, gathering)
        for topic, payload in messages:
            reader.read(None, [(topic, payload, 1, 0)])
        batch = gathering.take_batch()
        assert batch is not None
        return batch

    def commit(self, messages: Sequence[Message]) -> list[ReadingColumns]:
        return self._committer.commit(self.batch(messages), 0.0)


def message(document: Any, asset: str = "P-101") -> Message:
    payload = document if isinstance(document, bytes) else orjson.dumps(document)
    return f"assetloop/v1/demo/{asset}/telemetry".encode(), payload


def at(second: int, asset: str = "P-101", **values: Any) -> Message:
    return message({"ts": NOW_MS - 100_000 + second * 1000, "values": values}, asset)


@pytest.fixture
def inbox(register: None, ingest_database: Database) -> Inbox:  # noqa: ARG001
    return Inbox(ingest_database)


def single(superuser: Superuser, statement: str) -> Any:
    row = superuser.execute(statement.encode()).fetchone()
    return row[0] if row else None


def held(superuser: Superuser) -> dict[str, Any]:
    return dict(superuser.execute("SELECT reason, sum(readings) FROM quarantine GROUP BY reason").fetchall())  # type: ignore[arg-type]


def test_redelivered_batch_is_stored_once(inbox: Inbox, superuser: Superuser) -> None:
    inbox.commit([at(1, flow=1.0), at(2, flow=2.0)])
    inbox.commit([at(1, flow=1.0), at(2, flow=2.0), at(3, flow=3.0)])
    assert superuser.execute("SELECT value FROM reading ORDER BY time").fetchall() == [(1.0,), (2.0,), (3.0,)]


def test_the_last_that_was_stored_of_each_signal_is_returned_and_nothing_else(inbox: Inbox) -> None:
    inbox.commit([at(1, flow=1.0)])
    (stored,) = inbox.commit([at(0, flow=0.0), at(1, flow=1.0), at(2, flow=2.0), at(1, head=3.0), at(2, flow=5.0)])
    assert stored.values.tolist() == [2.0, 3.0]


def test_every_part_of_a_message_finds_its_place(inbox: Inbox, superuser: Superuser) -> None:
    inbox.commit([at(1, flow=1.0, state="on"), message([{"ts": FUTURE_MS, "values": {"flow": 1}}, {"flow": 4}])])
    assert superuser.execute("SELECT value, flags FROM reading ORDER BY time").fetchall() == [(1.0, 0), (4.0, 1)]
    assert held(superuser) == {"not_a_number": 1, "in_the_future": 1}


def test_an_unknown_asset_is_held_whole_with_its_tags(inbox: Inbox, superuser: Superuser) -> None:
    stranger = message({"flow": 1.0, "head": 2.0}, "P%2F9")
    inbox.commit([stranger, at(1, flow=1.0)])
    row = superuser.execute("SELECT reason, site_tag, asset_tag, payload, readings FROM quarantine").fetchone()
    assert row == ("unknown_asset", "demo", "P/9", stranger[1], 2)
    assert single(superuser, "SELECT count(*) FROM reading") == 1


def test_more_signals_than_may_be_are_held(inbox: Inbox, superuser: Superuser) -> None:
    inbox.commit([at(1, a=1, b=2, c=3, d=4, e=5), at(2, a=1, f=6)])
    assert single(superuser, "SELECT count(*) FROM reading") == 4
    assert held(superuser) == {"too_many_signals": 3}


def test_what_is_refused_makes_no_signals_and_leaves_room_for_those_that_come(
    inbox: Inbox, superuser: Superuser
) -> None:
    wide = {"ts": 1, "values": {f"k{number}": number for number in range(30_000)}}
    inbox.commit([message(wide), at(1, a=1, b=2), message([{"ts": FUTURE_MS, "values": {"d": 1}}, {"c": 3}])])
    inbox.commit([message(wide)])
    assert superuser.execute("SELECT key FROM signal ORDER BY key").fetchall() == [("a",), ("b",), ("c",)]
    assert single(superuser, "SELECT count(*) FROM reading") == 3
    assert held(superuser) == {"too_old": 60_000, "in_the_future": 1}


def test_what_is_refused_again_and_again_is_one_entry_a_key_with_a_count(inbox: Inbox, superuser: Superuser) -> None:
    for first in range(0, 2000, 500):
        inbox.commit([at(-n, flow=float(n), state=f"on {n}", mode="x") for n in range(first, first + 500)])
    inbox.commit([message({"event": f"{n}"}) for n in range(50)])
    assert superuser.execute(
        "SELECT reason, signal_key, count, readings FROM quarantine ORDER BY reason, signal_key"
    ).fetchall() == [
        ("no_numbers", "", 50, 50),
        ("not_a_number", "mode", 2000, 2000),
        ("not_a_number", "state", 2000, 2000),
    ]
    assert single(superuser, "SELECT convert_from(payload, 'UTF8') FROM quarantine WHERE signal_key = 'state'") == (
        at(0, flow=0.0, state="on 0", mode="x")[1].decode()
    )


def test_only_the_message_that_the_database_refuses_is_set_aside(inbox: Inbox, superuser: Superuser) -> None:
    superuser.execute("ALTER TABLE reading ADD CONSTRAINT no_beast CHECK (value <> 666)")
    messages = [at(second, flow=666.0 if second == 13 else float(second)) for second in range(40)]
    stored = inbox.commit(messages)
    assert stored[-1].values.tolist() == [39.0]
    assert single(superuser, "SELECT count(*) FROM reading") == 39
    row = superuser.execute("SELECT reason, payload, detail FROM quarantine").fetchone()
    assert row is not None
    assert row[:2] == ("refused_by_database", messages[13][1])
    assert "no_beast" in str(row[2])


def test_a_message_that_breaks_the_program_is_set_aside(
    inbox: Inbox, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def readings(columns: BatchColumns) -> ReadingColumns:
        found = real(columns)
        if 666.0 in found.values:
            raise ZeroDivisionError("what no one thought of")
        return found

    real = BatchColumns.readings
    monkeypatch.setattr(BatchColumns, "readings", readings)
    inbox.commit([at(1, flow=1.0), at(2, flow=666.0), at(3, flow=1.0)])
    assert single(superuser, "SELECT count(*) FROM reading") == 2
    assert held(superuser) == {"refused": 1}


def test_of_two_values_for_one_instant_the_first_received_stays_whichever_way_they_came(
    inbox: Inbox, superuser: Superuser
) -> None:
    """The second one has a mark, so it does not go the quick way; a third one does."""
    marked = message({"ts": NOW_MS, "values": {"flow": 2.0}, "q": {"flow": "UNCERTAIN"}})
    inbox.commit([message({"ts": NOW_MS, "values": {"flow": value}}) for value in (1.0,)] + [marked])
    inbox.commit([at(99, head=1.0), message({"ts": NOW_MS + 1, "values": {"head": 5.0}, "q": {"head": "BAD"}})])
    inbox.commit(
        [
            message({"ts": NOW_MS + 2, "values": {"a": 9}, "q": {"a": "BAD"}}),
            message({"ts": NOW_MS + 2, "values": {"a": 8}}),
        ]
    )
    rows = superuser.execute("SELECT key, value, flags FROM reading JOIN signal USING (signal_id) ORDER BY 1, time")
    assert rows.fetchall() == [("a", 9.0, 2), ("flow", 1.0, 0), ("head", 1.0, 0), ("head", 5.0, 2)]
    conflicts = superuser.execute("SELECT value, flags FROM reading_conflict ORDER BY value").fetchall()
    assert conflicts == [(2.0, 4), (8.0, 0)]


def test_late_readings_are_stored_flagged_and_counted(
    inbox: Inbox, ingest_database: Database, superuser: Superuser
) -> None:
    inbox.commit([at(50, flow=1.0)])
    inbox.commit([at(10, flow=2.0), at(49, flow=3.0)])
    assert superuser.execute("SELECT value, flags FROM reading ORDER BY time").fetchall() == [(2, 32), (3, 0), (1, 0)]
    with ingest_database.transaction() as tx:
        assert delivery.totals(tx)["demo/P-101"].late == 1


def test_a_database_that_is_away_is_not_a_reason_to_set_anything_aside() -> None:
    with Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none", role=Role.INGEST, wait_s=0.1) as database:
        inbox = Inbox(database)
        with pytest.raises(Unavailable):
            inbox.commit([at(1, flow=1.0)])


def test_the_delivery_record_agrees_with_the_tables(
    inbox: Inbox, ingest_database: Database, superuser: Superuser
) -> None:
    superuser.execute("ALTER TABLE reading ADD CONSTRAINT no_beast CHECK (value <> 666)")
    PlantRows(superuser).asset("P-102", name="Pump")
    first = [
        at(1, a=1, b=2, c=3),
        at(1, a=1, b=9),
        at(2, "P-102", a=1.0, state="on"),
        message(b"{"),
        at(1, "P-9", a=1, b=2),
    ]
    again = [at(1, a=1, b=9), at(3, "P-102", a=666.0), at(4, d=1, e=2), message({"ts": FUTURE_MS, "values": {"a": 1}})]
    for batch in (first, again, first):
        inbox.commit(batch)
    with ingest_database.transaction() as tx:
        totals = delivery.totals(tx)
        refused = quarantine.totals(tx)
    assert sum(one.stored for one in totals.values()) == single(superuser, "SELECT count(*) FROM reading")
    assert sum(one.conflicting for one in totals.values()) == single(superuser, "SELECT count(*) FROM reading_conflict")
    assert sum(one.quarantined for one in totals.values()) == sum(one.readings for one in refused.values())
    assert sum(one.received for one in totals.values()) == 2 * (3 + 2 + 2 + 1 + 2) + (2 + 1 + 2 + 1)
    for one in totals.values():
        assert one.received == one.stored + one.duplicate + one.conflicting + one.quarantined
    assert set(totals) == {"demo/P-101", "demo/P-102", "demo/P-9"}
