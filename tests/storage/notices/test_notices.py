"""A notice is one for each thing and team: raised, revised, taken note of, ended, and raised anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.people.principal import process
from plant.severity import Severity
from storage.core.database import Database
from storage.notices import notices
from tests.plant_rows import NOON, PlantRows

LATER = NOON + timedelta(minutes=5)
LEAK = Notice(
    subject=NoticeSubject.INCIDENT,
    subject_id="i-1",
    severity=Severity.MAJOR,
    title=Bilingual(en="P-1 leaks", zh="P-1 泄漏"),
    site="demo",
    area="pump hall",
    priority=2,
    lines=(Bilingual(en="seal worn", zh="密封磨损"),),
    link="http://console.example/alerts",
    evidence={"alerts": 3},
)


def test_a_notice_comes_back_as_it_was_posted(app_database: Database, plant_rows: PlantRows) -> None:
    leak = replace(LEAK, asset_id=plant_rows.asset(), team="seals", critical=True)
    with app_database.transaction() as tx:
        posted = notices.post(tx, leak, tell=True, at=NOON)
        assert posted == notices.get(tx, posted.notice_id)
        assert [posted] == notices.about(tx, NoticeSubject.INCIDENT, "i-1")
    assert posted.notice == leak
    assert (posted.revision, posted.told_revision, posted.raised_at, posted.is_settled) == (1, 1, NOON, False)


def test_a_further_post_revises_it_and_tells_only_where_asked(app_database: Database) -> None:
    with app_database.transaction() as tx:
        first = notices.post(tx, LEAK, tell=True, at=NOON)
        quiet = notices.post(tx, replace(LEAK, evidence={"alerts": 4}), tell=False, at=LATER)
        again = notices.post(tx, replace(LEAK, evidence={"alerts": 5}), tell=True, at=LATER)
    assert {first.notice_id} == {quiet.notice_id, again.notice_id}
    assert (quiet.revision, quiet.told_revision, quiet.raised_at, quiet.changed_at) == (2, 1, NOON, LATER)
    assert (again.revision, again.told_revision, again.notice.evidence) == (3, 3, {"alerts": 5})


def test_what_begins_quietly_was_told_to_nobody(app_database: Database) -> None:
    with app_database.transaction() as tx:
        assert notices.post(tx, LEAK, tell=False, at=NOON).told_revision == 0


def test_each_team_has_its_own_and_operations_one_too(app_database: Database) -> None:
    with app_database.transaction() as tx:
        for team in (None, "seals", None, "seals"):
            notices.post(tx, replace(LEAK, team=team), tell=True, at=NOON)
        found = notices.about(tx, NoticeSubject.INCIDENT, "i-1")
    assert [(one.notice.team, one.revision) for one in found] == [(None, 2), ("seals", 2)]


def test_who_takes_note_first_stays_named(app_database: Database) -> None:
    with app_database.transaction() as tx:
        notices.post(tx, LEAK, tell=True, at=NOON)
        assert notices.acknowledge(tx, NoticeSubject.INCIDENT, "i-1", at=NOON, by="Ann") == 1
        assert notices.acknowledge(tx, NoticeSubject.INCIDENT, "i-1", at=LATER, by="Bo") == 0
        (found,) = notices.about(tx, NoticeSubject.INCIDENT, "i-1")
    assert (found.acknowledged_at, found.acknowledged_by, found.is_settled) == (NOON, "Ann", True)


@pytest.mark.parametrize(
    ("severity", "critical", "holds"),
    [
        (Severity.MAJOR, False, True),
        (Severity.MINOR, False, True),
        (Severity.CRITICAL, False, False),
        (Severity.MAJOR, True, False),
    ],
)
def test_an_acknowledgement_holds_until_it_gets_worse(
    app_database: Database, severity: Severity, critical: bool, holds: bool
) -> None:
    with app_database.transaction() as tx:
        notices.post(tx, LEAK, tell=True, at=NOON)
        notices.acknowledge(tx, NoticeSubject.INCIDENT, "i-1", at=NOON, by="Ann")
        later = notices.post(tx, replace(LEAK, severity=severity, critical=critical), tell=True, at=LATER)
    assert (later.acknowledged_by == "Ann") is holds


def test_what_had_ended_is_raised_anew(app_database: Database) -> None:
    with app_database.transaction() as tx:
        notices.post(tx, LEAK, tell=True, at=NOON)
        notices.acknowledge(tx, NoticeSubject.INCIDENT, "i-1", at=NOON, by="Ann")
        assert notices.end(tx, NoticeSubject.INCIDENT, "i-1", at=NOON) == 1
        assert notices.end(tx, NoticeSubject.INCIDENT, "i-1", at=LATER) == 0
        again = notices.post(tx, LEAK, tell=True, at=LATER)
    assert (again.revision, again.raised_at, again.ended_at, again.acknowledged_by) == (4, LATER, None, None)


def test_people_of_one_site_find_no_notice_of_another(app_database: Database) -> None:
    with app_database.transaction() as tx:
        for site in ("demo", "south", ""):
            notices.post(tx, replace(LEAK, site=site, subject_id=f"at {site}"), tell=True, at=NOON)
    with app_database.on_behalf_of(process("test"), sites={"demo"}).transaction() as tx:
        found = [notices.about(tx, NoticeSubject.INCIDENT, f"at {site}") for site in ("demo", "south", "")]
    assert [len(one) for one in found] == [1, 0, 1]
