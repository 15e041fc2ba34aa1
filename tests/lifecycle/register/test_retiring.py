"""What was made by mistake goes out of view and comes back; the record keeps it, and stores what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from lifecycle import ledger
from lifecycle.register import retiring
from lifecycle.register.importing import import_plant
from lifecycle.register.plant_file import read_plant
from plant.errors import Conflict, NotFound, Rejected
from plant.people.principal import typed
from storage.binary.columns import ReadingColumns
from storage.core.database import Database
from storage.models import installations
from storage.register import assets, retired
from storage.schema import upkeep
from storage.telemetry import devices, latest, readings
from storage.telemetry.windows import to_us
from storage.views import overview, twin
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
AT = datetime(2026, 3, 4, tzinfo=UTC)
ADA = typed("Ada")
FILE = """
[site]
tag = "s"
[[class]]
tag = "pump"
[[class.signal]]
key = "flow"
key_value = true
[[asset]]
tag = "P-1"
class = "pump"
feeds = ["P-2"]
[[asset]]
tag = "P-2"
class = "pump"
"""


@pytest.fixture(autouse=True)
def plant(app_database: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pump P-1 feeds pump P-2; each has one signal, flow."""
    bring_in(app_database, tmp_path_factory)


def bring_in(database: Database, folders: pytest.TempPathFactory) -> None:
    file = folders.mktemp("register") / "plant.toml"
    file.write_text(FILE, encoding="utf-8")
    with database.transaction() as tx:
        import_plant(tx, read_plant(file), at=AT)


def speak(database: Database, key: str = "flow", asset: str = "P-1", second: int = 0) -> None:
    """Store a reading, as ingest does."""
    at = AT + timedelta(seconds=second)
    with database.transaction() as tx:
        known = devices.find(tx, [("s", asset)])["s", asset]
        signal_id = devices.register_signals(tx, known.asset_id, [key], most=4)[key]
        assert signal_id is not None
        columns = ReadingColumns.of([signal_id], [to_us(at)], [1.0], [0])
        readings.append(tx, columns, received_at=at)
        latest.upsert(tx, columns, stored_at=at)


def retire(database: Database, asset: str = "P-1") -> None:
    with database.transaction() as tx:
        retiring.retire_asset(tx, site="s", asset=asset, at=AT, actor=ADA)


def watched(superuser: Superuser, view: str) -> set[object]:
    return {row[0] for row in superuser.execute(f"SELECT asset FROM watch.{view}".encode()).fetchall()}


def test_a_retired_asset_is_gone_from_every_view_and_kept_in_the_record(
    app_database: Database, ingest_database: Database, superuser: Superuser
) -> None:
    for asset in ("P-1", "P-2"):
        speak(ingest_database, asset=asset)
    retire(app_database)
    speak(ingest_database, second=1)
    with app_database.transaction() as tx:
        assert [one.asset for one in overview.list_assets(tx, now=AT)] == ["P-2"]
        assert [one.asset for one in assets.list_assets(tx)] == ["P-2"]
        assert [one.tag for one in twin.read_twin(tx).assets] == ["P-2"]
        assert [one.asset for one in installations.to_train(tx, [1, 2])] == ["P-2"]
        with pytest.raises(NotFound):
            overview.get_asset(tx, "s", "P-1", now=AT)
    for view in ("asset", "series", "freshness", "health", "liveness", "key_value"):
        assert watched(superuser, view) == {"P-2"}, view
    assert superuser.execute("SELECT count(*) FROM watch.feed").fetchone() == (0,)
    assert superuser.execute("SELECT asset_id FROM reach(now(), 0)").fetchall() == [(2,)]
    assert superuser.execute("SELECT count(*) FROM reading").fetchone() == (3,)


