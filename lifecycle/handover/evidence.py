"""What a gate still wants, counted from rows: documents, punches, telemetry, and the time of trial operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from lifecycle.handover.gates import GateName
from storage.core.database import Transaction
from storage.projects import projects as rows
from storage.projects.projects import Project, SignalSeen

LackKind = Literal[
    "document",
    "punch_a",
    "punch_b",
    "no_assets",
    "no_signal",
    "never_seen",
    "silent",
    "gaps",
    "out_of_range",
    "bad_quality",
    "trial_runs",
]
_LEAST_SHARE = 0.95  # of the minutes in the hours that count there was a value
_MOST_BAD = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Lack:
    """One thing that a gate still wants; `what` names it."""

    kind: LackKind
    what: str

    @property
    def line(self) -> str:
        """Say it in a line.

        >>> Lack(kind="punch_a", what="3").line
        'punch a: 3'
        """
        return f"{self.kind.replace('_', ' ')}: {self.what}"


def lacks_of(
    tx: Transaction, project: Project, gate: GateName, *, now: datetime, confirmed_at: datetime | None
) -> list[Lack]:
    """Return what a gate still wants of what can be counted; nothing for gates that somebody decides."""
    if gate is GateName.COMPLETENESS:
        return list(_documents(tx, project))
    if gate is GateName.PUNCH_LIST:
        return list(_punches(tx, project))
    if gate is GateName.TELEMETRY:
        return list(_telemetry(tx, project, now))
    if gate is GateName.TRIAL:
        ends = (confirmed_at or now) + timedelta(days=project.trial_days)
        running = [Lack(kind="trial_runs", what=f"{ends:%Y-%m-%d}")] if now < ends else []
        return [*running, *_telemetry(tx, project, now)]
    return []


def _documents(tx: Transaction, project: Project) -> Iterator[Lack]:
    if not project.assets:
        yield Lack(kind="no_assets", what=project.tag)
    there = {(one.asset, one.vdi_class) for one in rows.documents(tx, project.project_id)}
    for asset in project.assets:
        for vdi_class in project.required_documents:
            if not {(asset, vdi_class), (None, vdi_class)} & there:
                yield Lack(kind="document", what=f"{asset} {vdi_class}")


def _punches(tx: Transaction, project: Project) -> Iterator[Lack]:
    for punch in rows.punches(tx, project.project_id):
        if punch.closed_at is not None:
            continue
        if punch.category == "A":
            yield Lack(kind="punch_a", what=f"{punch.punch_id} {punch.text}")
        elif punch.carried_to is None:
            yield Lack(kind="punch_b", what=f"{punch.punch_id} {punch.text}")


def _telemetry(tx: Transaction, project: Project, now: datetime) -> Iterator[Lack]:
    since = now - timedelta(hours=project.fresh_hours)
    seen = rows.telemetry(tx, project.project_id, since=since, until=now)
    with_signals = {one.asset for one in seen}
    for asset in project.assets:
        if asset not in with_signals:
            yield Lack(kind="no_signal", what=asset)
    for one in seen:
        kind = _fault(one, now, project.fresh_hours * 60)
        if kind is not None:
            yield Lack(kind=kind, what=f"{one.asset} {one.key}")


def _fault(one: SignalSeen, now: datetime, minutes: int) -> LackKind | None:
    if one.newest is None or one.readings == 0:
        return "never_seen" if one.newest is None else "silent"
    if now - one.newest > timedelta(seconds=one.silent_after_s):
        return "silent"
    if one.minutes < _LEAST_SHARE * minutes:
        return "gaps"
    if one.outside:
        return "out_of_range"
    return "bad_quality" if one.bad > _MOST_BAD * one.readings else None
