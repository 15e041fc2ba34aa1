"""Requirements of a project, as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.shape import Nothing, Shape
from lifecycle.requirements.agreeing import RequirementsView
from lifecycle.requirements.taking import RequirementKind


class UnmetShape(Shape):
    """One thing that is asked of an asset and is not there."""

    asset: str
    kind: str
    what: str


class RequirementsVersionShape(Shape):
    """A version of what a project asks for; `signed` says by whom, by side."""

    version: int
    sha256: str
    kept_at: datetime
    kept_by: str
    signed: dict[str, str]
    document: dict[str, Any]


class StandingRequirementsShape(Shape):
    """What is asked of a class, by the request for a change of design that brought this version."""

    version: int
    document: dict[str, Any]
    request_id: int


class RequirementsShape(Shape):
    """A project's requirements; `counts` is the version that both sides have signed."""

    project: str
    counts: int | None
    assets: list[str]
    versions: list[RequirementsVersionShape]
    unmet: list[UnmetShape]
    standing: list[StandingRequirementsShape] = Field(
        description="What changes of design asked of its classes when the project began."
    )

    @classmethod
    def seen(cls, view: RequirementsView) -> RequirementsShape:
        """Show requirements."""
        return cls.model_validate(view)


class RequirementDifferenceShape(Shape):
    """One thing that is asked of a class from now on, is no longer, or is asked otherwise."""

    change: Literal["added", "removed", "changed"]
    asset_class: str
    kind: RequirementKind
    what: str


class RequirementsTakenShape(Shape):
    """What a file changes of the newest version, and what of it is not taken over."""

    version: int | None = Field(description="The version it is kept as; null where it was only tried.")
    changes: list[RequirementDifferenceShape]
    notes: list[str]


class RequirementsSignWanted(Nothing):
    """Which version one signs, for which side, with its hash as it was looked at."""

    version: int = Field(ge=1)
    side: Literal["engineering", "operations"]
    sha256: str = Field(min_length=64, max_length=64)
