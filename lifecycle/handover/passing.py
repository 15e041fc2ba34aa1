"""Passing, waiving and signing: gates in order, by who may, and signatures that a later change voids."""

from __future__ import annotations

from datetime import datetime

from lifecycle.handover.gates import RULES, GateKind, GateName, demand_order
from lifecycle.handover.looking import NEEDED, ProjectView, view_of
from lifecycle.handover.projects import enter_project
from lifecycle.register.healthy_time import declare_healthy
from plant.clock import Clock
from plant.errors import Conflict, Forbidden, Rejected
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.projects import gates as gate_rows
from storage.projects import projects as rows
from storage.projects.gates import SettledGate, Side
from storage.projects.projects import Project
from storage.projects.readiness import put_in_service

_LEAST_NOTE = 10
_SIDES: dict[Side, Right] = {
    "engineering": Right.SIGN_FOR_ENGINEERING,
    "operations": Right.SIGN_FOR_OPERATIONS,
    "supervisor": Right.WAIVE_GATES,
}


def pass_gate(
    database: Database, tag: str, gate: GateName, *, note: str, actor: Principal, clock: Clock
) -> ProjectView:
    """Pass a gate that is next: by what the rows say, or by what somebody says who may.

    Raises:
        Conflict: an earlier gate is open, or rows say that something is wanting.
        Forbidden: it is another side's to decide.
        Rejected: it is signed, not passed, or the note says too little.
    """
    rule = RULES[gate]
    if rule.kind is GateKind.SIGNED:
        raise Rejected("is_signed", f"the gate {gate.value} is signed: the signer shows the password again")
    said = " ".join(note.split())
    if rule.kind is GateKind.SAID and len(said) < _LEAST_NOTE:
        raise Rejected("nothing_said", f"say what was found, in {_LEAST_NOTE} characters or more")
    with database.transaction() as tx:
        project = rows.get(tx, tag, locks=True)
        actor.demand(rule.decides, project.site)
        now, view = clock.now(), view_of(tx, project, clock)
        demand_order(gate, [one.gate for one in view.gates if one.is_passed])
        lacks = next(one.lacks for one in view.gates if one.gate is gate)
        if lacks:
            some = "; ".join(one.line for one in lacks[:5])
            raise Conflict(f"{len(lacks)} things are wanting for {gate.value}: {some}")
        if gate is GateName.TRIAL:
            _declare_healthy(tx, project, view, now, actor)
        _settle(tx, project, gate, "passed", said, actor, clock)
        return view_of(tx, project, clock)


def _declare_healthy(tx: Transaction, project: Project, view: ProjectView, now: datetime, actor: Principal) -> None:
    """Let the models learn from what trial operation showed."""
    confirmed = next(one.settled for one in view.gates if one.gate is GateName.CONFIRMATION)
    if confirmed is None or confirmed.at >= now:
        return
    for asset_id in rows.asset_ids(tx, project.project_id):
        declare_healthy(tx, asset_id, confirmed.at, now, origin="commissioning", by=actor.name)


def waive_gate(
    database: Database, tag: str, gate: GateName, *, reason: str, actor: Principal, clock: Clock
) -> ProjectView:
    """Let a gate be; only who may, with a reason and the password shown again. It shows for ever.

    Raises:
        Conflict: an earlier gate is open.
        Forbidden: they may not waive.
        Unconfirmed: the credential was not shown again for this.
        Rejected: this gate is never waived, or the reason says too little.
    """
    if not RULES[gate].can_be_waived:
        raise Rejected("never_waived", f"the gate {gate.value} is never waived")
    said = " ".join(reason.split())
    if len(said) < _LEAST_NOTE:
        raise Rejected("nothing_said", f"a waiver has a reason of {_LEAST_NOTE} characters or more")
    with database.transaction() as tx:
        project = rows.get(tx, tag, locks=True)
        actor.demand(Right.WAIVE_GATES, project.site)
        actor.demand_confirmation(waiving_act(tag, gate))
        view = view_of(tx, project, clock)
        demand_order(gate, [one.gate for one in view.gates if one.is_passed])
        _settle(tx, project, gate, "waived", said, actor, clock)
        return view_of(tx, project, clock)


