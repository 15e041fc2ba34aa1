"""Files that were sent to be imported, as rows: tried, then confirmed or dismissed, then taken in by a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from plant.errors import NotFound
from storage.core.database import Transaction

UploadState = Literal["tried", "confirmed", "done", "failed", "dismissed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterUpload:
    """A file that was sent; `said` is what it would change, or did, or why it failed; `options` is what was chosen."""

    upload_id: UUID
    site: str
    file: str
    kind: str
    class_tag: str
    options: dict[str, Any]
    state: UploadState
    said: dict[str, Any]
    uploaded_at: datetime
    uploaded_by: str
    decided_at: datetime | None
    decided_by: str | None
    decider: dict[str, Any] | None


def keep_upload(
    tx: Transaction,
    upload_id: UUID,
    *,
    site: str,
    file: str,
    kind: str,
    options: dict[str, Any],
    body: bytes,
    said: dict[str, Any],
    at: datetime,
    by: str,
) -> None:
    """Keep a file that was sent, with what it would change."""
    values = {"site": site, "file": file, "kind": kind, "body": body, "at": at, "by": by}
    tx.run("uploads.keep", upload_id=upload_id, **values, options=Jsonb(options), said=Jsonb(said))


def list_uploads(tx: Transaction, *, most: int = 20) -> list[RegisterUpload]:
    """Return the newest files that were sent."""
    return [RegisterUpload(**row) for row in tx.all("uploads.uploads", upload_id=None, most=most)]


def get_upload(tx: Transaction, upload_id: UUID) -> RegisterUpload:
    """Return a file that was sent; raises `NotFound` where there is none."""
    row = tx.first("uploads.uploads", upload_id=upload_id, most=1)
    if row is None:
        raise NotFound("there is no such import")
    return RegisterUpload(**row)


def confirmed_body(tx: Transaction, upload_id: UUID) -> bytes | None:
    """Return what a confirmed file holds, locked until the transaction ends; None where it was taken in meanwhile."""
    row = tx.first("uploads.body", upload_id=upload_id)
    return bytes(row["body"]) if row else None


def tried_body(tx: Transaction, upload_id: UUID) -> bytes | None:
    """Return what a file holds about which nobody has decided; None where somebody has."""
    row = tx.first("uploads.tried_body", upload_id=upload_id)
    return bytes(row["body"]) if row else None


def decide_upload(
    tx: Transaction, upload_id: UUID, state: UploadState, *, at: datetime, by: str, decider: dict[str, Any]
) -> bool:
    """Confirm or dismiss a file; False where that was decided."""
    values = {"state": state, "at": at, "by": by, "decider": Jsonb(decider)}
    return tx.first("uploads.decide", upload_id=upload_id, **values) is not None


def end_upload(tx: Transaction, upload_id: UUID, state: UploadState, said: dict[str, Any]) -> None:
    """Say what came of a confirmed file."""
    tx.run("uploads.end", upload_id=upload_id, state=state, said=Jsonb(said))
