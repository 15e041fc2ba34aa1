"""The documents about projects: schedule, gates, documents, punches and signatures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field

from api.schemas.instants import Day
from api.schemas.lifecycle.schedule import MilestoneShape, ProgressShape, WorkShape
from api.schemas.shape import Nothing, Shape
from lifecycle.handover.gates import GateKind, GateName
from lifecycle.handover.looking import GateView, ProjectView


class LackShape(Shape):
    """One thing that a gate still wants."""

    kind: str
    what: str


class DutyShape(Shape):
    """Who answers for a gate, by name; rights are another thing."""

    delivers: str
    checks: str
    decides: str


class GateShape(Shape):
    """A gate: whose, how it is passed, when it is due, how it was settled or what it still wants."""

    gate: GateName
    delivers: str = Field(description="The side that delivers what is looked at.")
    checks: str = Field(description="The side that checks it.")
    duty: DutyShape | None = Field(description="Who answers for it by name; null where nobody has said.")
    decides: str = Field(description="The right of who decides.")
    kind: GateKind
    due: date | None
    working_days: int | None = Field(
        description="Days of work left until then, by the schedule's calendar; null where it has none, or it is past."
    )
    is_passed: bool
    is_next: bool
    outcome: str | None = Field(description="passed or waived; null: open, or by signatures alone.")
    at: datetime | None
    actor: str | None
    note: str
    lacks: list[LackShape]

    @classmethod
    def of(cls, view: GateView) -> Self:
        """Show a gate."""
        settled = view.settled
        return cls(
            gate=view.gate,
            delivers=view.rule.delivers,
            checks=view.rule.checks,
            duty=DutyShape.model_validate(view.duty) if view.duty else None,
            decides=view.rule.decides.value,
            kind=view.rule.kind,
            due=view.due,
            working_days=view.working_days,
            is_passed=view.is_passed,
            is_next=view.is_next,
            outcome=settled.outcome if settled else None,
            at=settled.at if settled else None,
            actor=settled.actor if settled else None,
            note=settled.note if settled else "",
            lacks=[LackShape.model_validate(one) for one in view.lacks],
        )


class ProjectDocumentShape(Shape):
    """The newest version of a document, by its hash."""

    asset: str | None
    vdi_class: str = Field(examples=["03-02"])
    title: str
    version: str
    file: str
    sha256: str
    added_at: datetime
    added_by: str


class PunchShape(Shape):
    """Something that is wanting: A blocks, B may be carried to a date."""

    punch_id: int
    asset: str | None
    category: str
    text: str
    raised_at: datetime
    raised_by: str
    carried_to: date | None
    carried_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    bcf_status: str = Field(description="What a BIM tool said of it; empty where none did.")


class SignatureShape(Shape):
    """A signature; a later change voids it and is named."""

    gate: str
    side: str
    signed_by: str
    recognised: str
    signed_at: datetime
    manifest_sha256: str
    voided_at: datetime | None
    voided_because: str | None


class TrainingShape(Shape):
    """That somebody was trained on a class of assets."""

    asset_class: str
    person: str
    held_on: date
    taught_by: str
    recorded_at: datetime
    recorded_by: str


class WantedSpareShape(Shape):
    """A part that must be on stock; `free` are those on hand that nobody has reserved."""

    part: str
    name: str
    quantity: Decimal
    free: Decimal


class ProjectLine(Shape):
    """A project in the list."""

    project: str
    site: str
    name: str
    assets: list[str]


class ProjectShape(ProjectLine):
    """A project with all that belongs to it; `manifest` is what is signed, and `manifest_sha256` its hash."""

    is_handed_over: bool
    engineering_team: str = Field(description="The team that is told of its assets while they are in commissioning.")
    service_from: datetime | None = Field(description="Since when its assets are in service.")
    warranty_months: int | None = Field(description="How long the makers answer for them from then on.")
    milestones: list[MilestoneShape]
    progress: ProgressShape
    work: WorkShape | None
    gates: list[GateShape]
    documents: list[ProjectDocumentShape]
    punches: list[PunchShape]
    trainings: list[TrainingShape]
    spares: list[WantedSpareShape]
    signatures: list[SignatureShape]
    manifest: dict[str, str]
    manifest_sha256: str

    @classmethod
    def of(cls, view: ProjectView) -> Self:
        """Show a project."""
        project = view.project
        return cls(
            project=project.tag,
            site=project.site,
            name=project.name,
            assets=project.assets,
            is_handed_over=view.is_handed_over,
            engineering_team=project.engineering_team,
            service_from=project.service_from,
            warranty_months=project.warranty_months,
            milestones=[MilestoneShape.model_validate(one) for one in view.milestones],
            progress=ProgressShape.model_validate(view.progress),
            work=WorkShape.model_validate(view.work) if view.work else None,
            gates=[GateShape.of(one) for one in view.gates],
            documents=[ProjectDocumentShape.model_validate(one) for one in view.documents],
            punches=[PunchShape.model_validate(one) for one in view.punches],
            trainings=[TrainingShape.model_validate(one) for one in view.trainings],
            spares=[WantedSpareShape.model_validate(one) for one in view.spares],
            signatures=[SignatureShape.model_validate(one) for one in view.signatures],
            manifest=view.manifest,
            manifest_sha256=view.manifest_sha256,
        )


class NewProject(Nothing):
    """A project to be set up."""

    project: str = Field(min_length=1, max_length=60, examples=["cw-2026"])
    site: str
    name: str = Field(min_length=1, max_length=200)
    assets: list[str] = Field(default_factory=list, max_length=10_000)
    completion_key: str = Field(default="", max_length=200, description="The milestone of completion; else the last.")
    trial_days: int = Field(default=30, ge=0, le=365)
    fresh_hours: int = Field(default=24, ge=1, le=720, description="For how long telemetry must have come.")
    required_documents: list[str] = Field(default=["03-02", "03-04"], max_length=20)
    engineering_team: str = Field(default="engineering", min_length=1, max_length=60)
    keep_running: bool = Field(default=False, description="Its assets are not in commissioning: they run on meanwhile.")
    warranty_months: int | None = Field(
        default=None, ge=1, le=600, description="How long the makers answer for its assets from the handover on."
    )


class NewTraining(Nothing):
    """A training that was held."""

    asset_class: str = Field(min_length=1, max_length=200)
    person: str = Field(min_length=1, max_length=200)
    held_on: Day
    taught_by: str = Field(min_length=1, max_length=200)


class SpareWanted(Nothing):
    """How many of a part must be on stock before the handover."""

    part: str = Field(min_length=1, max_length=100)
    quantity: Decimal = Field(gt=0, le=1_000_000, max_digits=12, decimal_places=3)


class DutyWanted(Nothing):
    """Who answers for a gate, by name."""

    delivers: str = Field(min_length=1, max_length=200)
    checks: str = Field(min_length=1, max_length=200)
    decides: str = Field(min_length=1, max_length=200)


class NewPunch(Nothing):
    """Something that is wanting."""

    category: Literal["A", "B"]
    text: str = Field(min_length=1, max_length=2000)
    asset: str | None = None


class Carry(Nothing):
    """Until when a punch B is done."""

    until: Day


class GateNote(Nothing):
    """What was found at a gate, or why it is waived."""

    note: str = Field(default="", max_length=2000)


class SignWanted(Nothing):
    """For which side one signs, over which manifest: the one that was looked at."""

    side: Literal["engineering", "operations", "supervisor"]
    manifest_sha256: str = Field(min_length=64, max_length=64)
