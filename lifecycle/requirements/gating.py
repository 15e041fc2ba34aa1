"""What the gates of a project want by its requirements: completeness asset by asset, and people to be trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from lifecycle.requirements.checking import UnmetKind, unmet_by
from lifecycle.requirements.requirement import Requirements, requirements_of_document, together
from storage.core.database import Transaction
from storage.projects import requirements as kept_rows
from storage.projects.projects import Project
from storage.projects.requirements import ClassRequirementsVersion

RequirementLack = UnmetKind | Literal["requirements_unsigned"]


def completeness_lacks(tx: Transaction, project: Project) -> Iterator[tuple[RequirementLack, str]]:
    """Say what assets lack of what was agreed, and of what changes of design ask of their classes.

    Where something was kept and nothing is agreed, that is lacking.
    """
    agreed, standing = _agreed(tx, project), _standing(tx, project)
    if agreed is None and kept_rows.versions_of(tx, project.project_id):
        yield "requirements_unsigned", project.tag
    asked = together(agreed, standing)
    if asked.classes:
        for one in unmet_by(asked, kept_rows.held_for_handover(tx, project.project_id)):
            yield one.kind, f"{one.asset} {one.what}".strip()


def training_asked(tx: Transaction, project: Project, class_tag: str) -> int:
    """Say how many people must have been trained on a class by what is asked; 0 where nothing is."""
    asked = together(_agreed(tx, project), _standing(tx, project))
    return max((one.training for one in asked.of(class_tag)), default=0)


def asked_by(versions: Sequence[ClassRequirementsVersion]) -> Requirements:
    """Return what versions of the requirements of classes ask for."""
    return Requirements(
        classes=tuple(one for kept in versions for one in requirements_of_document(kept.document).classes)
    )


def _standing(tx: Transaction, project: Project) -> Requirements:
    """Return what changes of design asked of the project's classes when it began."""
    return asked_by(kept_rows.standing_requirements(tx, project.project_id))


def _agreed(tx: Transaction, project: Project) -> Requirements | None:
    kept = kept_rows.agreed_requirements(tx, project.project_id)
    return requirements_of_document(kept.document) if kept else None
