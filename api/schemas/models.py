"""The documents about models, proposals and figures that the API gives out and takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from api.schemas.shape import Shape
from lifecycle.labels import Detection
from plant.model import RetrainingReason
from storage.models.catalogue import ModelEvent, ModelLine
from storage.models.drift import DriftCheck


class ModelShape(Shape):
    """A model without its bytes: champion, challenger or retired."""

    model_id: int
    site: str
    asset: str = Field(description="Tag of the functional location.")
    asset_class: str
    installed: bool = Field(description="Whether the machine it knows still stands there.")
    kind: str
    version: int = Field(description="Counts by machine and kind.")
    state: str = Field(description="champion, challenger or retired.")
    data_from: datetime
    data_to: datetime
    data_rows: int
    data_sha256: str = Field(description="Digest of signals, instants and values it was trained on, hexadecimal.")
    libraries: dict[str, str]
    figures: dict[str, Any] = Field(
        description="Back-test: `held_back` healthy time it did not learn from, kept `faults` and `false_alarms`. Of "
        "the training: signals that `never_moved`, `counters`, `daily` ones that go with the time of day, and stretches"
        " that lie `apart` from the rest of it."
    )
    line: float = Field(description="Its alarm line, in multiples of the one it was trained with: 1 to 2.")
    refused: str | None = Field(description="Why it cannot be used here; null where it can.")
    trained_by: str
    trained_at: datetime
    promoted_at: datetime | None
    retired_at: datetime | None


class ModelEventShape(Shape):
    """What happened to a model."""

    at: datetime
    actor: str
    recognised: str = Field(description="How it was proved who did it; `typed`: a name that nobody proved.")
    event: str = Field(description="trained, promoted, retired, rolled_back, refused or line_moved.")
    detail: dict[str, Any]


class CheckShape(Shape):
    """What a check for drift showed, over [data_from, data_to) of data time."""

    at: datetime
    data_from: datetime
    data_to: datetime
    signals: list[dict[str, Any]] = Field(
        description="Per signal: population stability index `psi`, Kolmogorov-Smirnov `distance`, medians, `drifts`."
    )
    episodes: int
    expected: float
    inputs_drift: bool
    alarms_drift: bool


class ModelWithHistory(ModelShape):
    """A model with all that happened to it and its newest checks."""

    events: list[ModelEventShape]
    checks: list[CheckShape]

    @classmethod
    def of(cls, line: ModelLine, events: list[ModelEvent], checks: list[DriftCheck]) -> Self:
        """Join a model and its history."""
        return cls(
            **ModelShape.model_validate(line).model_dump(),
            events=[ModelEventShape.model_validate(one) for one in events],
            checks=[CheckShape.model_validate(one) for one in checks],
        )


class ProposalShape(Shape):
    """Retraining that is proposed, or was."""

    proposal_id: int
    site: str
    asset: str
    reason: RetrainingReason
    evidence: dict[str, Any] = Field(description="What speaks for it: clean time, moved signals, episodes.")
    data_from: datetime | None = Field(description="Accepting it declares the machine healthy from here ...")
    data_to: datetime | None = Field(description="... to here, data time.")
    state: str = Field(description="open, accepted, dismissed or superseded.")
    raised_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str
    training_state: str | None = Field(description="queued, trained, refused or failed.")
    training_outcome: str | None
    model_id: int | None = Field(description="The model that came of it.")


class DetectionShape(BaseModel):
    """How well machines of a class were watched; counts are of closed orders, figures null where there is no case."""

    asset_class: str
    confirmed: int
    missed: int = Field(description="Confirmed faults that a person reported and nothing had noticed.")
    false_alarms: int
    no_fault_found: int
    precision: float | None = Field(description="0 to 1.")
    recall: float | None = Field(description="0 to 1.")
    lead_to_failure_s: float | None = Field(description="Median, seconds.")
    lead_to_work_s: float | None = Field(description="Median, seconds.")

    @classmethod
    def of(cls, one: Detection) -> Self:
        """Show one class."""
        counts = one.counts
        return cls(
            asset_class=counts.asset_class,
            confirmed=counts.confirmed,
            missed=counts.missed,
            false_alarms=counts.false_alarms,
            no_fault_found=counts.no_fault_found,
            precision=one.precision,
            recall=one.recall,
            lead_to_failure_s=counts.lead_to_failure_s,
            lead_to_work_s=counts.lead_to_work_s,
        )


class FiguresShape(BaseModel):
    """Figures of a span, how each is made, and when they were known."""

    time_from: datetime = Field(serialization_alias="from")
    time_to: datetime = Field(serialization_alias="to")
    as_known_at: datetime
    formulae: dict[str, str]
    classes: list[DetectionShape]


class PlantFiguresShape(Shape):
    """Figures of one asset, class at a site, or site; hours and shares of 0 to 1, null where there is no case."""

    site: str
    asset_class: str | None
    asset: str | None
    time_from: datetime = Field(serialization_alias="from")
    time_to: datetime = Field(serialization_alias="to")
    required_h: float
    down_h: float
    failures: int
    mtbf_h: float | None
    mttr_h: float | None
    availability: float | None
    labour_h: float
    planned_share: float | None
    schedule_compliance: float | None
    open_orders: int
    backlog_weeks: float | None
    first_time_fix: float | None
    detection_precision: float | None
    detection_recall: float | None
    lead_h: float | None
    costs: dict[str, float] = Field(description="By currency of ISO 4217.")


class FiguresAnswer(BaseModel):
    """Figures, how each is made, and when they were known."""

    as_known_at: datetime
    formulae: dict[str, str]
    figures: list[PlantFiguresShape]
