"""The documents about warranties and their claims."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from api.schemas.instants import Day
from api.schemas.shape import PlainText, Remark, Shape
from lifecycle.warranty.setting import last_day
from plant.orders.warranty import ClaimState, Warranty, WarrantySource

_Amount = Field(default=None, ge=0, lt=1_000_000_000, max_digits=12, decimal_places=2, allow_inf_nan=False)


class WarrantyShape(Shape):
    """From when to when somebody answers for a machine."""

    starts: date
    ends: date = Field(description="Its last day.")
    guarantor: str = Field(description="Who answers for it: the maker, unless somebody else is named.")
    terms: str
    source: WarrantySource = Field(description="said of this machine; by the register's parameters; by its handover.")
    serial: str
    manufacturer: str
    model: str


class AssetWarrantyShape(WarrantyShape):
    """The warranty of the machine that stands at an asset."""

    site: str
    asset: str


class CoveredFailureShape(WarrantyShape):
    """The warranty within which a failure fell."""

    failed_at: datetime


class ClaimStepShape(Shape):
    """One step of a claim."""

    at: datetime
    by: str
    recognised: str = Field(description="How it was proved who did it.")
    state: ClaimState
    amount: Decimal | None
    note: str


class WarrantyClaimShape(Shape):
    """A claim; `starts` to `ends` is the warranty as it stood when it was made."""

    order: str = Field(examples=["WO-000001"])
    site: str
    asset: str
    project: str | None = Field(description="The project that handed the machine over.")
    guarantor: str
    starts: date
    ends: date
    failed_at: datetime
    failure_mode: str
    state: ClaimState
    amount: Decimal | None = Field(description="What is claimed, then what was agreed on.")
    currency: str
    made_at: datetime
    made_by: str
    changed_at: datetime


class OrderWarrantyShape(Shape):
    """The warranty within which an order's failure fell, and what was claimed of it."""

    warranty: CoveredFailureShape | None = Field(description="null where it fell within none.")
    claim: WarrantyClaimShape | None
    steps: list[ClaimStepShape]


class WarrantyWanted(Remark):
    """From when on somebody answers for a machine: up to a day, or for some months."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"starts": "2026-03-01", "months": 24}]})

    starts: Day
    ends: Day | None = Field(default=None, description="Its last day.")
    months: int | None = Field(default=None, ge=1, le=600)
    guarantor: PlainText = Field(default="", max_length=200)
    terms: PlainText = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _says_how_long(self) -> Self:
        if (self.ends is None) == (self.months is None):
            raise ValueError("say `ends` or `months`, and not both")
        return self

    @property
    def warranty(self) -> Warranty:
        """Return it."""
        ends = self.ends or last_day(self.starts, self.months or 1)
        return Warranty(starts=self.starts, ends=ends, guarantor=self.guarantor, terms=self.terms)


class ClaimWanted(Remark):
    """What is claimed; without an amount, what was booked on the order."""

    amount: Decimal | None = _Amount


class ClaimAnswer(Remark):
    """What the guarantor says of a claim; a rejection wants their reason in `note`, a settlement its amount."""

    state: ClaimState
    amount: Decimal | None = _Amount
