"""A batch is written whole or bisected, and the delivery record agrees with the tables."""

from __future__ import annotations

import socket
import time
from typing import Any

import orjson
import psycopg
import pytest

from ingest.batch import Message
from ingest.commit import Committer
from ingest.decode import decode
from ingest.devices import Devices
from plant.errors import Rejected, Unavailable
from storage import delivery, quarantine
from storage.database import Database, Role

Superuser = psycopg.Connection[tuple[object, ...]]
NOW_MS = int(time.time() * 1000)
FUTURE_MS = NOW_MS + 3_600_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def message(document: Any, asset: str = "P-101") -> Message:
    payload = document if isinstance(document, bytes) else orjson.dumps(document)
    topic = f"assetloop/v1/demo/{asset}/telemetry"
    arrived = Message(topic=topic, payload=payload, packet_id=1, arrival_us=NOW_MS * 1000)
    try:
        arrived.decoded = decode(topic, payload, most_bytes=2**20)
    except Rejected as refusal:
        arrived.refusal = refusal
    return arrived


def at(second: int, asset: str = "P-101", **values: Any) -> Message:
    return message({"ts": NOW_MS - 100_000 + second * 1000, "values": values}, asset)


@pytest.fixture
def committer(register: None, ingest_database: Database) -> Committer:  # noqa: ARG001
    devices = Devices(ingest_database, most_signals=3)
    return Committer(ingest_database, devices, slot=0, retention_us=3650 * 86_400_000_000)


def single(superuser: Superuser, statement: str) -> Any:
    row = superuser.execute(statement.encode()).fetchone()
    return row[0] if row else None


def held(superuser: Superuser) -> dict[str, Any]:
    return dict(superuser.execute("SELECT reason, sum(readings) FROM quarantine GROUP BY reason").fetchall())  # type: ignore[arg-type]


def test_redelivered_batch_is_stored_once(committer: Committer, superuser: Superuser) -> None:
    committer.commit([at(1, flow=1.0), at(2, flow=2.0)], 0.0)
    committer.commit([at(1, flow=1.0), at(2, flow=2.0), at(3, flow=3.0)], 0.0)
    assert superuser.execute("SELECT value FROM reading ORDER BY time").fetchall() == [(1.0,), (2.0,), (3.0,)]


def test_what_was_stored_is_returned_and_nothing_else(committer: Committer) -> None:
    committer.commit([at(1, flow=1.0)], 0.0)
    (stored,) = committer.commit([at(1, flow=1.0), at(2, flow=2.0), at(2, flow=5.0)], 0.0)
    assert stored.values.tolist() == [2.0]


def test_every_part_of_a_message_finds_its_place(committer: Committer, superuser: Superuser) -> None:
    committer.commit(
        [at(1, flow=1.0, state="on"), message([{"ts": FUTURE_MS, "values": {"flow": 1}}, {"flow": 4}])], 0.0
    )
    assert superuser.execute("SELECT value, flags FROM reading ORDER BY time").fetchall() == [(1.0, 0), (4.0, 1)]
    assert held(superuser) == {"not_a_number": 1, "in_the_future": 1}


def test_an_unknown_asset_is_held_whole_with_its_tags(committer: Committer, superuser: Superuser) -> None:
    stranger = message({"flow": 1.0, "head": 2.0}, "P%2F9")
    committer.commit([stranger, at(1, flow=1.0)], 0.0)
    row = superuser.execute("SELECT reason, site_tag, asset_tag, payload, readings FROM quarantine").fetchone()
    assert row == ("unknown_asset", "demo", "P/9", stranger.payload, 2)
    assert single(superuser, "SELECT count(*) FROM reading") == 1


def test_more_signals_than_may_be_are_held(committer: Committer, superuser: Superuser) -> None:
    committer.commit([at(1, a=1, b=2, c=3, d=4, e=5), at(2, a=1, f=6)], 0.0)
    assert single(superuser, "SELECT count(*) FROM reading") == 4
    assert held(superuser) == {"too_many_signals": 3}


def test_only_the_message_that_the_database_refuses_is_set_aside(committer: Committer, superuser: Superuser) -> None:
    superuser.execute("ALTER TABLE reading ADD CONSTRAINT no_beast CHECK (value <> 666)")
    messages = [at(second, flow=666.0 if second == 13 else float(second)) for second in range(40)]
    stored = committer.commit(messages, 0.0)
    assert sum(len(part) for part in stored) == 39
    assert single(superuser, "SELECT count(*) FROM reading") == 39
    row = superuser.execute("SELECT reason, payload, detail FROM quarantine").fetchone()
    assert row is not None
    assert row[:2] == ("refused_by_database", messages[13].payload)
    assert "no_beast" in str(row[2])


def test_a_message_that_breaks_the_program_is_set_aside(committer: Committer, superuser: Superuser) -> None:
    broken = at(2, flow=1.0)
    assert broken.decoded is not None
    broken.decoded.times_us.append("not a number")  # type: ignore[arg-type]
    committer.commit([at(1, flow=1.0), broken, at(3, flow=1.0)], 0.0)
    assert single(superuser, "SELECT count(*) FROM reading") == 2
    assert list(held(superuser)) == ["refused"]


def test_a_database_that_is_away_is_not_a_reason_to_set_anything_aside() -> None:
    with Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none", role=Role.INGEST, wait_s=0.1) as database:
        committer = Committer(database, Devices(database, most_signals=3), slot=0, retention_us=1)
        with pytest.raises(Unavailable):
            committer.commit([at(1, flow=1.0)], 0.0)


def test_the_delivery_record_agrees_with_the_tables(
    committer: Committer, ingest_database: Database, superuser: Superuser
) -> None:
    superuser.execute("ALTER TABLE reading ADD CONSTRAINT no_beast CHECK (value <> 666)")
    superuser.execute("INSERT INTO asset (site_id, class_id, tag, name) VALUES (1, 1, 'P-102', 'Pump')")
    first = [
        at(1, a=1, b=2, c=3),
        at(1, a=1, b=9),
        at(2, "P-102", a=1.0, state="on"),
        message(b"{"),
        at(1, "P-9", a=1, b=2),
    ]
    again = [at(1, a=1, b=9), at(3, "P-102", a=666.0), at(4, d=1, e=2), message({"ts": FUTURE_MS, "values": {"a": 1}})]
    for batch in (first, again, first):
        committer.commit(batch, 0.0)
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
