"""Requirements of a project: kept in versions, signed by both sides at its start, and checked asset by asset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lifecycle import ledger
from lifecycle.handover.projects import enter_project
from lifecycle.requirements.checking import Unmet, unmet_by
from lifecycle.requirements.gating import asked_by
from lifecycle.requirements.requirement import Requirements, requirements_document, requirements_of_document, together
from lifecycle.requirements.taking import RequirementDifference, requirement_differences
from plant.clock import Clock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.projects import projects as rows
from storage.projects import requirements as kept_rows
from storage.projects.projects import Project
from storage.projects.requirements import ClassRequirementsVersion, KeptRequirements

RIGHT_OF_SIDE = {"engineering": Right.SIGN_FOR_ENGINEERING, "operations": Right.SIGN_FOR_OPERATIONS}


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementsView:
    """A project's requirements: every version, the one that counts, and what assets lack by it.

    `standing` are what changes of design asked of its classes when it began, which is lacking as well.
    """

    project: str
    versions: Sequence[KeptRequirements]
    counts: int | None
    assets: Sequence[str]
    unmet: Sequence[Unmet]
    standing: Sequence[ClassRequirementsVersion] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementsTaken:
    """What a file changes of the newest version; `version` is the one it is kept as, None where it was only tried."""

    version: int | None
    changes: Sequence[RequirementDifference]
    notes: Sequence[str]


def take_requirements(
    database: Database, tag: str, requirements: Requirements, *, actor: Principal, clock: Clock, is_trial: bool = False
) -> RequirementsTaken:
    """Keep what a file asks for as the project's next version, and say what it changes; `is_trial` writes nothing.

    Raises:
        NotFound: there is no such project.
        Forbidden: who acts does not plan projects at its site.
        Rejected: it asks for nothing.
    """
    _demand_some(requirements)
    with database.transaction() as tx:
        project = _mine(tx, tag, Right.PLAN_PROJECTS, actor)
        before = _newest(tx, project)
        kept = None if is_trial else _keep(tx, project, before, requirements, actor, clock)
    return RequirementsTaken(
        version=kept.version if kept else None,
        changes=requirement_differences(requirements_of_document(before.document) if before else None, requirements),
        notes=requirements.notes,
    )


def keep_requirements(
    database: Database, tag: str, requirements: Requirements, *, actor: Principal, clock: Clock
) -> KeptRequirements:
    """Keep requirements as the project's next version; the same again are the version that is there.

    Raises:
        NotFound: there is no such project.
        Forbidden: who acts does not plan projects at its site.
        Rejected: they ask for nothing.
    """
    _demand_some(requirements)
    with database.transaction() as tx:
        project = _mine(tx, tag, Right.PLAN_PROJECTS, actor)
        return _keep(tx, project, _newest(tx, project), requirements, actor, clock)


def _demand_some(requirements: Requirements) -> None:
    if not requirements.classes:
        raise Rejected("no_requirements", "the file asks for nothing")


def _newest(tx: Transaction, project: Project) -> KeptRequirements | None:
    return next(iter(kept_rows.versions_of(tx, project.project_id)), None)


def _keep(
    tx: Transaction,
    project: Project,
    before: KeptRequirements | None,
    requirements: Requirements,
    actor: Principal,
    clock: Clock,
) -> KeptRequirements:
    document = requirements_document(requirements)
    digest = ledger.fingerprint(document)
    if before is not None and before.sha256 == digest:
        return before
    version = kept_rows.keep_requirements(
        tx, project.project_id, document=document, sha256=digest, at=clock.now(), by=actor.name
    )
    enter_project(tx, "requirements.kept", project, actor, clock, version=version, sha256=digest)
    return kept_rows.versions_of(tx, project.project_id)[0]


def requirements_act(tag: str, version: int, side: str, sha256: str) -> str:
    """Name the act for which the credential is shown again: this side, this version, and no other."""
    return f"requirements.sign:{tag}:{version}:{side}:{sha256}"


def sign_requirements(
    database: Database, tag: str, version: int, side: str, sha256: str, *, actor: Principal, clock: Clock
) -> KeptRequirements:
    """Sign a version for a side, as the signer saw it; two people sign, for two sides.

    Raises:
        Conflict: it is another by now, or this side or person has signed it.
        Forbidden: they may not sign for that side.
        Unconfirmed: the credential was not shown again for this.
        NotFound: there is no such version.
        Rejected: nobody signs for that side.
    """
    right = RIGHT_OF_SIDE.get(side)
    if right is None:
        raise Rejected("not_signed_so", f"requirements are signed for {' and '.join(RIGHT_OF_SIDE)}")
    with database.transaction() as tx:
        project = _mine(tx, tag, right, actor)
        if not actor.person_id:
            raise Forbidden("only a person can sign")
        actor.demand_confirmation(requirements_act(tag, version, side, sha256))
        signed = next((one for one in kept_rows.versions_of(tx, project.project_id) if one.version == version), None)
        if signed is None:
            raise NotFound(f"{tag} has no requirements of version {version}")
        if signed.sha256 != sha256:
            raise Conflict("the requirements are others than those you looked at; look again before you sign")
        done = kept_rows.sign_requirements(
            tx,
            project.project_id,
            version,
            side=side,
            person=actor.person_id,
            signed_by=actor.name,
            recognised=actor.recognition.value,
            at=clock.now(),
        )
        if not done:
            raise Conflict(
                f"version {version} is signed for {side}, or by {actor.name}: two people sign, for two sides"
            )
        enter_project(tx, "requirements.signed", project, actor, clock, version=version, side=side, sha256=sha256)
        return next(one for one in kept_rows.versions_of(tx, project.project_id) if one.version == version)


def look_at_requirements(database: Database, tag: str) -> RequirementsView:
    """Return a project's requirements with what assets lack; those that count, else the newest.

    Raises:
        NotFound: there is no such project.
    """
    with database.transaction() as tx:
        project = rows.get(tx, tag)
        versions = kept_rows.versions_of(tx, project.project_id)
        agreed = next((one for one in versions if one.is_agreed), None)
        looked_at = agreed or (versions[0] if versions else None)
        said = requirements_of_document(looked_at.document) if looked_at else None
        standing = kept_rows.standing_requirements(tx, project.project_id)
        asked = together(said, asked_by(standing))
        held = kept_rows.held_for_handover(tx, project.project_id) if asked.classes else []
        unmet = list(unmet_by(asked, held))
        return RequirementsView(
            project=tag,
            versions=versions,
            counts=agreed.version if agreed else None,
            assets=project.assets,
            unmet=unmet,
            standing=standing,
        )


def _mine(tx: Transaction, tag: str, right: Right, actor: Principal) -> Project:
    project = rows.get(tx, tag, locks=True)
    actor.demand(right, project.site)
    return project
