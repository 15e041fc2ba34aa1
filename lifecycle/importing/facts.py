"""Facts about a plant as a file states them: what every reader makes, and the only thing that the register takes in.

- A reader (`lifecycle.importing.reading` finds the right one) is a function from a file to `Facts`: all that the file
  says of **one site**. It writes nothing and knows no database.
- `None` means *not said*: the register keeps what it holds, or takes its default for something new. Where `is_whole`
  is set, the file is the whole word on each thing that it names, and `None` empties what may be empty.
- Tags come as they were typed; `lifecycle.importing.judging` brings them into one form (`plant.tags.one_form`).
- What a reader cannot read of one row is a `RowFault` in `Facts.faults`, with the sheet, the row and the mend. It
  goes on with the next row. Only a file that cannot be read at all raises `plant.errors.Rejected`.
- Each fact carries its `Origin`, so that what the register refuses later is said by sheet and row as well.
- `lifecycle.importing.applying.apply_facts` judges facts, writes them in one transaction, and answers a `Difference`;
  written again, they make none. `lifecycle.importing.running.import_facts` adds a ledger entry, or is a dry run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from plant.asset import Asset, AssetClass, SignalRole, SignalSpec
from plant.orders.job_plan import JobPlan
from plant.orders.maintenance_plan import MaintenancePlan
from plant.orders.rules import OrderRule

SourceKind = Literal["plant", "tags", "cobie", "ifc", "aasx"]
AreaKind = Literal["area", "floor", "space"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where in its file a fact stands; `row` is counted as the file's own program counts, 0 where there is none."""

    sheet: str = ""
    row: int = 0

    @property
    def place(self) -> str:
        """Say it.

        >>> Origin(sheet="Component", row=7).place
        'sheet Component, row 7'
        """
        named = [f"sheet {self.sheet}"] if self.sheet else []
        return ", ".join([*named, f"row {self.row}"] if self.row else named)


NOWHERE = Origin()


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFault:
    """A row that was not taken: what is wrong with it, the mend, and the `asset` it is about, where that is known."""

    what: str
    mend: str
    origin: Origin = NOWHERE
    asset: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The file that facts were read from."""

    kind: SourceKind
    file: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteFact:
    """The site that all facts of a file are of."""

    tag: str
    name: str | None = None
    name_zh: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaFact:
    """A part of the site: COBie's Floor or Space, or what a plant calls an area; `parent` is the larger one's tag."""

    tag: str
    name: str | None = None
    name_zh: str | None = None
    kind: AreaKind | None = None
    parent: str | None = None
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemFact:
    """Assets that do one thing together, by their tags; members that are not named stay members."""

    tag: str
    name: str | None = None
    name_zh: str | None = None
    members: tuple[str, ...] = ()
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassFact:
    """A class of equipment: COBie's Type, IFC's type object. `signals` are all it has, where they are said."""

    tag: str
    name: str | None = None
    name_zh: str | None = None
    grace_s: float | None = None
    silent_s: float | None = None
    silent_after_s: float | None = None
    wear_limit: float | None = None
    signals: tuple[SignalSpec, ...] = ()
    order_rules: tuple[OrderRule, ...] = ()
    origin: Origin = NOWHERE

    @classmethod
    def of(cls, one: AssetClass) -> ClassFact:
        """Say all that is known of a class."""
        return cls(
            tag=one.tag,
            name=one.name,
            name_zh=one.name_zh,
            grace_s=one.grace_s,
            silent_s=one.silent_s,
            silent_after_s=one.silent_after_s,
            wear_limit=one.wear_limit,
            signals=one.signals,
            order_rules=one.order_rules,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetFact:
    """A functional location and its machine, which `serial` makes one; `feeds` are all that it feeds."""

    tag: str
    class_tag: str | None = None
    name: str | None = None
    name_zh: str | None = None
    area: str | None = None
    parent: str | None = None
    criticality: str | None = None
    x: float | None = None
    y: float | None = None
    wear_limit: float | None = None
    serial: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    feeds: tuple[str, ...] | None = None
    origin: Origin = NOWHERE

    @classmethod
    def of(cls, one: Asset) -> AssetFact:
        """Say all that is known of an asset and of the machine that stands there."""
        machine = one.equipment
        return cls(
            tag=one.tag,
            class_tag=one.class_tag,
            name=one.name,
            name_zh=one.name_zh,
            area=one.area,
            parent=one.parent or None,
            criticality=one.criticality or None,
            x=one.x,
            y=one.y,
            wear_limit=one.wear_limit,
            serial=machine.serial if machine else None,
            manufacturer=machine.manufacturer if machine else None,
            model=machine.model if machine else None,
            feeds=one.feeds,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalFact:
    """A signal of one asset, with its design limits; they go before those of its class. `unit` is as it was typed."""

    asset: str
    key: str
    name: str | None = None
    name_zh: str | None = None
    unit: str | None = None
    role: SignalRole | None = None
    low: float | None = None
    high: float | None = None
    most_rate_per_min: float | None = None
    holds_s: float | None = None
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterFact:
    """A property of an asset, of a class, or of the site where both are empty: COBie's Attribute, IFC's property."""

    name: str
    value: str
    unit: str = ""
    property_set: str = ""
    asset: str = ""
    class_tag: str = ""
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentFact:
    """A version of a document, by its class of VDI 2770 where that is known; `sha256` where the file was there."""

    title: str
    vdi_class: str = ""
    version: str = ""
    file: str = ""
    sha256: str = ""
    asset: str = ""
    class_tag: str = ""
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class PartFact:
    """A spare part, and what it is for: an asset, a class, or nothing that is named.

    `stock` is received once, when the part is new; after that what is booked counts.
    """

    number: str
    name: str | None = None
    name_zh: str | None = None
    unit: str | None = None
    price: Decimal | None = None
    least: Decimal | None = None
    stock: Decimal | None = None
    lead_time_days: Decimal | None = None
    quantity: Decimal | None = None
    asset: str = ""
    class_tag: str = ""
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class Recurrence:
    """How often a job comes again, by a `rule` of RFC 5545 or running `hours`; first at a day, else after one turn."""

    rule: str = ""
    hours: float | None = None
    begins: date | None = None
    first_after_days: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPlanFact:
    """A job of the library, whose `version` is the register's to give; it comes `again` at each asset of its class."""

    plan: JobPlan
    again: Recurrence | None = None
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class MaintenanceFact:
    """A maintenance plan of one asset, whole."""

    asset: str
    plan: MaintenancePlan
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class GlobalIdFact:
    """The id that a building model gives to an asset. It counts within that `model` alone, and letter case matters."""

    asset: str
    model: str
    global_id: str
    origin: Origin = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that a file says of a site, and what of it could not be read. `notes` are for a person to look at."""

    source: Source
    site: SiteFact
    is_whole: bool = False
    areas: tuple[AreaFact, ...] = ()
    systems: tuple[SystemFact, ...] = ()
    classes: tuple[ClassFact, ...] = ()
    assets: tuple[AssetFact, ...] = ()
    signals: tuple[SignalFact, ...] = ()
    parameters: tuple[ParameterFact, ...] = ()
    documents: tuple[DocumentFact, ...] = ()
    parts: tuple[PartFact, ...] = ()
    job_plans: tuple[JobPlanFact, ...] = ()
    maintenance: tuple[MaintenanceFact, ...] = ()
    global_ids: tuple[GlobalIdFact, ...] = ()
    faults: tuple[RowFault, ...] = ()
    notes: tuple[str, ...] = ()
