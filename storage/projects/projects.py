"""Projects as rows: what was planned, delivered, found wanting, passed and signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plant.errors import Conflict, NotFound
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A project: its assets are handed over together. `fresh_hours` is how long telemetry must have come.

    `engineering_team` is told of them while they are in commissioning; since `service_from` they are operations' own,
    and for `warranty_months` from then on whoever made them answers for them, None where nothing was agreed on.
    """

    project_id: int
    tag: str
    site: str
    name: str
    completion_key: str
    trial_days: int
    fresh_hours: int
    required_documents: list[str]
    engineering_team: str
    warranty_months: int | None
    service_from: datetime | None
    created_at: datetime
    created_by: str
    assets: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectDocument:
    """The newest version of a document; without an asset it is the whole project's."""

    document_id: int
    asset: str | None
    vdi_class: str
    title: str
    version: str
    file: str
    sha256: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Punch:
    """Something that is still wanting: A blocks, B may be carried to a date."""

    punch_id: int
    asset: str | None
    category: str
    text: str
    raised_at: datetime
    raised_by: str
    carried_to: date | None
    carried_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    bcf_status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalSeen:
    """What came of one signal in the hours that count."""

    asset: str
    key: str
    newest: datetime | None
    silent_after_s: float
    minutes: int
    readings: int
    outside: int
    bad: int


def add(
    tx: Transaction,
    *,
    tag: str,
    site: str,
    name: str,
    assets: Sequence[str],
    completion_key: str,
    trial_days: int,
    fresh_hours: int,
    required_documents: Sequence[str],
    engineering_team: str,
    warranty_months: int | None,
    at: datetime,
    by: str,
) -> int:
    """Add a project with its assets.

    Raises:
        Conflict: there is one of that tag.
        NotFound: there is no such site or asset.
    """
    if tx.first("projects.projects", tag=tag) is not None:
        raise Conflict(f"there is a project {tag} already")
    row = tx.first(
        "projects.add",
        tag=tag,
        site=site,
        name=name,
        completion_key=completion_key,
        trial_days=trial_days,
        fresh_hours=fresh_hours,
        required_documents=list(required_documents),
        engineering_team=engineering_team,
        warranty_months=warranty_months,
        at=at,
        by=by,
    )
    if row is None:
        raise NotFound(f"there is no site {site}")
    for asset in assets:
        asset_of(tx, int(row["project_id"]), asset, adds=True)
    return int(row["project_id"])


def asset_of(tx: Transaction, project_id: int, asset: str, *, adds: bool = False) -> int:
    """Return an asset of a project by its tag; `adds` makes it one.

    Raises:
        NotFound: the site, or the project, has no such asset.
    """
    found = tx.first("projects.add_asset", project_id=project_id, asset=asset) if adds else None
    if not adds:
        row = tx.first("projects.parameters", project_id=project_id)
        known = {one["asset"] for one in tx.all("projects.parameters", project_id=project_id)} if row else set()
        found = tx.first("projects.add_asset", project_id=project_id, asset=asset) if asset in known else None
    if found is None:
        raise NotFound(f"there is no asset {asset} here")
    return int(found["asset_id"])


def every(tx: Transaction) -> list[Project]:
    """Return every project."""
    return [Project(**row) for row in tx.all("projects.projects", tag=None)]


def get(tx: Transaction, tag: str, *, locks: bool = False) -> Project:
    """Return a project; `locks` lets others who change it wait.

    Raises:
        NotFound: there is none.
    """
    row = tx.first("projects.projects", tag=tag)
    if row is None:
        raise NotFound(f"there is no project {tag}")
    if locks:
        tx.one("projects.lock", project_id=row["project_id"])
    return Project(**row)


def add_milestone(
    tx: Transaction,
    project_id: int,
    *,
    key: str,
    name: str,
    planned: date | None,
    forecast: date | None,
    actual: date | None,
    file: str,
    at: datetime,
) -> None:
    """Keep a milestone as an import saw it."""
    values = {"key": key, "name": name, "planned": planned, "forecast": forecast, "actual": actual}
    tx.run("projects.add_milestone", project_id=project_id, **values, file=file, at=at)


