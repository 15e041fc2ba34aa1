"""The register file: what a person writes about a plant in TOML, read strictly, each fault said by its names."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from lifecycle.importing.related import a_cycle
from lifecycle.register.order_rule_file import OrderRuleEntry
from lifecycle.units import spelled
from plant.asset import (
    HOLDS_S,
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
from plant.tags import one_form

LONGEST_TAG = 200
_LONGEST_HOLD_S = 31 * 86_400.0


def tag_of(typed: str) -> str:
    """Return a tag in its one form.

    Raises:
        ValueError: it is empty or too long, or holds a line break or another control character.
    """
    tag = one_form(typed)
    if not 0 < len(tag) <= LONGEST_TAG:
        raise ValueError(f"a tag has 1 to {LONGEST_TAG} characters")
    if not tag.isprintable():
        raise ValueError(f"the tag {tag!r} holds a control character")
    return tag


def tags_of(site: str, asset: str, asset_class: str) -> tuple[str, str, str]:
    """Return the tags of an asset in their one form.

    Raises:
        Rejected: one of them is no tag.
    """
    try:
        return tag_of(site), tag_of(asset), tag_of(asset_class)
    except ValueError as error:
        said = f"tags of site, asset and class have 1 to {LONGEST_TAG} characters, which can be seen: {error}"
        raise Rejected("bad_tag", said) from error


def _unit_of(typed: str) -> str:
    try:
        return spelled(typed)
    except Rejected as error:
        raise ValueError(error.detail) from error


Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(tag_of)]
Unit = Annotated[str, AfterValidator(_unit_of)]
Fraction = Annotated[float, Field(ge=0, le=1)]
WearLimit = Annotated[float, Field(ge=1, le=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Signal(_Part):
    key: Tag
    name: str = ""
    name_zh: str = ""
    unit: Unit = ""
    role: Literal["measurement", "setting"] = "measurement"
    low: float | None = None
    high: float | None = None
    most_rate_per_min: Annotated[float | None, Field(gt=0)] = None
    key_value: bool = False
    report: Literal["continuous", "on_change"] = "continuous"
    holds_s: Annotated[float | None, Field(gt=0, le=_LONGEST_HOLD_S)] = None

    @model_validator(mode="after")
    def _it_makes_sense(self) -> Self:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}")
        if self.report == "continuous" and self.holds_s is not None:
            raise ValueError('holds_s is for a signal with report = "on_change"')
        if self.report == "on_change" and self.most_rate_per_min is not None:
            raise ValueError("how fast it changes is not seen of a signal on_change: leave most_rate_per_min out")
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
    order_rule: list[OrderRuleEntry] = []


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
    area: Annotated[str, Field(max_length=LONGEST_TAG)] = ""
    criticality: Annotated[str, Field(max_length=LONGEST_TAG)] = ""
    parent: Annotated[str, Field(max_length=LONGEST_TAG)] = ""
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
                if fed == asset.tag:
                    raise ValueError(f"asset {asset.tag} feeds itself")
                if fed not in assets:
                    raise ValueError(f"asset {asset.tag} feeds {fed}, which the file does not describe")
        around = a_cycle({asset.tag: asset.feeds for asset in self.asset})
        if around:
            raise ValueError(f"what is fed must not come back: {' feeds '.join(around)}")
        return self


def _refuse_twice(what: str, tags: list[str]) -> None:
    twice = [tag for tag, count in Counter(tags).items() if count > 1]
    if twice:
        raise ValueError(f"{what} {twice[0]} is described twice")


def read_plant(path: Path) -> Plant:
    """Read a register file.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    said: dict[str, Any] = {}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        parsed = _File.model_validate(said)
    except OSError as error:
        raise Rejected("no_register", f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Rejected("not_utf_8", f"{path} is not UTF-8; open it in an editor and save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise Rejected("not_toml", f"{path}: {error}") from error
    except ValidationError as error:
        raise Rejected("bad_register", f"{path}: {_first_fault(error, said)}") from error
    return _plant(parsed)


def _first_fault(error: ValidationError, said: dict[str, Any]) -> str:
    first = error.errors()[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    where = ", ".join(_named(first["loc"], said))
    return f"{where}: {message}" if where else message


def _named(place: Sequence[int | str], said: Any) -> list[str]:
    """Name a place by tags and keys, as `class pump, signal flow, low`; by number where there is none."""
    names: list[str] = []
    for part in place:
        try:
            said = said[part]
        except (LookupError, TypeError):
            said = None
        if not isinstance(part, int):
            names.append(part)
            continue
        own = (said.get("tag") or said.get("key")) if isinstance(said, dict) else None
        names[-1] = f"{names[-1]} {own if isinstance(own, str) else part + 1}"
    return names


def _plant(parsed: _File) -> Plant:
    return Plant(
        site=Site(**parsed.site.model_dump()),
        classes=tuple(_asset_class(one) for one in parsed.class_),
        assets=tuple(_asset(one) for one in parsed.asset),
    )


def _asset_class(one: _Class) -> AssetClass:
    signals = tuple(_signal(s) for s in one.signal)
    return AssetClass(
        tag=one.tag,
        name=one.name or one.tag,
        name_zh=one.name_zh,
        grace_s=one.grace_s,
        silent_s=one.silent_s,
        silent_after_s=one.silent_after_s,
        wear_limit=one.wear_limit,
        signals=signals,
        order_rules=tuple(entry.rule() for entry in one.order_rule),
    )


def _signal(one: _Signal) -> SignalSpec:
    said = one.model_dump(exclude={"report"})
    holds_s = (one.holds_s or HOLDS_S) if one.report == "on_change" else None
    return SignalSpec(**{**said, "role": SignalRole(one.role), "name": one.name or one.key, "holds_s": holds_s})


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
        area=one.area.strip(),
        criticality=one.criticality.strip(),
        parent=one_form(one.parent),
        feeds=tuple(one.feeds),
    )
