"""What a class must be handed over with, and the TOML file in which both sides write it down."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lifecycle.handover.projects import VDI_CLASSES
from lifecycle.register.plant_file import Tag, Unit
from lifecycle.register.toml_file import read_toml, read_toml_body
from lifecycle.requirements.patterns import compiled
from plant.errors import Rejected

EVERY_CLASS = "*"
_ADDED_LATER = ("patterns", "shortest", "longest")


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterRequirement:
    """A parameter that must be known: one of `values`, or from `low` to `high` in `unit`, where they are said.

    An open bound is itself too much. `patterns` are of XML Schema, of which the value matches one; `shortest` and
    `longest` bound how many characters it has. `data_type` is IFC's, for exchange by IDS.
    """

    name: str
    property_set: str = ""
    unit: str = ""
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    low_is_open: bool = False
    high_is_open: bool = False
    data_type: str = ""
    patterns: tuple[str, ...] = ()
    shortest: int = 0
    longest: int | None = None

    @property
    def called(self) -> str:
        """Return its whole name, with its property set."""
        return f"{self.property_set}.{self.name}" if self.property_set else self.name

    @property
    def line(self) -> str:
        """Return it with all that is asked of its value.

        >>> ParameterRequirement(name="Head", low=10.0, high=40.0, high_is_open=True, unit="m").line
        'Head ≥ 10 < 40 m'
        """
        bounds = [
            f"{sign} {bound:g}"
            for sign, bound in (
                (">" if self.low_is_open else "≥", self.low),
                ("<" if self.high_is_open else "≤", self.high),
            )
            if bound is not None
        ]
        choices = [f"({' | '.join((*self.values, *self.patterns))})"] if self.values or self.patterns else []
        lengths = [f"[{self.shortest}…{self.longest or ''}]"] if self.shortest or self.longest else []
        return " ".join([self.called, *bounds, *([self.unit] if self.unit else []), *choices, *lengths])


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassRequirement:
    """What each asset of a class comes with: documents by class of VDI 2770, parameters, signals, limits, spares.

    `training` is how many people must have been trained on the class.
    """

    class_tag: str
    documents: tuple[str, ...] = ()
    parameters: tuple[ParameterRequirement, ...] = ()
    signals: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    training: int = 0
    serial: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """What a project asks for; `EVERY_CLASS` stands for every class."""

    classes: tuple[ClassRequirement, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    def of(self, class_tag: str) -> tuple[ClassRequirement, ...]:
        """Return what is asked of a class."""
        return tuple(one for one in self.classes if one.class_tag in {class_tag, EVERY_CLASS})


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Parameter(_Entry):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    property_set: Annotated[str, Field(max_length=200)] = ""
    unit: Unit = ""
    values: list[Annotated[str, Field(max_length=500)]] = []
    low: float | None = None
    high: float | None = None
    low_is_open: bool = False
    high_is_open: bool = False
    data_type: Annotated[str, Field(pattern=r"^[A-Z]*$")] = ""
    patterns: list[str] = []
    shortest: Annotated[int, Field(ge=0, le=4000)] = 0
    longest: Annotated[int | None, Field(ge=1, le=4000)] = None

    @field_validator("patterns")
    @classmethod
    def _patterns_are_understood(cls, patterns: list[str]) -> list[str]:
        for one in patterns:
            try:
                compiled(one)
            except Rejected as error:
                raise ValueError(error.detail) from error
        return patterns

    @model_validator(mode="after")
    def _it_makes_sense(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self


class ClassAskedEntry(_Entry):
    """What is asked of each asset of a class."""

    documents: list[str] = []
    parameter: list[_Parameter] = []
    signals: list[Tag] = []
    limits: list[Tag] = []
    spares: list[Tag] = []
    training: Annotated[int, Field(ge=0, le=1000)] = 0
    serial: bool = False

    @model_validator(mode="after")
    def _classes_are_known(self) -> Self:
        for one in self.documents:
            if one not in VDI_CLASSES:
                raise ValueError(f"{one} is no class of VDI 2770; they are {', '.join(VDI_CLASSES)}")
        return self

    def asked(self, class_tag: str) -> ClassRequirement:
        """Return what is asked, of a class."""
        return ClassRequirement(
            class_tag=class_tag,
            documents=tuple(self.documents),
            parameters=tuple(
                ParameterRequirement(
                    **{**said.model_dump(), "values": tuple(said.values), "patterns": tuple(said.patterns)}
                )
                for said in self.parameter
            ),
            signals=tuple(self.signals),
            limits=tuple(self.limits),
            spares=tuple(self.spares),
            training=self.training,
            serial=self.serial,
        )


class _Class(ClassAskedEntry):
    tag: Tag


class RequirementsFile(_Entry):
    """The file as a person writes it."""

    class_: Annotated[list[_Class], Field(alias="class", min_length=1)]

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        twice = [tag for tag, count in Counter(one.tag for one in self.class_).items() if count > 1]
        if twice:
            raise ValueError(f"class {twice[0]} is described twice")
        return self


def read_requirements(path: Path) -> Requirements:
    """Read a requirements file.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    return requirements_of_file(read_toml(path, RequirementsFile, absent="no_requirements", bad="bad_requirements"))