def milestones(tx: Transaction, project_id: int) -> list[dict[str, Any]]:
    """Return the milestones as they stand."""
    return list(tx.all("projects.milestones", project_id=project_id))


def milestones_at(tx: Transaction, project_id: int, *, at: datetime) -> list[dict[str, Any]]:
    """Return when each milestone came or was expected, as it was known at an instant."""
    return list(tx.all("projects.milestones_at", project_id=project_id, at=at))


def add_document(
    tx: Transaction,
    project_id: int,
    *,
    asset_id: int | None,
    vdi_class: str,
    title: str,
    version: str,
    file: str,
    sha256: str,
    at: datetime,
    by: str,
) -> int:
    """Keep a version of a document.

    Raises:
        Conflict: that version is there already; another content is another version.
    """
    values = {"vdi_class": vdi_class, "title": title, "version": version, "file": file, "sha256": sha256}
    row = tx.first("projects.add_document", project_id=project_id, asset_id=asset_id, **values, at=at, by=by)
    if row is None:
        raise Conflict(f"version {version} of {title} is there already; another content is another version")
    return int(row["document_id"])


def documents(tx: Transaction, project_id: int) -> list[ProjectDocument]:
    """Return the newest version of each document."""
    return [ProjectDocument(**row) for row in tx.all("projects.documents", project_id=project_id)]


def raise_punch(
    tx: Transaction, project_id: int, *, asset_id: int | None, category: str, text: str, at: datetime, by: str
) -> int:
    """Raise a punch and return its number."""
    values = {"asset_id": asset_id, "category": category, "text": text, "at": at, "by": by}
    return int(tx.one("projects.raise_punch", project_id=project_id, **values)["punch_id"])


def close_punch(tx: Transaction, project_id: int, punch_id: int, *, at: datetime, by: str) -> bool:
    """Close a punch; False where it is none, or closed."""
    return tx.run("projects.close_punch", project_id=project_id, punch_id=punch_id, at=at, by=by) > 0


def carry_punch(tx: Transaction, project_id: int, punch_id: int, *, until: date, by: str) -> bool:
    """Let an open punch B be done by a date; False where it is none."""
    return tx.run("projects.carry_punch", project_id=project_id, punch_id=punch_id, until=until, by=by) > 0


def punches(tx: Transaction, project_id: int) -> list[Punch]:
    """Return every punch."""
    return [Punch(**row) for row in tx.all("projects.punches", project_id=project_id)]


def note_bcf(tx: Transaction, punch_id: int, status: str) -> None:
    """Keep the status that a BIM tool gave a punch."""
    tx.run("projects.note_bcf", punch_id=punch_id, status=status)


def parameters(tx: Transaction, project_id: int) -> list[dict[str, Any]]:
    """Return what the register says of a project's assets, a row a signal."""
    return list(tx.all("projects.parameters", project_id=project_id))


def properties(tx: Transaction, project_id: int) -> list[dict[str, Any]]:
    """Return the parameters of a project's assets, and of their classes, as the register has them."""
    return list(tx.all("projects.properties", project_id=project_id))


def registered_documents(tx: Transaction, project_id: int) -> list[dict[str, Any]]:
    """Return the documents of a project's assets, and of their classes, as the register has them."""
    return list(tx.all("projects.registered_documents", project_id=project_id))


def telemetry(tx: Transaction, project_id: int, *, since: datetime, until: datetime) -> list[SignalSeen]:
    """Return what came of every signal of a project's assets in a span."""
    return [SignalSeen(**row) for row in tx.all("projects.telemetry", project_id=project_id, since=since, until=until)]


def asset_ids(tx: Transaction, project_id: int) -> list[int]:
    """Return the assets of a project."""
    return [row["asset_id"] for row in tx.all("projects.asset_ids", project_id=project_id)]
