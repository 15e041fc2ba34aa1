"""What a simulated year came to: which faults were found, how early, and how often people were told of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

DAY_S = 86_400.0
MONTH_S = 365.25 / 12 * DAY_S


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """What became of one stretch: of what people were told before there was a fault, and when they were told of it.

    `told_after_s` counts from the begin of the fault; None where nobody was told before the machine failed.
    """

    asset: str
    fault: str | None
    growth_s: float | None
    told_after_s: float | None
    told_as: str | None
    false_alarms: tuple[str, ...]
    healthy_s: float

    @property
    def lead(self) -> float | None:
        """Return how much of the growth was left when people were told, 0 to 1."""
        if self.told_after_s is None or self.growth_s is None:
            return None
        return 1.0 - self.told_after_s / self.growth_s


@dataclass(frozen=True, kw_only=True, slots=True)
class YearFigures:
    """A year's figures: leads are parts of the growth, None where nothing was found; months are of healthy running."""

    machines: int
    fates: tuple[Fate, ...]

    @property
    def faults(self) -> tuple[Fate, ...]:
        """Return those that ended in a failure."""
        return tuple(one for one in self.fates if one.fault is not None)

    @property
    def found(self) -> float | None:
        """Return which part of the faults was found before the failure."""
        return sum(one.lead is not None for one in self.faults) / len(self.faults) if self.faults else None

    @property
    def median_lead(self) -> float | None:
        """Return the median lead of those that were found."""
        leads = [one.lead for one in self.faults if one.lead is not None]
        return median(leads) if leads else None

    @property
    def asset_months(self) -> float:
        """Return for how long the machines were watched while they were well."""
        return sum(one.healthy_s for one in self.fates) / MONTH_S

    @property
    def false_alarms_a_month(self) -> float | None:
        """Return how often people were told of nothing, for each asset and month."""
        count = sum(len(one.false_alarms) for one in self.fates)
        return count / self.asset_months if self.asset_months else None

    def summary(self) -> str:
        """Return the figures in lines, for a person."""
        missed = sorted(f"{one.asset} {one.fault}" for one in self.faults if one.lead is None)
        return "\n".join(
            (
                f"{self.machines} machines, {len(self.faults)} faults, {self.asset_months:.1f} asset-months of health",
                f"found before failure: {_percent(self.found)} (goal: 95 %)"
                + (f"; missed: {missed}" if missed else ""),
                f"median lead time: {_percent(self.median_lead)} of the fault's growth (goal: 30 %)",
                f"false alarms: {_number(self.false_alarms_a_month)} per asset-month (goal: 1 at most)",
            )
        )

    def public(self) -> dict[str, Any]:
        """Return the figures as a JSON object, also by kind of fault."""
        kinds = sorted({one.fault for one in self.faults if one.fault})
        return {
            "machines": self.machines,
            "faults": len(self.faults),
            "found": self.found,
            "median_lead": self.median_lead,
            "asset_months": self.asset_months,
            "false_alarms_a_month": self.false_alarms_a_month,
            "false_alarms": _counted(kind for one in self.fates for kind in one.false_alarms),
            "told_as": _counted(one.told_as for one in self.faults if one.told_as),
            "kinds": {kind: self._of_kind(kind) for kind in kinds},
        }

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give each fault, in days."""
        for one in self.faults:
            yield {
                "asset": one.asset,
                "fault": one.fault,
                "growth_days": (one.growth_s or 0.0) / DAY_S,
                "told_after_days": None if one.told_after_s is None else one.told_after_s / DAY_S,
                "told_as": one.told_as,
            }

    def _of_kind(self, kind: str) -> dict[str, Any]:
        these = YearFigures(machines=self.machines, fates=tuple(one for one in self.faults if one.fault == kind))
        return {"faults": len(these.faults), "found": these.found, "median_lead": these.median_lead}


def _counted(words: Iterable[str]) -> dict[str, int]:
    every = list(words)
    return {word: every.count(word) for word in sorted(set(every))}


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{100 * part:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
