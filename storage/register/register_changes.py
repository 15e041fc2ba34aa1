"""Every change of the register, which the database notes: what an item said before and after, by whom, from what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from storage.core.database import Transaction

PutKind = Literal["asset", "signal", "parameter", "document", "part use", "global id", "maintenance plan", "job plan"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterChange:
    """One change of one item; `before` is None where it is new, `said` where it is gone, `file` where it came from.

    `request_id` is the request for a change of design that brought it.
    """

    change_id: int
    site: str
    kind: str
    item: str
    at: datetime
    by: str
    recognised: str
    before: dict[str, Any] | None
    said: dict[str, Any] | None
    file: str = ""
    request_id: int | None = None

    @property
    def source(self) -> str:
        """Return the file or the request that it came from, '' where a person changed it by hand."""
        return self.file or (f"DR-{self.request_id}" if self.request_id else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterImport:
    """A file that was imported; `counts` are what it added, changed and removed."""

    import_id: UUID
    site: str
    at: datetime
    by: str
    kind: str
    file: str
    sha256: str
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class PutByFile:
    """What an import put into a register; `kind` and `item` are as changes call them.

    `asset` is whose it is, '' where nobody's; `key` that of a signal; `title` that of a document, without a version, or
    the tag of a maintenance plan.
    """

    kind: PutKind
    item: str
    asset: str = ""
    key: str | None = None
    title: str = ""


def begin_import(tx: Transaction, import_id: UUID, *, at: datetime, by: str) -> None:
    """Let what this transaction changes in the register be noted as of an import."""
    tx.all("register_changes.begin", import_id=str(import_id), at=at, by=by)


def begin_request(tx: Transaction, request_id: int, *, at: datetime, by: str) -> None:
    """Let what this transaction changes in the register be noted as of a request for a change of design."""
    tx.all("register_changes.begin_request", request_id=request_id, at=at, by=by)


def changes_of_import(tx: Transaction, import_id: UUID) -> list[RegisterChange]:
    """Return what an import changed, in order."""
    return [RegisterChange(**row) for row in tx.all("register_changes.of_import", import_id=import_id)]


def keep_import(
    tx: Transaction, import_id: UUID, *, site: str, at: datetime, by: str, kind: str, file: str, sha256: str,
    counts: dict[str, int],
) -> None:  # fmt: skip
    """Keep that a file was imported."""
    values = {"site": site, "at": at, "by": by, "kind": kind, "file": file, "sha256": sha256}
    tx.run("register_changes.keep_import", import_id=import_id, **values, counts=Jsonb(counts))


def list_imports(tx: Transaction, site: str | None = None, *, most: int = 50) -> list[RegisterImport]:
    """Return the newest imports, of every site or of one."""
    return [RegisterImport(**row) for row in tx.all("register_changes.imports", site=site, most=most)]


def put_by(tx: Transaction, site: str, *, kind: str, file: str) -> list[PutByFile]:
    """Return what stands in a register because imports of a file put it there."""
    return [PutByFile(**row) for row in tx.all("register_changes.put_by", site=site, kind=kind, file=file)]


def stood(tx: Transaction, site: str, until: datetime) -> list[RegisterChange]:
    """Return the last word on each item of a site before an instant; those that were gone then are not among them."""
    rows = [RegisterChange(**row) for row in tx.all("register_changes.stood", site=site, until=until)]
    return [one for one in rows if one.said is not None]


def between(tx: Transaction, site: str, since: datetime, until: datetime) -> list[RegisterChange]:
    """Return what changed in the register of a site from one instant up to another, in order."""
    return [RegisterChange(**row) for row in tx.all("register_changes.between", site=site, since=since, until=until)]


def noted_since(tx: Transaction, site: str) -> datetime | None:
    """Return since when changes of a site are noted, None where nothing is."""
    found: datetime | None = tx.one("register_changes.first", site=site)["at"]
    return found