def test_a_retired_asset_comes_back_by_hand_or_with_the_register(
    app_database: Database, superuser: Superuser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    retire(app_database)
    with app_database.transaction() as tx:
        retiring.restore_asset(tx, site="s", asset="P-1", at=AT, actor=ADA)
    assert watched(superuser, "asset") == {"P-1", "P-2"}
    retire(app_database)
    bring_in(app_database, tmp_path_factory)
    assert watched(superuser, "asset") == {"P-1", "P-2"}
    with app_database.transaction() as tx:
        assert retired.every(tx) == []
        assert isinstance(ledger.verify(tx, "s"), ledger.VerifiedChain)
    said = superuser.execute("SELECT entry ->> 'event', entry ->> 'actor' FROM ledger ORDER BY seq").fetchall()
    assert said == [("asset.retired", "Ada"), ("asset.restored", "Ada"), ("asset.retired", "Ada")]


def test_what_is_retired_twice_or_at_work_is_refused(app_database: Database, superuser: Superuser) -> None:
    with pytest.raises(NotFound):
        retire(app_database, "P-9")
    retire(app_database)
    with pytest.raises(Conflict):
        retire(app_database)
    PlantRows(superuser).work_order(2, state="APPR")
    with pytest.raises(Conflict, match="1 work orders"):
        retire(app_database, "P-2")


def test_unused_signals_are_retired_at_once_and_make_room_for_those_that_come(
    app_database: Database, ingest_database: Database, superuser: Superuser
) -> None:
    speak(ingest_database, "used")
    with ingest_database.transaction() as tx:
        made = devices.register_signals(tx, 1, ["a", "b", "c"], most=4)
    assert made["c"] is None
    with app_database.transaction() as tx:
        assert retiring.retire_unused_signals(tx, site="s", asset="P-1", at=AT, actor=ADA) == ["a", "b"]
        assert [one.key for one in retired.every(tx)] == ["a", "b"]
    speak(ingest_database, "c", second=1)
    assert superuser.execute("SELECT signal FROM watch.freshness WHERE asset = 'P-1' ORDER BY 1").fetchall() == [
        ("c",),
        ("flow",),
        ("used",),
    ]


def test_a_retired_signal_is_gone_from_view_and_still_stored(
    app_database: Database, ingest_database: Database, superuser: Superuser
) -> None:
    speak(ingest_database)
    speak(ingest_database, "odd", second=1)
    with app_database.transaction() as tx:
        with pytest.raises(NotFound, match="no signal other"):
            retiring.retire_signals(tx, site="s", asset="P-1", keys=["odd", "other"], at=AT, actor=ADA)
        assert retiring.retire_signals(tx, site="s", asset="P-1", keys=["odd"], at=AT, actor=ADA) == ["odd"]
    speak(ingest_database, "odd", second=2)
    assert superuser.execute("SELECT DISTINCT signal FROM watch.series").fetchall() == [("flow",)]
    with app_database.transaction() as tx:
        assert [one.key for one in overview.get_asset(tx, "s", "P-1", now=AT).signals] == ["flow"]
        assert [one.key for one in installations.signals_of(tx, 1)] == ["flow"]
        assert retiring.restore_signals(tx, site="s", asset="P-1", keys=["odd"], at=AT, actor=ADA) == ["odd"]
    assert superuser.execute("SELECT count(*) FROM watch.series WHERE signal = 'odd'").fetchone() == (2,)


def merge(database: Database, asset: str = "P-1", into: str = "P-2") -> list[str]:
    with database.transaction() as tx:
        return retiring.merge_asset(tx, site="s", asset=asset, into_site="s", into_asset=into, at=AT, actor=ADA)


def stored(superuser: Superuser) -> list[tuple[object, ...]]:
    """Asset, signal and second of everything in view."""
    said = "SELECT asset, signal, extract(epoch FROM time - %s)::integer FROM watch.series ORDER BY 1, 2, 3"
    return superuser.execute(said, [AT]).fetchall()


def test_what_a_merged_asset_said_and_says_becomes_the_others(
    app_database: Database, ingest_database: Database, superuser: Superuser
) -> None:
    speak(ingest_database, second=1)
    speak(ingest_database, "head", second=2)
    speak(ingest_database, asset="P-2", second=1)
    assert merge(app_database) == ["flow", "head"]
    with ingest_database.transaction() as tx:
        known = devices.find(tx, [("s", "P-1"), ("", "P-1"), ("", "s/P-1"), ("s", "P-2")])
    assert {(one.site, one.asset, one.asset_id) for one in known.values()} == {("s", "P-2", 2)}
    assert len(known) == 4
    speak(ingest_database, second=3)
    assert stored(superuser) == [("P-2", "flow", 1), ("P-2", "flow", 3)]
    assert upkeep.copy_merged(app_database, now=AT + timedelta(seconds=119)) == 0  # an ingest may know it as it was
    assert upkeep.copy_merged(app_database, now=AT + timedelta(minutes=3)) == 1
    assert stored(superuser) == [("P-2", "flow", 1), ("P-2", "flow", 3), ("P-2", "head", 2)]
    assert upkeep.copy_merged(app_database, now=AT + timedelta(minutes=4)) == 0
    assert superuser.execute("SELECT count(*) FROM reading").fetchone() == (5,)  # nothing has gone from the record
    noted = (
        "SELECT count(*) FROM touched JOIN signal ON signal_ids = ARRAY[signal_id] WHERE asset_id = 2 AND key = 'head'"
    )
    assert superuser.execute(noted).fetchone() == (1,)


def test_what_an_ingest_stored_under_a_merged_signal_nevertheless_is_copied_too(
    app_database: Database, ingest_database: Database, superuser: Superuser
) -> None:
    speak(ingest_database, second=1)
    merge(app_database)
    assert upkeep.copy_merged(app_database, now=AT + timedelta(minutes=3)) == 1
    late = ReadingColumns.of([1], [to_us(AT + timedelta(seconds=9))], [1.0], [0])
    with ingest_database.transaction() as tx:
        readings.append(tx, late, received_at=AT)
        latest.upsert(tx, late, stored_at=AT + timedelta(minutes=5))
    assert upkeep.copy_merged(app_database, now=AT + timedelta(minutes=4)) == 1
    assert upkeep.copy_merged(app_database, now=AT + timedelta(minutes=4)) == 0  # though the other's clock is ahead
    assert stored(superuser) == [("P-2", "flow", 1), ("P-2", "flow", 9)]


def test_a_signal_is_merged_into_another_of_its_asset_and_chains_lead_to_the_last(
    app_database: Database, ingest_database: Database, superuser: Superuser
) -> None:
    for second, key in enumerate(("flwo", "fluw", "flow")):
        speak(ingest_database, key, second=second)
    with app_database.transaction() as tx:
        for key, into in (("fluw", "flwo"), ("flwo", "flow")):
            retiring.merge_signal(tx, site="s", asset="P-1", key=key, into_key=into, at=AT, actor=ADA)
        with pytest.raises(Conflict):
            retiring.merge_signal(tx, site="s", asset="P-1", key="flow", into_key="fluw", at=AT, actor=ADA)
        with pytest.raises(NotFound):
            retiring.merge_signal(tx, site="s", asset="P-1", key="flow", into_key="none", at=AT, actor=ADA)
    speak(ingest_database, "fluw", second=3)
    assert upkeep.copy_merged(app_database, now=AT + timedelta(minutes=3)) == 2
    assert stored(superuser) == [("P-1", "flow", second) for second in range(4)]


def test_a_merged_asset_stays_out_of_view_and_is_merged_once(
    app_database: Database, superuser: Superuser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(Rejected):
        merge(app_database, into="P-1")
    merge(app_database)
    with pytest.raises(Conflict):
        merge(app_database)
    with pytest.raises(Conflict):
        merge(app_database, "P-2", "P-1")
    with pytest.raises(Conflict), app_database.transaction() as tx:
        retiring.restore_asset(tx, site="s", asset="P-1", at=AT, actor=ADA)
    bring_in(app_database, tmp_path_factory)
    assert watched(superuser, "asset") == {"P-2"}
    said = superuser.execute("SELECT entry ->> 'event', entry ->> 'into' FROM ledger").fetchall()
    assert said == [("asset.merged", "s/P-2")]
