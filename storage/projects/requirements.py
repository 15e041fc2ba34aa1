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


def held_for_handover(tx: Transaction, project_id: int) -> list[HeldForHandover]:
    """Return what the register holds of each asset of a project."""
    return [HeldForHandover(**row) for row in tx.all("requirements.held", project_id=project_id)]
