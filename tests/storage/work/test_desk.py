"""A revision of a finding is looked at by one desk at a time, and by one desk in the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from plant.asset import Asset, AssetClass, Site
from plant.errors import NotFound
from plant.finding import Finding, FindingSource, Share
from plant.severity import Severity
from storage.core.database import Database, Role, Transaction
from storage.models import findings
from storage.register import assets, facts
from storage.work import desk
from tests.plant_rows import PlantRows

ONSET = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Look = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def finding(app_database: Database) -> Finding:
    """An episode at P-101, as scoring has just written it."""
    with app_database.transaction() as tx:
        assets.put_site(tx, Site(tag="demo", name="Demo"))
        assets.put_class(tx, AssetClass(tag="pump", name="Pump"))
        facts.put_assets(tx, "demo", [Asset(tag="P-101", name="Feed pump A", class_tag="pump")])
        written = Finding(
            finding_id=UUID(int=1),
            asset_id=assets.get_asset(tx, "demo", "P-101").asset_id,
            kind="condition",
            failure_mode="VIB",
            source=FindingSource.MODEL,
            source_version="v1",
            onset=ONSET,
            updated=ONSET,
            severity=Severity.MAJOR,
            score=0.7,
            shares=(Share(signal="flow_m3_h", share=1.0, unit="m³/h"),),
            window_from=ONSET,
            window_to=ONSET,
            quality={"missing": 0.25},
        )
        findings.record(tx, written)
    return written


@pytest.fixture
def other(database_url: str) -> Iterator[Database]:
    """Another desk's connections."""
    with Database(database_url, role=Role.APP) as database:
        yield database


def due(tx: Transaction, most: int = 10) -> list[UUID]:
    return desk.due(tx, now=ONSET, most=most)


def locked(tx: Transaction, finding: Finding) -> Finding | None:
    """The finding as a desk locks it, with its asset; None where somebody else has one of them."""
    ids = [finding.finding_id]
    found = desk.lock(tx, ids, desk.lock_assets(tx, ids), now=ONSET)
    return found[0].finding if found else None


def claim(tx: Transaction, finding: Finding, *, at: datetime) -> bool:
    return desk.claim(tx, [finding], at=at) == {finding.finding_id}


def test_a_finding_comes_back_as_scoring_wrote_it(app_database: Database, finding: Finding) -> None:
    with app_database.transaction() as tx:
        assert due(tx) == [finding.finding_id]
        assert locked(tx, finding) == finding


def test_what_another_desk_holds_is_passed_over(app_database: Database, other: Database, finding: Finding) -> None:
    with app_database.transaction() as tx:
        locked(tx, finding)
        with other.transaction() as elsewhere:
            assert locked(elsewhere, finding) is None
    with other.transaction() as elsewhere:
        assert locked(elsewhere, finding) == finding


def test_a_revision_is_claimed_once(app_database: Database, finding: Finding) -> None:
    with app_database.transaction() as tx:
        assert claim(tx, finding, at=ONSET)
    with app_database.transaction() as tx:
        assert not claim(tx, finding, at=ONSET)
        assert due(tx) == []


def test_a_claim_that_was_rolled_back_was_never_made(app_database: Database, finding: Finding) -> None:
    def claim_and_fail() -> None:
        with app_database.transaction() as tx:
            claim(tx, finding, at=ONSET)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        claim_and_fail()
    with app_database.transaction() as tx:
        assert claim(tx, finding, at=ONSET)


def test_a_newer_revision_is_unseen_again_and_an_older_one_cannot_be_claimed(
    app_database: Database, finding: Finding
) -> None:
    with app_database.transaction() as tx:
        claim(tx, finding, at=ONSET)
        assert findings.record(tx, finding) == 2
        assert due(tx) == [finding.finding_id]
        newer = locked(tx, finding)
        assert newer is not None
        assert newer.revision == 2
        assert claim(tx, newer, at=ONSET)
        assert not claim(tx, finding, at=ONSET)


def test_new_findings_come_before_those_seen_longest_ago(app_database: Database, finding: Finding) -> None:
    def another(number: int) -> Finding:
        return replace(
            finding, finding_id=UUID(int=number), kind=f"kind {number}", onset=ONSET + timedelta(hours=number)
        )

    with app_database.transaction() as tx:
        for number, seen_after_s in ((2, 20), (3, 10)):
            findings.record(tx, another(number))
            claim(tx, another(number), at=ONSET + timedelta(seconds=seen_after_s))
            findings.record(tx, another(number))
        findings.record(tx, another(4))
        assert [one.int for one in due(tx)] == [1, 4, 3, 2]
        assert [one.int for one in due(tx, most=2)] == [1, 4]


def test_a_locked_asset_says_where_it_stands(app_database: Database, finding: Finding) -> None:
    with app_database.transaction() as tx:
        asset = desk.lock_asset(tx, finding.asset_id)
    assert (asset.site, asset.asset, asset.name, asset.asset_class) == ("demo", "P-101", "Feed pump A", "pump")


def test_scoring_goes_on_while_an_asset_is_locked(app_database: Database, other: Database, finding: Finding) -> None:
    with app_database.transaction() as tx:
        desk.lock_asset(tx, finding.asset_id)
        with other.transaction() as elsewhere:
            elsewhere.connection.execute("SET LOCAL lock_timeout = '60s'")
            findings.record(elsewhere, replace(finding, finding_id=UUID(int=2), kind="another"))


def test_what_waits_is_due_once_nothing_silences_it_any_more(
    app_database: Database, finding: Finding, plant_rows: PlantRows
) -> None:
    began, ended = ONSET - timedelta(minutes=1), ONSET + timedelta(minutes=1)
    plant_rows.add(
        "suppression", asset_id=finding.asset_id, reason="out_of_service", began=began, ended=ended, begun_by="Ada"
    )
    with app_database.transaction() as tx:
        claim(tx, finding, at=ONSET)
        desk.wait(tx, finding.finding_id, waits="out_of_service", look_at=None)
        for after_s, is_due in ((0, False), (60, False), (69, False), (70, True)):
            now = ONSET + timedelta(seconds=after_s)
            assert desk.due(tx, now=now, most=10) == ([finding.finding_id] if is_due else [])
        assert claim(tx, finding, at=ended)
        desk.wait(tx, finding.finding_id, waits=None, look_at=None)
        assert not claim(tx, finding, at=ended)


def test_a_delay_is_over_by_the_clock(app_database: Database, finding: Finding) -> None:
    with app_database.transaction() as tx:
        claim(tx, finding, at=ONSET)
        desk.wait(tx, finding.finding_id, waits="delay", look_at=ONSET + timedelta(seconds=65))
        assert due(tx) == []
        assert not claim(tx, finding, at=ONSET)
        assert desk.due(tx, now=ONSET + timedelta(seconds=65), most=10) == [finding.finding_id]


def test_an_unknown_asset_is_not_found(app_database: Database) -> None:
    with pytest.raises(NotFound), app_database.transaction() as tx:
        desk.lock_asset(tx, 999)
