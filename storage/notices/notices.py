"""Notices as rows: post one, take note of it, end it. Each is a part of the caller's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from plant.notices.notice import Bilingual, Notice, NoticeSubject, PostedNotice
from plant.severity import Severity
from storage.core.database import Transaction


def post(tx: Transaction, notice: Notice, *, tell: bool, at: datetime) -> PostedNotice:
    """Let people know of something, or of what has become of it.

    The first post for (subject, subject_id, team) raises a notice; each further one revises it. `tell` asks for
    people's attention, also a second time; without it what they have is brought up to date quietly. An acknowledgement
    holds until it gets worse. One that had ended is raised anew, from `at`.
    """
    return posted_of(tx.one("notices.post", **_values(notice, tell=tell, at=at)))


def post_all(tx: Transaction, posts: Sequence[tuple[Notice, bool]], *, at: datetime) -> None:
    """Post many notices as `post` does, each with whether people are to be told, in one round trip."""
    if posts:
        tx.run_many("notices.post", [_values(notice, tell=tell, at=at) for notice, tell in posts])


def acknowledge(tx: Transaction, subject: NoticeSubject, subject_id: str, *, at: datetime, by: str) -> int:
    """Take note of a thing's notices for every team; return how many nobody had taken note of. The first one counts."""
    return tx.run("notices.acknowledge", subject=subject.value, subject_id=subject_id, at=at, by=by)


def end(tx: Transaction, subject: NoticeSubject, subject_id: str, *, at: datetime) -> int:
    """Say that a thing is over, for every team; return how many of its notices had not ended."""
    return tx.run("notices.end", subject=subject.value, subject_id=subject_id, at=at)


def get(tx: Transaction, notice_id: str) -> PostedNotice | None:
    """Return a notice; None where there is none."""
    row = tx.first("notices.get", notice_id=notice_id)
    return None if row is None else posted_of(row)


def about(tx: Transaction, subject: NoticeSubject, subject_id: str) -> list[PostedNotice]:
    """Return the notices of one thing, by team."""
    return [posted_of(row) for row in tx.all("notices.about", subject=subject.value, subject_id=subject_id)]


def teams_of(tx: Transaction, subject: NoticeSubject, subject_ids: Sequence[str]) -> dict[str, set[str | None]]:
    """Return which teams have notices of some things."""
    found: dict[str, set[str | None]] = {}
    for row in tx.all("notices.teams", subject=subject.value, subject_ids=list(subject_ids)):
        found.setdefault(row["subject_id"], set()).add(row["team"])
    return found


def _values(notice: Notice, *, tell: bool, at: datetime) -> dict[str, Any]:
    return {
        "site": notice.site,
        "asset_id": notice.asset_id,
        "area": notice.area,
        "subject": notice.subject.value,
        "subject_id": notice.subject_id,
        "team": notice.team,
        "severity": notice.severity.value,
        "worse_than": [one.value for one in Severity if one.rank < notice.severity.rank],
        "priority": notice.priority,
        "critical": notice.critical,
        "document": Jsonb(_document(notice)),
        "tell": tell,
        "at": at,
    }


def _document(notice: Notice) -> dict[str, Any]:
    return {
        "title": asdict(notice.title),
        "lines": [asdict(line) for line in notice.lines],
        "link": notice.link,
        "evidence": dict(notice.evidence),
        "areas": list(notice.areas),
    }


def posted_of(row: dict[str, Any]) -> PostedNotice:
    """Read a row of the table `notice`."""
    document = row["document"]
    notice = Notice(
        subject=NoticeSubject(row["subject"]),
        subject_id=row["subject_id"],
        severity=Severity(row["severity"]),
        title=Bilingual(**document["title"]),
        site=row["site"],
        asset_id=row["asset_id"],
        area=row["area"],
        team=row["team"],
        priority=row["priority"],
        critical=row["critical"],
        lines=tuple(Bilingual(**line) for line in document["lines"]),
        link=document["link"],
        evidence=document["evidence"],
        areas=tuple(document.get("areas") or ()),
    )
    return PostedNotice(
        notice_id=str(row["notice_id"]),
        notice=notice,
        revision=row["revision"],
        told_revision=row["told_revision"],
        raised_at=row["raised_at"],
        changed_at=row["changed_at"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"],
        ended_at=row["ended_at"],
    )
