"""A project as it is set up and filled: assets, schedule, documents, punches. Each change is a ledger entry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lifecycle import ledger
from lifecycle.schedule.milestones import Milestone
from plant.clock import Clock
from plant.errors import NotFound, Rejected
from plant.people.principal import Principal
from plant.people.rights import Right
from plant.tags import one_form
from storage.core.database import Database, Transaction
from storage.projects import projects as rows
from storage.projects.projects import Project
from storage.projects.readiness import commission

_LONGEST = 2000
_TAG = re.compile(r"[\w.-]{1,60}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectMoved:
    """Something was done in a project; `event` is what."""

    event: str
    actor: str
    project: str
    detail: dict[str, Any]

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {"event": self.event, "actor": self.actor, "project": self.project, **self.detail}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectWanted:
    """A project that is to be set up; `required_documents` are classes of VDI 2770 that each asset comes with.

    Its assets are in commissioning until both sides have signed, unless they `keep_running` meanwhile. From then on
    their makers answer for them for `warranty_months`, where the contract says so.
    """

    tag: str
    site: str
    name: str
    assets: tuple[str, ...]
    completion_key: str = ""
    trial_days: int = 30
    fresh_hours: int = 24
    required_documents: tuple[str, ...] = ("03-02", "03-04")
    engineering_team: str = "engineering"
    keep_running: bool = False
    warranty_months: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentWanted:
    """A version of a document, of one asset or of the whole project."""

    file: str
    body: bytes
    vdi_class: str
    title: str
    version: str = "1"
    asset: str | None = None


def enter_project(tx: Transaction, event: str, project: Project, actor: Principal, clock: Clock, **detail: Any) -> None:
    """Enter in the ledger what was done in a project."""
    moved = ProjectMoved(event=event, actor=actor.name, project=project.tag, detail=detail)
    ledger.append(tx, project.site, moved, clock.now())


def add_project(database: Database, wanted: ProjectWanted, *, actor: Principal, clock: Clock) -> Project:
    """Set a project up with its assets.

    Raises:
        Conflict: there is one of that tag.
        NotFound: there is no such site or asset.
        Rejected: a tag or a class of documents makes no sense.
    """
    actor.demand(Right.PLAN_PROJECTS, wanted.site)
    tag = one_form(wanted.tag)
    if not _TAG.fullmatch(tag):
        raise Rejected("bad_tag", "a project's tag has 1 to 60 letters, digits, dots and hyphens")
    for vdi_class in wanted.required_documents:
        check_class(vdi_class)
    with database.transaction() as tx:
        rows.add(
            tx,
            tag=tag,
            site=wanted.site,
            name=plain_said("name", wanted.name),
            assets=wanted.assets,
            completion_key=wanted.completion_key,
            trial_days=wanted.trial_days,
            fresh_hours=wanted.fresh_hours,
            required_documents=wanted.required_documents,
            engineering_team=plain_said("team", wanted.engineering_team),
            warranty_months=wanted.warranty_months,
            at=clock.now(),
            by=actor.name,
        )
        project = rows.get(tx, tag)
        enter_project(tx, "project.added", project, actor, clock, assets=project.assets)
        if not wanted.keep_running:
            commission(tx, project.project_id, at=clock.now())
        return project


def milestones_of(tx: Transaction, project: Project) -> list[Milestone]:
    """Return the milestones of a project as they stand, in the order of their dates."""
    found = [Milestone(**row) for row in rows.milestones(tx, project.project_id)]
    return sorted(found, key=lambda one: (one.stands or date.max, one.key))


def add_document(database: Database, tag: str, wanted: DocumentWanted, *, actor: Principal, clock: Clock) -> str:
    """Keep a version of a document by its hash; return that. The file itself stays where the plant keeps its files.

    Raises:
        Conflict: that version is there already.
        NotFound: there is no such project or asset.
        Rejected: the class is none of VDI 2770, or something is empty.
    """
    check_class(wanted.vdi_class)
    if not wanted.body:
        raise Rejected("empty_file", f"{wanted.file} is empty")
    digest = hashlib.sha256(wanted.body).hexdigest()
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        asset_id = rows.asset_of(tx, project.project_id, wanted.asset) if wanted.asset else None
        title, version = plain_said("title", wanted.title), plain_said("version", wanted.version)
        rows.add_document(
            tx,
            project.project_id,
            asset_id=asset_id,
            vdi_class=wanted.vdi_class,
            title=title,
            version=version,
            file=wanted.file,
            sha256=digest,
            at=clock.now(),
            by=actor.name,
        )
        detail = {"title": title, "version": version, "class": wanted.vdi_class, "sha256": digest}
        enter_project(tx, "document.added", project, actor, clock, asset=wanted.asset, **detail)
    return digest


def raise_punch(
    database: Database, tag: str, *, category: str, text: str, asset: str | None, actor: Principal, clock: Clock
) -> int:
    """Write down what is still wanting, and return its number: A blocks, B may be carried to a date.

    Raises:
        NotFound: there is no such project or asset.
        Rejected: it says nothing, or is neither A nor B.
    """
    if category not in {"A", "B"}:
        raise Rejected("bad_category", "a punch is A, which blocks, or B")
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        asset_id = rows.asset_of(tx, project.project_id, asset) if asset else None
        said, at = plain_said("text", text), clock.now()
        number = rows.raise_punch(
            tx, project.project_id, asset_id=asset_id, category=category, text=said, at=at, by=actor.name
        )
        enter_project(tx, "punch.raised", project, actor, clock, punch=number, category=category, text=said)
        return number


def close_punch(database: Database, tag: str, punch_id: int, *, actor: Principal, clock: Clock) -> None:
    """Say that a punch is done.

    Raises:
        NotFound: there is no such open punch.
    """
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        if not rows.close_punch(tx, project.project_id, punch_id, at=clock.now(), by=actor.name):
            raise NotFound(f"there is no open punch {punch_id} in {tag}")
        enter_project(tx, "punch.closed", project, actor, clock, punch=punch_id)


def carry_punch(database: Database, tag: str, punch_id: int, until: date, *, actor: Principal, clock: Clock) -> None:
    """Let a punch B be done by a date after the handover; operations approve that.

    Raises:
        NotFound: there is no such open punch B.
    """
    with database.transaction() as tx:
        project = held(tx, tag, Right.SIGN_FOR_OPERATIONS, actor)
        if not rows.carry_punch(tx, project.project_id, punch_id, until=until, by=actor.name):
            raise NotFound(f"there is no open punch {punch_id} of category B in {tag}")
        enter_project(tx, "punch.carried", project, actor, clock, punch=punch_id, until=until.isoformat())


def held(tx: Transaction, tag: str, right: Right, actor: Principal) -> Project:
    """Return a project that others wait for, where `actor` has a right at its site.

    Raises:
        Forbidden: they have not.
        NotFound: there is no such project.
    """
    project = rows.get(tx, tag, locks=True)
    actor.demand(right, project.site)
    return project


def plain_said(what: str, text: str) -> str:
    """Return what somebody said in one line.

    Raises:
        Rejected: it is nothing, or too much.
    """
    said = " ".join(text.split())
    if not 0 < len(said) <= _LONGEST:
        raise Rejected("nothing_said", f"the {what} has 1 to {_LONGEST} characters")
    return said


def check_class(vdi_class: str) -> None:
    """Refuse what is no class of documents; raises `Rejected`."""
    if vdi_class not in VDI_CLASSES:
        raise Rejected("bad_class", f"{vdi_class} is no class of VDI 2770; they are {', '.join(VDI_CLASSES)}")


VDI_CLASSES: Sequence[str] = (
    *("01-01", "02-01", "02-02", "02-03", "02-04"),
    *("03-01", "03-02", "03-03", "03-04", "03-05", "03-06", "04-01"),
)
