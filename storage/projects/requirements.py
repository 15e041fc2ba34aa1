"""Requirements of projects as rows: each version as it was kept, who signed it, and what the register holds of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptRequirements:
    """A version of a project's requirements; `signed` says by whom, by side."""

    version: int
    document: dict[str, Any]
    sha256: str
    kept_at: datetime
    kept_by: str
    signed: Mapping[str, str]

    @property
    def is_agreed(self) -> bool:
        """Say whether both sides have signed."""
        return {"engineering", "operations"} <= set(self.signed)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldForHandover:
    """What the register holds of an asset: signals with limits, parameters, parts, and classes of its documents."""

    asset: str
    class_tag: str
    serial: str | None
    manufacturer: str | None
    model: str | None
    signals: list[tuple[str, float | None, float | None]]
    parameters: list[tuple[str, str, str, str]]
    parts: list[str]
    documents: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassRequirementsVersion:
    """What is asked of a class, by the request for a change of design that brought this version."""

    version: int
    document: dict[str, Any]
    request_id: int


def keep_requirements(
    tx: Transaction, project_id: int, *, document: dict[str, Any], sha256: str, at: datetime, by: str
) -> int:
    """Keep the next version, and return its number."""
    row = tx.one("requirements.keep", project_id=project_id, document=Jsonb(document), sha256=sha256, at=at, by=by)
    return int(row["version"])


def versions_of(tx: Transaction, project_id: int) -> list[KeptRequirements]:
    """Return every version, the newest first."""
    return [KeptRequirements(**row) for row in tx.all("requirements.versions", project_id=project_id)]


def agreed_requirements(tx: Transaction, project_id: int) -> KeptRequirements | None:
    """Return the version that counts: the newest one that both sides have signed."""
    return next((one for one in versions_of(tx, project_id) if one.is_agreed), None)


def sign_requirements(
    tx: Transaction,
    project_id: int,
    version: int,
    *,
    side: str,
    person: str,
    signed_by: str,
    recognised: str,
    at: datetime,
) -> bool:
    """Sign a version for a side; False where that side or this person has signed it."""
    values = {"side": side, "person": person, "signed_by": signed_by, "recognised": recognised, "at": at}
    return tx.first("requirements.sign", project_id=project_id, version=version, **values) is not None


def requirements_of_class(tx: Transaction, class_id: int) -> ClassRequirementsVersion | None:
    """Return what is asked of a class now, and let nobody else keep a version until the transaction ends."""
    tx.all("requirements.lock_class", class_id=class_id)
    row = tx.first("requirements.newest_of_class", class_id=class_id)
    return ClassRequirementsVersion(**row) if row else None


def keep_for_class(
    tx: Transaction, class_id: int, *, document: dict[str, Any], request_id: int, at: datetime, by: str
) -> int:
    """Keep the next version of what is asked of a class, and return its number."""
    values = {"document": Jsonb(document), "request_id": request_id, "at": at, "by": by}
    return int(tx.one("requirements.keep_for_class", class_id=class_id, **values)["version"])


def standing_requirements(tx: Transaction, project_id: int) -> list[ClassRequirementsVersion]:
    """Return what was asked of the classes of a project's assets when the project began."""
    return [ClassRequirementsVersion(**row) for row in tx.all("requirements.standing", project_id=project_id)]


def held_for_handover(tx: Transaction, project_id: int) -> list[HeldForHandover]:
    """Return what the register holds of each asset of a project."""
    return [HeldForHandover(**row) for row in tx.all("requirements.held", project_id=project_id)]