def waiving_act(tag: str, gate: GateName) -> str:
    """Name the act for which the credential is shown again."""
    return f"gate.waive:{tag}:{gate.value}"


def signing_act(tag: str, gate: GateName, side: str, manifest_sha256: str) -> str:
    """Name the act for which the credential is shown again: this side, over this manifest, and no other."""
    return f"handover.sign:{tag}:{gate.value}:{side}:{manifest_sha256}"


def sign(
    database: Database,
    tag: str,
    gate: GateName,
    side: Side,
    manifest_sha256: str,
    *,
    actor: Principal,
    clock: Clock,
) -> ProjectView:
    """Sign a gate for a side over the manifest that the signer saw; a person signs once, for one side.

    Raises:
        Conflict: an earlier gate is open, the manifest is another by now, or this side or person has signed.
        Forbidden: they may not sign for that side.
        Unconfirmed: the credential was not shown again for this.
        Rejected: nobody signs this gate, or not for that side.
    """
    needed = NEEDED.get(gate, frozenset())
    if not needed or (side not in needed and not (side == "supervisor" and gate is GateName.SIGN_OFF)):
        raise Rejected("not_signed_so", f"the gate {gate.value} is not signed for {side}")
    with database.transaction() as tx:
        project = rows.get(tx, tag, locks=True)
        actor.demand(_SIDES[side], project.site)
        if not actor.person_id:
            raise Forbidden("only a person can sign")
        actor.demand_confirmation(signing_act(tag, gate, side, manifest_sha256))
        view = view_of(tx, project, clock)
        _demand_signable(view, gate, side, manifest_sha256, actor)
        _keep_signature(tx, project, view, gate, side, actor, clock)
        if gate is GateName.CONFIRMATION:
            _settle(tx, project, gate, "passed", f"signed over {manifest_sha256}", actor, clock)
        after = view_of(tx, project, clock)
        if after.is_handed_over and not view.is_handed_over:
            _begin_service(tx, project, actor, clock)
        return after


def _begin_service(tx: Transaction, project: Project, actor: Principal, clock: Clock) -> None:
    """Let the assets be in service: from now on their time is required, and operations are told of them.

    A signature that a change voids later does not take them out of it; both sides sign again.
    """
    assets = put_in_service(tx, project.project_id, at=clock.now())
    if project.service_from is None or assets:
        enter_project(tx, "project.in_service", project, actor, clock, assets=assets)


def _demand_signable(view: ProjectView, gate: GateName, side: Side, manifest_sha256: str, actor: Principal) -> None:
    if side != "supervisor":
        demand_order(gate, [one.gate for one in view.gates if one.is_passed])
    if manifest_sha256 != view.manifest_sha256:
        raise Conflict("what is handed over has changed since you looked at it; look again before you sign")
    standing = [one for one in view.signatures if one.gate == gate.value and one.voided_at is None]
    for one in standing:
        if one.side == side:
            raise Conflict(f"{one.signed_by} has signed for {side}")
        if one.person == actor.person_id:
            raise Conflict(f"{actor.name} has signed for {one.side}: two people sign, for two sides")


def _keep_signature(
    tx: Transaction, project: Project, view: ProjectView, gate: GateName, side: Side, actor: Principal, clock: Clock
) -> None:
    gate_rows.sign(
        tx,
        project.project_id,
        gate=gate.value,
        side=side,
        person=actor.person_id,
        signed_by=actor.name,
        recognised=actor.recognition.value,
        manifest_sha256=view.manifest_sha256,
        manifest=view.manifest,
        at=clock.now(),
    )
    enter_project(
        tx, "handover.signed", project, actor, clock, gate=gate.value, side=side, manifest_sha256=view.manifest_sha256
    )


def _settle(
    tx: Transaction, project: Project, gate: GateName, outcome: str, note: str, actor: Principal, clock: Clock
) -> None:
    settled = SettledGate(
        gate=gate.value,
        outcome=outcome,
        at=clock.now(),
        actor=actor.name,
        person=actor.person_id,
        recognised=actor.recognition.value,
        note=note,
        evidence={},
    )
    gate_rows.settle_gate(tx, project.project_id, settled)
    enter_project(tx, f"gate.{outcome}", project, actor, clock, gate=gate.value, note=note)
