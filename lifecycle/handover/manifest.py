"""What is signed: every document with its hash, every limit and machine, every punch, each under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping

from lifecycle import ledger
from storage.core.database import Transaction
from storage.projects import projects as rows
from storage.projects.projects import Project

Manifest = Mapping[str, str]
"""What there is, by its name: a change of any item is another manifest."""


def manifest_of(tx: Transaction, project: Project) -> dict[str, str]:
    """Collect what a project hands over as it stands now."""
    items = {f"project {project.tag}": f"{project.name}, site {project.site}"}
    for one in rows.documents(tx, project.project_id):
        what = f"document {one.asset or project.tag} {one.vdi_class} {one.title}"
        items[what] = f"version {one.version}, {one.file}, sha256 {one.sha256}"
    for row in rows.parameters(tx, project.project_id):
        items[f"machine {row['asset']}"] = f"class {row['class']}, serial {row['serial'] or '–'}"
        if row["key"] is not None:
            items[f"limit {row['asset']} {row['key']}"] = f"{row['low']} to {row['high']} {row['unit']}".strip()
    for punch in rows.punches(tx, project.project_id):
        state = "closed" if punch.closed_at else f"carried to {punch.carried_to}" if punch.carried_to else "open"
        items[f"punch {punch.punch_id} {punch.category}"] = f"{state}: {punch.text}"
    return dict(sorted(items.items()))


def sha256_of_manifest(manifest: Manifest) -> str:
    """Return the SHA-256 of a manifest's canonical JSON."""
    return ledger.fingerprint(dict(manifest))


def changed_items(before: Manifest, now: Manifest) -> list[str]:
    """Name every item that is not as it was.

    >>> changed_items({"a": "1", "b": "1"}, {"a": "2", "c": "1"})
    ['a', 'b', 'c']
    """
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
