"""What the ledger can say: one type for each kind of event, and how each is written down.

`content()` is what is hashed. Its names and spellings never change, so that entries of every age verify; an event that
must say more becomes a type of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from plant.alert import Alert
from plant.clock import iso
from plant.work_order import WorkOrder

ImportedWhat = Literal[
    "register",
    "readings",
    "schedule",
    "backup",
    "job_plans",
    "maintenance_plans",
    "stores",
    "rationalisations",
    "costs",
    "warranties",
]


class LedgerEvent(Protocol):
    """Anything that can be entered in the ledger."""

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object; `event` names what happened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertMoved:
    """An alert moved: `event` is raised, told, risen, cleared, acknowledged, shelved, suppressed, and so on.

    `finding_id` is the finding that led to it.
    """

    event: str
    actor: str
    alert: Alert
    finding_id: UUID | None = None

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "event": f"alert.{self.event}",
            "actor": self.actor,
            "alert_id": str(self.alert.alert_id),
            "asset": self.alert.asset,
            "kind": self.alert.kind,
            "severity": self.alert.severity.value,
            "count": self.alert.count,
            "onset": iso(self.alert.onset),
            "finding_id": str(self.finding_id) if self.finding_id else None,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderMoved:
    """A work order has a new revision, whose document has this SHA-256."""

    event: str
    actor: str
    order: WorkOrder
    document_sha256: str
    finding_id: UUID | None = None

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "event": f"order.{self.event}",
            "actor": self.actor,
            "number": self.order.number,
            "revision": self.order.revision,
            "asset": self.order.asset,
            "state": self.order.state.value,
            "failure_mode": self.order.failure_mode,
            "severity": self.order.severity.value,
            "finding_id": str(self.finding_id) if self.finding_id else None,
            "document_sha256": self.document_sha256,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class FileImported:
    """A file was brought into the record; `counts` say what that changed."""

    actor: str
    what: ImportedWhat
    file: str
    sha256: str
    counts: dict[str, int]

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object; a backup is `backup.restored`."""
        return {
            "event": "backup.restored" if self.what == "backup" else f"{self.what}.imported",
            "actor": self.actor,
            "file": self.file,
            "sha256": self.sha256,
            "counts": self.counts,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentWritten:
    """A person wrote one thing of the register anew, as `document` says; `about` names it."""

    event: Literal["rationalisation.put", "part.put", "trade.put", "job_plan.put"]
    actor: str
    about: str
    document: dict[str, Any]

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {"event": self.event, "actor": self.actor, "about": self.about, "document": self.document}


@dataclass(frozen=True, kw_only=True, slots=True)
class FileAttached:
    """A file was attached to an order; it has this SHA-256."""

    actor: str
    order: str
    file: str
    sha256: str

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "event": "order.file_attached",
            "actor": self.actor,
            "number": self.order,
            "file": self.file,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceStateChanged:
    """An asset was taken out of service, or returned to it."""

    actor: str
    asset: str
    in_service: bool

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        event = "asset.in_service" if self.in_service else "asset.out_of_service"
        return {"event": event, "actor": self.actor, "asset": self.asset}


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionChanged:
    """A person began to suppress by design what is found at an asset, or ended it."""

    actor: str
    asset: str
    begins: bool
    reason: str

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        event = "asset.suppressed" if self.begins else "asset.unsuppressed"
        return {"event": event, "actor": self.actor, "asset": self.asset, "reason": self.reason or None}


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetApproved:
    """A stranger became an asset of the register; so many of its messages were waiting in quarantine."""

    actor: str
    asset: str
    asset_class: str
    messages: int

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "event": "asset.approved",
            "actor": self.actor,
            "asset": self.asset,
            "class": self.asset_class,
            "messages": self.messages,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewChanged:
    """An asset, or where they are named some of its signals, went out of view or came back."""

    actor: str
    asset: str
    retired: bool
    signals: tuple[str, ...] = ()

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        what = "signals" if self.signals else "asset"
        entry: dict[str, Any] = {
            "event": f"{what}.{'retired' if self.retired else 'restored'}",
            "actor": self.actor,
            "asset": self.asset,
        }
        return {**entry, "signals": list(self.signals)} if self.signals else entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """An asset was merged into another one or, where one is named, a signal of it into another signal of it."""

    actor: str
    asset: str
    into: str
    signal: str = ""

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        what = "signal" if self.signal else "asset"
        entry: dict[str, Any] = {
            "event": f"{what}.merged",
            "actor": self.actor,
            "asset": self.asset,
            "into": self.into,
        }
        return {**entry, "signal": self.signal} if self.signal else entry


@dataclass(frozen=True, kw_only=True, slots=True)
class RelearningBegan:
    """A machine was changed, so that its normal is learnt again; `order` is the number of the order that changed it."""

    actor: str
    asset: str
    reason: Literal["action", "installation"]
    order: str | None = None

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "event": "relearning.began",
            "actor": self.actor,
            "asset": self.asset,
            "reason": self.reason,
            "order": self.order,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class RelearningEnded:
    """A machine is learnt: a model was promoted, or a person dismissed the proposal to learn again."""

    actor: str
    asset: str
    how: Literal["promoted", "dismissed"]

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {"event": "relearning.ended", "actor": self.actor, "asset": self.asset, "how": self.how}
