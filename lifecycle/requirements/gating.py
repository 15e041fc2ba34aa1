"""What the gates of a project want by its requirements: completeness asset by asset, and people to be trained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lifecycle.requirements.checking import UnmetKind, unmet_by
from lifecycle.requirements.requirement import Requirements, requirements_of_document
from storage.core.database import Transaction
from storage.projects import requirements as kept_rows
from storage.projects.projects import Project

RequirementLack = UnmetKind | Literal["requirements_unsigned"]


def completeness_lacks(tx: Transaction, project: Project) -> Iterator[tuple[RequirementLack, str]]:
    """Say what assets lack of what was agreed; where something was kept and nothing is agreed, that is lacking."""
    agreed = _agreed(tx, project)
    if agreed is None:
        if kept_rows.versions_of(tx, project.project_id):
            yield "requirements_unsigned", project.tag
        return
    for one in unmet_by(agreed, kept_rows.held_for_handover(tx, project.project_id)):
        yield one.kind, f"{one.asset} {one.what}".strip()


def training_asked(tx: Transaction, project: Project, class_tag: str) -> int:
    """Say how many people must have been trained on a class by what was agreed; 0 where nothing was."""
    agreed = _agreed(tx, project)
    return max((one.training for one in agreed.of(class_tag)), default=0) if agreed else 0


def _agreed(tx: Transaction, project: Project) -> Requirements | None:
    kept = kept_rows.agreed_requirements(tx, project.project_id)
    return requirements_of_document(kept.document) if kept else None
