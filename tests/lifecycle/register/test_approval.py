"""An unknown asset that has spoken is taken into the register as one of its classes, or dismissed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from lifecycle.register import approval
from lifecycle.register.approval import Approved, DismissedHolding
from lifecycle.register.importing import register_asset
from plant.errors import Conflict, Rejected
from plant.people.principal import typed
from storage.core.database import Database
from storage.register import assets as store
from storage.telemetry import quarantine
from storage.telemetry.quarantine import RefusedPayload

Superuser = psycopg.Connection[tuple[object, ...]]
AT = datetime(2026, 1, 1, tzinfo=UTC)
ADA = typed("Ada")


@pytest.fixture(autouse=True)
def pump(app_database: Database) -> None:
    """Site s has a pump P-1."""
    with app_database.transaction() as tx:
        register_asset(tx, site="s", asset="P-1", asset_class="pump", keys=(), at=AT)


def approve(database: Database, asset: str, asset_class: str, *, new_class: bool = False) -> Approved:
    with database.transaction() as tx:
        return approval.approve(
            tx, site="s", asset=asset, asset_class=asset_class, at=AT, actor=ADA, new_class=new_class
        )


def dismiss(database: Database, asset: str, site: str = "s") -> DismissedHolding:
    with database.transaction() as tx:
        return approval.dismiss(tx, site=site, asset=asset, at=AT, actor=ADA)


def say(database: Database, asset: str, first: int, last: int, site: str | None = "s") -> None:
    """Hold messages of an unknown asset, of three readings each."""
    held = [
        RefusedPayload(
            topic=f"t/{site}/{asset}",
            reason="unknown_asset",
            payload=b"%d" % number,
            length=1,
            sha256=b"%d" % number,
            at=AT + timedelta(seconds=number),
            readings=3,
            site=site,
            asset=asset,
        )
        for number in range(first, last)
    ]
    with database.transaction() as tx:
        quarantine.hold(tx, held)


def totals(database: Database) -> dict[str, tuple[int, int, int]]:
    with database.transaction() as tx:
        return {name: (one.payloads, one.times, one.readings) for name, one in quarantine.totals(tx).items()}


def strangers(database: Database) -> list[str]:
    with database.transaction() as tx:
        return [one.name for one in quarantine.strangers(tx)]


def test_a_class_that_the_register_does_not_have_is_refused_and_the_nearest_named(app_database: Database) -> None:
    with pytest.raises(Rejected, match=r"no class pmup; choose pump"):
        approve(app_database, "P-9", "pmup")
    with app_database.transaction() as tx:
        assert list(store.list_classes(tx)) == ["pump"]
        assert store.find_asset(tx, "s", "P-9") is None


def test_a_new_class_is_made_only_where_that_is_asked_for(app_database: Database) -> None:
    assert approve(app_database, "P-9", "sump pump", new_class=True).asset_class == "sump pump"
    assert approve(app_database, "P-10", "sump pump").asset_class == "sump pump"


def test_of_a_dismissed_asset_only_counts_and_a_sample_are_left(
    app_database: Database, ingest_database: Database, superuser: Superuser
) -> None:
    say(ingest_database, "P-9", 0, 5)
    say(ingest_database, "P-8", 0, 2)
    assert dismiss(app_database, "P-9") == DismissedHolding(messages=5, readings=15)
    say(ingest_database, "P-9", 5, 1005)
    assert strangers(app_database) == ["s/P-8"]
    assert totals(app_database) == {"dismissed_asset": (1, 1005, 3015), "unknown_asset": (2, 2, 6)}
    assert superuser.execute("SELECT count(*) FROM quarantine_arrival").fetchone() == (2,)
    with app_database.transaction() as tx:
        (one,) = quarantine.dismissed(tx)
    assert (one.name, one.by, one.messages, one.readings) == ("s/P-9", "Ada", 1005, 3015)


def test_what_a_dismissed_asset_says_after_it_is_approved_is_held_and_replayed_again(
    app_database: Database, ingest_database: Database
) -> None:
    say(ingest_database, "P-9", 0, 5)
    dismiss(app_database, "P-9")
    assert approve(app_database, "P-9", "pump").messages == 0
    say(ingest_database, "P-9", 5, 8)
    with app_database.transaction() as tx:
        assert quarantine.dismissed(tx) == []
        assert len(quarantine.replayable(tx, most=10, most_bytes=100)) == 3


def test_a_device_without_a_site_is_dismissed_by_its_name_and_heeded_once_it_means_an_asset(
    app_database: Database, ingest_database: Database
) -> None:
    say(ingest_database, "G-7", 0, 2, site=None)
    assert dismiss(app_database, "G-7", site="") == DismissedHolding(messages=2, readings=6)
    say(ingest_database, "G-7", 2, 4, site=None)
    assert strangers(app_database) == []
    approve(app_database, "G-7", "pump")
    with app_database.transaction() as tx:
        assert quarantine.dismissed(tx) == []


def test_an_asset_of_the_register_cannot_be_dismissed(app_database: Database, ingest_database: Database) -> None:
    say(ingest_database, "P-1", 0, 2, site=None)
    with pytest.raises(Conflict):
        dismiss(app_database, "P-1")
    with pytest.raises(Conflict):
        dismiss(app_database, "P-1", site="")
    assert totals(app_database) == {"unknown_asset": (2, 2, 6)}
