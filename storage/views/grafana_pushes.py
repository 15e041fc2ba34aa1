"""What was last put into which Grafana, by the hash of what we sent and of what it gave back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """A dashboard as it was put into a Grafana; `theirs` is the hash of how it was given back right after."""

    uid: str
    ours: str
    theirs: str


def kept(tx: Transaction, url: str) -> dict[str, Pushed]:
    """Return what was put into the Grafana at `url`, by uid."""
    return {row["uid"]: Pushed(**row) for row in tx.all("grafana_pushes.kept", url=url)}


def keep(tx: Transaction, url: str, pushed: Pushed, *, at: datetime) -> None:
    """Remember what was put there."""
    tx.run("grafana_pushes.keep", url=url, uid=pushed.uid, ours=pushed.ours, theirs=pushed.theirs, at=at)


def forget(tx: Transaction, url: str, uid: str) -> None:
    """Forget what is not there any more."""
    tx.run("grafana_pushes.forget", url=url, uid=uid)
