"""The documents about the state a machine is in after an alarm."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, Field

from api.schemas.shape import Shape
from plant.finding import Assumption, StateWord
from storage.models.state_labels import StandingState


class StateLabelShape(Shape):
    """What a person said: from `since` on, data time, the machine is normal, or faulty."""

    says: StateWord
    since: datetime
    said_at: datetime
    said_by: str
    note: str


class StateShape(Shape):
    """What is assumed of a machine's state, and what persons said of it, in the order in which they did."""

    assumed: Assumption | None = Field(
        description="`fault` while a condition alarm of its model stands; once it cleared `as_before`, or `new_normal` "
        "where the machine stayed elsewhere. Null where its model never alarmed."
    )
    assumed_since: datetime | None
    labels: list[StateLabelShape]

    @classmethod
    def of(cls, state: StandingState) -> Self:
        """Show a state."""
        return cls(
            assumed=state.assumed,
            assumed_since=state.assumed_since,
            labels=[StateLabelShape.model_validate(label) for label in state.labels],
        )


class SaidState(Shape):
    """What a person says of a machine's state."""

    says: StateWord
    since: AwareDatetime | None = Field(
        default=None, description="Data time; without it normal is from now on, faulty since the last alarm began."
    )
    note: str = Field(default="", max_length=2000)
