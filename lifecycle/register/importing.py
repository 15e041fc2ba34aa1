"""Bring a plant's register in from a TOML file, any number of times, and answer what that changed."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from lifecycle.register.relearning import learn_again
from plant.asset import (
    SILENCE_ALERT_AFTER_S,
    SILENT_AFTER_S,
    Asset,
    AssetClass,
    Equipment,
    Plant,
    SignalRole,
    SignalSpec,
    Site,
)
from plant.errors import Rejected
from storage.core.database import Transaction
from storage.register import assets as store

LONGEST_TAG = 200
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TAG)]
Fraction = Annotated[float, Field(ge=0, le=1)]
WearLimit = Annotated[float, Field(ge=1, le=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Signal(_Part):
    key: Tag
    name: str = ""
    name_zh: str = ""
    unit: str = ""
    role: Literal["measurement", "setting"] = "measurement"
    low: float | None = None
    high: float | None = None
    most_rate_per_min: Annotated[float | None, Field(gt=0)] = None
    key_value: bool = False

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> Self:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}")
        return self


class _Class(_Part):
    tag: Tag
    name: str = ""
    name_zh: str = ""
    grace_s: Annotated[float, Field(ge=0, le=900)] = 2.0
    silent_s: Annotated[float, Field(ge=1)] = SILENCE_ALERT_AFTER_S
    silent_after_s: Annotated[float, Field(gt=0, le=604_800)] = SILENT_AFTER_S
    wear_limit: WearLimit | None = None
    signal: list[_Signal] = []


class _Asset(_Part):
    tag: Tag
    name: str = ""
    name_zh: str = ""
    class_: Annotated[Tag, Field(alias="class")]
    serial: str = ""
    manufacturer: str = ""
    model: str = ""
    x: Fraction | None = None
    y: Fraction | None = None
    wear_limit: WearLimit | None = None
    feeds: list[Tag] = []


class _Site(_Part):
    tag: Tag
    name: str = ""
    name_zh: str = ""
    timezone: str = "UTC"

    @field_validator("timezone")
    @classmethod
    def _timezone_is_known(cls, name: str) -> str:
        known = available_timezones()  # none, where the machine has no database of them
        if known and name not in known:
            raise ValueError(f"{name} is no time zone; write one of the IANA database, as Asia/Shanghai")
        return name


class _File(_Part):
    site: _Site
    class_: Annotated[list[_Class], Field(alias="class")] = []
    asset: list[_Asset] = []

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        classes, assets = [c.tag for c in self.class_], [a.tag for a in self.asset]
        _refuse_twice("class", classes)
        _refuse_twice("asset", assets)
        for one in self.class_:
            _refuse_twice(f"signal of {one.tag}", [s.key for s in one.signal])
        for asset in self.asset:
            if asset.class_ not in classes:
                raise ValueError(f"asset {asset.tag} is of class {asset.class_}, which the file does not describe")
            for fed in asset.feeds:
                if fed not in assets:
                    raise ValueError(f"asset {asset.tag} feeds {fed}, which the file does not describe")
        return self


def _refuse_twice(what: str, tags: list[str]) -> None:
    twice = [tag for tag, count in Counter(tags).items() if count > 1]
    if twice:
        raise ValueError(f"{what} {twice[0]} is described twice")


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What an import added, changed and left as it was: counts by kind of thing."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)


def read_plant(path: Path) -> Plant:
    """Read a register file.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    try:
        parsed = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise Rejected("no_register", f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Rejected("not_toml", f"{path}: {error}") from error
    except ValidationError as error:
        raise Rejected("bad_register", f"{path}: {_first_fault(error)}") from error
    return _plant(parsed)


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"]).removeprefix("Value error, ")


def _plant(parsed: _File) -> Plant:
    return Plant(
        site=Site(**parsed.site.model_dump()),
        classes=tuple(_asset_class(one) for one in parsed.class_),
        assets=tuple(_asset(one) for one in parsed.asset),
    )


def _asset_class(one: _Class) -> AssetClass:
    signals = tuple(
        SignalSpec(**{**s.model_dump(), "role": SignalRole(s.role), "name": s.name or s.key}) for s in one.signal
    )
    return AssetClass(
        tag=one.tag,
        name=one.name or one.tag,
        name_zh=one.name_zh,
        grace_s=one.grace_s,
        silent_s=one.silent_s,
        silent_after_s=one.silent_after_s,
        wear_limit=one.wear_limit,
        signals=signals,
    )


def _asset(one: _Asset) -> Asset:
    equipment = Equipment(serial=one.serial, manufacturer=one.manufacturer, model=one.model) if one.serial else None
    return Asset(
        tag=one.tag,
        name=one.name or one.tag,
        name_zh=one.name_zh,
        class_tag=one.class_,
        equipment=equipment,
        x=one.x,
        y=one.y,
        wear_limit=one.wear_limit,
        feeds=tuple(one.feeds),
    )


def import_plant(tx: Transaction, plant: Plant, *, at: datetime) -> Difference:
    """Make the record say what `plant` says; what it does not mention stays. Idempotent."""
    outcomes: Counter[tuple[str, str]] = Counter()
    outcomes["site", store.put_site(tx, plant.site)] += 1
    for asset_class in plant.classes:
        outcomes["class", store.put_class(tx, asset_class)] += 1
        for position, signal in enumerate(asset_class.signals):
            store.put_class_signal(tx, asset_class.tag, signal, position)
    signals_of = {one.tag: len(one.signals) for one in plant.classes}
    for asset in plant.assets:
        outcomes.update(_import_asset(tx, plant.site.tag, asset, signals_of[asset.class_tag], at))
    for asset in plant.assets:
        asset_id = store.get_asset(tx, plant.site.tag, asset.tag).asset_id
        outcomes.update(("feed", outcome) for outcome in store.put_feeds(tx, asset_id, asset.feeds))
    return Difference(
        **{
            outcome: {what: count for (what, how), count in sorted(outcomes.items()) if how == outcome}
            for outcome in ("added", "changed", "left")
        }
    )


def _import_asset(tx: Transaction, site: str, asset: Asset, signals: int, at: datetime) -> Counter[tuple[str, str]]:
    outcomes = Counter([("asset", store.put_asset(tx, site, asset))])
    touched = store.put_signals(tx, site, asset.tag)
    outcomes.update(("signal", outcome) for outcome in touched)
    outcomes["signal", "left"] += signals - len(touched)
    if asset.equipment is not None:
        outcomes["equipment", store.put_equipment(tx, asset.class_tag, asset.equipment)] += 1
    held = store.get_asset(tx, site, asset.tag)
    installed = store.put_installation(tx, held.asset_id, asset.equipment, at)
    if installed == "changed":
        learn_again(tx, held, reason="installation", since=at, at=at, by="register import")
    outcomes["installation", installed] += 1
    return +outcomes


def register_asset(
    tx: Transaction, *, site: str, asset: str, asset_class: str, keys: tuple[str, ...], at: datetime
) -> store.RegisteredAsset:
    """Register one asset and its signals by their names alone; what is known already stays as it is."""
    known = store.find_asset(tx, site, asset) or add_bare(tx, site, asset, asset_class, at)
    store.add_signals(tx, known.asset_id, keys)
    return known


def add_bare(
    tx: Transaction, site: str, tag: str, asset_class: str, at: datetime, *, name: str = "", name_zh: str = ""
) -> store.RegisteredAsset:
    """Add an asset by its tags; site and class are made where they are missing."""
    site_known, class_known = store.knows(tx, site=site, class_tag=asset_class)
    if not site_known:
        store.put_site(tx, Site(tag=site, name=site))
    if not class_known:
        store.put_class(tx, AssetClass(tag=asset_class, name=asset_class))
    store.put_asset(tx, site, Asset(tag=tag, name=name or tag, name_zh=name_zh, class_tag=asset_class))
    asset = store.get_asset(tx, site, tag)
    store.put_installation(tx, asset.asset_id, None, at)
    return store.get_asset(tx, site, tag)
