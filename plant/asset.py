"""What stands in the plant: sites, classes of equipment, functional locations and their signals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from plant.orders.rules import OrderRule

SILENT_AFTER_S = 60.0  # where a class says nothing else
SILENCE_ALERT_AFTER_S = 300.0
HOLDS_S = 14_400.0  # a signal reported only on change, where its class says nothing else


class AssetState(StrEnum):
    """Whether an asset is asked to run: its time in commissioning or standby is not required time."""

    COMMISSIONING = "commissioning"
    IN_SERVICE = "in_service"
    STANDBY = "standby"
    OUT_OF_SERVICE = "out_of_service"


class SignalRole(StrEnum):
    """Whether a signal tells how the machine is, or what was asked of it."""

    MEASUREMENT = "measurement"
    SETTING = "setting"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalSpec:
    """One signal as the register describes it; limits are design limits in `unit`.

    `most_rate_per_min` is how much it may change in a minute, in `unit`. Where it is reported only when it changes, its
    last value holds for `holds_s`; None where it is reported all the time.
    """

    key: str
    name: str
    name_zh: str = ""
    unit: str = ""
    role: SignalRole = SignalRole.MEASUREMENT
    low: float | None = None
    high: float | None = None
    most_rate_per_min: float | None = None
    holds_s: float | None = None
    key_value: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetClass:
    """A class of equipment (ISO 14224); `grace_s` is how long its devices may lag, in seconds.

    A device or sensor of it is silent when nothing new has come for `silent_after_s`: that is what its health says.
    Where that goes on for `silent_s`, an alert is raised as well. `wear_limit` is the wear at which a machine of it
    should be in repair, in alarm lines. `order_rules` say which orders it gets, where there are any.
    """

    tag: str
    name: str
    name_zh: str = ""
    grace_s: float = 2.0
    silent_s: float = SILENCE_ALERT_AFTER_S
    silent_after_s: float = SILENT_AFTER_S
    wear_limit: float | None = None
    signals: tuple[SignalSpec, ...] = ()
    order_rules: tuple[OrderRule, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Equipment:
    """The serial-numbered machine that is installed at a functional location."""

    serial: str
    manufacturer: str = ""
    model: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A functional location (tag). `x`, `y` place it on the twin, 0 to 1 from the top left.

    Its `wear_limit`, in alarm lines, goes before that of its class. `area` is the part of the plant that one operator
    watches, the whole site where it is empty. `parent` is the tag of the asset that it is a part of.
    """

    tag: str
    name: str
    class_tag: str
    name_zh: str = ""
    equipment: Equipment | None = None
    x: float | None = None
    y: float | None = None
    wear_limit: float | None = None
    area: str = ""
    criticality: str = ""
    parent: str = ""
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """One plant."""

    tag: str
    name: str
    name_zh: str = ""
    timezone: str = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plant:
    """A whole register: one site, its classes and its assets."""

    site: Site
    classes: tuple[AssetClass, ...] = ()
    assets: tuple[Asset, ...] = ()
