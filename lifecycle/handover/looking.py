"""A project as it stands: its gates, what the next one wants, and signatures, which a later change voids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lifecycle.handover.evidence import Lack, lacks_of
from lifecycle.handover.gates import RULES, GateName, GateRule, due_of, span_of
from lifecycle.handover.manifest import changed_items, form_of, manifest_of, sha256_of_manifest
from lifecycle.handover.projects import enter_project, milestones_of
from lifecycle.schedule.calendar import working_days
from lifecycle.schedule.milestones import Milestone, ScheduleProgress, progress_of
from plant.clock import Clock
from plant.people.principal import process
from storage.core.database import Database, Transaction
from storage.projects import gates as gate_rows
from storage.projects import projects as rows
from storage.projects import readiness
from storage.projects.gates import KeptSignature, SettledGate, Side
from storage.projects.project_work import KeptWork, newest_work
from storage.projects.projects import Project, ProjectDocument, Punch
from storage.projects.readiness import GateDuty, HeldTraining, WantedSpare

NEEDED: dict[GateName, frozenset[Side]] = {
    GateName.CONFIRMATION: frozenset({"operations"}),
    GateName.SIGN_OFF: frozenset({"engineering", "operations"}),
}
"""Which sides sign a gate."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GateView:
    """A gate as it stands: when it is due, how it was settled, or what it still wants; `is_next` comes now.

    `duty` names who answers for it, where that was said; `working_days` are left until it is due, by the schedule's
    own calendar, None where it has none or the day is past.
    """

    gate: GateName
    rule: GateRule
    duty: GateDuty | None
    due: date | None
    working_days: int | None
    settled: SettledGate | None
    is_passed: bool
    is_next: bool
    lacks: Sequence[Lack]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectView:
    """Everything of a project that people look at."""

    project: Project
    milestones: Sequence[Milestone]
    progress: ScheduleProgress
    work: KeptWork | None
    gates: Sequence[GateView]
    documents: Sequence[ProjectDocument]
    punches: Sequence[Punch]
    classes: Sequence[str]
    trainings: Sequence[HeldTraining]
    spares: Sequence[WantedSpare]
    signatures: Sequence[KeptSignature]
    manifest: dict[str, str]
    manifest_sha256: str

    @property
    def is_handed_over(self) -> bool:
        """Say whether every gate is passed or waived, and both signatures hold."""
        return all(one.is_passed for one in self.gates)


def look(database: Database, tag: str, *, clock: Clock) -> ProjectView:
    """Read a project; signatures over what has changed since are voided by that.

    Raises:
        NotFound: there is no such project.
    """
    with database.transaction() as tx:
        return view_of(tx, rows.get(tx, tag), clock)


def view_of(tx: Transaction, project: Project, clock: Clock) -> ProjectView:
    """Read a project in an open transaction."""
    manifest = manifest_of(tx, project)
    digest = sha256_of_manifest(manifest)
    _void_stale(tx, project, manifest, digest, clock)
    signatures = gate_rows.signatures(tx, project.project_id)
    milestones = milestones_of(tx, project)
    work = newest_work(tx, project.project_id)
    return ProjectView(
        project=project,
        milestones=milestones,
        progress=progress_of(milestones, clock.now().date()),
        work=work,
        gates=_gates(tx, project, milestones, signatures, clock.now(), work.calendar if work else {}),
        documents=rows.documents(tx, project.project_id),
        punches=rows.punches(tx, project.project_id),
        classes=readiness.classes(tx, project.project_id),
        trainings=readiness.trainings(tx, project.project_id),
        spares=readiness.spares(tx, project.project_id),
        signatures=signatures,
        manifest=manifest,
        manifest_sha256=digest,
    )


def _gates(
    tx: Transaction,
    project: Project,
    milestones: Sequence[Milestone],
    signatures: Sequence[KeptSignature],
    now: datetime,
    calendar: Mapping[str, object],
) -> list[GateView]:
    settled = {one.gate: one for one in gate_rows.gates(tx, project.project_id)}
    duties = readiness.duties(tx, project.project_id)
    start, completion = span_of(milestones, project.completion_key)
    confirmed = settled.get(GateName.CONFIRMATION.value)
    passed = {gate for gate in GateName if gate.value in settled}
    if NEEDED[GateName.SIGN_OFF] <= _standing(signatures, GateName.SIGN_OFF):
        passed.add(GateName.SIGN_OFF)
    following = next((gate for gate in GateName if gate not in passed), None)
    dues = {gate: due_of(gate, start, completion, project.trial_days) for gate in GateName}
    return [
        GateView(
            gate=gate,
            rule=RULES[gate],
            duty=duties.get(gate.value),
            due=dues[gate],
            working_days=working_days(calendar, now.date(), due) if (due := dues[gate]) else None,
            settled=settled.get(gate.value),
            is_passed=gate in passed,
            is_next=gate is following,
            lacks=lacks_of(tx, project, gate, now=now, confirmed_at=confirmed.at if confirmed else None)
            if gate is following
            else (),
        )
        for gate in GateName
    ]


def _standing(signatures: Sequence[KeptSignature], gate: GateName) -> set[str]:
    return {one.side for one in signatures if one.gate == gate.value and one.voided_at is None}


def _void_stale(tx: Transaction, project: Project, manifest: dict[str, str], digest: str, clock: Clock) -> None:
    """Void the signatures over what has changed since, each held against what there is in the form that was signed."""
    standing = {form_of(manifest): (manifest, digest)}
    for one in gate_rows.signatures(tx, project.project_id):
        if one.gate != GateName.SIGN_OFF.value or one.voided_at is not None:
            continue
        form = form_of(one.manifest)
        if form not in standing:
            older = manifest_of(tx, project, form)
            standing[form] = (older, sha256_of_manifest(older))
        there_is, its_digest = standing[form]
        if one.manifest_sha256 == its_digest:
            continue
        because = ", ".join(changed_items(one.manifest, there_is))[:500]
        gate_rows.void(tx, one.signature_id, at=clock.now(), because=because)
        enter_project(
            tx,
            "handover.voided",
            project,
            process("handover"),
            clock,
            side=one.side,
            signed_by=one.signed_by,
            because=because,
        )
