"""A slot is held by one at a time, by a lease that runs out."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from plant.errors import Misconfigured
from storage import slots
from storage.database import Database

AT = datetime(2026, 3, 4, tzinfo=UTC)
Superuser = psycopg.Connection[tuple[object, ...]]


def take(database: Database, holder: str, most: int = 3) -> int | None:
    with database.transaction() as tx:
        return slots.take(tx, holder, lease_s=60, most=most)


def test_the_first_free_slot_is_taken(ingest_database: Database) -> None:
    assert [take(ingest_database, holder) for holder in ("a", "b", "c", "d")] == [0, 1, 2, None]
    with ingest_database.transaction() as tx:
        slots.release(tx, 1, "b")
    assert take(ingest_database, "d") == 1


def test_a_holder_that_asks_again_is_given_its_own_slot(ingest_database: Database) -> None:
    take(ingest_database, "a")
    take(ingest_database, "b")
    assert take(ingest_database, "b") == 1


def test_an_expired_lease_is_taken_over_and_its_holder_told(ingest_database: Database, superuser: Superuser) -> None:
    take(ingest_database, "a", most=1)
    assert take(ingest_database, "b", most=1) is None
    superuser.execute("UPDATE ingest_slot SET lease_until = now() - interval '1 second'")
    assert take(ingest_database, "b", most=1) == 0
    with ingest_database.transaction() as tx:
        assert not slots.renew(tx, 0, "a", lease_s=60, lag_s=0, last_commit=None)


def test_renewing_says_how_far_behind_the_slot_is(ingest_database: Database) -> None:
    take(ingest_database, "a")
    with ingest_database.transaction() as tx:
        assert slots.renew(tx, 0, "a", lease_s=60, lag_s=1.5, last_commit=AT)
        assert slots.renew(tx, 0, "a", lease_s=60, lag_s=2.5, last_commit=None)
        (slot,) = slots.every(tx)
    assert (slot.holder, slot.is_held, slot.lag_s, slot.last_commit) == ("a", True, 2.5, AT)


def test_a_deployment_has_a_name(ingest_database: Database, superuser: Superuser) -> None:
    with ingest_database.transaction() as tx:
        assert slots.installation(tx)
    superuser.execute("DELETE FROM deployment")
    with ingest_database.transaction() as tx, pytest.raises(Misconfigured, match="assetloop migrate"):
        slots.installation(tx)
