"""A slot is held by one at a time, by a lease that runs out, and goes from hand to hand without a gap."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from plant.errors import Misconfigured, Unavailable
from storage.core.database import Database, Role
from storage.telemetry import slots

AT = datetime(2026, 3, 4, tzinfo=UTC)
Superuser = psycopg.Connection[tuple[object, ...]]


def take(database: Database, holder: str, most: int = 3) -> int | None:
    with database.transaction() as tx:
        return slots.acquire(tx, holder, lease_s=60, most=most)


def take_over(database: Database, holder: str, most: int = 3) -> int | None:
    with database.transaction() as tx:
        return slots.take_over(tx, holder, lease_s=60, most=most)


def held(database: Database, holder: str) -> list[int]:
    with database.transaction() as tx:
        return sorted(slots.renew(tx, holder, lease_s=60))


def drain(database: Database, keep: int | None = None) -> list[int]:
    with database.transaction() as tx:
        return sorted(slots.drain(tx, keep=keep))


def expire(superuser: Superuser, holder: str) -> None:
    superuser.execute("UPDATE ingest_slot SET lease_until = now() - interval '9 s' WHERE holder = %s", [holder])


def test_the_first_free_slot_is_taken(ingest_database: Database) -> None:
    assert [take(ingest_database, holder) for holder in ("a", "b", "c", "d")] == [0, 1, 2, None]
    with ingest_database.transaction() as tx:
        slots.release(tx, "b")
    assert take(ingest_database, "d") == 1


def test_a_holder_that_asks_again_is_given_its_own_slot(ingest_database: Database) -> None:
    take(ingest_database, "a")
    take(ingest_database, "b")
    assert take(ingest_database, "b") == 1


def test_an_expired_lease_is_taken_over_and_its_holder_told(ingest_database: Database, superuser: Superuser) -> None:
    take(ingest_database, "a", most=1)
    assert take(ingest_database, "b", most=1) is None
    expire(superuser, "a")
    assert take(ingest_database, "b", most=1) == 0
    assert held(ingest_database, "a") == []


@pytest.fixture
def ingest_login(database_url: str, superuser: Superuser) -> Iterator[str]:
    """The address for a login that may speak as ingest, and nothing else."""
    name = f"ingest_{secrets.token_hex(4)}"
    superuser.execute(f"CREATE ROLE \"{name}\" LOGIN NOINHERIT PASSWORD 'x' IN ROLE assetloop_ingest".encode())
    yield psycopg.conninfo.make_conninfo(database_url, user=name, password="x")
    superuser.execute(f'DROP ROLE "{name}"'.encode())


def write_while_another_takes_over(frozen: Database, alive: Database, superuser: Superuser) -> None:
    with frozen.transaction() as tx:
        tx.connection.execute("LOCK TABLE ingest_loss IN ROW EXCLUSIVE MODE")
        expire(superuser, "plant:1:a")
        assert take_over(alive, "plant:2:b", most=1) == 0
        tx.connection.execute("SELECT 1")


def test_who_takes_a_slot_over_ends_what_its_frozen_holder_left_open(ingest_login: str, superuser: Superuser) -> None:
    with (
        Database(ingest_login, role=Role.INGEST, holder="plant:1:a") as frozen,
        Database(ingest_login, role=Role.INGEST, holder="plant:2:b") as alive,
        Database(ingest_login, role=Role.INGEST, holder="plant:3:c") as bystander,
    ):
        assert take(frozen, "plant:1:a", most=1) == 0
        with bystander.transaction() as unharmed:
            with pytest.raises(Unavailable, match="the database is away"):
                write_while_another_takes_over(frozen, alive, superuser)
            assert unharmed.connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}
        assert held(frozen, "plant:1:a") == []
        assert held(alive, "plant:2:b") == [0]
        with alive.transaction() as tx:
            assert tx.connection.execute("SELECT current_user AS me").fetchone() == {"me": "assetloop_ingest"}


def test_a_slot_that_was_given_up_is_taken_without_ending_anything(ingest_login: str) -> None:
    with (
        Database(ingest_login, role=Role.INGEST, holder="plant:1:a") as former,
        Database(ingest_login, role=Role.INGEST, holder="plant:2:b") as next_one,
    ):
        take(former, "plant:1:a", most=1)
        with former.transaction() as tx:
            slots.release(tx, "plant:1:a")
        with former.transaction() as tx:
            assert take(next_one, "plant:2:b", most=1) == 0
            assert tx.connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}


def test_who_is_alive_takes_over_the_slots_of_the_dead_one_after_another(
    ingest_database: Database, superuser: Superuser
) -> None:
    for holder in ("a", "b", "c"):
        take(ingest_database, holder)
    expire(superuser, "a")
    expire(superuser, "c")
    assert [take_over(ingest_database, "b") for _ in range(3)] == [0, 2, None]
    assert held(ingest_database, "b") == [0, 1, 2]


def test_slots_beyond_the_most_are_left_alone(ingest_database: Database, superuser: Superuser) -> None:
    take(ingest_database, "a")
    take(ingest_database, "b")
    expire(superuser, "b")
    assert take_over(ingest_database, "a", most=1) is None


def test_a_newcomer_asks_for_a_slot_of_who_has_several_and_is_given_it(
    ingest_database: Database, superuser: Superuser
) -> None:
    take(ingest_database, "a")
    take(ingest_database, "b")
    expire(superuser, "b")
    take_over(ingest_database, "a")
    assert take(ingest_database, "c") is None
    with ingest_database.transaction() as tx:
        wanted = {slot: one.claimed_by for slot, one in slots.renew(tx, "a", lease_s=60).items()}
        assert wanted == {0: None, 1: "c"}
        slots.give_away(tx, 1, "a", lease_s=60)
    assert take(ingest_database, "c") == 1
    assert held(ingest_database, "a") == [0]


def test_nobody_is_asked_for_the_last_slot(ingest_database: Database) -> None:
    take(ingest_database, "a")
    assert take(ingest_database, "b") == 1
    with ingest_database.transaction() as tx:
        assert {one.claimed_by for one in slots.every(tx)} == {None}


def test_each_newcomer_asks_for_a_slot_of_its_own(ingest_database: Database, superuser: Superuser) -> None:
    for holder in ("a", "b", "c"):
        take(ingest_database, holder)
    for holder in ("b", "c"):
        expire(superuser, holder)
        take_over(ingest_database, "a")
    assert [take(ingest_database, holder) for holder in ("d", "e", "d")] == [None, None, None]
    with ingest_database.transaction() as tx:
        assert sorted(str(one.claimed_by) for one in slots.every(tx)) == ["None", "d", "e"]


def test_draining_asks_for_the_end_of_what_is_more_than_one_each(
    ingest_database: Database, superuser: Superuser
) -> None:
    for holder in ("a", "b", "c"):
        take(ingest_database, holder)
    assert drain(ingest_database) == []
    expire(superuser, "b")
    take_over(ingest_database, "a")
    assert drain(ingest_database) == [1]
    with ingest_database.transaction() as tx:
        assert slots.renew(tx, "a", lease_s=60)[1].is_draining
        slots.end(tx, 1, "a")
        assert [one.slot for one in slots.every(tx)] == [0, 2]
    assert take(ingest_database, "d") == 1


def test_draining_leaves_one_slot_at_least_and_ends_those_nobody_holds_first(
    ingest_database: Database, superuser: Superuser
) -> None:
    for holder in ("a", "b", "c"):
        take(ingest_database, holder)
    expire(superuser, "a")
    assert drain(ingest_database) == [0]
    assert drain(ingest_database, keep=0) == [2]


def test_reporting_says_how_far_behind_a_slot_is(ingest_database: Database) -> None:
    take(ingest_database, "a")
    with ingest_database.transaction() as tx:
        slots.report(tx, 0, "a", lag_s=1.5, is_listening=True, last_commit=AT)
        slots.report(tx, 0, "a", lag_s=2.5, is_listening=True, last_commit=None)
        slots.report(tx, 0, "thief", lag_s=99, is_listening=False, last_commit=None)
        (slot,) = slots.every(tx)
    assert (slot.holder, slot.is_held, slot.lag_s, slot.last_commit) == ("a", True, 2.5, AT)
    assert slot.is_listening


def test_slots_and_spools_lag_behind_one_another(ingest_database: Database, superuser: Superuser) -> None:
    def spread_s() -> float:
        with ingest_database.transaction() as tx:
            return slots.spread_s(tx)

    assert spread_s() == 0
    for holder, lag_s in (("a", 1.0), ("b", 4.0)):
        slot = take(ingest_database, holder)
        assert slot is not None
        with ingest_database.transaction() as tx:
            slots.report(tx, slot, holder, lag_s=lag_s, is_listening=True, last_commit=None)
    assert spread_s() == 3
    with ingest_database.transaction() as tx:
        slots.report_spool(tx, "a", datetime(2026, 3, 4, tzinfo=UTC), lease_s=60)
    assert spread_s() == 900
    with ingest_database.transaction() as tx:
        slots.report_spool(tx, "a", None, lease_s=60)
    superuser.execute("UPDATE ingest_slot SET last_commit = now() - interval '60 s'")
    expire(superuser, "b")
    assert 59 <= spread_s() <= 75
    with ingest_database.transaction() as tx:
        slots.release(tx, "b")
    assert spread_s() == 0


def test_a_deployment_has_a_name(ingest_database: Database, superuser: Superuser) -> None:
    with ingest_database.transaction() as tx:
        assert slots.installation(tx)
    superuser.execute("DELETE FROM deployment")
    with ingest_database.transaction() as tx, pytest.raises(Misconfigured, match="assetloop migrate"):
        slots.installation(tx)
