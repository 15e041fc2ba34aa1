"""What is signed: every document with its hash, every limit, parameter and machine, every punch, each under its name.

A manifest has a form: what kinds of items it lists. What was signed in an earlier form is held against what there is
in that form, so that no signature is voided by a newer version of this program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from lifecycle import ledger
from storage.core.database import Transaction
from storage.projects import projects as rows
from storage.projects.projects import Project

Manifest = Mapping[str, str]
"""What there is, by its name: a change of any item is another manifest."""
Form = Literal["1", "2"]
NEWEST: Form = "2"
FORM = "form of this manifest"
"""The item that names the form; one without it is of the first."""


def manifest_of(tx: Transaction, project: Project, form: Form = NEWEST) -> dict[str, str]:
    """Collect what a project hands over as it stands now."""
    signals = rows.parameters(tx, project.project_id)
    items = dict(_items(tx, project, signals))
    if form != "1":
        items |= {FORM: form, **dict(_registered(tx, project, signals))}
    return dict(sorted(items.items()))


def form_of(manifest: Manifest) -> Form:
    """Return the form of a manifest that was signed.

    >>> form_of({"project cw": "Cooling water"}), form_of({FORM: "2"})
    ('1', '2')
    """
    return "2" if manifest.get(FORM) == "2" else "1"


def _items(tx: Transaction, project: Project, signals: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    yield f"project {project.tag}", f"{project.name}, site {project.site}"
    for one in rows.documents(tx, project.project_id):
        what = f"document {one.asset or project.tag} {one.vdi_class} {one.title}"
        yield what, f"version {one.version}, {one.file}, sha256 {one.sha256}"
    for row in signals:
        yield f"machine {row['asset']}", f"class {row['class']}, serial {row['serial'] or '–'}"
        if row["key"] is not None:
            yield f"limit {row['asset']} {row['key']}", f"{row['low']} to {row['high']} {row['unit']}".strip()
    for punch in rows.punches(tx, project.project_id):
        state = "closed" if punch.closed_at else f"carried to {punch.carried_to}" if punch.carried_to else "open"
        yield f"punch {punch.punch_id} {punch.category}", f"{state}: {punch.text}"


def _registered(tx: Transaction, project: Project, signals: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Say what the register knows of the assets beside: their makers, their parameters and their documents."""
    for row in signals:
        if row["serial"]:
            yield f"maker {row['asset']}", " ".join(filter(None, (row["manufacturer"], row["model"]))) or "–"
    for row in rows.properties(tx, project.project_id):
        name = " ".join(filter(None, (row["property_set"], row["name"])))
        yield f"parameter {_whose(row)} {name}", f"{row['value']} {row['unit']}".strip()
    for row in rows.registered_documents(tx, project.project_id):
        what = " ".join(filter(None, (row["title"], row["version"] and f"version {row['version']}")))
        parts = (row["vdi_class"], row["file"], row["sha256"] and f"sha256 {row['sha256']}")
        yield f"registered document {_whose(row)} {what}", ", ".join(filter(None, parts)) or "–"


def _whose(row: dict[str, Any]) -> str:
    return str(row["asset"]) if row["asset"] is not None else f"class {row['class']}"


def sha256_of_manifest(manifest: Manifest) -> str:
    """Return the SHA-256 of a manifest's canonical JSON."""
    return ledger.fingerprint(dict(manifest))


def changed_items(before: Manifest, now: Manifest) -> list[str]:
    """Name every item that is not as it was.

    >>> changed_items({"a": "1", "b": "1"}, {"a": "2", "c": "1"})
    ['a', 'b', 'c']
    """
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
