"""Punches go out to a BIM tool as BCF, one topic each, and the status they are given there comes back."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from lifecycle.feedback.bcf import BcfComponent, BcfTopic, read_bcf, write_bcf
from lifecycle.feedback.exchange import guids_of_assets
from lifecycle.handover.projects import enter_project
from plant.clock import Clock
from plant.errors import Rejected
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.projects import projects as rows
from storage.projects.projects import Project, Punch

_TITLE = 120


def export_punches(tx: Transaction, tag: str) -> bytes:
    """Write the punches of a project as a BCF 2.1 file: each with its asset, by the ids that its models give it.

    Raises:
        NotFound: there is no such project.
        Rejected: it has no punch.
    """
    project = rows.get(tx, tag)
    guids = guids_of_assets(tx, project.site)
    punches = rows.punches(tx, project.project_id)
    if not punches:
        raise Rejected("no_punch", f"project {tag} has no punch")
    return write_bcf(*(_topic(project, one, guids.get(one.asset or "", [])) for one in punches))


def _topic(project: Project, punch: Punch, guids: list[str]) -> BcfTopic:
    said: list[tuple[datetime, str, str]] = []
    if punch.closed_at is not None:
        said.append((punch.closed_at, punch.closed_by or "", "closed"))
    described = [f"Punch {punch.category}{punch.punch_id} of {project.name}", punch.text]
    if punch.carried_to is not None:
        described.append(f"carried to {punch.carried_to.isoformat()}, approved by {punch.carried_by}")
    found = [BcfComponent(tag=punch.asset, ifc_guid=guid) for guid in guids or [""]] if punch.asset else []
    return BcfTopic(
        guid=topic_guid(project, punch.punch_id),
        title=f"{punch.category}{punch.punch_id} {punch.asset or project.tag}: {punch.text}"[:_TITLE],
        status="Open" if punch.closed_at is None else "Closed",
        description="\n".join(described),
        author=punch.raised_by,
        created_at=punch.raised_at,
        project=project.tag,
        components=found,
        snapshot=b"",
        comments=said,
    )


def topic_guid(project: Project, punch_id: int) -> str:
    """Return the id of a punch's topic, the same in each file."""
    return str(uuid5(NAMESPACE_URL, f"assetloop/{project.site}/{project.tag}/punch/{punch_id}"))


def take_punches_back(
    database: Database, tag: str, file: bytes, *, file_name: str = "", actor: Principal, clock: Clock
) -> dict[int, str]:
    """Read the status of punches back, all or none, and return it by number; it is shown, and closes nothing.

    Raises:
        NotFound: there is no such project.
        Forbidden: who acts does not work on projects at its site.
        Rejected: it is no BCF file, or none of its topics is a punch of the project.
    """
    with database.transaction() as tx:
        project = rows.get(tx, tag, locks=True)
        actor.demand(Right.WORK_ON_PROJECTS, project.site)
        known = {topic_guid(project, one.punch_id): one.punch_id for one in rows.punches(tx, project.project_id)}
        said = {known[one.guid]: one.status for one in read_bcf(file) if one.guid in known}
        if not said:
            raise Rejected("no_punch", f"no topic of the file is a punch of {tag}")
        for punch_id, status in said.items():
            rows.note_bcf(tx, punch_id, status)
        statuses = {str(number): status for number, status in said.items()}
        enter_project(tx, "punches.status_read", project, actor, clock, statuses=statuses, file=file_name)
    return said
