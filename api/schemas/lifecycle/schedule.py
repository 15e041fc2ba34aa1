"""The documents about a project's schedule: milestones, work, and what an import of it moves."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from api.schemas.shape import Shape


class MilestoneShape(Shape):
    """A date that counts: as planned first, as forecast now, as it came."""

    key: str
    name: str
    planned: date | None
    forecast: date | None
    actual: date | None
    slip_days: int | None = Field(description="Days later than it was planned first.")


class ProgressShape(Shape):
    """How far a project has come by its milestones."""

    reached: int = Field(description="Milestones that came.")
    due: int = Field(description="Those that the first plan had by now.")
    total: int


class WorkShape(Shape):
    """The work of the newest schedule that has any, weighed by working hours."""

    status_on: date = Field(description="The day that the schedule is of.")
    activities: int
    started: int
    finished: int
    hours: float
    done_percent: float
    planned_percent: float | None = Field(
        description="How much the plan had done by that day; null: nothing was planned."
    )


class SlipShape(Shape):
    """A milestone after an import, and by how many days it moved since the one before; null where it is new."""

    milestone: MilestoneShape
    moved_days: int | None


class ScheduleShape(Shape):
    """What an import of a schedule moves, what it no longer names, and the work that it has, beside that of before."""

    slips: list[SlipShape]
    gone: list[MilestoneShape] = Field(description="Milestones that the file no longer names; they stay.")
    work: WorkShape | None
    work_before: WorkShape | None