def read_requirements_body(body: bytes, path: str) -> Requirements:
    """Read what a requirements file holds.

    Raises:
        Rejected: it is not TOML, or says something that makes no sense; the text says where.
    """
    return requirements_of_file(read_toml_body(body, path, RequirementsFile, bad="bad_requirements"))


def requirements_of_file(parsed: RequirementsFile) -> Requirements:
    """Return what a file asks for."""
    return Requirements(classes=tuple(one.asked(one.tag) for one in parsed.class_))


def together(agreed: Requirements | None, standing: Requirements) -> Requirements:
    """Return what both ask for, once: of a class that both name what stands is added to what was agreed."""
    if agreed is None:
        return standing
    more = {one.class_tag: one for one in standing.classes}
    both = [merged(one, more.pop(one.class_tag)) if one.class_tag in more else one for one in agreed.classes]
    return Requirements(classes=(*both, *more.values()), notes=agreed.notes)


def merged(before: ClassRequirement, more: ClassRequirement) -> ClassRequirement:
    """Return what a class is asked before, and more; what is said anew of a parameter takes the place of what was.

    >>> before, more = ClassRequirement(class_tag="pump", training=2), ClassRequirement(class_tag="", signals=("a",))
    >>> merged(before, more).training, merged(before, more).signals
    (2, ('a',))
    """
    lists = {
        name: tuple(dict.fromkeys((*getattr(before, name), *getattr(more, name))))
        for name in ("documents", "signals", "limits", "spares")
    }
    parameters = {one.called: one for one in (*before.parameters, *more.parameters)}
    return ClassRequirement(
        class_tag=before.class_tag,
        **lists,
        parameters=tuple(parameters.values()),
        training=max(before.training, more.training),
        serial=before.serial or more.serial,
    )


def requirements_document(requirements: Requirements) -> dict[str, Any]:
    """Write requirements as the JSON that is kept and signed."""
    return {"classes": [_class_document(one) for one in requirements.classes]}


def _class_document(one: ClassRequirement) -> dict[str, Any]:
    """Write what is asked of a class; what was added later is left out where it says nothing, so that hashes stay."""
    parameters = [
        {name: value for name, value in said.items() if name not in _ADDED_LATER or value}
        for said in map(asdict, one.parameters)
    ]
    return {**asdict(one), "parameters": parameters}


def requirements_of_document(document: dict[str, Any]) -> Requirements:
    """Return the requirements that `requirements_document` wrote."""
    lists = ("documents", "signals", "limits", "spares")
    return Requirements(
        classes=tuple(
            ClassRequirement(
                **{
                    **one,
                    **{name: tuple(one[name]) for name in lists},
                    "parameters": tuple(
                        ParameterRequirement(
                            **{**said, "values": tuple(said["values"]), "patterns": tuple(said.get("patterns", ()))}
                        )
                        for said in one["parameters"]
                    ),
                }
            )
            for one in document["classes"]
        )
    )
