"""The documents about a project's costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import Field

from api.schemas.shape import Shape
from lifecycle.costs.cost_centre import CostCentre


class CostSumsShape(Shape):
    """What was planned, ordered, incurred and paid under one code; `left` is what of the budget remains."""

    code: str
    budget: Decimal
    committed: Decimal
    actual: Decimal
    paid: Decimal
    left: Decimal


class CurvePointShape(Shape):
    """What has come together up to the end of the month that its first day names."""

    month: date
    planned: Decimal
    committed: Decimal
    actual: Decimal


class PaymentShape(Shape):
    """A payment."""

    key: str
    day: date
    code: str
    amount: Decimal
    said: str


class LabourShape(Shape):
    """The days that a person worked in a trade in a month."""

    person: str
    trade: str
    month: date
    days: Decimal


class CostCentreShape(Shape):
    """A project's costs: sums by code, the S-curve, payments and labour."""

    currency: str = Field(description="Empty where the site has none.")
    codes: list[CostSumsShape]
    total: CostSumsShape
    curve: list[CurvePointShape]
    payments: list[PaymentShape]
    labour: list[LabourShape]

    @classmethod
    def of(cls, found: CostCentre) -> Self:
        """Show a cost centre."""
        return cls.model_validate(found)


class CostImportShape(Shape):
    """What an import of costs did."""

    added: int
    changed: int
    left: int
